#!/usr/bin/env bats
# arXiv by its feeds, its API and OAI-PMH: nothing lost and nothing twice, whatever the servers do.
# shellcheck disable=SC2154,SC2030,SC2031

load helper

setup() {
    set_up_home
    echo '[]' >"$home/faults"
    world 2026-07-27
    python3 "$top/tests/lib/arxiv_server.py" --world "$home/world.json" --faults "$home/faults" --log "$home/web.log" \
        --port-file "$home/web.port" >"$home/web.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/web.port"
    web=http://127.0.0.1:$(cat "$home/web.port")
    write_config <<CONF
digest { retry = 0s }
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source rss { provider = arxiv_rss  categories = {cs.CL, cs.LG}  base_url = "$web"  interval = 0s }
source cl { provider = arxiv_rss  categories = {cs.CL}  base_url = "$web"  interval = 0s }
source atom { provider = arxiv_rss  categories = {cs.CL, cs.LG}  feed = atom  base_url = "$web"  interval = 0s }
source oai { provider = arxiv_oai  sets = {cs}  base_url = "$web"  interval = 0s }
source sets { provider = arxiv_oai  sets = {math, cs.CL}  base_url = "$web"  interval = 0s }
source api { provider = arxiv_api  categories = {cs.CL, cs.LG}  page_size = 2  base_url = "$web"  interval = 0s }
list daily { title = "Daily papers"  sources = {rss} }
CONF
}

teardown() {
    tear_down_home
}

# world TODAY [JSON]: what the server has on that listing day, and how it misbehaves.
world() {
    local extra=${2:-}
    jq -n --arg today "$1" --argjson extra "${extra:-"{}"}" '
        def paper($n; $announced; $submitted; $categories):
            {id: "2607.1000\($n)", title: "Paper \($n)", announced: $announced, submitted: [$submitted], categories: $categories};
        {today: $today, papers: [
            paper(1; "2026-07-27"; "2026-07-24T12:00:00Z"; ["cs.CL"])
                + {submitted: ["2026-07-24T12:00:00Z", "2026-07-28T13:00:00Z"], replaced: ["2026-07-29"]},
            paper(2; "2026-07-27"; "2026-07-23T20:00:00Z"; ["cs.LG", "cs.CL"]),
            paper(3; "2026-07-28"; "2026-07-24T20:00:00Z"; ["cs.CL"]),
            paper(4; "2026-07-28"; "2026-07-27T17:59:00Z"; ["cs.CL", "stat.ML"]),
            paper(5; "2026-07-29"; "2026-07-28T12:00:00Z"; ["cs.CL"]),
            paper(6; "2026-07-30"; "2026-07-28T20:00:00Z"; ["cs.LG"]),
            paper(7; "2026-07-30"; "2026-07-27T20:00:00Z"; ["cs.CL"]),
            paper(8; "2026-07-31"; "2026-07-29T20:00:00Z"; ["cs.CL"]),
            paper(9; "2026-08-03"; "2026-07-30T20:00:00Z"; ["cs.CL"])
        ]} + $extra' >"$home/world.new"
    mv "$home/world.new" "$home/world.json"
}

faults() {
    (IFS=, && printf '[%s]\n' "$*") >"$home/faults.new"
    mv "$home/faults.new" "$home/faults"
}

# send DAY SOURCE: sends what is new at noon of that day, all of the world being there by then.
send() {
    DIGEST_NOW=$1T12:00:00Z "$digest" --send-to list@example.com --source "$2"
}

# The papers of all issues, one issue a line: "1 2|3 4", those of updates with a prime.
issues() {
    sqlite3 "$db" "select issue_date, section, key from sent order by issue_date, section = 'updated', section = 'cross-listed', position" |
        awk -F'|' '{ sub(/arxiv:2607\.1000/, "", $3); mark = $2 == "updated" ? "\047" : "";
            if ($1 != last) { printf "%s", last == "" ? "" : "|"; last = $1 } else printf " ";
            printf "%s%s", $3, mark } END { print "" }'
}

requests() {
    jq -r .path "$home/web.log" 2>/dev/null | grep -c "${1:-}"
}

verdict() {
    sqlite3 "$db" "select verdict from source where name = '$1'"
}

