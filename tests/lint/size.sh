#!/usr/bin/env bash
# No function is longer than 60 lines or has more than 15 paths through it (a switch counts as one).
set -eu
cd "$(dirname "$0")/../.."
command -v pmccabe >/dev/null || { echo 'pmccabe is not installed'; exit 77; }

pmccabe src/*/*.c | awk '
    {
        place = $6
        sub(/\(/, ":", place)
        sub(/\):?$/, "", place)
    }
    $5 > 60 { print place ": " $7 "() has " $5 " lines, more than 60"; bad = 1 }
    $1 > 15 { print place ": " $7 "() has a complexity of " $1 ", more than 15"; bad = 1 }
    END { exit bad }'
