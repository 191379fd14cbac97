#!/usr/bin/env bash
# Every shell script, by name or by first line, reads well to shellcheck.
set -eu
cd "$(dirname "$0")/../.."
command -v shellcheck >/dev/null || { echo 'shellcheck is not installed'; exit 77; }

scripts=()
while IFS= read -r file; do
    case $file in
    *.sh | *.bash | *.bats) scripts+=("$file") ;;
    *) head -n 1 "$file" | grep -qE '^#!.*[/ ](ba|da)?sh$' && scripts+=("$file") ;;
    esac
done < <(find .ci config tests -type f ! -path 'tests/golden/*/*' ! -path 'tests/fuzz/corpus/*' | sort)
shellcheck -x -f gcc "${scripts[@]}"
