#!/usr/bin/env bats
# A listing's size is no matter: what is read a chunk at a time takes no more memory for a hundred
# thousand entries than for fifty.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
}

teardown() {
    tear_down_home
}

# Sanitizers and valgrind keep what is freed, so there is nothing to measure then.
need_plain_program() {
    if [[ "$digest" == *valgrind* ]] || nm -D "$digest" 2>/dev/null | grep -q __asan_init; then
        skip 'memory means nothing here'
    fi
}

# make_listing KIND COUNT: a listing on standard output.
make_listing() {
    python3 - "$1" "$2" <<'PYTHON'
import sys
kind, count = sys.argv[1], int(sys.argv[2])
words = 'We weigh how a sparse encoder reads long documents, and find that careful pruning helps. ' * 4
front, item, between, back = {
    'rss': ('<?xml version="1.0"?>\n<rss version="2.0"><channel><title>Large</title>',
            '<item><title>Paper number {0}</title><link>http://papers.example/{0}</link>'
            '<author>Ada Example</author><pubDate>Mon, 27 Jul 2026 06:00:00 GMT</pubDate>'
            '<description>{1} &amp; more, {0}</description></item>', '\n', '</channel></rss>\n'),
    'atom': ('<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Large</title>',
             '<entry><id>http://papers.example/{0}</id><title>Paper number {0}</title>'
             '<link rel="alternate" href="http://papers.example/{0}"/>'
             '<author><name>Ada Example</name></author><updated>2026-07-27T06:00:00Z</updated>'
             '<summary>{1} &amp; more, {0}</summary></entry>', '\n', '</feed>\n'),
    'json': ('[', '{{"paper":{{"id":"26{2:02d}.{3:05d}","title":"Paper number {0}","summary":"{1}{0}",'
             '"authors":[{{"name":"Ada Example"}}],"publishedAt":"2026-07-24T06:00:00.000Z",'
             '"upvotes":3}},"title":"Paper number {0}","numComments":0}}', ',', ']\n'),
}[kind]
out = sys.stdout
out.write(front)
for i in range(count):
    out.write((between if i else '') + item.format(i, words, i // 20000 + 1, i % 20000 + 1))
out.write(back)
PYTHON
}

# memory_of COMMAND...: the most memory it had, in kilobytes; it must succeed.
memory_of() {
    python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"
}

entries() {
    sqlite3 "$1" 'SELECT count(*) FROM papers'
}

# at_most_a_fifth_more NAME FEW MANY
at_most_a_fifth_more() {
    echo "$1: $2 kB for 50 entries, $3 kB for 100000" >&2
    [ "$2" -gt 0 ] && [ $((10 * $3)) -le $((12 * $2)) ]
}

# is_flat KIND: from a file.
is_flat() {
    local few many
    need_plain_program
    make_listing "$1" 50 >"$home/few"
    make_listing "$1" 100000 >"$home/many"
    few=$(memory_of "$digest" fetch --source "$home/few" --db "$home/few.db")
    many=$(memory_of "$digest" fetch --source "$home/many" --db "$home/many.db")
    [ "$(entries "$home/few.db")" -eq 50 ]
    [ "$(entries "$home/many.db")" -eq 100000 ]
    at_most_a_fifth_more "$1" "$few" "$many"
}

@test "a hundred thousand entries of RSS take no more memory than fifty" {
    is_flat rss
}

@test "a hundred thousand entries of Atom take no more memory than fifty" {
    is_flat atom
}

@test "a hundred thousand entries of JSON take no more memory than fifty" {
    is_flat json
}

@test "a long listing from a pipe, and packed, takes no more memory than a short one" {
    local few many
    need_plain_program
    make_listing rss 50 >"$home/few"
    make_listing rss 20000 | gzip >"$home/many"
    mkdir "$home/tmp"
    export TMPDIR=$home/tmp
    few=$(memory_of "$digest" fetch --source - --db "$home/few.db" < <(cat "$home/few"))
    many=$(memory_of "$digest" fetch --source - --db "$home/many.db" < <(cat "$home/many"))
    [ "$(entries "$home/many.db")" -eq 20000 ]
    at_most_a_fifth_more "from a pipe" "$few" "$many"
    [ -z "$(ls -A "$TMPDIR")" ]
}

@test "a packed file is read like the file, and a damaged one is refused" {
    make_listing atom 3 >"$home/plain"
    gzip -c "$home/plain" >"$home/packed"
    run -0 "$digest" --preview=json --source "$home/packed"
    [ "$(jq '.entries | length' <<<"$output")" -eq 3 ]
    head -c 300 "$home/packed" >"$home/cut"
    run -65 --separate-stderr "$digest" fetch --source "$home/cut"
    [[ "$stderr" == *"cut off: the gzip data ends too early"* ]]
    gzip -c "$home/packed" >"$home/twice"
    run -65 --separate-stderr "$digest" fetch --source "$home/twice"
    [[ "$stderr" == *"gzip data inside of gzip data"* ]]
}

@test "a preview of a long pipe opens nothing for writing" {
    command -v strace >/dev/null || skip 'no strace'
    make_listing rss 5000 >"$home/many"
    [ "$(wc -c <"$home/many")" -gt 2000000 ]
    mkfifo "$home/pipe"
    cat "$home/many" >"$home/pipe" &
    strace -f -e trace=open,openat,creat -o "$home/trace" \
        "$digest" --preview --limit 3 --source - <"$home/pipe" >"$home/preview"
    grep -q 'Paper number' "$home/preview"
    run ! grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE' "$home/trace"
}
