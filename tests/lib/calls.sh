#!/usr/bin/env bash
# What each object of src calls that is not in it, one "SOURCE NAME" a line; sources without an object
# are left out.
set -eu
cd "$(dirname "$0")/../.."

objects=()
for source in src/*/*.c; do
    object=build/obj/${source%.c}.o
    [ ! -e "$object" ] || objects+=("$object")
done
[ ${#objects[@]} -gt 0 ] || exit 0
nm -A -u "${objects[@]}" | sed -E 's|^build/obj/(.*)\.o: +. |\1.c |'
