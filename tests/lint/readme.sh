#!/usr/bin/env bash
# README.md names every option.
set -eu
cd "$(dirname "$0")/../.."

status=0
while read -r option; do
    grep -qE -- "--$option([^a-z-]|\$)" README.md || { echo "README.md: does not name --$option"; status=1; }
done < <(sed -nE 's/^OPTION\([a-z_]+, "([a-z-]+)".*/\1/p' src/cli/options.def)
exit $status
