#!/usr/bin/env bats
# What readers like: papers and libraries of them, and the order they make.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    # What is stored: two subjects, and much else.
    awk 'BEGIN {
        for (i = 1; i <= 300; i++) {
            subject = i % 10 == 0 ? "Woolly sheep on the meadow" : i % 10 == 1 ? "Iron goats of the foundry" : "Paper about item" i % 40 " and item" i % 37
            printf "{\"id\":\"1501.%05d\",\"submitter\":\"A\",\"title\":\"%s, part %d\",\"categories\":\"cs.CL\",\"abstract\":\"A sentence of ours.\",\"versions\":[{\"version\":\"v1\",\"created\":\"Mon, 2 Apr 2012 19:18:42 GMT\"}],\"update_date\":\"2012-11-26\",\"authors_parsed\":[[\"Example\",\"Ada\",\"\"]]}\n", i, subject, i
        }
    }' >"$home/snapshot.json"
    "$digest" import "$home/snapshot.json" >"$home/out"
    listing_file "$home/2026-07-27.json" 2026-07-27 2607.00001 "Iron goats again" 2607.00002 "Something else" 2607.00003 "More woolly sheep"
}

teardown() {
    tear_down_home
}

# preview [RANK]
preview() {
    "$digest" --preview=json --source "$home/2026-07-27.json" --rank "${1:-liked}"
}

keys() {
    preview | jq -r '[.entries[].key] | join(" ")'
}

@test "likes and dislikes order an issue, and say why" {
    "$digest" like 1501.00010 arXiv:1501.00020v1 https://arxiv.org/abs/1501.00030 >"$home/out"
    [ "$(head -n 1 "$home/out")" = "liked arxiv:1501.00010: Woolly sheep on the meadow, part 10" ]
    [ "$(wc -l <"$home/out")" -eq 3 ]
    "$digest" dislike 1501.00011 1501.00021 1501.00031 >"$home/out"
    [ "$(keys)" = "arxiv:2607.00003 arxiv:2607.00002 arxiv:2607.00001" ]
    preview | jq -e '.entries[0].why | startswith("like what you liked: woolly sheep")'
    preview | jq -e '.notes == []'
    # The same once more, and with a word of other rankings.
    [ "$(keys)" = "arxiv:2607.00003 arxiv:2607.00002 arxiv:2607.00001" ]
    [ "$(preview "liked, votes:1000" | jq -r '.entries[0].key')" = arxiv:2607.00001 ]
}

@test "without likes nothing is put first, and that is said" {
    [ "$(keys)" = "arxiv:2607.00001 arxiv:2607.00002 arxiv:2607.00003" ]
    preview | jq -e '.notes[0] | startswith("Nothing has been liked yet")'
    preview | jq -e '[.entries[] | .why // ""] == ["", "", ""]'
    "$digest" dislike 1501.00011 >"$home/out"
    preview | jq -e '.notes[0] | startswith("Nothing has been liked yet")'
}

@test "a word can be changed and taken back" {
    "$digest" like 1501.00010 1501.00011 >"$home/out"
    "$digest" dislike 1501.00011 >"$home/out"
    "$digest" like list >"$home/list"
    [ "$(grep -c ' like ' "$home/list")" -eq 1 ]
    [ "$(grep -c ' dislike ' "$home/list")" -eq 1 ]
    grep -q '^2026-07-27  like     arxiv:1501.00010      Woolly sheep on the meadow, part 10$' "$home/list"
    "$digest" like forget 1501.00010 arxiv:1501.00011
    [ -z "$("$digest" like)" ]
    run -65 "$digest" like forget 1501.00010
    [ "$output" = "digest: like: nothing was said of '1501.00010'; see 'digest like list'" ]
}

@test "a library: by name, by title, and by its own text" {
    cat >"$home/library.bib" <<'BIB'
@article{named, title = {Whatever it says here}, doi = {10.48550/arXiv.1501.00010}}
@article{titled, title = {{Woolly Sheep} on the meadow, part 20}, author = {Example, Ada}, year = 2012}
@article{elsewhere, title = {Shearing}, abstract = {Woolly sheep are shorn.}, author = {Moreno, Ada}, year = 2020}
@article{nothing, year = 2020}
BIB
    "$digest" like "$home/library.bib" >"$home/out"
    [ "$(head -n 1 "$home/out")" = "$home/library.bib: bibtex: 3 liked, 2 of them in the store, 1 left out" ]
    "$digest" like list >"$home/list"
    grep -q 'arxiv:1501.00010' "$home/list"
    grep -q 'arxiv:1501.00020' "$home/list"
    grep -q 'Shearing' "$home/list"
    [ "$(keys)" = "arxiv:2607.00003 $(keys | cut -d' ' -f2-)" ]
    # Again changes nothing; nobody gets what is in a library; what has no entry yet can be forgotten.
    "$digest" like "$home/library.bib" >"$home/out"
    [ "$(wc -l <"$home/list")" -eq "$("$digest" like | wc -l)" ]
    [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq 300 ]
    "$digest" like forget "$(sed -n 's/.*\(fp:[0-9a-f]*\).*/\1/p' "$home/list")"
    [ "$("$digest" like | wc -l)" -eq 2 ]
}

