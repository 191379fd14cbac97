#!/usr/bin/env bash
# An external symbol that no other object uses should be static, or should not be. A plug-in whose row
# was forgotten shows up here: nothing but its row uses its descriptor.
set -eu
cd "$(dirname "$0")/../.."

objects=()
for source in src/*/*.c build/gen/*.c; do
    object=build/obj/${source#build/}
    object=${object%.c}.o
    [ ! -e "$object" ] || objects+=("$object")
done
[ ${#objects[@]} -gt 0 ] || { echo 'build/obj: there are no objects; make builds them'; exit 1; }

findings=$(nm -A "${objects[@]}" | awk '
    {
        file = $1
        sub(/:.*/, "", file)
        kind = $(NF - 1)
        name = $NF
    }
    kind == "U" { used[name] = 1 }
    kind ~ /^[TDBRCGSVW]$/ && name != "main" { file_of[name] = file }
    END {
        for (name in file_of)
            if (!(name in used)) {
                source = file_of[name]
                sub(/^build\/obj\//, "", source)
                sub(/\.o$/, ".c", source)
                print source ": " name " is used by no other file"
            }
    }' | sort)
[ -z "$findings" ] || { printf '%s\n' "$findings"; exit 1; }
