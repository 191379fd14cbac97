#!/usr/bin/env bats
# What prune forgets, and that nobody gets a paper again for it; backups over backups.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one" 2607.00002 "Monday two"
    listing_file "$home/hf/2026-07-28.json" 2026-07-28 2607.00003 "Tuesday one" 2607.00001 "Monday one"
    listing_file "$home/hf/2026-07-29.json" 2026-07-29 2607.00004 "Wednesday one" 2607.00001 "Monday one"
    listing_file "$home/hf/2026-07-30.json" 2026-07-30 2607.00001 "Monday one" 2607.00005 "Thursday one"
    start_replay --hf "$home/hf"
    hf_config
    for day in 27 28 29 30; do
        DIGEST_NOW=2026-07-${day}T12:00:00Z "$digest" --send-to list@example.com --limit 1
    done
    export DIGEST_NOW=2026-08-20T12:00:00Z
}

teardown() {
    tear_down_home
}

ask() {
    sqlite3 -readonly "$db" "$1"
}

@test "prune forgets sent bytes and listings between the first and the newest, and says so" {
    before=$(sha256sum "$db")
    run "$digest" prune --dry-run
    [ "$status" -eq 0 ]
    [[ "$output" == *"would forget       4  messages that were sent"* ]]
    [[ "$output" == *"would forget       2  listings of a paper"* ]]
    [ "$(sha256sum "$db")" = "$before" ]
    issues=$(ask 'SELECT count(*) FROM issue')
    left_out=$(ask 'SELECT count(*) FROM left_out')
    run "$digest" prune
    [ "$status" -eq 0 ]
    [[ "$output" == *"forgot       4  messages that were sent"* ]]
    [ "$(ask 'SELECT count(*) FROM issue_message')" -eq 0 ]
    [ "$(ask 'SELECT count(*) FROM issue')" -eq "$issues" ]
    [ "$(ask 'SELECT count(*) FROM left_out')" -eq "$left_out" ]
    [ "$(ask 'PRAGMA integrity_check')" = ok ]
    run "$digest" prune
    [[ "$output" == *"forgot       0  messages that were sent"* ]]
    "$digest" why 2607.00002 | grep -q 'limit'
    run -65 "$digest" issues resend 1
    "$digest" issues show 1 | grep -q 'no longer kept'
}

@test "nothing is news again for what was forgotten" {
    "$digest" prune
    # The days are asked for again, and another source lists what was there before.
    "$digest" fetch --since 2026-07-27 --until 2026-07-30
    mails=$(mail_count)
    DIGEST_NOW=2026-07-30T20:00:00Z "$digest" --send-to list@example.com --limit 1
    [ "$(mail_count)" -eq "$mails" ]
    listing_file "$home/hf/2026-07-31.json" 2026-07-31 2607.00001 "Monday one" 2607.00002 "Monday two" 2607.00006 "Friday one"
    DIGEST_NOW=2026-07-31T12:00:00Z "$digest" --send-to list@example.com --limit 1
    [ "$(mail_count)" -eq $((mails + 1)) ]
    grep -q '2607.00006' "$(newest_mail)"
    refute grep -q '2607.0000[1-5]' "$(newest_mail)"
}

@test "what waits for its readers is not forgotten" {
    sqlite3 "$db" 'UPDATE delivery SET state = 4, is_open = 1, next_at = 0 WHERE issue = 1'
    "$digest" prune
    [ "$(ask 'SELECT group_concat(issue) FROM issue_message')" = 1 ]
}

@test "a backup replaces an earlier one, and nothing else" {
    "$digest" backup "$home/copy.db"
    first=$(sha256sum <"$home/copy.db")
    "$digest" prune
    "$digest" backup "$home/copy.db"
    [ "$(sha256sum <"$home/copy.db")" != "$first" ]
    [ "$(stat -c %a "$home/copy.db")" = 600 ]
    [ "$(sqlite3 "$home/copy.db" 'SELECT count(*) FROM issue_message')" -eq 0 ]
    echo mine >"$home/letter"
    sqlite3 "$home/other.db" 'CREATE TABLE t (x)'
    for file in "$home/letter" "$home/other.db" "$home" "$db"; do
        run -73 "$digest" backup "$file"
    done
    [ "$(cat "$home/letter")" = mine ]
    [ "$(find "$home" -name '*.part' | wc -l)" -eq 0 ]
}
