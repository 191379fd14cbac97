#!/usr/bin/env bats
# Search: what is found in which order, what is said when nothing is, and lists made of queries.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    listing_file "$home/2026-07-24.json" 2026-07-24 2607.00001 'Maps of old rivers' 2607.00002 'A $\\tau$-bench for agents'
    listing_file "$home/2026-07-27.json" 2026-07-27 2607.00003 'Rivers that move' 2607.00004 'Hills'
    "$digest" import "$home/2026-07-24.json" "$home/2026-07-27.json" >"$home/out"
}

teardown() {
    tear_down_home
}

found() {
    "$digest" search "$@" --json | jq -r '.entries[].key'
}

@test "search: the order, the limit and the days" {
    [ "$(found rivers --sort new)" = $'arxiv:2607.00003\narxiv:2607.00001' ]
    [ "$(found rivers --sort new --limit 1)" = arxiv:2607.00003 ]
    [ "$(found rivers --since 2026-07-25)" = arxiv:2607.00003 ]
    [ "$(found old rivers)" = arxiv:2607.00001 ]
    [ "$(found 'votes>=99' --sort votes --limit 2 | sort)" = $'arxiv:2607.00001\narxiv:2607.00003' ]
    [ "$(found tau-bench)" = arxiv:2607.00002 ]
    [ "$(found 'au:"Example, A."' --limit 0 | wc -l)" -eq 4 ]
    "$digest" search rivers --format json | jq -e '.order == "relevance" and .has_more == false and .ranked == null and (.entries[0] | .votes == 100 and .listed_on != null and .authors == ["Ada Example"])'
}

@test "search: text for people, bold on a terminal alone" {
    "$digest" search rivers old >"$home/text"
    diff - "$home/text" <<'TEXT'
 1. Maps of old rivers
    Ada Example
    arxiv:2607.00001  2026-07-24  100 votes  https://arxiv.org/abs/2607.00001
    What this paper says, in a sentence of ours.
TEXT
    script -qec "TERM=xterm '$digest' search old rivers sentence" /dev/null >"$home/tty"
    grep -qF $'\e[1m 1. Maps of old rivers\e[0m' "$home/tty"
    grep -qF $'\e[1msentence\e[0m' "$home/tty"
    [ "$("$digest" search tau-bench | head -n 1)" = ' 1. A τ-bench for agents' ]
}

@test "search: nothing found says what was meant, or what to relax" {
    "$digest" search 'au:exmaple hills' >"$home/out" 2>"$home/err"
    grep -q '1. Hills' "$home/out"
    grep -q "with 'example' instead of 'exmaple'" "$home/err"
    "$digest" search 'rivers votes>=500' >"$home/out" 2>"$home/err"
    [ ! -s "$home/out" ]
    grep -q "there would be 2 without 'votes:500..'" "$home/err"
    "$digest" search rivers --since 2026-07-28 >"$home/out" 2>"$home/err"
    grep -q 'there would be 2 without --since' "$home/err"
    "$digest" search zzzz 2>"$home/err"
    grep -q "nothing matches 'zzzz'; try" "$home/err"
    "$digest" search --db "$home/none.db" rivers 2>"$home/err"
    grep -q 'no papers yet' "$home/err"
    [ ! -e "$home/none.db" ]
    run -64 "$digest" search 'ti:(rivers'
    [[ $output == *'search: column 4: the parenthesis is not closed'* ]]
    run -64 "$digest" search rivers --sort oldest
    run -64 "$digest" search
}

@test "search: a category, source or field that there is not names the nearest" {
    printf '%s\n' '{"id": "2607.00021", "title": "Of lakes", "authors": "Ada Example", "authors_parsed": [["Example", "Ada", ""]], "abstract": "On water.", "categories": "q-fin.ST cs.CL", "comments": null, "journal-ref": null, "doi": null, "versions": [{"version": "v1", "created": "Wed, 1 Jul 2026 08:00:00 GMT"}], "update_date": "2026-07-02"}' >"$home/lines.json"
    "$digest" import "$home/lines.json" >"$home/out"
    run --separate-stderr "$digest" search 'cat:cs.CLL lakes'
    [[ $stderr == *"no paper here is of the category 'cs.cll'; did you mean 'cs.CL'?"* ]]
    run --separate-stderr "$digest" search cat:qfin
    [[ $stderr == *"'qfin'; did you mean 'q-fin'?"* ]]
    run --separate-stderr "$digest" search 'lakes (src:import:kagle OR cat:hep-th)'
    [[ $stderr == *"no paper here is of the category 'hep-th'; did you mean"*"no source is called 'import:kagle'; did you mean 'import:kaggle'?"* ]]
    # What is denied need not be there.
    [ "$(found 'lakes -cat:hep-th -src:none')" = arxiv:2607.00021 ]
    run -64 "$digest" search 'lakes titel:water'
    [[ $output == *"column 7: there is no field 'titel'; did you mean 'ti'?"* ]]
    run --separate-stderr "$digest" search 'cat:cs.CL votes>=9'
    [[ $stderr == *"there would be "*"1 without 'votes:9..'"* ]]
    run --separate-stderr "$digest" search 'votes>=900000'
    [[ $stderr == *"or a wider range"* ]]
}

@test "search: what is read is not written to" {
    before=$(sha256sum "$db")
    found rivers >"$home/out"
    [ "$(sha256sum "$db")" = "$before" ]
}

@test "search --follow: a list that mails what is new" {
    "$digest" search 'rivers -old' --follow water >"$home/out" 2>"$home/err"
    grep -q "list 'water' is in $home/config/digest/digest.conf" "$home/err"
    [ "$("$digest" config --show | grep -c '^list.*include = .*rivers -old')" -eq 1 ]
    # The built-in list stays.
    "$digest" lists | grep -q '^daily'
    "$digest" lists | grep -q '^water'
    run -64 "$digest" search hills --follow water
    [[ $output == *"there is a list 'water' already"* ]]
    run -64 "$digest" search hills --follow 'a b'
    "$digest" search hills --follow high >"$home/out" 2>&1
    "$digest" subscribers add --list water reader@example.com >"$home/out" 2>&1
    listing_file "$home/2026-07-28.json" 2026-07-28 2607.00005 'Rivers of sand' 2607.00006 'More hills'
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" --preview=json --list water -o "list.water.sources=$home/2026-07-28.json" | jq -e '[.entries[].key] == ["arxiv:2607.00005"]'
}

@test "similar: by the words that tell most" {
    listing_file "$home/2026-07-25.json" 2026-07-25 2607.00011 'Glaciers melt in spring' 2607.00012 'When glaciers melt' 2607.00013 'Spring flowers'
    "$digest" import "$home/2026-07-25.json" >"$home/out"
    "$digest" similar 2607.00012 --json >"$home/json"
    jq -e '.key == "arxiv:2607.00012" and .entries[0].key == "arxiv:2607.00011" and ([.entries[].key] | index("arxiv:2607.00012") == null) and ([.words[] | select(. == "glaciers" or . == "melt")] | length == 2)' "$home/json"
    [ "$("$digest" similar arXiv:2607.00012v1 --limit 1 | head -n 1)" = ' 1. Glaciers melt in spring' ]
    [ "$("$digest" similar 2607.00012 --since 2026-07-26 --limit 0 --format json | jq -c '[.entries[].listed_on < "2026-07-26"] | any')" = false ]
    run -65 "$digest" similar 2607.99999
    run -64 "$digest" similar 'no name'
}