@test "other libraries" {
    printf 'TY  - JOUR\nTI  - Woolly sheep on the meadow, part 30\nER  - \n' >"$home/library.ris"
    printf '[{"type":"article-journal","title":"Shorn","abstract":"Woolly sheep","author":[{"family":"Moreno","given":"Ada"}],"issued":{"date-parts":[[2020]]}}]' >"$home/library.json"
    "$digest" like "$home/library.ris" "$home/library.json" >"$home/out"
    [ "$(sed -n 1p "$home/out")" = "$home/library.ris: ris: 1 liked, 1 of them in the store" ]
    [ "$(sed -n 2p "$home/out")" = "$home/library.json: csl_json: 1 liked, 0 of them in the store" ]
    [ "$(keys | cut -d' ' -f1)" = arxiv:2607.00003 ]
}

@test "a list of its own mind" {
    write_config <<CONF
source file { provider = file  path = "$home/2026-07-27.json" }
list sheep { sources = {file}  rank = liked  timezone = UTC }
list goats { sources = {file}  rank = liked  timezone = UTC }
CONF
    "$digest" like 1501.00010 1501.00020 >"$home/out"
    "$digest" like --list goats 1501.00011 1501.00021 >"$home/out"
    "$digest" dislike --list goats 1501.00010 1501.00020 >"$home/out"
    [ "$("$digest" --preview=json --list sheep | jq -r '.entries[0].key')" = arxiv:2607.00003 ]
    [ "$("$digest" --preview=json --list goats | jq -r '.entries[0].key')" = arxiv:2607.00001 ]
    [ "$("$digest" like list | grep -c '(list goats)')" -eq 4 ]
    [ "$("$digest" like list --list sheep | wc -l)" -eq 2 ]
    run -64 "$digest" like --list cows 1501.00010
    [[ $output == *"no such list"* ]]
}

@test "what was learned is kept by a run, and by nothing that only looks" {
    "$digest" like 1501.00010 1501.00020 >"$home/out"
    before=$(sha256sum <"$db")
    keys
    "$digest" --send-to list@example.com --dry-run --source "$home/2026-07-27.json" --rank liked --transport "maildir:$home/mail" --from digest@example.com
    [ "$(sqlite3 "$db" 'select count(*) from liking_model')" -eq 0 ]
    [ "$(sha256sum <"$db")" = "$before" ]
    "$digest" --send-to list@example.com --source "$home/2026-07-27.json" --rank liked --transport "maildir:$home/mail" --from digest@example.com
    [ "$(sqlite3 "$db" 'select count(*) from liking_model')" -eq 1 ]
    [ "$(keys | cut -d' ' -f1)" = arxiv:2607.00003 ]
    # What cannot be read any more is learned again.
    sqlite3 "$db" "update liking_model set bytes = x'00'"
    [ "$(keys | cut -d' ' -f1)" = arxiv:2607.00003 ]
    # Another word, and it is another lesson; after a week it is one, too, and the old ones go.
    "$digest" like 1501.00040 >"$home/out"
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" --send-to list@example.com --source "$home/2026-07-27.json" --rank liked --since 2026-07-01 --transport "maildir:$home/mail" --from digest@example.com
    [ "$(sqlite3 "$db" 'select count(*) from liking_model')" -eq 2 ]
    DIGEST_NOW=2026-08-08T12:00:00Z "$digest" --send-to list@example.com --source "$home/2026-07-27.json" --rank liked --since 2026-07-01 --transport "maildir:$home/mail" --from digest@example.com
    [ "$(sqlite3 "$db" 'select count(*) from liking_model')" -eq 1 ]
}

@test "what is no paper and no file is refused, and nothing of it is kept" {
    run -65 "$digest" like 1501.00010 2607.99999
    [ "$output" = "digest: like: '2607.99999' has not been listed by any source; a .bib file that has its title and abstract would do" ]
    run -64 "$digest" like "no such thing"
    [[ $output == *"is no name of a paper and no file"* ]]
    echo 'nothing that is known' >"$home/odd.bib"
    run -65 "$digest" like "$home/odd.bib"
    [[ $output == "digest: like: '$home/odd.bib': "* ]]
    run -64 "$digest" dislike
    run -64 "$digest" like forget
    run -64 "$digest" like list 1501.00010
    [ -z "$("$digest" like)" ]
}
