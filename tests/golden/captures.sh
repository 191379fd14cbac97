#!/usr/bin/env bash
# Real listings, held against what jq and awk read in the same files: every day of Hugging Face's
# API, its page, arXiv's API of both servers, and the saved pages. Skipped without the data.
set -u
cd "$(dirname "$0")/../.." || exit 70
dump=$(cd "${DIGEST_BUILD:-build}" && pwd)/tests/format_dump
data=${DIGEST_TEST_DATA:-../shared/data}
pages=$data/../pages

if [ ! -d "$data/hf_daily" ] || ! command -v jq >/dev/null; then
    echo '1..1'
    echo 'ok 1 - real listings # SKIP no data, or no jq'
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

# White space collapsed, as entries have it; jq's \s knows no NBSP.
# shellcheck disable=SC2016 # $p is jq's
shared='
def line: gsub("[\\s\u00a0]+"; " ") | sub("^ "; "") | sub(" $"; "");
def paragraphs: gsub("\\n[ \\t]*\\n\\s*"; "\u0001") | split("\u0001") | map(line) | map(select(. != "")) | join("\n");
def instant: if . == null then "" else sub("\\.[0-9]+Z$"; "Z") end;
def url: if . == null then "" else line | sub("/+$"; "") end;
def row($item): .paper as $p
    | [ "arxiv:" + $p.id, ($p.title | line), $p.title,
        [$p.authors[] | select(.hidden != true) | .name | line],
        [$p.authors[] | select(.hidden == true) | .name | line],
        ($p.summary | paragraphs), $p.upvotes, .numComments,
        ($p.publishedAt | instant), ($p.submittedOnDailyAt // "" | .[0:10]), ($p.githubRepo | url),
        ($p.organization // .organization // .submitterOrganization // {} | .fullname // .name // "" | line) ];
'
expect_json() {
    jq -c "$shared"' to_entries[] | .key as $i | .value
        | if type == "object" then [$i + 1] + row(.) else [$i + 1, "skipped"] end'
}

for file in "$data"/hf_daily/*.json "$data"/hf_daily_verbatim/*.json; do
    expect_json <"$file" >"$work/expected"
    "$dump" --json <"$file" 2>&1 | jq -c . >"$work/got"
    result "hf_json: $(basename "$file")"
done

# The island of the page, cut out of it without a parser.
file=$data/hf_html/papers_2024-08-01.html
sed -n 's/.*data-target="DailyPapers" data-props="\([^"]*\)".*/\1/p' "$file" | head -n 1 |
    sed -e 's/&quot;/"/g' -e 's/&lt;/</g' -e 's/&gt;/>/g' -e "s/&#39;/'/g" -e 's/&amp;/\&/g' >"$work/island"
jq -c .dailyPapers "$work/island" | expect_json >"$work/expected"
"$dump" --json <"$file" 2>&1 | jq -c . >"$work/got"
result "hf_page: $(basename "$file")"
grep -oE '^(day|items|skipped): .*' < <("$dump" <"$file") >"$work/got"
printf 'day: 2024-08-01\nitems: 13\nskipped: 0\n' >"$work/expected"
result "hf_page: the day and the number of papers"

# The same page with its island gone has its cards still, with the votes and comments they show.
jq -r '.dailyPapers[] | "arxiv:\(.paper.id) \(.paper.upvotes) \(.numComments)"' "$work/island" >"$work/expected"
sed 's/data-target="DailyPapers" data-props="[^"]*"//' "$file" | "$dump" 2>&1 |
    awk '/^alias: / { key = $2 } /^votes: / { votes = $2 } /^comments: / { print key, votes, $2 }' >"$work/got"
result 'hf_page: the cards of the same page'

# arXiv's entries one by one: the lines between <entry> and </entry>, one element each.
for file in "$data"/arxiv_api/*.xml; do
    case $file in
    *http400*) continue ;;
    esac
    {
        echo "entries $(grep -c '<entry>' "$file")"
        sed -n 's/.*<id>https*:\/\/arxiv.org\/abs\/\([^<]*\)v\([0-9]*\)<\/id>.*/arxiv:\1 \2/p' "$file" |
            sed -E 's/^(arxiv:[a-z-]+)\.[A-Z]+\//\1\//'
        echo "authors $(grep -c '<name>' "$file")"
        echo "total $(sed -n 's/.*totalResults[^>]*>\([0-9]*\)<.*/\1/p' "$file")"
        echo "first $(sed -n 's/.*startIndex[^>]*>\([0-9]*\)<.*/\1/p' "$file")"
    } >"$work/expected"
    "$dump" <"$file" >"$work/dump" 2>&1
    {
        echo "entries $(grep -cE '^\[[0-9]+\] paper' "$work/dump")"
        awk '/^alias: arxiv:/ { key = $2 } /^version: / { print key, $2 }' "$work/dump"
        echo "authors $(grep -c '^author: ' "$work/dump")"
        echo "total $(sed -n 's/^total: //p' "$work/dump")"
        echo "first $(sed -n 's/^first: //p' "$work/dump")"
    } >"$work/got"
    result "atom: $(basename "$file")"
done
"$dump" <"$data/arxiv_api/id_abc_s0_m100_b79c8dcf6bc3.http400.xml" 2>"$work/got" >/dev/null
echo '65: atom: arXiv answers: incorrect id format for abc' >"$work/expected"
result 'atom: the answer to a bad question is an error'

# Saved pages.
if [ -e "$pages/arxiv_blocks.txt" ]; then
    sed -nE -e "s/^arXiv:/arxiv:/p" -e "s/^Created: (.*)/\1T00:00:00Z/p" <(cat "$pages/arxiv_blocks.txt"; echo) >"$work/expected"
    "$dump" <"$pages/arxiv_blocks.txt" 2>&1 | sed -nE -e 's/^(alias|published): //p' >"$work/got"
    result 'arxiv_blocks: ten identifiers and their dates'
fi
for file in "$pages"/hf_search_*.txt; do
    [ -e "$file" ] || continue
    # Behind the banner, titles and abstracts take turns.
    grep -v '^ *$' "$file" | sed -E -e 's/^Subscribe(.)/\1/' |
        grep -vE '^(new|Subscribe|Get trending papers in your email inbox.*|byAK and the research community|Mar 12)$' |
        sed -E -e 's/^[[:space:]]+|[[:space:]]+$//g' -e 's/[[:space:]]+/ /g' >"$work/expected"
    "$dump" --json <"$file" 2>&1 | jq -r '.[2], .[6]' >"$work/got"
    result "paper_pages: $(basename "$file")"
done

echo "1..$number"
