#!/usr/bin/env bash
# Only cli ends the process, and mem_die(). Files whose forked children must end stand in exit.allow.
set -eu
cd "$(dirname "$0")/../.."

status=0
calls=$(tests/lib/calls.sh | grep -E ' (exit|_exit|_Exit|quick_exit|abort)$' || true)
allowed=$(sed -nE 's/^([^#[:space:]]+)[[:space:]]+([^[:space:]]+)[[:space:]]+[^[:space:]].*/\1 \2/p' tests/lint/exit.allow)
while read -r file name; do
    case $file in '' | src/cli/*) continue ;; esac
    grep -qxF "$file $name" <<<"$allowed" || { echo "$file: calls $name()"; status=1; }
done <<<"$calls"
while read -r file name _; do
    case $file in '' | '#'*) continue ;; esac
    if [ ! -e "$file" ]; then
        echo "tests/lint/exit.allow: there is no $file"
        status=1
    elif [ -e "build/obj/${file%.c}.o" ] && ! grep -qxF "$file $name" <<<"$calls"; then
        echo "tests/lint/exit.allow: $file does not call $name()"
        status=1
    fi
done <tests/lint/exit.allow
exit $status
