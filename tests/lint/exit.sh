#!/usr/bin/env bash
# Only cli ends the process, and mem_die(). Files whose forked children must end stand in exit.allow.
set -eu
cd "$(dirname "$0")/../.."

calls() { nm -u "build/obj/${1%.c}.o" | awk '$2 ~ /^(exit|_exit|_Exit|quick_exit|abort)$/ { print $2 }'; }

status=0
for source in src/*/*.c; do
    case $source in src/cli/*) continue ;; esac
    [ -e "build/obj/${source%.c}.o" ] || continue
    for name in $(calls "$source"); do
        awk -v file="$source" -v name="$name" '$1 == file && $2 == name && NF > 2 { found = 1 } END { exit !found }' \
            tests/lint/exit.allow || { echo "$source: calls $name()"; status=1; }
    done
done
while read -r file name _; do
    case $file in '' | '#'*) continue ;; esac
    if [ ! -e "$file" ]; then
        echo "tests/lint/exit.allow: there is no $file"
        status=1
    elif [ -e "build/obj/${file%.c}.o" ] && ! calls "$file" | grep -qx "$name"; then
        echo "tests/lint/exit.allow: $file does not call $name()"
        status=1
    fi
done <tests/lint/exit.allow
exit $status
