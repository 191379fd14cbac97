#!/usr/bin/env bash
# Every template renders the issue of golden/template/NAME/CASE.json as CASE.PART says, for each part
# that is there: subject, text, html, data (JSON), terminal, colour, list and person (whole messages).
# UPDATE=1 writes what it got instead.
set -u
cd "$(dirname "$0")/../.." || exit 70
dump=${DIGEST_BUILD:-build}/tests/render_dump

parts=()
for case in tests/golden/template/*/*.json; do
    for part in "${case%.json}".*; do
        [ "$part" = "$case" ] || parts+=("$part")
    done
done
echo "1..${#parts[@]}"
number=0
for expected in "${parts[@]}"; do
    number=$((number + 1))
    part=${expected##*.}
    case=${expected%.*}.json
    name=$(basename "$(dirname "$case")")
    got=$(mktemp)
    "$dump" "$part" "$case" "$name" >"$got" 2>&1 || echo "(exit status $?)" >>"$got"
    [ -z "${UPDATE:-}" ] || cp "$got" "$expected"
    if difference=$(diff -u "$expected" "$got" 2>&1); then
        echo "ok $number - template $name: $(basename "$expected")"
    else
        echo "not ok $number - template $name: $(basename "$expected")"
        cat -v <<<"$difference" | sed 's/^/# /'
    fi
    rm -f "$got"
done
