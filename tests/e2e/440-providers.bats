#!/usr/bin/env bats
# The providers, each against a server that speaks its protocol: paging, refusals, gaps, and what is
# news from day to day.
# shellcheck disable=SC2154,SC2016

load helper

setup() {
    set_up_home
    echo '[]' >"$home/faults"
    echo '{}' >"$home/records"
    python3 "$top/tests/lib/api_server.py" --records "$home/records" --faults "$home/faults" \
        --log "$home/web.log" --port-file "$home/web.port" >"$home/web.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/web.port"
    web=http://127.0.0.1:$(cat "$home/web.port")
}

teardown() {
    tear_down_home
}

# config KEYS: a configuration with the source s of these keys, at the server.
config() {
    write_config <<CONF
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source s { $1 }
list daily { title = "Papers"  sources = {s}  timezone = UTC }
CONF
}

# records KIND LINE...: what the server has of a kind from now on: "ID DAY TITLE" a line, into the fields
# of its records.
records() {
    local kind=$1
    shift
    printf '%s\n' "$@" | jq -R --arg kind "$kind" 'split(" ") as $w | {id: $w[0], doi: $w[0], day: $w[1], title: ($w[2:] | join(" ")),
        invitation: "V/2026/-/Submission", trends: true}' | jq -s --arg kind "$kind" '{($kind): .}' >"$home/records.new"
    mv "$home/records.new" "$home/records"
}

faults() {
    (IFS=, && printf '[%s]\n' "$*") >"$home/faults.new"
    mv "$home/faults.new" "$home/faults"
}

paths() {
    jq -r .path "$home/web.log"
}

# news DAY: mails what is new on a day, and prints its titles.
news() {
    DIGEST_NOW=$1T12:00:00Z "$digest" --preview=json --send-to one@example.com >"$home/issue"
    DIGEST_NOW=$1T12:00:00Z "$digest" --send-to one@example.com >"$home/sent"
    jq -r '.entries[].title' "$home/issue" | paste -sd,
}

@test "a week is one listing: shown whole, caught up with, nothing twice" {
    config "provider = hf_daily  period = week  base_url = '$web'"
    records hf "2607.00001 2026-07-20 Old one" "2607.00002 2026-07-27 Monday" "2607.00003 2026-07-28 Tuesday"
    [ "$(DIGEST_NOW=2026-07-28T12:00:00Z "$digest" --preview=json | jq -r '.entries[].title' | paste -sd,)" = "Monday,Tuesday" ]
    [ "$(news 2026-07-28)" = "Monday,Tuesday" ]
    [ "$(news 2026-07-29)" = "" ]
    # Two weeks without a run: what was added to the week, the week between, and the present one.
    records hf "2607.00002 2026-07-27 Monday" "2607.00003 2026-07-28 Tuesday" "2607.00004 2026-07-31 Friday" \
        "2608.00001 2026-08-05 Between" "2608.00002 2026-08-10 Present"
    [ "$(news 2026-08-11)" = "Friday,Between,Present" ]
    [ "$(news 2026-08-12)" = "" ]
    # By its days: the day that is asked for, and no other.
    DIGEST_NOW=2026-08-12T12:00:00Z "$digest" --preview=json --date 2026-08-05 >"$home/out"
    [ "$(jq -r '.entries[].title' "$home/out")" = "Between" ]
    paths | grep -q 'week=2026-W32&'
}

@test "months" {
    config "provider = hf_daily  period = month  base_url = '$web'"
    records hf "2607.00001 2026-07-02 Early" "2607.00002 2026-07-27 Late"
    [ "$(news 2026-07-28)" = "Early,Late" ]
    records hf "2607.00001 2026-07-02 Early" "2607.00003 2026-07-30 Later" "2608.00001 2026-08-03 August"
    [ "$(news 2026-08-04)" = "Later,August" ]
    paths | grep -q 'month=2026-08&'
}

