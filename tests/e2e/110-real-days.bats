#!/usr/bin/env bats
# The real days of 2026, replayed: every paper once, in the listing's order, with its title and
# authors as an independent reader finds them.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    need_data
    start_replay --hf "$data/hf_daily"
    hf_config
}

teardown() {
    tear_down_home
}

# What jq finds in a listing: key, title and visible authors, white space collapsed.
expected() {
    jq -c 'def flat: gsub("\\s+"; " ") | sub("^ "; "") | sub(" $"; "");
        .[].paper | ["arxiv:" + .id, (.title | flat), [.authors[] | select(.hidden != true).name | flat]]' "$data/hf_daily/$1.json"
}

@test "each preview of 27 to 31 July holds exactly that day" {
    for day in 27 28 29 30 31; do
        DIGEST_NOW=2026-07-${day}T12:00:00Z "$digest" --preview=json >"$home/out"
        jq -c '.entries[] | [.key, .title, .authors]' "$home/out" >"$home/got"
        expected "2026-07-$day" >"$home/want"
        diff "$home/want" "$home/got"
    done
}

@test "sent day by day, with the 29th missed, each paper comes once" {
    for day in 27 28 30 31; do
        DIGEST_NOW=2026-07-${day}T12:00:00Z "$digest" --preview=json --send-to list@example.com >"$home/out.$day"
        DIGEST_NOW=2026-07-${day}T12:00:00Z "$digest" --send-to list@example.com
        DIGEST_NOW=2026-07-${day}T13:00:00Z "$digest" --send-to list@example.com
    done
    [ "$(mail_count)" -eq 4 ]
    [ "$(keys <"$home/out.30" | wc -l)" -eq 36 ]
    [ "$(jq -r '.entries[].listed_on' "$home/out.30" | sort | uniq -c | awk '{print $2 "=" $1}' | paste -sd' ')" = "2026-07-29=20 2026-07-30=16" ]
    cat "$home"/out.* | jq -r '.entries[].key' | sort >"$home/got"
    jq -r '.[] | "arxiv:" + .paper.id' "$data"/hf_daily/2026-07-*.json | sort >"$home/want"
    diff "$home/want" "$home/got"
}

# Between these days the archive has gaps, which are named: 69, and the issue still goes.
@test "papers listed twice come once" {
    for day in 2026-04-09 2026-04-10 2026-04-16 2026-08-12 2026-08-13 2026-08-17 2026-08-18 2026-08-19; do
        DIGEST_NOW=${day}T12:00:00Z "$digest" --preview=json --send-to list@example.com >"$home/out" || [ $? -eq 69 ]
        keys <"$home/out" >>"$home/got"
        DIGEST_NOW=${day}T12:00:00Z "$digest" --send-to list@example.com || [ $? -eq 69 ]
    done
    [ -s "$home/got" ]
    [ "$(sort "$home/got" | uniq -d)" = "" ]
    # Catching up reads the days between as well, so what came is more than these days.
    sort -u "$home/got" >"$home/a"
    jq -r '.[] | "arxiv:" + .paper.id' "$data"/hf_daily/2026-0{4-09,4-10,4-16,8-12,8-13,8-17,8-18,8-19}.json | sort -u >"$home/b"
    [ "$(comm -13 "$home/a" "$home/b")" = "" ]
}

@test "all captured days parse, the broken one is reported with 65" {
    for file in "$data"/hf_daily/*.json; do
        day=$(basename "$file" .json)
        DIGEST_NOW=${day}T12:00:00Z run --separate-stderr "$digest" --preview=json --source "$file"
        if [ "$day" = 2024-12-13 ]; then
            [ "$status" -eq 65 ]
            [[ "$stderr" == digest:* ]]
        else
            [ "$status" -eq 0 ]
            [ "$(keys <<<"$output" | wc -l)" -eq "$(jq length "$file")" ]
        fi
    done
}

@test "Friday's listing on a Saturday" {
    DIGEST_NOW=2026-08-01T12:00:00Z "$digest" --preview=json >"$home/out"
    [ "$(keys <"$home/out" | wc -l)" -eq 34 ]
    jq -r '.notes[]' "$home/out" | grep -q Friday
}
