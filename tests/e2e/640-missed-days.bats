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
    run_at 2026-07-21T11:00:00Z -o list.daily.catch_up=each
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"must be combined or latest"* ]]
}