@test "what trends is news once" {
    config "provider = hf_daily  period = trending  base_url = '$web'"
    records hf "2601.00001 2026-01-05 Evergreen" "2607.00001 2026-07-27 Fresh"
    [ "$(news 2026-07-27)" = "Evergreen,Fresh" ]
    # A paper of long ago that trends now is news now.
    records hf "2601.00002 2025-12-01 Ancient" "2601.00001 2026-01-05 Evergreen"
    [ "$(news 2026-07-28)" = "Ancient" ]
    run "$digest" fetch
    [[ "$output" == *"nothing new: 2 papers read, 0 new"* ]]
    # Nothing at all is no "nothing new".
    echo '{}' >"$home/records"
    run --separate-stderr "$digest" fetch
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"is empty, which it was not before"* ]]
}

@test "a search" {
    config "provider = hf_search  query = 'graph nets'  base_url = '$web'"
    records hf "2607.00001 2026-07-20 Graph nets" "2607.00002 2026-07-20 Something else"
    [ "$(news 2026-07-27)" = "Graph nets" ]
    records hf "2607.00001 2026-07-20 Graph nets" "2605.00003 2026-05-20 More nets for a graph"
    [ "$(news 2026-07-28)" = "More nets for a graph" ]
    paths | grep -qx '/api/papers/search?q=graph%20nets&limit=100'
}

@test "preprints: pages, days that were missed, and a version that is an update" {
    config "provider = biorxiv  base_url = '$web'  interval = 0s"
    records biorxiv "10.1101/1 2026-07-23 A" "10.1101/2 2026-07-23 B" "10.1101/3 2026-07-23 C" "10.1101/4 2026-07-23 D"
    [ "$(news 2026-07-24)" = "A,B,C,D" ]
    paths | grep -qx '/details/biorxiv/2026-07-23/2026-07-23/3/json'
    # Four days later: late ones of the first day, those of the days between, a second version of A.
    records biorxiv "10.1101/1 2026-07-23 A" "10.1101/2 2026-07-23 B" "10.1101/3 2026-07-23 C" "10.1101/4 2026-07-23 D" \
        "10.1101/5 2026-07-23 Late" "10.1101/6 2026-07-24 E" "10.1101/1 2026-07-27 A" "10.1101/7 2026-07-27 F"
    jq '.biorxiv[6].version = 2' "$home/records" >"$home/records.new"
    mv "$home/records.new" "$home/records"
    news 2026-07-28 >"$home/out"
    [ "$(jq -r '.entries[] | select(.section == "new").title' "$home/issue" | paste -sd,)" = "Late,E,F" ]
    [ "$(jq -c '.entries[] | select(.section == "updated") | [.title, .version]' "$home/issue")" = '["A",2]' ]
    [ "$(news 2026-07-29)" = "" ]
}

@test "preprints: an empty page in the middle is asked for again" {
    config "provider = biorxiv  server = medrxiv  category = 'public health'  base_url = '$web'  interval = 0s"
    records biorxiv "10.1101/1 2026-07-27 A" "10.1101/2 2026-07-27 B" "10.1101/3 2026-07-27 C" "10.1101/4 2026-07-27 D"
    jq '.biorxiv[] |= . + {server: "medrxiv", category: "public health"}' "$home/records" >"$home/records.new"
    mv "$home/records.new" "$home/records"
    faults '{"path":"/details/medrxiv/2026-07-27/2026-07-27/3/","times":1,"body":"{\"messages\":[{\"status\":\"no posts found\"}],\"collection\":[]}"}'
    [ "$("$digest" --preview=json | jq -r '.entries[].title' | paste -sd,)" = "A,B,C,D" ]
    paths | grep -qx '/details/medrxiv/2026-07-27/2026-07-27/3/json?category=public_health'
    # And not for ever.
    faults '{"path":"/details/medrxiv/2026-07-27/2026-07-27/3/","body":"{\"messages\":[{\"status\":\"no posts found\"}],\"collection\":[]}"}'
    run --separate-stderr "$digest" fetch
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"no entries from place 3 on, though there should be 4"* ]]
}

