#!/usr/bin/env bash
# arXiv's mailings, listings and metadata files, held against what a few lines of Python read in the
# same files by regular expressions. Skipped without the data.
set -u
cd "$(dirname "$0")/../.." || exit 70
dump=$(cd "${DIGEST_BUILD:-build}" && pwd)/tests/format_dump
data=${DIGEST_TEST_DATA:-../shared/data}

if [ ! -d "$data/arxiv_listings" ] || ! command -v jq >/dev/null || ! command -v python3 >/dev/null; then
    echo '1..1'
    echo 'ok 1 - arXiv texts # SKIP no data, no jq or no python3'
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

# Key, title and abstract of each record: all that stands between a line "\\" or a rule and the next.
cat >"$work/read.py" <<'PYTHON'
import json, re, sys
text = sys.stdin.buffer.read().decode("utf-8", "replace")
name = r"(?:arXiv:|Paper(?: \(\*cross-listing\*\))?:\s*)(\S+)(?: \(\*cross-listing\*\))?"
for found in re.finditer(r"^\\\\\n" + name + r"\n(.*?)^\\\\([^\n]*)(?:\n|\Z)", text, re.M | re.S):
    key, head, mark = found.groups()
    key = re.sub(r"^([a-z-]+)\.[A-Z]+/", r"\1/", key)
    title = re.search(r"^Title:(.*(?:\n .*)*)", head, re.M)
    behind = text[found.end():]
    abstract = ""
    if "(" not in mark and not re.match(r"\s*(-{60}|\Z|\\\\\n(?:arXiv|Paper|/\*))", behind):
        abstract = re.match(r"(.*?)^\\\\", behind, re.M | re.S).group(1)
    words = lambda s: " ".join(s.split())
    print(json.dumps(["arxiv:" + key, words(title.group(1)), words(abstract)], separators=(",", ":")))
PYTHON

for file in "$data"/arxiv_listings/*.txt; do
    python3 "$work/read.py" <"$file" | jq -c . >"$work/expected"
    "$dump" --json <"$file" 2>&1 | jq -c '[.[1], .[2], (.[6] | gsub("\n"; " "))]' >"$work/got"
    result "arxiv_listing: $(basename "$file")"
done

# All metadata files behind one another are one more.
cat "$data"/arxiv_abs/*.abs >"$work/all.abs"
python3 "$work/read.py" <"$work/all.abs" | jq -c . >"$work/expected"
"$dump" --json <"$work/all.abs" 2>&1 | jq -c '[.[1], .[2], (.[6] | gsub("\n"; " "))]' >"$work/got"
result "arxiv_abs: $(find "$data/arxiv_abs" -name '*.abs' | wc -l) files behind one another"
for file in "$data"/arxiv_abs/*.abs; do
    "$dump" --json <"$file" 2>&1 | jq -c '[.[1], .[2], (.[6] | gsub("\n"; " "))]'
done >"$work/got"
result 'arxiv_abs: each file'

# The version is the number of dates, but for those whose numbers are written down.
for file in "$data"/arxiv_abs/*.abs; do
    grep -cE '^Date( \(revised.*\))?:' "$file"
done >"$work/expected"
for file in "$data"/arxiv_abs/*.abs; do
    "$dump" <"$file" 2>&1 | sed -n 's/^version: //p'
done >"$work/got"
result 'arxiv_abs: versions'

# How the mailings announce: by their sections and marks.
for file in "$data"/arxiv_listings/*_new.*.txt; do
    {
        awk '/^%-%-/ { cross = 1 } /^%%--%%/ { cross = 0 } /^arXiv:/ { print (cross ? "cross" : "other") }' "$file" | grep -c cross
        grep -c '^replaced with' "$file"
        date -u -d "$(sed -n 's/^Date: //p' "$file" | head -n 1)" +%Y-%m-%d
    } >"$work/expected"
    "$dump" <"$file" >"$work/dump" 2>&1
    {
        grep -c '^announced as: cross' "$work/dump"
        grep -cE '^announced as: (replaced|withdrawn)' "$work/dump"
        sed -n 's/^day: //p' "$work/dump"
    } >"$work/got"
    result "arxiv_listing: sections and day of $(basename "$file")"
done

echo "1..$number"
