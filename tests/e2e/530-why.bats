#!/usr/bin/env bats
# Why: what happened to a paper, for whom, and why somebody knows nothing of it.
# shellcheck disable=SC2154,SC2030,SC2031

load helper

setup() {
    set_up_home
    write_config <<CONF
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source hf { provider = hf_daily }
list daily { title = "Daily"  sources = {"$home/day.json"}  exclude = "hills"  timezone = UTC  subscribers = {reader@example.com} }
list other { title = "Other"  sources = {"$home/other.json"}  timezone = UTC  subscribers = {other@example.com} }
CONF
    listing_file "$home/day.json" 2026-07-24 2607.00001 'Rivers' 2607.00002 'Hills'
    listing_file "$home/other.json" 2026-07-24 2607.00009 'Sands'
}

teardown() {
    tear_down_home
}

why() {
    "$digest" why "$@" --json
}

@test "why: what was sent, what was left out by which rule, what nobody listed" {
    DIGEST_NOW=2026-07-24T12:00:00Z "$digest" run >"$home/out" 2>&1
    "$digest" why 2607.00001 >"$home/text"
    [ "$(head -n 1 "$home/text")" = 'arxiv:2607.00001  Rivers' ]
    grep -qE '^2026-07-24T12:00:..Z  first told by' "$home/text"
    grep -qE "^2026-07-24T12:00:..Z  new in 'daily' of 2026-07-24 \(issue [0-9]+, 1 of 1 accepted\)" "$home/text"
    grep -qE "^not in 'other': none of its sources lists it" "$home/text"
    why https://arxiv.org/abs/2607.00001v1 --for reader@example.com --list daily |
        jq -e '.is_known and ([.events[] | select(.kind == "shown")] | length == 1 and .[0].delivery == "accepted" and .[0].name == "daily") and .not_in == []'
    why 2607.00001 --for other@example.com --list daily | jq -e '[.events[] | select(.kind == "shown") | .delivery] == ["none"]'
    "$digest" why 2607.00002 --list daily | grep -q "left out of 'daily': excluded by 'hills', digest.conf:3"
    why 2607.00002 --list other | jq -e '[.events[].kind] == ["version", "listed"] and [.not_in[].kind] == ["unlisted"]'
    [ "$(sqlite3 "$db" "select what, issue_date from why where key = 'arxiv:2607.00001'")" = 'new|2026-07-24' ]
    sqlite3 "$db" "select what, reason, at from why where key = 'arxiv:2607.00002'" | grep -q "^left out|.*hills.*|2026-07-24T12:00:..Z$"
    "$digest" why 2607.12345 >"$home/text"
    grep -q 'no source has ever listed it; papers of arXiv come by .*; the configured sources are hf; ' "$home/text"
    why 10.1101/2020.01.01.123456 | jq -e '.is_known == false and (.not_in[0].text | test("bioRxiv"))'
}

@test "why: before an audience began, looked up, and not looked at yet" {
    DIGEST_NOW=2026-07-24T12:00:00Z "$digest" run >"$home/out" 2>&1
    # An earlier day arrives late.
    listing_file "$home/day.json" 2026-07-20 2607.00003 'Early'
    DIGEST_NOW=2026-07-24T13:00:00Z "$digest" fetch --list daily >"$home/out" 2>&1
    why 2607.00003 --list daily | jq -e '[.not_in[].kind] == ["before"]'
    "$digest" why 2607.00003 --list daily | grep -q 'listed it on 2026-07-20, and its first issue began with the listing of 2026-07-24'
    listing_file "$home/day.json" 2026-07-27 2607.00004 'Late'
    DIGEST_NOW=2026-07-27T11:00:00Z "$digest" fetch --list daily >"$home/out" 2>&1
    why 2607.00004 --list daily | jq -e '[.not_in[].kind] == ["awaited"]'
    "$digest" run --list daily >"$home/out" 2>&1
    why 2607.00004 --list daily | jq -e '.not_in == [] and (.events[-1].kind == "shown")'
    "$digest" import "$home/other.json" >"$home/out"
    listing_file "$home/old.json" 2026-07-01 2607.00005 'Old'
    "$digest" import "$home/old.json" >"$home/out"
    why 2607.00005 --list daily | jq -e '[.not_in[].kind] == ["unlisted"]'
}

@test "why: a list that only --send-to used has no readers of its own that missed a paper" {
    rm "$home/config/digest/digest.conf"
    "$digest" --send-to me@example.com --transport "maildir:$home/mail" -o source.hf.provider=file \
        -o "source.hf.path=$home/day.json"
    why 2607.00001 | jq -e '[.events[] | select(.kind == "shown")] | length == 1'
    why 2607.00001 | jq -e '.not_in == []'
}

@test "why: slips" {
    run -64 "$digest" why
    run -64 "$digest" why 'no name'
    run -64 "$digest" why 2607.00001 --list dayly
    DIGEST_NOW=2026-07-24T12:00:00Z "$digest" run >"$home/out" 2>&1
    run -64 "$digest" why 2607.00001 --list dayly
    before=$(sha256sum "$db")
    "$digest" why 2607.00001 >"$home/out"
    [ "$(sha256sum "$db")" = "$before" ]
}
