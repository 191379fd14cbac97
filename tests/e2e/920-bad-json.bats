#!/usr/bin/env bats
# JSON that is cut, hostile or odd: refused with its reason and nothing stored, or read but for what
# is named as left out.
# shellcheck disable=SC2154

load helper
load listings

setup() {
    set_up_home
    mkdir "$home/bad"
    cd "$home/bad" || return
    python3 "$top/tests/lib/bad_listings.py" json "$home/bad"
}

teardown() {
    tear_down_home
}

@test "JSON that breaks off, goes on, or is none" {
    refused <<'TABLE'
empty|empty answer; expected a listing
blank|empty answer; expected a listing
cut|hf_json: byte 410: the text ends too early
cut-between|hf_json: byte 221: the text ends too early
trailing-words|hf_json: byte 441: something follows the JSON value
trailing-array|hf_json: byte 440: something follows the JSON value
trailing-nul|hf_json: byte 440: something follows the JSON value
nan|hf_json: byte 448: not a JSON value
raw-nul|hf_json: byte 263: a control character in a string
TABLE
}

@test "JSON in an encoding that is not JSON's" {
    kept <<'TABLE'
mark|new: 2 papers read, 2 new|Paper 1,Paper 9
surrogate|new: 2 papers read, 2 new|Half � a pair,Paper 9
nul|new: 2 papers read, 2 new|Before�after,Paper 9
TABLE
    refused <<'TABLE'
utf-16|JSON in UTF-16, where it has to be UTF-8
no-utf-8|hf_json: byte 264: a string that is not UTF-8
TABLE
}

@test "JSON a hundred thousand levels deep" {
    refused <<'TABLE'
deep|JSON, but no listing of papers
deep-member|hf_json: byte 506: nested more than 64 levels deep
TABLE
}

@test "JSON that is no listing" {
    refused <<'TABLE'
object|JSON, but no listing of papers
bare-item|JSON, but no listing of papers
only-odd|JSON, but no listing of papers
error|hf_json: an error where a listing should be: 'No such day'
scalar|a message where a listing should be: '17'
string|a message where a listing should be: '"Try again later"'
TABLE
}

@test "items that cannot be read are left out and named, the others are kept" {
    kept <<'TABLE'
no-id|new: 2 papers read, 2 new, 1 left out; item 2 has no paper identifier|Paper 1,Paper 9
odd-ids|new: 2 papers read, 2 new, 3 left out; item 2 its 'id' is null; item 3 its 'id' is a number; item 4 its 'id' is an array|Paper 1,Paper 9
odd-items|new: 1 paper read, 1 new, 5 left out; item 1 is null where an object should be; item 2 is a string where an object should be; item 3 is an array where an object should be; item 4 has no paper identifier; item 5 its 'paper' is a number|Paper 9
huge-item|new: 2 papers read, 2 new, 1 left out; item 2 is over 8 MiB|Paper 1,Paper 9
TABLE
}

@test "values that make no sense cost themselves and no paper" {
    kept <<'TABLE'
numbers|new: 4 papers read, 4 new|Paper 2,Paper 3,Paper 4,Paper 5
twice|new: 1 paper read, 1 new|Paper 2
no-titles|new: 4 papers read, 4 new|arXiv:2607.00002,arXiv:2607.00003,arXiv:2607.00004,arXiv:2607.00005
dates|new: 5 papers read, 5 new|Paper 10,Paper 11,Paper 12,Paper 13,Paper 14
same-twice|new: 2 papers read, 2 new|Paper 1,Paper 9
versions|new: 2 papers read, 2 new|Paper 1,Paper 9
many-authors|new: 1 paper read, 1 new|Paper 2
tags|new: 1 paper read, 1 new|All of it
TABLE
    [ "$(of numbers votes)" = null,0,null,7 ]
    [ "$(of dates published)" = null,2038-01-20,null,null,null ]
    [ "$(of twice key)" = arxiv:2607.00002 ]
    [ "$(preview many-authors | jq '.entries[0].authors | length')" -eq 20000 ]
    [ "$(preview tags | jq '.entries[0].categories | length')" -eq 256 ]
}

@test "a title of a megabyte is cut, and that is no secret" {
    kept <<'TABLE'
long-title|repaired: 2 papers read, 2 new|*
TABLE
    [ "$(preview long-title | jq '.entries[0].title | length')" -eq 500 ]
    preview long-title | jq -e '.entries[0].title | endswith("word…")'
}

# asked PATTERN: how many requests fit.
asked() {
    jq -r .path "$home/web.log" | grep -c -- "$1"
}

@test "pages without end: each paper once, and an end" {
    local items
    mkdir "$home/hf" "$home/files"
    start_replay --hf "$home/hf" --files "$home/files" --faults "$home/faults.json"
    # A feed of which each page names another, the last one the first.
    for name in a b; do
        items='{"id":"'$name'","url":"https://example.org/'$name'","title":"Page '$name'","date_published":"2026-07-2'$([ $name = a ] && echo 6 || echo 5)'T00:00:00Z"}'
        printf '{"version":"https://jsonfeed.org/version/1.1","title":"Ours","next_url":"%s","items":[%s]}' \
            "$web/$([ $name = a ] && echo b || echo a).json" "$items" >"$home/files/$name.json"
    done
    run --separate-stderr "$digest" --preview=json --since 2026-01-01 --source "$web/a.json"
    [ "$status" -eq 0 ]
    [ "$(jq -r '[.entries[].title] | sort | join(",")' <<<"$output")" = "Page a,Page b" ]
    [ "$(asked json)" -le 3 ]
    # A page that names itself.
    printf '{"version":"https://jsonfeed.org/version/1.1","title":"Ours","next_url":"%s","items":[%s]}' \
        "$web/b.json" "$items" >"$home/files/b.json"
    : >"$home/web.log"
    "$digest" --preview=json --since 2026-01-01 --source "$web/b.json" >"$home/out"
    [ "$(jq -r '.entries[].title' "$home/out")" = "Page b" ]
    [ "$(asked json)" -le 2 ]
}
