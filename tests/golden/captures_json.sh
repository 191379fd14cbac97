#!/usr/bin/env bash
# Real answers of services that speak JSON, and JSON Feeds, held against what captures_json.py reads in
# the same files: keys, titles, authors, dates. Skipped without the data.
set -u
cd "$(dirname "$0")/../.." || exit 70
dump=$(cd "${DIGEST_BUILD:-build}" && pwd)/tests/format_dump
data=${DIGEST_TEST_DATA:-../shared/data}

if [ ! -d "$data/crossref" ] || ! command -v jq >/dev/null || ! command -v python3 >/dev/null; then
    echo '1..1'
    echo 'ok 1 - real answers in JSON # SKIP no data, or no jq or python3'
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0

# result NAME: passes when $work/got and $work/expected are the same and not empty.
result() {
    number=$((number + 1))
    if [ -s "$work/expected" ] && diff -u "$work/expected" "$work/got" >"$work/diff" 2>&1; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        head -n 12 "$work/diff" | cut -c 1-300 | sed 's/^/# /'
    fi
}

# entries FORMAT FILE
entries() {
    {
        echo "format: $1"
        python3 tests/golden/captures_json.py "$1" <"$2"
    } >"$work/expected"
    {
        "$dump" <"$2" | grep '^format: '
        "$dump" --json <"$2" | jq -c 'if length == 2 then . else [.[0, 1, 2, 4, 9]] end'
    } >"$work/got" 2>&1
    result "$1: $(basename "$2")"
}

# refused FILE ERROR
refused() {
    printf '65: %s\n' "$2" >"$work/expected"
    "$dump" <"$1" 2>"$work/got" >/dev/null
    result "refused: $(basename "$1")"
}

# pages FORMAT FILE JQ: what it says of the whole result, against what jq makes of it.
pages() {
    jq -r "$3"' | "format: '"$1"'",
        if .[0] != null then "total: \(.[0])" else empty end,
        if .[1] != null then "first: \(.[1])" else empty end,
        if .[2] != null then "next: \(.[2])" else empty end' <"$2" >"$work/expected"
    "$dump" <"$2" | sed -n '/^format: /,$p' | grep -E '^(total|first|next|format): ' >"$work/got"
    result "$1: $(basename "$2"), of how many"
}

for file in "$data"/crossref/*.http200.json; do
    case $file in
    *failure_behavior*) continue ;;
    esac
    entries crossref "$file"
    pages crossref "$file" '.message | [."total-results", (.query."start-index")?, ."next-cursor"]'
done
refused "$data/crossref/test_cursor_fails_cursor_value.0.http404.json" \
    "crossref: an error where a listing should be: 'Cursor specified but it is invalid'"
refused "$data/crossref/test_works_bad_id_warn.0.http404.txt" \
    "a message where a listing should be: 'Resource not found.'"
refused "$data/crossref/test_workscontainer_failure_behavior.0.http200.json" \
    "crossref: a 'prefix' where a list of works should be"
refused "$data/crossref/test_workscontainer_failure_behavior.1.http200.json" \
    "crossref: a 'member' where a list of works should be"

for file in "$data"/semantic_scholar/*.json; do
    case $file in
    *author*) refused "$file" 'JSON, but no listing of papers' ;;
    *)
        entries semantic_scholar "$file"
        pages semantic_scholar "$file" 'if type == "object" then . else {} end | [.total, .offset, .next // .token]'
        ;;
    esac
done

entries datacite "$data/datacite/fatcat_datacite_api.json"
entries kaggle "$data/kaggle/arxiv-metadata-oai-snapshot.first100.jsonl"

for file in "$data"/feed_snapshots/*.json "$data"/feeds_netnewswire/*.json "$data"/feeds_feedjira/*.json \
    "$data"/suite_feedparser/*.json "$data"/suite_feed_rs/jsonfeed_*[0-9].json; do
    case $file in
    */ScriptingNews.json) refused "$file" 'JSON, but no listing of papers' ;; # RSS spelled in JSON
    *) entries jsonfeed "$file" ;;
    esac
done

echo "1..$number"
