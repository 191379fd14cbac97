#!/usr/bin/env bats
# One paper under many names: what joins, what changes, what is withdrawn, what is looked up.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf" "$home/files"
    write_config <<CONF
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source cl { provider = file  path = "$home/files/cl.xml" }
list daily { title = "Daily papers"  sources = {cl}  timezone = UTC  updates = true }
CONF
}

teardown() {
    tear_down_home
}

# arxiv_file FILE DAY ID VERSION TITLE [COMMENT]: an answer of arXiv's API with one paper.
arxiv_file() {
    cat >"$1" <<FEED
<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">
<id>https://arxiv.org/api/ours</id><title>arXiv Query: ours</title><updated>$2T00:00:00Z</updated>
<entry><id>http://arxiv.org/abs/$3v$4</id><title>$5</title><updated>$2T10:00:00Z</updated>
<link href="https://arxiv.org/abs/$3v$4" rel="alternate" type="text/html"/>
<summary>What this paper says, in a sentence of ours.</summary><category term="cs.CL"/>
<published>2026-07-20T10:00:00Z</published><arxiv:comment>${6:-12 pages}</arxiv:comment>
<arxiv:primary_category term="cs.CL"/><arxiv:doi>10.1000/Ours.1</arxiv:doi>
<author><name>Ada Example</name></author></entry>
</feed>
FEED
}

publisher_file() {
    cat >"$1" <<'FEED'
<?xml version="1.0"?>
<rss version="2.0" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"><channel><title>Our journal</title>
<item><title>The paper of ours, as printed</title><link>https://journal.example/10.1000/ours.1</link>
<guid isPermaLink="false">10.1000/ours.1</guid><prism:doi>10.1000/ours.1</prism:doi>
<pubDate>Sun, 26 Jul 2026 00:00:00 GMT</pubDate></item></channel></rss>
FEED
}

show() {
    "$digest" show --json "$1" >"$home/shown.$2"
}

@test "HF, arXiv and the publisher list one paper, in any order" {
    listing_file "$home/1.json" 2026-07-24 2607.00001 "The paper, as others head it"
    arxiv_file "$home/2.xml" 2026-07-25 2607.00001 1 "The paper of ours"
    publisher_file "$home/3.xml"
    for order in "1.json 2.xml 3.xml" "3.xml 1.json 2.xml" "3.xml 2.xml 1.json" "1.json 3.xml 2.xml"; do
        rm -rf "$home/state"
        for file in $order; do
            "$digest" fetch --source "$home/$file" >"$home/out"
        done
        [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq 1 ]
        "$digest" show --json 2607.00001 >"$home/shown"
        [ "$(jq -r '.key, .title, .comment, .categories[0]' "$home/shown" | paste -sd'|')" = "arxiv:2607.00001|The paper of ours|12 pages|cs.CL" ]
        [ "$(jq '.sightings | length' "$home/shown")" -eq 3 ]
        jq -e '.aliases | index("doi:10.1000/ours.1")' "$home/shown"
    done
    number=0
    for name in arXiv:2607.00001v1 https://arxiv.org/pdf/2607.00001.pdf https://huggingface.co/papers/2607.00001 \
        doi:10.1000/OURS.1 https://doi.org/10.1000/ours.1 10.48550/arXiv.2607.00001 arxiv:2607.00001; do
        number=$((number + 1))
        show "$name" $number
        cmp "$home/shown" "$home/shown.$number"
    done
    # For people, too.
    "$digest" show 2607.00001 >"$home/text"
    grep -q '^also called *arxiv:2607.00001, doi:10.1000/ours.1' "$home/text"
    # Lines are wrapped where a file's path is long.
    tr -s ' \n' ' ' <"$home/text" | grep -q 'on 2026-07-24, rank 1, 100 votes'
}

@test "a copied DOI makes no paper of two" {
    arxiv_file "$home/1.xml" 2026-07-25 2607.00001 1 "The paper of ours"
    arxiv_file "$home/2.xml" 2026-07-25 2607.00002 1 "Another paper of ours"
    "$digest" fetch --source "$home/1.xml" --source "$home/2.xml" -v 2>"$home/err"
    [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq 2 ]
    [ "$(sqlite3 "$db" "select count(*) from alias where key = 'doi:10.1000/ours.1'")" -eq 1 ]
    grep -q 'kept_apart=arxiv:2607.0000' "$home/err"
}

