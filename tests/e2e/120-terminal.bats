#!/usr/bin/env bats
# A preview on a terminal: its width, its colours, its links, its pager; and nothing that texts from
# outside could do there.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    listing_file "$home/listing.json" 2026-07-27 2607.00001 'A title in 漢字仮名交じり文, é and 👩‍🔬, long enough to be broken on a narrow terminal' \
        2607.00002 'Evil \u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007 \u001b[2J\u009b31m \u202egnp\u2066 \u0007'
}

teardown() {
    tear_down_home
}

preview() {
    local rows=$1 columns=$2
    shift 2
    on_terminal "$rows" "$columns" env -u COLUMNS -u NO_COLOR "$@" "$digest" --preview --progress=never --source "$home/listing.json"
}

# No line is wider than that; URLs may be.
check_width() {
    /usr/bin/python3 - "$1" "$2" <<'PY'
import re, sys, unicodedata
def width(text):
    return sum(0 if unicodedata.combining(c) or c == '\u200d' else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in text)
text = open(sys.argv[1], newline='').read()
text = re.sub(r'\x1b(\[[0-9;]*m|\]8;;[^\x1b]*\x1b\\)', '', text)
for line in text.split('\n'):
    assert width(line) <= int(sys.argv[2]) or '://' in line or 'mailto:' in line, line
PY
}

@test "terminal: lines fit its width, whatever is written in them" {
    for columns in 40 60 80 100; do
        preview 500 $columns TERM=xterm >"$home/out"
        check_width "$home/out" $columns
        grep -q '漢字' "$home/out"
    done
    preview 500 200 TERM=xterm >"$home/out"
    check_width "$home/out" 100
    preview 500 200 TERM=xterm COLUMNS=50 >"$home/out"
    check_width "$home/out" 50
}

@test "terminal: colours and links where they are wanted and understood" {
    preview 500 80 TERM=xterm >"$home/out"
    grep -q $'\e\\[1m1\\. A title' "$home/out"
    refute grep -q $'\e]8' "$home/out"
    preview 500 80 TERM=xterm VTE_VERSION=6800 >"$home/out"
    grep -qF $'\e]8;;https://arxiv.org/abs/2607.00001\e\\https://arxiv.org/abs/2607.00001\e]8;;\e\\' "$home/out"
    preview 500 80 TERM=screen-256color VTE_VERSION=6800 >"$home/out"
    refute grep -q $'\e]8' "$home/out"
    for setting in NO_COLOR=1 TERM=dumb; do
        preview 500 80 TERM=xterm-kitty $setting >"$home/out"
        refute grep -q $'\e' "$home/out"
    done
    VTE_VERSION=6800 TERM=xterm "$digest" --preview --source "$home/listing.json" >"$home/out"
    refute grep -q $'\e' "$home/out"
}

@test "terminal: texts from outside do nothing there" {
    preview 500 80 TERM=xterm-kitty >"$home/out"
    # Only our own styles, and links to what is written there.
    /usr/bin/python3 - "$home/out" <<'PY'
import re, sys
text = open(sys.argv[1], encoding='utf-8', newline='').read()
links = re.findall(r'\x1b\]8;;([^\x1b]+)\x1b\\([^\x1b]+)\x1b\]8;;\x1b\\', text)
assert links and all(url == shown for url, shown in links), links
text = re.sub(r'\x1b\[(0|1|2|34|33|1;36)m|\x1b\]8;;[^\x1b]*\x1b\\', '', text)
assert not re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]', text), ascii(text)
PY
}

@test "terminal: a pager shows what is longer than the screen, and writes nothing" {
    mkdir "$home/bin"
    cat >"$home/bin/pager" <<SH
#!/bin/sh
cat >"$home/paged"
echo "history \$LESSHISTFILE" >>"$home/paged"
SH
    chmod +x "$home/bin/pager"
    preview 5 80 TERM=xterm PAGER="$home/bin/pager" >"$home/out"
    grep -q 'A title' "$home/paged"
    grep -q '^history -$' "$home/paged"
    refute grep -q 'A title' "$home/out"
    rm "$home/paged"
    preview 500 80 TERM=xterm PAGER="$home/bin/pager" >"$home/out"
    [ ! -e "$home/paged" ]
    PAGER="$home/bin/pager" "$digest" --preview --source "$home/listing.json" >"$home/out"
    [ ! -e "$home/paged" ]
    preview 5 80 TERM=xterm PAGER=/nonexistent/pager >"$home/out"
    grep -q 'A title' "$home/out"
    [ ! -e "$home/.lesshst" ]
}