@test "a venue: what becomes visible is news, whatever its date" {
    config "provider = openreview  invitation = 'V/2026'  base_url = '$web'  interval = 0s"
    records openreview "aaa 2026-07-01 One" "bbb 2026-07-01 Two" "ccc 2026-07-01 Three" "ddd 2026-07-01 Four"
    [ "$(news 2026-07-27)" = "One,Two,Three,Four" ]
    records openreview "aaa 2026-07-01 One" "eee 2026-07-01 Hidden until now" "bbb 2026-07-01 Two" "ccc 2026-07-01 Three" "ddd 2026-07-01 Four"
    [ "$(news 2026-07-28)" = "Hidden until now" ]
    [ "$(paths | grep -c 'offset=3$')" -ge 2 ]
    config "provider = openreview  invitation = 'W/2026'  base_url = '$web'  interval = 0s"
    run --separate-stderr "$digest" --preview
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"not there (status 404)"* ]]
}

@test "Semantic Scholar: refusals are waited for, a key goes where it belongs" {
    (umask 077 && echo "our-key" >"$home/key")
    config "provider = semantic_scholar  query = 'graph nets'  base_url = '$web'  interval = 0s  token_file = '$home/key'"
    records s2 "a1 2026-07-01 One" "b2 2026-07-02 Two" "c3 2026-07-03 Three" "d4 2026-07-04 Four"
    faults '{"times":1,"status":429,"headers":{"Retry-After":"1"}}' '{"after":2,"times":1,"status":429}'
    [ "$("$digest" --preview=json | jq -r '.entries[].title' | paste -sd,)" = "One,Two,Three,Four" ]
    [ "$(jq -r '.headers["x-api-key"]' "$home/web.log" | sort -u)" = "our-key" ]
    [ "$(jq -r '.headers.authorization' "$home/web.log" | sort -u)" = "null" ]
    faults
    rm "$home/web.log"
    "$digest" --preview=json -o source.s.bulk=true -o source.s.year=2025- >"$home/out"
    [ "$(jq -r '.entries[].title' "$home/out" | paste -sd,)" = "One,Two,Three,Four" ]
    [ "$(paths | grep -c '/search/bulk?query=graph%20nets&year=2025-&.*sort=publicationDate:desc')" -eq 2 ]
    paths | grep -q 'token=3$'
}

@test "Crossref: by the day a work came in, with a cursor that must be quoted and never ends" {
    config "provider = crossref  query = graphs  filter = 'type:journal-article'  base_url = '$web'  interval = 0s"
    records crossref "10.5555/1 2026-07-26 One" "10.5555/2 2026-07-26 Two" "10.5555/3 2026-07-26 Three" "10.5555/4 2026-07-26 Four"
    [ "$(news 2026-07-26)" = "One,Two,Three,Four" ]
    paths | grep -q 'cursor=AoJ/%2B%3D%3D3$'
    # One was indexed late.
    records crossref "10.5555/1 2026-07-26 One" "10.5555/2 2026-07-26 Two" "10.5555/3 2026-07-26 Three" "10.5555/4 2026-07-26 Four" \
        "10.5555/5 2026-07-26 Late" "10.5555/6 2026-07-28 Six"
    [ "$(news 2026-07-28)" = "Late,Six" ]
    "$digest" --preview=json -o digest.contact=admin@example.org >"$home/out"
    paths | grep -q 'mailto=admin%40example.org$'
    [ "$(jq '[.entries[] | select(.abstract | test("jats"))] | length' "$home/out")" -eq 0 ]
}

@test "a JSON Feed after a gap: its pages are turned, and only then" {
    config "provider = feed  url = '$web/feed.json'"
    records feed "1 2026-07-20 One" "2 2026-07-20 Two" "3 2026-07-20 Three" "0 2026-07-19 Before"
    [ "$(news 2026-07-20)" = "One,Two,Three" ]
    [ "$(paths | grep -c 'start=3')" -eq 0 ]
    records feed "9 2026-07-27 Nine" "8 2026-07-26 Eight" "7 2026-07-25 Seven" "6 2026-07-24 Six" "5 2026-07-23 Five" "4 2026-07-22 Four" \
        "3 2026-07-20 Three" "2 2026-07-20 Two" "1 2026-07-20 One"
    [ "$(news 2026-07-27 | tr , '\n' | sort | paste -sd,)" = "Eight,Five,Four,Nine,Seven,Six" ]
    [ "$(news 2026-07-28)" = "" ]
}

