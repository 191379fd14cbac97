#!/usr/bin/env bats
# Issues of any size fit into a mail and say all that there is: every captured day, a week of a hundred
# and five papers, and a day of two thousand. By a reader of HTML and mail that is not ours.
# shellcheck disable=SC2154

load ../e2e/helper

setup() {
    set_up_home
    need_data
    export DIGEST_NOW=2026-07-31T12:00:00Z
}

teardown() {
    tear_down_home
}

days() {
    /usr/bin/python3 "$BATS_TEST_DIRNAME/judges/days.py" "$digest" "$@"
}

# Papers of all captured days as one listing of one day: papers COUNT JQ-FILTER DAY...
papers() {
    local count=$1 filter=$2
    shift 2
    jq -cs "[.[] | if type == \"array\" then .[] else empty end | select(type == \"object\" and .paper.id)] | unique_by(.paper.id) | $filter
        | map(.publishedAt = \"2026-07-30T10:00:00.000Z\" | .paper.submittedOnDailyAt = \"2026-07-31T00:00:00.000Z\")
        | .[:$count]" "$@" >"$home/papers.json"
    [ "$(jq length "$home/papers.json")" -eq "$count" ]
}

@test "every captured day, by every template" {
    days daily,compact,weekly "$data"/hf_daily/20*.json
}

@test "a week of a hundred and five papers" {
    papers 105 . "$data"/hf_daily/2026-07-*.json
    days daily,compact,weekly "$home/papers.json" "$home/papers.json=10"
}

# There are not so many; copies have identifiers of later decades.
@test "a day of two thousand papers" {
    papers 2000 '. + map(.paper.id |= "3" + .[1:]) + map(.paper.id |= "4" + .[1:])' "$data"/hf_daily/20*.json
    days daily,compact,weekly "$home/papers.json" "$home/papers.json=180"
}