@test "a version and what it changed; then withdrawn, once" {
    arxiv_file "$home/files/cl.xml" 2026-07-24 2607.00001 1 "The paper of ours"
    DIGEST_NOW=2026-07-24T12:00:00Z "$digest" --send-to list@example.com --list daily
    arxiv_file "$home/files/cl.xml" 2026-07-25 2607.00001 2 "The paper of ours, renamed" "14 pages"
    DIGEST_NOW=2026-07-25T12:00:00Z "$digest" --preview=json --send-to list@example.com --list daily >"$home/out"
    [ "$(jq -c '[.new, .updated, (.entries[] | .section, .version, .from_version, .changes)]' "$home/out")" = '[0,1,"updated",2,1,["title","comment"]]' ]
    DIGEST_NOW=2026-07-25T12:00:00Z "$digest" --send-to list@example.com --list daily
    grep -q 'v1 → v2: title and comment changed' "$(newest_mail)" ||
        python3 -c 'import email,sys; m = email.message_from_file(open(sys.argv[1])); sys.exit("v1 → v2: title and comment changed" not in next(p for p in m.walk() if p.get_content_type() == "text/plain").get_payload(decode=True).decode())' "$(newest_mail)"
    DIGEST_NOW=2026-07-26T12:00:00Z "$digest" --send-to list@example.com --list daily
    [ "$(mail_count)" -eq 2 ]

    arxiv_file "$home/files/cl.xml" 2026-07-26 2607.00001 3 "The paper of ours, renamed" "This paper has been withdrawn by the author due to an error"
    DIGEST_NOW=2026-07-27T12:00:00Z "$digest" --preview=json --send-to list@example.com --list daily >"$home/out"
    [ "$(jq -c '[.entries[] | .section]' "$home/out")" = '["withdrawn"]' ]
    # Who did not have it never sees it.
    DIGEST_NOW=2026-07-27T12:00:00Z "$digest" --preview=json --send-to new@example.com --list daily >"$home/out"
    [ "$(jq '.entries | length' "$home/out")" -eq 0 ]
    DIGEST_NOW=2026-07-27T12:00:00Z "$digest" --send-to list@example.com --list daily
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" --send-to list@example.com --list daily
    [ "$(mail_count)" -eq 3 ]
    "$digest" show --json 2607.00001 >"$home/shown"
    [ "$(jq -c '[.is_withdrawn, [.versions[].changes], [.issues[].section]]' "$home/shown")" = '[true,[[],["title","comment"],["comment"]],["new","updated","withdrawn"]]' ]
    [ "$(jq -c '[.issues[] | .deliveries, .accepted]' "$home/shown")" = '[1,1,1,1,1,1]' ]
}

@test "a backfill makes no news, and takes none away" {
    listing_file "$home/hf/2026-07-22.json" 2026-07-22 2607.00001 "Wednesday one"
    listing_file "$home/hf/2026-07-23.json" 2026-07-23 2607.00002 "Thursday one"
    listing_file "$home/hf/2026-07-24.json" 2026-07-24 2607.00003 "Friday one"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00004 "Monday one" 2607.00001 "Wednesday one"
    start_replay --hf "$home/hf"
    hf_config
    DIGEST_NOW=2026-07-23T12:00:00Z "$digest" --send-to list@example.com
    # On Monday somebody looks up everything; Friday was missed, and Monday is not read yet.
    "$digest" fetch --since 2026-07-22 --until 2026-07-27
    [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq 4 ]
    "$digest" --preview=json --offline --send-to list@example.com >"$home/out"
    [ "$(jq '.entries | length' "$home/out")" -eq 0 ]
    "$digest" --send-to list@example.com
    [ "$(mail_count)" -eq 2 ]
    # Wednesday's was before the reader's time: listed again, it is no news.
    [ "$(sqlite3 "$db" "select group_concat(key) from (select key from sent where issue_date = '2026-07-27' order by position)")" = "arxiv:2607.00003,arxiv:2607.00004" ]
    # Days that are asked for are shown.
    "$digest" --preview=json --offline --since 2026-07-22 | keys >"$home/got"
    [ "$(wc -l <"$home/got")" -eq 4 ]
}

@test "days that make no sense" {
    while read -r arguments; do
        # shellcheck disable=SC2086
        run --separate-stderr "$digest" fetch $arguments
        [ "$status" -eq 64 ]
        [[ "$stderr" == "digest: --until"* ]]
    done <<'TABLE'
--until 2026-07-20
--since 2026-07-20 --until 2026-07-19
TABLE
    run --separate-stderr "$digest" show 2607.99999
    [ "$status" -eq 65 ]
    [[ "$stderr" == "digest: show: '2607.99999' has not been listed by any source" ]]
}
