#!/usr/bin/env bash
# The manual is clean mdoc. (That it names every option, command, key and plug-in is test_example's.)
set -eu
cd "$(dirname "$0")/../.."
command -v mandoc >/dev/null || { echo 'mandoc is not installed'; exit 77; }

# Which other manuals are there is the machine's affair.
findings=$(mandoc -Tlint -W style man/digest.1 2>/dev/null | grep -v 'referenced manual not found' || true)
[ -z "$findings" ] || { printf '%s\n' "$findings"; exit 1; }
