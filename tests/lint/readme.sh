#!/usr/bin/env bash
# README.md names every option.
set -eu
cd "$(dirname "$0")/../.."

status=0
for option in $(sed -nE 's/^OPTION\([a-z_]+, "([a-z-]+)".*/\1/p' src/cli/options.def); do
    grep -qE -- "--$option([^a-z-]|\$)" README.md || { echo "README.md: does not name --$option"; status=1; }
done
exit $status
