#!/usr/bin/env bats
# News under headings of what it is about.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    need_data
}

teardown() {
    tear_down_home
}

preview() {
    DIGEST_NOW=${1}T12:00:00Z "$digest" --preview --source "$data/hf_daily/$1.json" -o list.daily.group=topic >"$home/text"
}

headings() {
    awk '/^-+$/ && before != "" { print before } { before = $0 }' "$home/text"
}

@test "a day's papers stand below few headings, each once, and the rest below More" {
    preview 2026-07-31
    headings >"$home/headings"
    [ "$(paste -sd'|' "$home/headings")" = "Agents and robots|Images, video and 3D|Training and efficiency|More" ]
    grep -oE '^ *[0-9]+\. ' "$home/text" | sort | uniq -c | awk '$1 != 2' >"$home/wrong"
    [ ! -s "$home/wrong" ]
    DIGEST_NOW=2026-07-31T12:00:00Z "$digest" --preview=json --source "$data/hf_daily/2026-07-31.json" -o list.daily.group=topic >"$home/json"
    jq -r '.entries[].key' "$home/json" | sort >"$home/got"
    jq -r '.[] | "arxiv:" + .paper.id' "$data/hf_daily/2026-07-31.json" | sort >"$home/want"
    diff "$home/want" "$home/got"
}

@test "every day has at most seven headings and More, or none" {
    for file in "$data"/hf_daily/2026-*.json; do
        day=$(basename "$file" .json)
        preview "$day"
        [ -s "$home/text" ]
        headings >"$home/headings"
        count=$(grep -vcx More "$home/headings" || true)
        [ "$count" -le 7 ]
        [ "$count" -ne 1 ]
        [ "$(grep -nx More "$home/headings" | cut -d: -f1)" = "$(grep -qx More "$home/headings" && wc -l <"$home/headings")" ]
    done
}
