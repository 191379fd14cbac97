#!/usr/bin/env bash
# The manual is clean mdoc, and nothing of it is too long for 80 columns. (That it names every option, command, key and plug-in is test_example's.)
set -eu
cd "$(dirname "$0")/../.."
command -v mandoc >/dev/null || { echo 'mandoc is not installed'; exit 77; }

# Which other manuals are there is the machine's affair.
findings=$(mandoc -Tlint -W style man/digest.1 2>/dev/null | grep -v 'referenced manual not found' || true)
[ -z "$findings" ] || { printf '%s\n' "$findings"; exit 1; }

command -v groff >/dev/null || exit 0
findings=$(groff -mandoc -Tutf8 -rLL=78n man/digest.1 2>&1 >/dev/null || true)
[ -z "$findings" ] || { printf '%s\n' "$findings"; exit 1; }