@test "a feed that moved is asked there; one that is gone is not asked" {
    config "provider = feed  url = '$web/old.json'"
    records feed "1 2026-07-27 One"
    faults '{"path":"/old.json","do":"redirect","status":301,"to":"{base}/feed.json"}'
    run "$digest" fetch
    [ "$status" -eq 0 ]
    "$digest" status --json | jq -e '.sources[0].moved_to | endswith("/feed.json")'
    rm "$home/web.log"
    "$digest" fetch
    [ "$(paths | sort -u)" = "/feed.json" ]
    faults '{"status":410}'
    run --separate-stderr "$digest" fetch
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"gone for good (status 410)"*"digest fetch --source 's'"* ]]
    rm "$home/web.log"
    run --separate-stderr "$digest" fetch
    [ "$status" -eq 0 ]
    [ ! -e "$home/web.log" ]
    "$digest" status | grep -q "gone for good, not asked any more"
    faults
    "$digest" fetch --source s
    [ "$(paths)" = "/feed.json" ]
    "$digest" status --json | jq -e '.sources[0].gone == false'
}

@test "a day that shrinks loses nothing" {
    config "provider = hf_daily  base_url = '$web'"
    records hf "2607.00001 2026-07-27 One" "2607.00002 2026-07-27 Two" "2607.00003 2026-07-27 Three"
    "$digest" fetch
    records hf "2607.00002 2026-07-27 Two"
    "$digest" fetch
    [ "$("$digest" --preview=json | jq -r '.entries[].title' | sort | paste -sd,)" = "One,Three,Two" ]
}

@test "a program's listing" {
    cat >"$home/papers" <<'SCRIPT'
#!/bin/sh
echo "looking for $2" >&2
case $1 in
fail) echo "no luck today" >&2; exit 3 ;;
hang) sleep 300 & echo $! >"$HOME/child"; wait ;;
leave) sleep 300 & echo $! >"$HOME/child" ;;
html) echo '<!doctype html><html><body>Log in</body></html>'; exit 0 ;;
much) yes | head -c 40000000; exit 0 ;;
esac
printf '[{"paper":{"id":"2607.00001","title":"%s","summary":"A sentence of ours."}}]' "$2"
SCRIPT
    chmod +x "$home/papers"
    config "provider = command  command = {$home/papers, ok, 'a b; \$(exit 1)'}  timeout = 2s"
    "$digest" --preview=json -v >"$home/out" 2>"$home/err"
    [ "$(jq -r '.entries[].title' "$home/out")" = 'a b; $(exit 1)' ]
    grep -q 'looking for a b; $(exit 1)' "$home/err"
    # Without a date it is news once.
    [ "$(news 2026-07-27)" = 'a b; $(exit 1)' ]
    [ "$(news 2026-07-28)" = "" ]
    while IFS=: read -r code way pattern; do
        run --separate-stderr "$digest" fetch -o "source.s.command=$home/papers,$way,x"
        echo "$way: $status $stderr" >&2
        [ "$status" -eq "$code" ]
        [[ "$stderr" =~ $pattern ]]
    done <<'TABLE'
69:fail:ended with status 3: no luck today
69:hang:did not end within 2 s
65:html:an HTML page where a listing should be
65:much:over 32 MiB
0:leave:
TABLE
    # What it started has ended with it.
    refute grep -q '^State:.[^ZX]' "/proc/$(cat "$home/child")/status"
    run --separate-stderr "$digest" fetch -o source.s.command=no-such-program
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"cannot run 'no-such-program'"* ]]
    # Not offline, and never by --source.
    "$digest" fetch --offline -o "source.s.command=$home/papers,fail"
    run "$digest" --preview --source "command:$home/papers"
    [ "$status" -eq 64 ]
    # Who could change the file could run programs as us.
    chmod g+w "$XDG_CONFIG_HOME/digest/digest.conf"
    run --separate-stderr "$digest" --preview
    [ "$status" -eq 77 ]
    [[ "$stderr" == *"chmod go-w"* ]]
}
