#!/usr/bin/env bats
# When lists come due: the coming runs, the days between, and schedules that are none.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    write_config <<'CONF'
source hf { provider = hf_daily }
source cl { provider = arxiv_rss categories = {cs.CL} }
list night {
  sources = {hf, cl}
  timezone = Europe/Berlin
  schedule = "02:30 weekdays"
}
list samoa {
  sources = {hf}
  timezone = Pacific/Apia
  schedule = "0 */12 * * *"
}
list whenever { sources = {hf} }
CONF
}

teardown() {
    tear_down_home
}

@test "the coming runs stand in local time and in UTC, with the days between" {
    DIGEST_NOW=2026-06-18T12:00:00Z run "$digest" schedule --list night --next 3
    [ "$status" -eq 0 ]
    [ "$output" = "night: 02:30 weekdays (Europe/Berlin)
  Fri 2026-06-19 02:30  2026-06-19T00:30:00Z
  Sat 2026-06-20 to Sun 2026-06-21: no run, the weekend is not in the schedule
  Mon 2026-06-22 02:30  2026-06-22T00:30:00Z; cl announces nothing, it is the weekend
  Tue 2026-06-23 02:30  2026-06-23T00:30:00Z; cl announces nothing, it is a holiday" ]
}

@test "a time that the clock leaves out, one that comes twice, and a day that never was" {
    DIGEST_NOW=2026-03-28T12:00:00Z run "$digest" schedule --list night --next 1 -o 'list.night.schedule=02:30'
    [[ "$output" == *"Sun 2026-03-29 03:00  2026-03-29T01:00:00Z; the clock leaves the scheduled time out: at the next that there is"* ]]
    DIGEST_NOW=2026-10-24T12:00:00Z run "$digest" schedule --list night --next 1 -o 'list.night.schedule=02:30'
    [[ "$output" == *"Sun 2026-10-25 02:30  2026-10-25T00:30:00Z; this time comes twice: at the first"* ]]
    DIGEST_NOW=2011-12-29T12:00:00Z run "$digest" schedule --list samoa --next 2
    [[ "$output" == *"Fri 2011-12-30: no run, the clock leaves this day out"* ]]
    [[ "$output" == *"Thu 2011-12-29 12:00  2011-12-29T22:00:00Z; the day's issue is made before: only read"* ]]
}

@test "the plan as JSON" {
    DIGEST_NOW=2026-06-19T12:00:00Z "$digest" schedule --json >"$home/out"
    [ "$(jq -r '.lists | map(.name) | join(" ")' "$home/out")" = "night samoa whenever" ]
    [ "$(jq -r '.lists[0].runs[0].local' "$home/out")" = "2026-06-22T02:30:00+02:00" ]
    [ "$(jq -r '.lists[0].runs[1].notes[0]' "$home/out")" = "cl announces nothing, it is a holiday" ]
    [ "$(jq -c '.lists[0].skipped[0]' "$home/out")" = \
        '{"from":"2026-06-20","until":"2026-06-21","why":"the weekend is not in the schedule"}' ]
    [ "$(jq -r '.lists[0].runs | length' "$home/out")" -eq 5 ]
    [ "$(jq -r '.lists[2].runs | length' "$home/out")" -eq 0 ]
}

@test "what is no schedule is refused with its line, its column and the nearest word" {
    run --separate-stderr "$digest" schedule -o 'list.night.schedule=08:30 weekday'
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"column 7: 'weekday' is no day of the week (0-7, sun-sat); did you mean 'weekdays'?"* ]]
    sed -i 's/02:30 weekdays/0 0 31 2 */' "$home/config/digest/digest.conf"
    run --separate-stderr "$digest" schedule
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"digest.conf:6:"*"no such day ever comes"* ]]
}

@test "as many runs as make sense, of a list that there is" {
    run --separate-stderr "$digest" schedule --next 10001
    [ "$status" -eq 64 ]
    run --separate-stderr "$digest" schedule --list nigth
    [ "$status" -eq 64 ]
    [[ "$stderr" == *"'night'"* ]]
}

@test "holidays of arXiv are added and taken back by the configuration" {
    sed -i '1i digest { arxiv_holidays = {2026-06-23, -2026-06-19} }' "$home/config/digest/digest.conf"
    DIGEST_NOW=2026-06-22T12:00:00Z run "$digest" schedule --list night --next 2
    [ "$status" -eq 0 ]
    [ "$output" = "night: 02:30 weekdays (Europe/Berlin)
  Tue 2026-06-23 02:30  2026-06-23T00:30:00Z
  Wed 2026-06-24 02:30  2026-06-24T00:30:00Z" ]
    DIGEST_NOW=2026-06-22T12:00:00Z run "$digest" schedule --list night --next 3
    [[ "$output" == *"Thu 2026-06-25 02:30  2026-06-25T00:30:00Z; cl announces nothing, it is a holiday"* ]]
    DIGEST_NOW=2026-06-22T12:00:00Z run --separate-stderr "$digest" schedule -o digest.arxiv_holidays=2026-13-01
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"'2026-13-01' is no day like 2027-05-21"* ]]
}
