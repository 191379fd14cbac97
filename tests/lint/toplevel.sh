#!/usr/bin/env bash
# The top level holds what a newcomer is told of, and nothing that was left behind.
set -eu
cd "$(dirname "$0")/../.."
git rev-parse --git-dir >/dev/null 2>&1 || { echo 'not a checkout'; exit 77; }

strangers=$(git ls-files | cut -d/ -f1 | sort -u |
    grep -vxE 'src|include|templates|tests|config|man|Makefile|README\.md|LICENSE|\..*' || true)
[ -z "$strangers" ] || { printf '%s does not belong at the top level\n' "$strangers"; exit 1; }
