#!/usr/bin/env bash
# Every header compiles alone and defines neither variables nor functions with a name of their own.
set -eu
cd "$(dirname "$0")/../.."

flags=(-std=gnu11 -D_GNU_SOURCE -Iinclude -Wall -Wextra)
object=$(mktemp)
trap 'rm -f "$object"' EXIT
status=0

for header in include/digest/*.h src/*/*.h; do
    # -fno-toplevel-reorder keeps variables that nobody uses, static ones too.
    if ! message=$("${CC:-cc}" "${flags[@]}" -O0 -fno-toplevel-reorder -x c -c -o "$object" "$header" 2>&1); then
        printf '%s: does not compile alone: %s\n' "$header" "$(printf '%s\n' "$message" | grep -m1 'error:' | sed 's/.*error: //')"
        status=1
        continue
    fi
    defined=$(nm "$object" | awk '$2 ~ /^[TDBRCGSdbr]$/ { printf " %s", $3 }')
    [ -z "$defined" ] || { echo "$header: defines$defined"; status=1; }
done
exit $status
