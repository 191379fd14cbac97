#!/usr/bin/env bash
# A table of plug-ins and the files beside it agree: KIND(name) in a .def file is KIND_name.c, and
# templates.def and templates/ name each other, but for what templates share (part-NAME). (Tables that have no such files, like options and
# keys, are complete in themselves.)
set -eu
cd "$(dirname "$0")/../.."

rows() { sed -nE 's/^([A-Z]+)\(([a-z0-9_]+).*/\1 \2/p' "$1"; }

status=0
fail() { echo "$1"; status=1; }

shopt -s nullglob
for table in src/*/*.def; do
    folder=$(dirname "$table")
    name=$(basename "$table" .def)
    kind=${name%s}
    files=("$folder/${kind}"_*.c)
    if [ "$(rows "$table" | sort | uniq -d)" ]; then
        fail "$table: a row stands there twice: $(rows "$table" | sort | uniq -d | paste -sd, -)"
    fi
    if [ "$kind" = template ]; then
        while read -r _ row; do
            parts=(templates/"$row".*)
            [ ${#parts[@]} -gt 0 ] || fail "$table: there is no templates/$row.*"
        done < <(rows "$table")
        for file in templates/*; do
            row=$(basename "$file")
            [[ $row == part-* ]] && continue
            rows "$table" | grep -qx "TEMPLATE ${row%%.*}" || fail "$file: has no row in $table"
        done
    fi
    [ ${#files[@]} -gt 0 ] || continue
    while read -r _ row; do
        [ -e "$folder/${kind}_$row.c" ] || fail "$table: there is no $folder/${kind}_$row.c"
    done < <(rows "$table")
    for file in "${files[@]}"; do
        row=$(basename "$file" .c)
        rows "$table" | cut -d' ' -f2 | grep -qx "${row#"${kind}"_}" || fail "$file: has no row in $table"
    done
done
exit $status