# As enum source_verdict has them.
new=1 nothing_new=2 expected=3 not_yet=4 empty=5 stale=7 truncated=9

@test "a week of feeds: each paper once, replacements as updates" {
    for day in 27 28 29 30 31; do
        world "2026-07-$day"
        send "2026-07-$day" rss
    done
    world 2026-08-03
    send 2026-08-03 rss
    [ "$(issues)" = "1 2|3 4|5 1'|6 7|8|9" ]
    # One feed a day, and the day before from the API.
    [ "$(requests '^/rss/')" -eq 6 ]
    [ "$(requests '^/api/')" -eq 5 ]
}

@test "the same by Atom, by OAI-PMH and by the API" {
    # The API gives the newest first.
    while read -r source want; do
        rm -rf "$home/state"
        for day in 07-27 07-28 07-29 07-30 07-31 08-03; do
            world "2026-$day"
            send "2026-$day" "$source"
        done
        echo "$source: $(issues)"
        [ "$(issues)" = "$want" ]
    done <<'TABLE'
atom 1 2|3 4|5 1'|6 7|8|9
oai 1 2|3 4|5 1'|6 7|8|9
api 1 2|4 3|5 1'|7 6|8|9
TABLE
}

@test "a week's gap is caught up with, oldest first, days labelled" {
    for source in rss oai api; do
        rm -rf "$home/state"
        world 2026-07-27
        send 2026-07-27 "$source"
        world 2026-08-03
        send 2026-08-03 "$source"
        sqlite3 "$db" "select substr(p.key, -1), p.listed from papers p where p.key not like '%1' and p.key not like '%2' order by p.listed, p.key" >"$home/got"
        # Of what moderation held, OAI-PMH alone tells when it came.
        held=2026-07-29
        [ "$source" != oai ] || held=2026-07-30
        printf '%s\n' "3|2026-07-28" "4|2026-07-28" "5|2026-07-29" "7|$held" "6|2026-07-30" "8|2026-07-31" "9|2026-08-03" |
            sort -t'|' -k2,2 -k1,1 | diff - "$home/got"
        [ "$(sqlite3 "$db" "select count(*), count(distinct key) from sent where section in ('new', 'cross-listed')")" = "9|9" ]
    done
}

@test "yesterday's batch under today's date: said, nothing taken for today's, nothing lost" {
    send 2026-07-27 cl
    world 2026-07-28 '{"batch": "2026-07-27"}'
    run --separate-stderr send 2026-07-28 cl
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"earlier day's papers under the date of 2026-07-28"* ]]
    [ "$(verdict cl)" -eq $stale ]
    # What the API had of the day was taken meanwhile, and nothing was seen twice.
    [ "$(issues)" = "1 2|3 4" ]
    [ "$(sqlite3 "$db" "select count(*) from sighting")" -eq 4 ]
    world 2026-07-29
    send 2026-07-29 cl
    [ "$(issues)" = "1 2|3 4|5 1'" ]
    [ "$(verdict cl)" -eq $new ]
}

@test "a stale feed that comes right within the run" {
    send 2026-07-27 cl
    world 2026-07-28 '{"batch": "2026-07-27"}'
    curl -s "$web/rss/cs.CL" >"$home/stale.xml"
    world 2026-07-28
    faults "{\"match\":\"^/rss\",\"times\":1,\"body\":$(jq -Rs . "$home/stale.xml")}"
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" --send-to list@example.com --source cl -o digest.retry=1s
    [ "$(issues)" = "1 2|3 4" ]
    [ "$(verdict cl)" -eq $new ]
}

@test "a feed that is still yesterday's, by its own date" {
    send 2026-07-27 cl
    world 2026-07-28 '{"batch": "2026-07-27", "dated": "2026-07-27"}'
    run --separate-stderr send 2026-07-28 cl
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"still is that of 2026-07-27"* || "$stderr" == *"earlier day's papers"* ]]
    world 2026-07-29
    send 2026-07-29 cl
    [ "$(issues | tr ' ' '\n' | sort | uniq -d)" = "" ]
    [ "$(sqlite3 "$db" "select count(distinct key) from sent where section in ('new', 'cross-listed')")" -eq 5 ]
}

