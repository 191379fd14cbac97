#!/usr/bin/env bash
# Every format reads golden/format/NAME/CASE.in as CASE.out says: the entries, what was skipped, what
# the listing says of itself. What is refused says why as CASE.err does. UPDATE=1 writes what it got
# instead.
set -u
cd "$(dirname "$0")/../.." || exit 70
dump=${DIGEST_BUILD:-build}/tests/format_dump

got=$(mktemp -d)
trap 'rm -rf "$got"' EXIT
cases=(tests/golden/format/*/*.in)
echo "1..${#cases[@]}"
number=0
for case in "${cases[@]}"; do
    number=$((number + 1))
    stem=${case%.in}
    name="format $(basename "$(dirname "$case")"): $(basename "$stem")"
    "$dump" <"$case" >"$got/out" 2>"$got/err"
    status=$?
    # The error names its own exit status first; what reads well has none.
    claimed=$(sed -n '1s/^\([0-9]*\): .*/\1/p' "$got/err")
    if [ -n "${UPDATE:-}" ]; then
        rm -f "$stem.out" "$stem.err"
        for part in out err; do
            [ ! -s "$got/$part" ] || cp "$got/$part" "$stem.$part"
        done
    fi
    difference=$(for part in out err; do
        expected=$stem.$part
        [ -e "$expected" ] || expected=/dev/null
        diff -u --label expected --label "$part" "$expected" "$got/$part"
    done)
    if [ -n "$difference" ] || [ "$status" != "${claimed:-0}" ]; then
        echo "not ok $number - $name"
        { echo "exit status $status"; echo "$difference"; } | cat -v | sed 's/^/# /'
    else
        echo "ok $number - $name"
    fi
done
