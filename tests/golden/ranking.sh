#!/usr/bin/env bash
# Every ranking orders the candidates of golden/ranking/NAME/CASE.json as CASE.expected says.
# UPDATE=1 writes what it got instead.
set -u
cd "$(dirname "$0")/../.." || exit 70
dump=${DIGEST_BUILD:-build}/tests/pick_dump

cases=(tests/golden/ranking/*/*.json)
echo "1..${#cases[@]}"
number=0
for case in "${cases[@]}"; do
    number=$((number + 1))
    name=$(basename "$(dirname "$case")")
    expected=${case%.json}.expected
    got=$("$dump" "$case" "$name" 2>&1) || got+=" (exit status $?)"
    [ -z "${UPDATE:-}" ] || printf '%s\n' "$got" >"$expected"
    if difference=$(diff -u "$expected" - <<<"$got" 2>&1); then
        echo "ok $number - ranking $name: $(basename "$case" .json)"
    else
        echo "not ok $number - ranking $name: $(basename "$case" .json)"
        echo "# ${difference//$'\n'/$'\n'# }"
    fi
done