@test "a half-filled listing that completes an hour later" {
    world 2026-07-27
    send 2026-07-27 rss
    world 2026-07-28 '{"half": 1}'
    send 2026-07-28 rss
    [ "$(issues)" = "1 2|3" ]
    world 2026-07-28
    DIGEST_NOW=2026-07-28T13:00:00Z "$digest" fetch --source rss
    world 2026-07-29
    send 2026-07-29 rss
    [ "$(issues)" = "1 2|3|4 5 1'" ]
}

@test "a half-filled listing that nobody reads again that day" {
    send 2026-07-27 rss
    world 2026-07-28 '{"half": 1}'
    send 2026-07-28 rss
    world 2026-07-29
    send 2026-07-29 rss
    [ "$(issues)" = "1 2|3|4 5 1'" ]
    world 2026-07-30
    send 2026-07-30 rss
    [ "$(issues)" = "1 2|3|4 5 1'|6 7" ]
}

@test "weekends are no trouble, and the newest listing is had on one" {
    world 2026-07-31 '{"dated": "2026-08-01", "batch": "2026-08-01"}'
    DIGEST_NOW=2026-08-01T12:00:00Z "$digest" --preview=json --source rss >"$home/out"
    [ "$(jq -r '.entries[].key' "$home/out")" = arxiv:2607.10008 ]
    jq -r '.notes[]' "$home/out" | grep -qF "arXiv lists no papers for Saturday 2026-08-01; these are Friday's (2026-07-31)."
    run --separate-stderr send 2026-08-01 rss
    [ "$status" -eq 0 ]
    [ "$stderr" = "" ]
    DIGEST_NOW=2026-08-02T12:00:00Z "$digest" fetch --source rss
    [ "$(verdict rss)" -eq $expected ]
    world 2026-08-03
    send 2026-08-03 rss
    [ "$(issues)" = "8|9" ]
}

@test "an empty feed on a working day: not yet, quiet, from the API, or odd" {
    send 2026-07-27 rss
    # Midnight in New York has passed, and the feed may still turn.
    world 2026-07-28 '{"batch": "2026-07-26"}'
    DIGEST_NOW=2026-07-28T05:30:00Z run --separate-stderr "$digest" fetch --source rss
    [ "$status" -eq 0 ]
    [ "$(verdict rss)" -eq $not_yet ]
    # The API has what the feed has not.
    send 2026-07-28 rss
    [ "$(issues)" = "1 2|3 4" ]
    # Two papers on Tuesday and none on Wednesday is a quiet day.
    world 2026-07-29 '{"batch": "2026-07-26"}'
    jq '.papers |= map(select(.announced < "2026-07-29") | del(.replaced))' "$home/world.json" >"$home/world.new"
    mv "$home/world.new" "$home/world.json"
    run --separate-stderr send 2026-07-29 rss
    [ "$status" -eq 0 ]
    [ "$(verdict rss)" -eq $nothing_new ]
    # A dozen on Thursday and none on Friday is not.
    world 2026-07-30
    jq '.papers += [range(0; 12) | {id: "2607.\(20000 + .)", title: "Many \(.)", announced: "2026-07-30",
        submitted: ["2026-07-29T12:00:00Z"], categories: ["cs.CL"]}]' "$home/world.json" >"$home/world.new"
    mv "$home/world.new" "$home/world.json"
    send 2026-07-30 rss
    jq '.today = "2026-07-31" | .papers |= map(select(.announced < "2026-07-31"))' "$home/world.json" >"$home/world.new"
    mv "$home/world.new" "$home/world.json"
    run --separate-stderr send 2026-07-31 rss
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"lists nothing in 'rss' for Friday 2026-07-31, a working day; it will be asked again"* ]]
    [ "$(verdict rss)" -eq $empty ]
    [ "$(sqlite3 "$db" "select date(complete_through * 86400, 'unixepoch') from source where name = 'rss'")" = 2026-07-30 ]
}

