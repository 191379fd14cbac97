#!/usr/bin/env bats
# A small sample of `make torture`: strikes of each kind, the model of the ledger, many runs at once.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
}

teardown() {
    tear_down_home
}

# torture PARTS SECONDS [JOBS]: prints what failed, if anything did.
torture() {
    TORTURE_PARTS=$1 TORTURE_SECONDS=$2 TORTURE_JOBS=${3:-2} DIGEST_BIN=$digest \
        "$top/tests/torture/run" >"$home/said" || { cat "$home/said"; return 1; }
    tail -n 1 "$home/said" | grep -q ' 0 failed$'
}

@test "the dot waits for the journal, many runs at once send once, the model holds" {
    torture "order runs model" 1
}

@test "kills, faults, refused memory and power cuts lose nothing and send nothing twice" {
    [ "$(basename "$(dirname "$digest")")" != valgrind ] || skip "a run under valgrind cannot be struck"
    torture "kill errno malloc power" 20
}

@test "a conversation that is cut at any byte leaves each reader one message, or a doubt" {
    [ "$(basename "$(dirname "$digest")")" != valgrind ] || skip "its deadlines are a second"
    torture bytes 5 1
}
