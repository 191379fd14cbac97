#!/usr/bin/env bats
# A few days of a seeded world, with faults of every kind; `make simulate` lives through months.
# shellcheck disable=SC2154

load helper

@test "the mailboxes hold what a careful person would have sent" {
    top=${DIGEST_TOP:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
    run env DIGEST_BIN="${DIGEST_BIN:-$top/build/digest}" "$top/tests/simulate/run" --seed 2607 --days 7
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"all is where it belongs"* ]]
}
