#!/usr/bin/env bats
# What others make of the papers we give away: biber of BibTeX, feedparser of the feeds, cmark of
# Markdown. The real listings, and texts that mean to break out.
# shellcheck disable=SC2154

load ../e2e/helper

hostile='}} <script>alert(1)</script> [x](javascript:alert(1)) ]]> \\\\ 100% & # _ ^ ~ $ @article{evil, title={x}} <b>'

setup() {
    set_up_home
    listing_file "$home/listing.json" 2026-07-27 2607.00001 "$hostile" 2607.00002 'Hills & *more*'
    "$digest" import "$home/listing.json" >"$home/out"
    [ ! -d "$data/hf_daily" ] || "$digest" import "$data"/hf_daily/*.json >"$home/out"
    all=$("$digest" search 'votes>=0' --limit 0 --json | jq '.entries | length')
}

teardown() {
    tear_down_home
}

# NAME: the papers in that format, in $home/NAME.
write() {
    "$digest" search 'votes>=0' --limit 0 --format "$1" >"$home/$1"
}

need() {
    command -v "$1" >/dev/null || skip "no $1"
}

@test "biber reads every item of our BibTeX and has nothing to say about it" {
    need biber
    write bibtex
    mv "$home/bibtex" "$home/papers.bib"
    (cd "$home" && biber --tool --validate-datamodel --output-format=bibtex -O out.bib papers.bib) >"$home/said" 2>&1
    refute grep -E 'WARN|ERROR' "$home/said"
    [ "$(grep -cE '^@' "$home/out.bib")" -eq "$all" ]
    refute grep -q '^@.*evil' "$home/out.bib"
}

@test "feedparser reads our feeds as well-formed, with an id for every paper" {
    /usr/bin/python3 -c 'import feedparser' 2>/dev/null || skip 'no python3-feedparser'
    write rss
    write atom
    /usr/bin/python3 - "$all" "$home/rss" "$home/atom" <<'PY'
import re, sys
import feedparser
for name, version in zip(sys.argv[2:], ('rss20', 'atom10')):
    feed = feedparser.parse(name)
    assert not feed.bozo, feed.bozo_exception
    assert feed.version == version, feed.version
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) == int(sys.argv[1])
    # What feedparser would have to take away is not there to begin with.
    raw = feedparser.parse(name, sanitize_html=False)
    for entry in raw.entries:
        assert entry.title and entry.link and entry.get('updated' if version == 'atom10' else 'published')
        assert not re.search(r'<(?!/?p>)[a-z!/]', entry.get('summary', '')), entry.summary
        assert version == 'atom10' or '<script' not in entry.title, entry.title
PY
}

@test "cmark finds headings, paragraphs and our links in Markdown, and nothing else" {
    need cmark
    write markdown
    cmark --unsafe -t xml "$home/markdown" >"$home/tree"
    /usr/bin/python3 - "$home/tree" "$all" <<'PY'
import sys
import xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
kinds = {node.tag.split('}')[1] for node in root.iter()}
assert kinds == {'document', 'heading', 'paragraph', 'text', 'link'}, kinds
links = [node.get('destination') for node in root.iter() if node.tag.endswith('}link')]
assert all(link.startswith(('http://', 'https://')) for link in links)
assert sum(node.tag.endswith('}heading') for node in root.iter()) == int(sys.argv[2]) + 1
PY
}

@test "GMime reads a message with the papers attached, and gives them back" {
    /usr/bin/python3 -c 'import ctypes; ctypes.CDLL("libgmime-3.0.so.0")' 2>/dev/null || skip 'no GMime'
    "$digest" --preview=eml --source "$home/listing.json" -o list.daily.attach=bibtex >"$home/mail.eml"
    PYTHONPATH=$BATS_TEST_DIRNAME /usr/bin/python3 -B - "$home/mail.eml" <<'PY'
import email, email.policy, sys
import gmime
raw = open(sys.argv[1], 'rb').read()
message, warnings = gmime.parse(raw)
assert not warnings, warnings
*_, attached = gmime.parts(message)
other, = email.message_from_bytes(raw, policy=email.policy.default).iter_attachments()
assert attached.decode() == other.get_content() and attached.count(b'\n@misc{') == 1, attached
PY
}

@test "what other readers sanitise is not active in our Markdown as pandoc sets it" {
    need pandoc
    [ -d "$data/suite_feedparser" ] || skip "no feeds in $data (DIGEST_TEST_DATA)"
    mkdir "$home/feeds"
    "$top/tests/e2e/named_feeds.py" "$data/suite_feedparser" "$home/feeds"
    "$digest" --db "$home/feeds.db" import --progress=never "$home"/feeds/*.xml >"$home/out" 2>"$home/err" || true
    "$digest" --db "$home/feeds.db" search 'votes>=0 OR -votes>=0' --limit 0 --format markdown >"$home/markdown"
    pandoc -f commonmark -t html "$home/markdown" >"$home/markdown.html"
    found=$(grep -c '^<h2' "$home/markdown.html")
    [ "$found" -eq "$(grep -c '^## ' "$home/markdown")" ]
    [ "$found" -ge 400 ]
    "$top/tests/e2e/active.py" "$home/markdown.html"
}
