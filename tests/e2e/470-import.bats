#!/usr/bin/env bats
# Dumps and saved listings: read in batches, interrupted, gone on with, and nobody's news.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
}

teardown() {
    tear_down_home
}

# snapshot FILE COUNT [FIRST]: lines as Kaggle's snapshot has them.
snapshot() {
    awk -v first="${3:-1}" -v count="$2" 'BEGIN {
        for (i = first; i < first + count; i++)
            printf "{\"id\":\"%02d%02d.%05d\",\"submitter\":\"A\",\"authors\":\"Ada Example\",\"title\":\"Paper %d\",\"comments\":null,\"journal-ref\":null,\"doi\":null,\"report-no\":null,\"categories\":\"cs.CL cs.LG\",\"license\":null,\"abstract\":\"  A sentence of ours, number %d.\\n\",\"versions\":[{\"version\":\"v1\",\"created\":\"Mon, 2 Apr 2012 19:18:42 GMT\"}],\"update_date\":\"2012-11-26\",\"authors_parsed\":[[\"Example\",\"Ada\",\"\"]]}\n", 15 + i / 120000, 1 + int(i / 10000) % 12, i % 10000 + 1, i, i
    }' >"$1"
}

stored() {
    sqlite3 "$db" 'select count(*) from papers'
}

@test "a snapshot: all new, then all known, and nobody's news" {
    snapshot "$home/snapshot.json" 25000
    "$digest" import "$home/snapshot.json" >"$home/out"
    [ "$(cat "$home/out")" = "$home/snapshot.json: kaggle: 25000 entries read, 25000 new" ]
    [ "$(stored)" -eq 25000 ]
    [ "$(sqlite3 "$db" 'select count(*) from import')" -eq 0 ]
    "$digest" import "$home/snapshot.json" >"$home/out"
    [ "$(cat "$home/out")" = "$home/snapshot.json: kaggle: 25000 entries read, 0 new" ]
    [ "$(sqlite3 "$db" 'select count(*) from version')" -eq 25000 ]
    [ "$(sqlite3 "$db" 'select count(*) from sighting')" -eq 25000 ]
    [ "$(sqlite3 "$db" 'select count(*) from today')" -eq 0 ]
    "$digest" status --json | jq -e '.sources == []'
    # A source lists one of them for the first time: that is news.
    listing_file "$home/2026-07-27.json" 2026-07-27 1501.00002 "Paper 1" 2607.00001 "Monday one"
    "$digest" --send-to list@example.com --source "$home/2026-07-27.json" --transport "maildir:$home/mail" --from digest@example.com
    [ "$(sqlite3 "$db" 'select count(*) from sent')" -eq 2 ]
    [ "$(stored)" -eq 25001 ]
    "$digest" show --json 1501.00002 | jq -e '[.sightings[].is_looked_up] == [true, false]'
}

@test "an interrupted import goes on where it was" {
    snapshot "$home/snapshot.json" 60000
    for signal in TERM KILL; do
        rm -rf "$home/state"
        "$digest" import "$home/snapshot.json" >"$home/out" 2>"$home/err" 3>&- &
        pid=$!
        for ((i = 0; i < 600; i++)); do
            [ "$(sqlite3 -cmd '.timeout 2000' "$db" 'select count(*) from import' 2>"$home/ignored")" = 1 ] && break
            sleep 0.02
        done
        kill -$signal $pid
        wait $pid || true
        [ "$(sqlite3 "$db" 'pragma integrity_check')" = ok ]
        before=$(stored)
        [ "$before" -ge 10000 ]
        [ "$(sqlite3 "$db" 'select count(*) from sighting')" -eq "$before" ]
        [ "$signal" = KILL ] || [ "$before" -eq 60000 ] || grep -q 'stopped by a signal' "$home/err"
        "$digest" import "$home/snapshot.json" >"$home/out"
        [ "$(stored)" -eq 60000 ]
        [ "$before" -eq 60000 ] || grep -q ": $((60000 - before)) entries read, $((60000 - before)) new" "$home/out"
        [ "$(sqlite3 "$db" 'select count(*) from import')" -eq 0 ]
    done
}

@test "a folder: each file by its format, a bad one is told and the others are read" {
    mkdir "$home/dump"
    snapshot "$home/dump/1.json" 3
    snapshot "$home/two" 2 11
    gzip -c "$home/two" >"$home/dump/2.json.gz"
    listing_file "$home/dump/2026-07-24.json" 2026-07-24 2607.00001 "Friday one"
    echo 'nothing of the kind' >"$home/dump/notes.txt"
    printf '{"id":"1501.90001","title":"Cut' >>"$home/dump/1.json"
    run --separate-stderr "$digest" import "$home/dump"
    [ "$status" -eq 65 ]
    [[ "$stderr" == *"notes.txt"* ]]
    [ "$(stored)" -eq 6 ]
    [ "$(sqlite3 "$db" "select listed from papers where key = 'arxiv:2607.00001'")" = 2026-07-24 ]
}

@test "a line that is no record is left out" {
    snapshot "$home/snapshot.json" 3
    echo '{"id":17,"title":"No name","authors_parsed":[],"update_date":"2012-11-26"}' >>"$home/snapshot.json"
    snapshot "$home/more" 2 11
    cat "$home/more" >>"$home/snapshot.json"
    run --separate-stderr "$digest" import "$home/snapshot.json"
    [ "$status" -eq 0 ]
    [[ "$output" == *"5 entries read, 5 new, 1 left out"* ]]
    [ "$(stored)" -eq 5 ]
}

@test "what cannot be imported" {
    : >"$home/empty"
    while read -r code words arguments; do
        # shellcheck disable=SC2086
        run --separate-stderr "$digest" import $arguments
        [ "$status" -eq "$code" ]
        [[ "$stderr" == "digest: import: "*"${words//_/ }"* ]]
    done <<TABLE
64 something_is_missing
74 No_such_file $home/nothing
65 empty_answer $home/empty
74 /dev/null /dev/null
TABLE
    snapshot "$home/snapshot.json" 3
    mkdir -p "$home/state/digest"
    exec 9>"$db.lock"
    flock 9
    run --separate-stderr "$digest" import "$home/snapshot.json" 9>&-
    [ "$status" -eq 75 ]
}

@test "a terminal gets a bar, a pipe none" {
    snapshot "$home/snapshot.json" 40000
    "$digest" --progress=always import "$home/snapshot.json" 2>"$home/err" >"$home/out"
    grep -q 'snapshot.json \[#* *\] *[0-9]*%  [0-9]* entries, [0-9]*/s, [0-9]*:[0-9][0-9] left' "$home/err"
    "$digest" import "$home/snapshot.json" 2>"$home/err" >"$home/out"
    [ ! -s "$home/err" ]
}

@test "the real lines of the snapshot, and OAI records" {
    need_data
    [ -d "$data/kaggle" ] || skip "no snapshot in $data (DIGEST_TEST_DATA)"
    "$digest" import "$data/kaggle" >"$home/out"
    [ "$(stored)" -eq 100 ]
    [ "$(sqlite3 "$db" 'select count(*) from import')" -eq 0 ]
    "$digest" import "$data/kaggle" | grep -q ', 0 new'
}