@test "one paper in several feeds is one entry" {
    "$digest" --preview=json --source rss --source cl --source oai --source api >"$home/out"
    [ "$(keys <"$home/out" | sort)" = "arxiv:2607.10001
arxiv:2607.10002" ]
    [ "$(jq -r '.entries[] | select(.key == "arxiv:2607.10001") | .sources | length' "$home/out")" -eq 4 ]
}

@test "a category that is none is named" {
    run --separate-stderr "$digest" --preview --source "arxiv-rss:cs.CL+cs.XX" -o "source.rss.title=x"
    [ "$status" -ne 0 ]
    write_config <<CONF
source bad { provider = arxiv_rss  categories = {cs.CL, cs.XX}  base_url = "$web"  interval = 0s }
CONF
    run --separate-stderr "$digest" --preview --source bad
    [ "$status" -eq 65 ]
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    [[ "$stderr" == *"status 400"*"cs.XX"* ]]
}

@test "two thousand items are the end of a feed, and that is said" {
    jq '.papers += [range(0; 2005) | {id: "2607.\(20000 + .)", title: "Many \(.)", announced: "2026-07-27",
        submitted: ["2026-07-24T12:00:00Z"], categories: ["cs.CL"]}] | .half = 2000' "$home/world.json" >"$home/world.new"
    mv "$home/world.new" "$home/world.json"
    run --separate-stderr "$digest" fetch --source cl
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"ends after 2000 papers"* ]]
    [ "$(verdict cl)" -eq $truncated ]
    # The API had the rest.
    [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq 2007 ]
}

@test "OAI-PMH: pages, sets, and one request's tokens alone" {
    "$digest" fetch --source sets
    world 2026-07-31 '{"oai_page": 3}'
    : >"$home/web.log"
    DIGEST_NOW=2026-07-31T12:00:00Z "$digest" fetch --source sets
    jq -r .path "$home/web.log" | sed 's/resumptionToken=.*/token/' >"$home/got"
    diff - "$home/got" <<'PATHS'
/oai?verb=ListRecords&metadataPrefix=arXivRaw&set=cs:cs:CL&from=2026-07-26
/oai?verb=ListRecords&token
/oai?verb=ListRecords&token
/oai?verb=ListRecords&metadataPrefix=arXivRaw&set=math&from=2026-07-26
PATHS
    [ "$(sqlite3 "$db" "select cursor from source where name = 'sets'")" = done=2026-07-31 ]
    [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq 7 ]
}

@test "OAI-PMH: a harvest that is broken off goes on where it stopped" {
    "$digest" fetch --source oai
    world 2026-07-30 '{"oai_page": 1}'
    export DIGEST_NOW=2026-07-30T12:00:00Z
    : >"$home/web.log"
    faults '{"match":"oai","after":3,"status":500}'
    run --separate-stderr "$digest" fetch --source oai
    [ "$status" -eq 69 ]
    [ "$(sqlite3 "$db" "select cursor like 'from=2026-07-26 until= begun=2026-07-30 set=0 token=%' from source where name = 'oai'")" -eq 1 ]
    faults
    : >"$home/web.log"
    "$digest" fetch --source oai
    # The first request carries the token that was kept.
    jq -r .path "$home/web.log" | head -n 1 | grep -q resumptionToken
    refute grep -q metadataPrefix <(jq -r '.path | select(contains("resumptionToken") | not)' "$home/web.log")
    [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq 7 ]
}

@test "OAI-PMH: a token that has expired: from the beginning" {
    "$digest" fetch --source oai
    world 2026-07-30 '{"oai_page": 1}'
    export DIGEST_NOW=2026-07-30T12:00:00Z
    faults '{"match":"oai","after":2,"status":500}'
    run "$digest" fetch --source oai
    [ "$status" -eq 69 ]
    world 2026-07-31 '{"oai_page": 3, "epoch": 2}'
    faults
    : >"$home/web.log"
    DIGEST_NOW=2026-07-31T12:00:00Z "$digest" fetch --source oai
    [ "$(jq -r .path "$home/web.log" | sed -n 2p)" = "/oai?verb=ListRecords&metadataPrefix=arXivRaw&set=cs&from=2026-07-26" ]
    [ "$(sqlite3 "$db" 'select count(*), count(distinct key) from papers')" = "8|8" ]
    # The next harvest begins when this one began, not when it ended.
    [ "$(sqlite3 "$db" "select cursor from source where name = 'oai'")" = done=2026-07-30 ]
}

