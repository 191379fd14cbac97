#!/usr/bin/env bats
# Days that were missed: what the next issue holds of them; and days that have nothing.
# shellcheck disable=SC2154,SC2030,SC2031

load helper

setup() {
    set_up_home
    mkdir "$home/hf" "$home/mail"
    listing_file "$home/hf/2026-07-20.json" 2026-07-20 2607.00001 "Monday one"
    start_replay --hf "$home/hf"
    write_config <<CONF
digest { retry = 0s }
smtp { url = "file:$home/mail" from = "digest@example.com" }
source hf { provider = hf_daily base_url = "$web" }
list daily { sources = {hf} timezone = UTC schedule = "11:00" subscribers = {reader@example.com} }
CONF
    run_at 2026-07-20T11:00:00Z
    [ "$(sent)" -eq 1 ]
    rm "$home"/mail/*
}

teardown() {
    tear_down_home
}

# run_at TIME [ARGUMENT...]: what `digest run` does at that time.
run_at() {
    DIGEST_NOW=$1 run --separate-stderr "$digest" run "${@:2}"
}

sent() {
    find "$home/mail" -name '*.eml' | wc -l
}

list_tuesday_to_thursday() {
    listing_file "$home/hf/2026-07-21.json" 2026-07-21 2607.00002 "Tuesday one"
    listing_file "$home/hf/2026-07-22.json" 2026-07-22 2607.00003 "Wednesday one"
    listing_file "$home/hf/2026-07-23.json" 2026-07-23 2607.00004 "Thursday one"
}

@test "behind missed days one issue holds all of them, each under its day" {
    list_tuesday_to_thursday
    run_at 2026-07-23T12:00:00Z
    [ "$status" -eq 0 ]
    [ "$(sent)" -eq 1 ]
    for text in "Tuesday one" "Wednesday one" "Thursday one" "Tuesday, 21 July" "Wednesday, 22 July" "Thursday, 23 July"; do
        grep -qi "$text" "$home"/mail/*.eml
    done
    run_at 2026-07-23T13:00:00Z
    [ "$(sent)" -eq 1 ]
}

@test "with catch_up = latest it holds the newest listing, and the rest is told to be left out" {
    list_tuesday_to_thursday
    run_at 2026-07-23T12:00:00Z -o list.daily.catch_up=latest
    [ "$(sent)" -eq 1 ]
    grep -q "Thursday one" "$home"/mail/*.eml
    refute grep -q "Tuesday one\|Wednesday one" "$home"/mail/*.eml
    DIGEST_NOW=2026-07-23T12:00:00Z run "$digest" why arxiv:2607.00002
    [[ "$output" == *"missed on 2026-07-21, and only the latest is wanted"* ]]
    listing_file "$home/hf/2026-07-24.json" 2026-07-24 2607.00005 "Friday one"
    run_at 2026-07-24T12:00:00Z
    [ "$(sent)" -eq 2 ]
    refute grep -rq "Tuesday one\|Wednesday one" "$home/mail"
}

@test "with catch_up = latest nothing is left out when nothing was missed" {
    listing_file "$home/hf/2026-07-21.json" 2026-07-21 2607.00002 "Tuesday one"
    listing_file "$home/hf/2026-07-22.json" 2026-07-22 2607.00003 "Wednesday one"
    run_at 2026-07-21T11:00:00Z -o list.daily.catch_up=latest
    run_at 2026-07-22T11:00:00Z -o list.daily.catch_up=latest
    [ "$(sent)" -eq 2 ]
    grep -rq "Tuesday one" "$home/mail"
    grep -rq "Wednesday one" "$home/mail"
}

# issue_of DATE: the message of that date.
issue_of() {
    grep -l "^Message-ID: <${1//-/}\." "$home"/mail/*.eml
}

@test "with catch_up = each every missed day has its issue, of its date, in order, and once" {
    list_tuesday_to_thursday
    run_at 2026-07-23T12:00:00Z -o list.daily.catch_up=each
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [ "$(sent)" -eq 3 ]
    grep -q "Tuesday one" "$(issue_of 2026-07-21)"
    grep -q "Wednesday one" "$(issue_of 2026-07-22)"
    grep -q "Thursday one" "$(issue_of 2026-07-23)"
    [ "$(grep -l "Tuesday one\|Wednesday one\|Thursday one" "$home"/mail/*.eml | wc -l)" -eq 3 ]
    grep -q "^Subject: .*22 Jul" "$(issue_of 2026-07-22)"
    run sqlite3 "$home/state/digest/digest.db" "SELECT group_concat(date(date * 86400, 'unixepoch')) FROM (SELECT date FROM issue ORDER BY id)"
    [ "$output" = "2026-07-20,2026-07-21,2026-07-22,2026-07-23" ]
    run_at 2026-07-23T13:00:00Z -o list.daily.catch_up=each
    [ "$(sent)" -eq 3 ]
    listing_file "$home/hf/2026-07-24.json" 2026-07-24 2607.00005 "Friday one"
    run_at 2026-07-24T11:00:00Z -o list.daily.catch_up=each
    [ "$(sent)" -eq 4 ]
}

@test "each: before today's hour the missed days go out, and today's issue at its hour" {
    list_tuesday_to_thursday
    rm "$home/hf/2026-07-23.json"
    run_at 2026-07-23T08:00:00Z -o list.daily.catch_up=each
    [ "$(sent)" -eq 2 ]
    grep -q "Wednesday one" "$(issue_of 2026-07-22)"
    listing_file "$home/hf/2026-07-23.json" 2026-07-23 2607.00004 "Thursday one"
    run_at 2026-07-23T11:00:00Z -o list.daily.catch_up=each
    [ "$(sent)" -eq 3 ]
    grep -q "Thursday one" "$(issue_of 2026-07-23)"
}

@test "each: a run that is killed anywhere is gone on with, and no day is told twice" {
    list_tuesday_to_thursday
    cp -r "$home/state" "$home/kept"
    command -v strace >/dev/null || skip "there is no strace"
    for when in 8 24 40 60; do
        rm -rf "$home/state" "$home"/mail/*
        cp -r "$home/kept" "$home/state"
        DIGEST_NOW=2026-07-23T12:00:00Z run strace -f -o /dev/null -e trace=pwrite64 \
            -e inject=pwrite64:signal=KILL:when="$when" "$digest" run -o list.daily.catch_up=each
        run_at 2026-07-23T12:15:00Z -o list.daily.catch_up=each
        run_at 2026-07-23T12:30:00Z -o list.daily.catch_up=each
        [ "$(sent)" -eq 3 ]
        for text in "Tuesday one" "Wednesday one" "Thursday one"; do
            [ "$(grep -l "$text" "$home"/mail/*.eml | wc -l)" -eq 1 ]
        done
    done
}

@test "each: a day without news has no issue, or its note" {
    list_tuesday_to_thursday
    listing_file "$home/hf/2026-07-24.json" 2026-07-24 2607.00005 "Friday one"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00006 "Monday again"
    cp -r "$home/state" "$home/kept"
    run_at 2026-07-27T12:00:00Z -o list.daily.catch_up=each
    [ "$(sent)" -eq 5 ]
    rm -rf "$home/state" "$home"/mail/*
    mv "$home/kept" "$home/state"
    run_at 2026-07-27T12:00:00Z -o list.daily.catch_up=each -o list.daily.empty=note
    [ "$(sent)" -eq 7 ]
    grep -q "Nothing new" "$(issue_of 2026-07-26)"
    refute grep -q "Monday again" "$(issue_of 2026-07-26)"
}

@test "each: what was sent by hand on a missed day is the issue of that day" {
    list_tuesday_to_thursday
    DIGEST_NOW=2026-07-21T15:00:00Z "$digest" run --list daily
    [ "$(sent)" -eq 1 ]
    run_at 2026-07-23T12:00:00Z -o list.daily.catch_up=each
    [ "$(sent)" -eq 3 ]
    [ "$(find "$home/mail" -name '*.eml' -exec grep -h '^Message-ID' {} + | cut -d. -f1 | sort | uniq -d | wc -l)" -eq 0 ]
}

@test "each: without a schedule every local date has its issue; a reader of his own likewise" {
    sed -i 's/schedule = "11:00"/catch_up = each/' "$home/config/digest/digest.conf"
    "$digest" subscribers add own@example.com
    "$digest" subscribers set own@example.com limit=5
    list_tuesday_to_thursday
    run_at 2026-07-23T12:00:00Z
    [ "$status" -eq 0 ]
    [ "$(sent)" -eq 6 ]
    for date in 20260721 20260722 20260723; do
        [ "$(grep -l "^Message-ID: <$date\." "$home"/mail/*.eml | wc -l)" -eq 2 ]
    done
    run_at 2026-07-23T13:00:00Z
    [ "$(sent)" -eq 6 ]
}

@test "an issue that is made behind midnight is that of its day, and the next day has its own" {
    sed -i 's/"11:00"/"23:30"/' "$home/config/digest/digest.conf"
    listing_file "$home/hf/2026-07-21.json" 2026-07-21 2607.00002 "Tuesday one"
    run_at 2026-07-22T00:10:00Z
    [ "$(sent)" -eq 1 ]
    grep -q "Tuesday one" "$(issue_of 2026-07-21)"
    listing_file "$home/hf/2026-07-22.json" 2026-07-22 2607.00003 "Wednesday one"
    run_at 2026-07-22T23:30:00Z
    [ "$(sent)" -eq 2 ]
    grep -q "Wednesday one" "$(issue_of 2026-07-22)"
}

@test "a day with nothing new is skipped, or told by one note" {
    list_tuesday_to_thursday
    listing_file "$home/hf/2026-07-24.json" 2026-07-24 2607.00005 "Friday one"
    run_at 2026-07-24T11:00:00Z
    rm "$home"/mail/*
    run_at 2026-07-25T11:00:00Z
    [ "$status" -eq 0 ]
    [ "$(sent)" -eq 0 ]
    run_at 2026-07-26T11:00:00Z -v -o list.daily.empty=note
    [ "$status" -eq 0 ]
    [ "$(sent)" -eq 1 ]
    [[ "$stderr" == *"sent word that nothing is new to reader@example.com"* ]]
    grep -q "Nothing new" "$home"/mail/*.eml
    run_at 2026-07-26T12:00:00Z -o list.daily.empty=note
    [ "$(sent)" -eq 1 ]
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00006 "Monday again"
    run_at 2026-07-27T11:00:00Z -o list.daily.empty=note
    [ "$(sent)" -eq 2 ]
    grep -rq "Monday again" "$home/mail"
}

@test "a source that was not heard is no empty day" {
    listing_file "$home/hf/2026-07-21.json" 2026-07-21 2607.00002 "Tuesday one"
    run_at 2026-07-21T11:00:00Z -o list.daily.empty=note -o source.hf.base_url=http://127.0.0.1:1
    [ "$status" -ne 0 ]
    [ "$(sent)" -eq 0 ]
}

@test "what the keys may be is told" {
    run_at 2026-07-21T11:00:00Z -o list.daily.empty=never
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"must be skip or note"* ]]
    run_at 2026-07-21T11:00:00Z -o list.daily.catch_up=all
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"must be combined, each or latest"* ]]
}
