#!/usr/bin/env bash
# Functions that src/base/banned.h keeps out, looked for in the objects, where no macro hides them;
# and those that cannot be told from a macro: a shell, an unbounded stack.
set -eu
cd "$(dirname "$0")/../.."

banned='strcpy|stpcpy|strcat|sprintf|vsprintf|strtok|gets|atoi|atol|localtime|gmtime|asctime|ctime|system|popen|tmpnam|mktemp'
status=0
findings=$(tests/lib/calls.sh | sed -E 's/ __(.*)_chk$/ \1/' | grep -E " ($banned)\$" | sort -u || true)
[ -z "$findings" ] || { printf '%s\n' "$findings" | sed 's/ \(.*\)/: calls \1()/'; status=1; }
grep -nE '(^|[^_[:alnum:]])(__builtin_)?alloca[[:space:]]*\(' src/*/*.c && status=1
grep -nE '#[[:space:]]*undef' src/*/*.c | grep -wE "$banned" && status=1
exit $status