@test "OAI-PMH: nothing matches, and that is no failure" {
    "$digest" fetch --source oai
    world 2026-07-27 '{"papers": []}'
    run --separate-stderr "$digest" fetch --source oai
    [ "$status" -eq 0 ]
    [ "$stderr" = "" ]
    [ "$(verdict oai)" -eq $nothing_new ]
}

@test "OAI-PMH: its other faults are its own words" {
    run --separate-stderr "$digest" --preview --source sets -o source.sets.sets=biology
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"badArgument: There is no such set"* ]]
}

@test "OAI-PMH: old papers with a bulk edit are no news, new versions are updates, deleted ones stay out" {
    send 2026-07-27 oai
    jq '.today = "2026-07-28" | .papers += [
        {id: "2301.00001", title: "Old and edited", announced: "2023-01-02", changed: "2026-07-28", submitted: ["2023-01-01T10:00:00Z"], categories: ["cs.CL"]},
        {id: "2301.00002", title: "Old and replaced", announced: "2023-01-02", replaced: ["2026-07-28"], submitted: ["2023-01-01T10:00:00Z", "2026-07-27T10:00:00Z"], categories: ["cs.CL"]},
        {id: "2301.00003", title: "Gone", announced: "2023-01-02", changed: "2026-07-28", deleted: true, submitted: ["2023-01-01T10:00:00Z"], categories: ["cs.CL"]},
        {id: "2607.10050", title: "Held by moderation", announced: "2026-07-28", submitted: ["2026-07-21T10:00:00Z"], categories: ["cs.CL"]}]' \
        "$home/world.json" >"$home/world.new"
    mv "$home/world.new" "$home/world.json"
    send 2026-07-28 oai
    sqlite3 "$db" "select key from sent where issue_date = '2026-07-28' order by key" >"$home/got"
    printf 'arxiv:2607.%d\n' 10003 10004 10050 | diff - "$home/got"
    world 2026-07-29
    send 2026-07-29 oai
    [ "$(sqlite3 "$db" "select section, key from sent where issue_date = '2026-07-29' order by key")" = "updated|arxiv:2607.10001
new|arxiv:2607.10005" ]
    # What was had and is deleted keeps its title.
    world 2026-07-30
    jq '(.papers[] | select(.id == "2607.10003")) += {deleted: true, changed: "2026-07-30"}' "$home/world.json" >"$home/world.new"
    mv "$home/world.new" "$home/world.json"
    send 2026-07-30 oai
    [ "$(sqlite3 "$db" "select title from papers where key = 'arxiv:2607.10003'")" = "Paper 3" ]
    [ "$(sqlite3 "$db" "select count(*) from sent where section in ('new', 'cross-listed') and key = 'arxiv:2607.10003'")" -eq 1 ]
}

@test "429 storms and 503s are waited out, or left for the next run" {
    send 2026-07-27 rss
    world 2026-07-28
    faults '{"match":"^/rss","times":2,"status":429,"body":"Rate exceeded."}' '{"match":"^/api","times":1,"status":503,"headers":{"Retry-After":"1"}}'
    send 2026-07-28 rss
    [ "$(issues)" = "1 2|3 4" ]
    world 2026-07-29
    faults '{"match":"^/rss","status":429,"body":"Rate exceeded."}'
    run --separate-stderr send 2026-07-29 rss
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"fewer requests (status 429)"* ]]
    faults
    world 2026-07-30
    send 2026-07-30 rss
    [ "$(sqlite3 "$db" "select count(*), count(distinct key) from sent where section in ('new', 'cross-listed')")" = "7|7" ]
}

@test "an API that is down does not keep the feed from being read" {
    send 2026-07-27 rss
    world 2026-07-29
    faults '{"match":"^/api","status":500}'
    run --separate-stderr send 2026-07-29 rss
    [ "$status" -eq 69 ]
    [ "$(issues)" = "1 2|5 1'" ]
    faults
    world 2026-07-30
    send 2026-07-30 rss
    [ "$(sqlite3 "$db" "select count(*), count(distinct key) from sent where section in ('new', 'cross-listed')")" = "7|7" ]
}

