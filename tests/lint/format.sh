#!/usr/bin/env bash
# Layout is .clang-format, not opinion. That leaves comments as they are, so their width is looked at
# here: 100 columns, where a TAB at the front counts as eight.
set -eu
cd "$(dirname "$0")/../.."
command -v clang-format >/dev/null || { echo 'clang-format is not installed'; exit 77; }

findings=$(find src include tests -name '*.[ch]' -exec clang-format --dry-run {} + 2>&1 |
    sed -n 's/^\([^ ]*:[0-9]*\):[0-9]*: warning: .*/\1: is not laid out as .clang-format says/p' | sort -u -t: -k1,1)
[ -z "$findings" ] || { printf '%s\n' "$findings"; exit 1; }

wide='^(.{101}|\t.{93}|\t{2}.{85}|\t{3}.{77}|\t{4}.{69}|\t{5}.{61})'
findings=$(LC_ALL=C.UTF-8 grep -rnoP --include='*.[ch]' "$wide" src include tests |
    sed 's/^\([^:]*:[0-9]*\):.*/\1: is wider than 100 columns/' || true)
[ -z "$findings" ] || { printf '%s\n' "$findings"; exit 1; }
