#!/usr/bin/env bash
# Layout is .clang-format, not opinion.
set -eu
cd "$(dirname "$0")/../.."
command -v clang-format >/dev/null || { echo 'clang-format is not installed'; exit 77; }

findings=$(find src include tests -name '*.[ch]' -exec clang-format --dry-run {} + 2>&1 |
    sed -n 's/^\([^ ]*:[0-9]*\):[0-9]*: warning: .*/\1: is not laid out as .clang-format says/p' | sort -u -t: -k1,1)
[ -z "$findings" ] || { printf '%s\n' "$findings"; exit 1; }
