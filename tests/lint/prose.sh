#!/usr/bin/env bash
# Text that people edit has no white space at the end of a line, no CR, and a newline at its end.
# What is input or expected output of a test may have all of these.
set -eu
cd "$(dirname "$0")/../.."

mapfile -d '' -t files < <(
    find . \( -path ./build -o -path ./.git -o -path ./tests/golden -o -path ./tests/fuzz/corpus \) -prune -o -type f \
        \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.bash' -o -name '*.bats' -o -name '*.py' -o -name '*.awk' \
        -o -name '*.md' -o -name '*.conf' -o -name '*.cron' -o -name '*.1' -o -name Makefile -o -name LAYERS -o -name run \
        -o -name '.clang-*' -o -name .gitignore -o -name .editorconfig -o -path './templates/*' \) -printf '%P\0' | sort -z
)
findings=$(
    grep -HnE '[[:blank:]]+$' "${files[@]}" | sed 's|^\([^:]*:[0-9]*\):.*|\1: white space at the end of the line|' || true
    grep -HnF $'\r' "${files[@]}" | sed 's|^\([^:]*:[0-9]*\):.*|\1: a carriage return|' || true
    for file in "${files[@]}"; do
        [ -z "$(tail -c 1 "$file")" ] || echo "$file: no newline at the end"
    done
)
[ -z "$findings" ] || { printf '%s\n' "$findings"; exit 1; }
