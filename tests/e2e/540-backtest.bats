#!/usr/bin/env bats
# A backtest tells what a list would have mailed: the same, paper by paper, as runs on those very days.
# shellcheck disable=SC2030,SC2031,SC2154

load helper

setup() {
    set_up_home
}

teardown() {
    tear_down_home
}

# The days of July, one run a day, as a crontab has them. What was mailed goes to $home/real, a line
# "DATE KEY" each, in the order of the issues.
run_day_by_day() {
    local day
    for day in 27 28 29 30 31; do
        DIGEST_NOW=2026-07-${day}T12:00:00Z "$digest" run --list "$1"
    done
    real_issues "$1"
}

real_issues() {
    sqlite3 -separator ' ' "$db" "SELECT issue_date, key FROM sent WHERE list = '$1' ORDER BY issue_date, position" \
        >"$home/real"
    [ -s "$home/real" ]
}

rehearse() {
    "$digest" backtest --json "$@" >"$home/out"
    jq -r '.issue_date as $date | .entries[] | $date + " " + .' "$home/out" >"$home/rehearsed"
}

# list_of NAME LINE...: that list, mailed to nobody's loss.
july_config() {
    write_config <<CONF
digest { retry = 0s }
smtp { url = "maildir:$home/mail" from = "digest@example.org" }
source hf { provider = hf_daily base_url = "$web" }
list all { sources = {hf} subscribers = {a@example.com} }
list some {
    sources = {hf}
    include = "agent OR agents OR reasoning"
    exclude = "video"
    rank = "votes"
    limit = 3
    subscribers = {a@example.com}
}
CONF
}

@test "it equals real runs of the same days, id by id" {
    need_data
    start_replay --hf "$data/hf_daily"
    july_config
    for list in all some; do
        run_day_by_day "$list"
        DIGEST_NOW=2026-07-31T18:00:00Z rehearse --list "$list" --since 2026-07-27
        diff "$home/real" "$home/rehearsed"
    done
}

# Between these days the archive has gaps, which are named: 69, and the issue still goes.
@test "it equals real runs of all the days of that summer, gaps and all" {
    need_data
    start_replay --hf "$data/hf_daily"
    july_config
    for file in "$data"/hf_daily/2026-0[78]-*.json; do
        day=$(basename "$file" .json)
        DIGEST_NOW=${day}T12:00:00Z "$digest" run --list some || [ $? -eq 69 ]
    done
    real_issues some
    DIGEST_NOW=${day}T18:00:00Z rehearse --list some --since 2026-07-27
    diff "$home/real" "$home/rehearsed"
}

@test "days that were only looked up are rehearsed as well" {
    need_data
    start_replay --hf "$data/hf_daily"
    july_config
    run_day_by_day some
    DIGEST_NOW=2026-07-31T18:00:00Z "$digest" fetch --source hf --since 2026-07-27 --db "$home/other.db"
    DIGEST_NOW=2026-07-31T18:00:00Z rehearse --list some --since 4d --db "$home/other.db"
    diff "$home/real" "$home/rehearsed"
}

@test "nothing is touched, and another query can be tried" {
    need_data
    start_replay --hf "$data/hf_daily"
    july_config
    run_day_by_day all
    before=$(sha256sum "$db")
    export DIGEST_NOW=2026-07-31T18:00:00Z
    run -0 "$digest" backtest --list all --match agents --since 4d
    [ "$before" = "$(sha256sum "$db")" ]
    [[ "$output" == *"5 issues, "*" papers of "*" minutes of reading an issue"* ]]
    rehearse --list all --match agents --since 4d
    [ "$(wc -l <"$home/rehearsed")" -lt "$(wc -l <"$home/real")" ]
    jq -e 'all(.left_out[]; .why | length > 0)' "$home/out"
}

@test "a schedule decides on which days there are issues" {
    need_data
    start_replay --hf "$data/hf_daily"
    july_config
    run_day_by_day all
    export DIGEST_NOW=2026-07-31T18:00:00Z
    rehearse --list all --since 4d -o list.all.schedule="09:00 mon,fri"
    [ "$(jq -r .issue_date "$home/out" | sort -u | paste -sd' ')" = "2026-07-27 2026-07-31" ]
    [ "$(cut -d' ' -f2 "$home/rehearsed" | sort)" = "$(cut -d' ' -f2 "$home/real" | sort)" ]
}

@test "it says which liked papers would have been missed" {
    need_data
    start_replay --hf "$data/hf_daily"
    july_config
    run_day_by_day all
    export DIGEST_NOW=2026-07-31T18:00:00Z
    read -r _ key < <(tail -n 1 "$home/real")
    "$digest" like "$key"
    run -0 "$digest" backtest --list all --match 'ti:nonesuch' --since 4d
    [[ "$output" == *"liked, but left out: $key, "* ]]
    [[ "$output" == *"of 1 that are liked, 1 left out"* ]]
    run -0 "$digest" backtest --list all --since 4d
    [[ "$output" == *"of 1 that are liked, 0 left out"* ]]
}

@test "where nothing is stored it says how to get it" {
    write_config <<CONF
source hf { provider = hf_daily }
CONF
    run -69 --separate-stderr "$digest" backtest --since 60d
    [[ "$stderr" == *"no listing from 2026-05-28 on is stored; 'digest fetch --since 2026-05-28' reads them"* ]]
    run -64 --separate-stderr "$digest" backtest --since fortnight
    [[ "$stderr" == *"or 7d for a week ago"* ]]
}
