#!/usr/bin/env bats
# Feeds that are broken, hostile or odd: refused with their reason and nothing stored, or mended and
# read, and nothing of this machine or of others in them.
# shellcheck disable=SC2154

load helper
load listings

setup() {
    set_up_home
    mkdir "$home/bad"
    cd "$home/bad" || return
    python3 "$top/tests/lib/bad_listings.py" xml "$home/bad"
}

teardown() {
    tear_down_home
}

@test "XML that breaks off or is none" {
    refused <<'TABLE'
empty|empty answer; expected a listing
cut|rss: cut off: it ends inside of <rss>
open-cdata|rss: cut off: it ends inside of a CDATA section or comment
junk|not XML: no tag in it
TABLE
}

@test "XML that is not well-formed is mended, and said to be" {
    kept <<'TABLE'
words-before|repaired: 1 paper read, 1 new|Item 1
nesting|repaired: 3 papers read, 3 new|Item 1,A bold move & more,Item 9
html-entities|repaired: 2 papers read, 2 new|a b &bogus; é — AT&T,Item 9
cdata|repaired: 3 papers read, 3 new|One ]] > two ]]> three,Bare ]]> here,Item 9
comments|new: 2 papers read, 2 new|Item 1,Item 9
TABLE
}

@test "entities and defaults are refused, whatever they would have been" {
    refused <<'TABLE'
file-entity|declares XML entities; refused
parameter-entity|declares XML entities; refused
laughs|declares XML entities; refused
quadratic|declares XML entities; refused
quadratic-large|a document type declaration of more than 64 KiB
default-attributes|declares XML attributes; refused
TABLE
}

@test "an external DTD is passed over and nobody is asked for it" {
    kept <<'TABLE'
netscape|new: 1 paper read, 1 new|Item 1
file-dtd|new: 1 paper read, 1 new|Item 1
TABLE
    command -v strace >/dev/null || skip "no strace here"
    for name in netscape file-dtd; do
        strace -f -o "$home/trace" "$digest" --preview --source "$name" >/dev/null
        grep -q "openat(.*\"$name\"" "$home/trace"
        refute grep -E '/proc/version|\.dtd|AF_INET' "$home/trace"
    done
}

@test "feeds that are too deep, too long or too crowded" {
    refused <<'TABLE'
deep|rss: elements are nested more than 256 deep
deep-item|rss: elements are nested more than 256 deep
huge-text|rss: more than 8 MiB of text in one element
huge-attribute|rss: a tag is longer than 8 MiB
huge-name|rss: a tag is longer than 8 MiB
many-attributes|rss: an element has more than 256 attributes
TABLE
    kept <<'TABLE'
many-categories|new: 2 papers read, 2 new|Item 2,Item 9
many-authors|new: 2 papers read, 2 new|Item 2,Item 9
TABLE
    [ "$(preview many-authors | jq '.entries[0].authors | length')" -eq 20000 ]
}

@test "encodings that are unknown, or lie" {
    kept <<'TABLE'
unknown-encoding|repaired: 1 paper read, 1 new|Café
unknown-encoding-latin|repaired: 1 paper read, 1 new|Café
says-latin|repaired: 1 paper read, 1 new|Café
says-utf-8|repaired: 1 paper read, 1 new|Café “x”
says-utf-16|new: 1 paper read, 1 new|Café
utf-16le|new: 1 paper read, 1 new|Café
utf-16be|new: 1 paper read, 1 new|Café
TABLE
}

@test "namespaces: undeclared, under other prefixes, wrong, forgotten" {
    kept <<'TABLE'
no-prefix|repaired: 2 papers read, 2 new|Undeclared,Item 9
prefixes|new: 1 paper read, 1 new|Prefixed
no-space|new: 1 paper read, 1 new|No namespace
TABLE
    refused <<'TABLE'
wrong-space|XML with the root <feed>, but no feed
TABLE
}

@test "items without names, links that lead nowhere or elsewhere" {
    kept <<'TABLE'
no-names|new: 3 papers read, 3 new, 1 left out; item 3 has no identifier, no link and no title|Item 2,Only words,Item 9
bases|new: 3 papers read, 3 new|One,Two,Three
guids|new: 3 papers read, 3 new|G0,G1,G2
TABLE
    [ "$(of bases url)" = https://example.org/a/b/one.html,https://example.com/two,null ]
    [ "$(of guids url)" = null,null,null ]
    refused <<'TABLE'
nothing|none of the 2 items can be read: item 1 has no identifier, no link and no title
TABLE
}

@test "dates that are none" {
    kept <<'TABLE'
dates|new: 4 papers read, 4 new|Item 10,Item 11,Item 12,Item 13
TABLE
    [ "$(of dates published)" = null,null,null,2026-07-27 ]
}

@test "errors in the dress of a listing" {
    refused <<'TABLE'
arxiv-error|atom: arXiv answers: incorrect id format for x
oai-token|an error where a listing should be: 'badResumptionToken: Words of ours'
oai-argument|an error where a listing should be: 'badArgument: Words of ours'
TABLE
    kept <<'TABLE'
oai-nothing|nothing new: 0 papers read, 0 new|
TABLE
}
