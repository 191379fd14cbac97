#!/usr/bin/env bash
# Puts the judges of package.json into build/judges, from the registry that npm is set up for. Without
# them their tests are skipped, and say so.
set -u
cd "$(dirname "$0")/../../.." || exit 70
into=build/judges

cmp -s tests/peers/judges/package.json "$into/package.json" && exit 0
mkdir -p "$into.new"
cp tests/peers/judges/package.json "$into.new"
echo 'judges: installing those that are written in JavaScript'
if npm install --prefix "$into.new" --ignore-scripts --no-package-lock --no-audit --no-fund --loglevel=error >/dev/null; then
    rm -rf "$into"
    mv "$into.new" "$into"
else
    rm -rf "$into.new"
    echo 'judges: npm did not install them; the tests that need them are skipped' >&2
fi