@test "later pages that are empty though there is more" {
    world 2026-07-28
    faults '{"match":"start=2&","times":2,"body":"<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\"><opensearch:totalResults>4</opensearch:totalResults><opensearch:startIndex>2</opensearch:startIndex></feed>"}'
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" fetch --source api
    [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq 4 ]
    faults '{"match":"start=2&","body":"<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\"><opensearch:totalResults>4</opensearch:totalResults><opensearch:startIndex>2</opensearch:startIndex></feed>"}'
    run --separate-stderr "$digest" --preview --source api -o digest.deadline=20s
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"no entries from place 2 on, though there should be 4"* ]]
}

@test "days of the past, from all three" {
    world 2026-08-03
    export DIGEST_NOW=2026-08-03T12:00:00Z
    for source in rss oai api; do
        rm -rf "$home/state"
        "$digest" --preview=json --source "$source" --date 2026-07-29 >"$home/out"
        want="arxiv:2607.10005 arxiv:2607.10007"
        [ "$source" != oai ] || want=arxiv:2607.10005
        [ "$(keys <"$home/out" | sort | paste -sd' ')" = "$want" ]
        [ "$(jq -r '.entries[].listed_on' "$home/out" | sort -u)" = 2026-07-29 ]
    done
}

@test "arXiv's feeds, as they were recorded" {
    [ -d "$data/arxiv_rss" ] || skip "no real feeds in $data (DIGEST_TEST_DATA)"
    mkdir -p "$home/files/rss" "$home/files/atom"
    cp "$data/arxiv_rss/rss_cs.AI_2026-04-27.xml" "$home/files/rss/cs.AI"
    cp "$data/arxiv_rss/atom_cs.AI_2025-08-20.xml" "$home/files/atom/cs.AI"
    rm "$home/web.port"
    start_replay --files "$home/files"
    write_config <<CONF
source rss { provider = arxiv_rss  categories = {cs.AI}  base_url = "$web"  interval = 0s }
source atom { provider = arxiv_rss  categories = {cs.AI}  feed = atom  base_url = "$web"  interval = 0s }
CONF
    DIGEST_NOW=2026-04-27T12:00:00Z "$digest" --preview=json --source rss >"$home/out"
    grep -o 'oai:arXiv.org:[0-9.]*' "$home/files/rss/cs.AI" | sed 's/.*:/arxiv:/' | sort >"$home/want"
    [ -s "$home/want" ]
    keys <"$home/out" | sort | diff "$home/want" -
    [ "$(jq -r '.entries[].listed_on' "$home/out" | sort -u)" = 2026-04-27 ]
    DIGEST_NOW=2025-08-20T12:00:00Z "$digest" --preview=json --source atom >"$home/out"
    grep -o 'oai:arXiv.org:[0-9.]*' "$home/files/atom/cs.AI" | sed 's/.*:/arxiv:/' | sort >"$home/want"
    [ -s "$home/want" ]
    keys <"$home/out" | sort | diff "$home/want" -
    [ "$(jq -r '.entries[].listed_on' "$home/out" | sort -u)" = 2025-08-20 ]
}

@test "which announcements are news is the reader's choice" {
    send 2026-07-27 cl
    world 2026-07-29
    export DIGEST_NOW=2026-07-29T12:00:00Z
    "$digest" --preview=json --source cl >"$home/out"
    [ "$(keys <"$home/out")" = arxiv:2607.10005 ]
    "$digest" --preview=json --source cl -o source.cl.announce=replace >"$home/out"
    [ "$(keys <"$home/out")" = arxiv:2607.10001 ]
    run --separate-stderr "$digest" --preview --source cl -o source.cl.announce=everything
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"not 'everything'"* ]]
}

@test "one pace for all of arXiv" {
    sed -i 's/interval = 0s/interval = 1h/' "$home/config/digest/digest.conf"
    run --separate-stderr "$digest" fetch --source cl --source api --source oai -o digest.deadline=2s
    [ "$status" -eq 69 ]
    [ "$(requests)" -eq 1 ]
    run --separate-stderr "$digest" fetch --source api -o digest.deadline=1s
    [ "$status" -eq 69 ]
    [ "$(requests)" -eq 1 ]
}
