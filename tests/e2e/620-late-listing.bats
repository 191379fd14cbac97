#!/usr/bin/env bats
# A listing that is late: the issue waits behind its hour, and goes without it at its deadline.
# shellcheck disable=SC2154,SC2030,SC2031

load helper

setup() {
    set_up_home
    mkdir "$home/hf" "$home/mail"
    listing_file "$home/hf/2026-07-24.json" 2026-07-24 2607.00001 "Friday one"
    start_replay --hf "$home/hf"
    write_config <<CONF
digest { retry = 0s }
smtp { url = "file:$home/mail" from = "digest@example.com" }
source hf { provider = hf_daily base_url = "$web" }
list daily { sources = {hf} timezone = UTC schedule = "07:00" deadline = 90m subscribers = {reader@example.com} }
CONF
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

@test "it waits silently, and goes out as soon as the listing is there" {
    run_at 2026-07-27T07:00:00Z
    [ "$status" -eq 0 ]
    [ -z "$output$stderr" ]
    [ "$(sent)" -eq 0 ]
    run_at 2026-07-27T07:15:00Z -v
    [[ "$stderr" == *"list 'daily' waits for "*", until 2026-07-27T08:30:00Z at most"* ]]
    [ "$(sent)" -eq 0 ]
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00002 "Monday one"
    run_at 2026-07-27T07:30:00Z
    [ "$status" -eq 0 ]
    [ "$(sent)" -eq 1 ]
    refute grep -rq "has not published 2026" "$home/mail"
    run_at 2026-07-27T07:45:00Z
    [ "$(sent)" -eq 1 ]
}

@test "at its deadline it goes with what there is and says so; what comes late is in the next" {
    run_at 2026-07-27T08:29:00Z
    [ "$(sent)" -eq 0 ]
    run_at 2026-07-27T08:30:00Z
    [ "$(sent)" -eq 1 ]
    grep -rq "has not published 2026-07-27 yet; its" "$home/mail"
    grep -rq "Friday one" "$home/mail"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00002 "Monday one"
    run_at 2026-07-27T09:00:00Z
    [ "$(sent)" -eq 1 ]
    listing_file "$home/hf/2026-07-28.json" 2026-07-28 2607.00003 "Tuesday one"
    run_at 2026-07-28T07:00:00Z
    [ "$(sent)" -eq 2 ]
    grep -rlq "Monday one" "$home/mail"
    [ "$(grep -rl "Friday one" "$home/mail" | wc -l)" -eq 1 ]
}

@test "without a deadline nothing waits, and what is named is wanted now" {
    run_at 2026-07-27T07:00:00Z -o list.daily.deadline=0s
    [ "$(sent)" -eq 1 ]
    rm -r "$home/state" "$home/mail"
    mkdir "$home/mail"
    run_at 2026-07-27T07:00:00Z --list daily
    [ "$(sent)" -eq 1 ]
}

@test "on a day without announcement nothing is waited for" {
    run_at 2026-07-25T07:00:00Z
    [ "$status" -eq 0 ]
    [ "$(sent)" -eq 1 ]
}
