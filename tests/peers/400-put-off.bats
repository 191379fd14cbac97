#!/usr/bin/env bats
# What a real server puts off is tried again later, and what it refuses for good is told and left.
# shellcheck disable=SC2154

load ../e2e/helper
load peers

setup_file() {
    start_peers
}

teardown_file() {
    stop_peers
}

setup() {
    set_up_home
    # The policy server remembers pairs of sender and recipient: every test is a sender of its own.
    mail_config "$port_nologin"
    url=smtp://localhost:$port_greylist
    from=digest.$BATS_TEST_NUMBER@example.com
}

teardown() {
    tear_down_home
}

count() {
    "$digest" status --json | jq -r ".ledger.$1.count"
}

@test "greylisted: 75, and the next run delivers the same message" {
    make_store
    "$digest" --preview=eml --send-to list@example.com --source "$listing" --from "$from" >"$home/preview.eml"
    run send list@example.com --transport "$url" --from "$from"
    [ "$status" -eq 75 ]
    [ "$(count deferred)" -eq 1 ]
    expect_arrived list 0
    run env DIGEST_NOW=2026-07-27T14:00:00Z "$digest" --send-to list@example.com --source "$listing" \
        --transport "$url" --from "$from" --wait=0s
    [ "$status" -eq 0 ]
    expect_arrived list 1
    python3 "$here/judge.py" original "$(arrived list)" | cmp "$home/preview.eml" -
    [ "$(count accepted)" -eq 1 ]
}

@test "greylisted, and the run may wait: it delivers by itself" {
    run "$digest" --send-to reader@example.com --source "$listing" --transport "$url" --from "$from" --wait=60s
    echo "$output"
    [ "$status" -eq 0 ]
    expect_arrived reader 1
}

@test "before its time a deferred message is left alone" {
    run send list@example.com --transport "$url" --from "$from"
    [ "$status" -eq 75 ]
    run send list@example.com --transport "$url" --from "$from"
    [ "$status" -eq 75 ]
    expect_arrived list 0
    [ "$(count deferred)" -eq 1 ]
}

@test "an unknown recipient is told and not tried again, and the others get theirs" {
    run send nobody@example.com list@example.com --transport "smtp://localhost:$port_notls" -o smtp.tls=none
    echo "$output"
    [ "$status" -eq 69 ]
    [[ $output == *"'nobody@example.com': refused for good at rcpt: "*"User unknown"* ]]
    expect_arrived list 1
    [ "$(count failed)" -eq 1 ]
    [ "$(count accepted)" -eq 1 ]
    run env DIGEST_NOW=2026-07-27T20:00:00Z "$digest" --send-to nobody@example.com --send-to list@example.com \
        --source "$listing" --transport "smtp://localhost:$port_notls" -o smtp.tls=none --wait=0s
    [ "$status" -eq 0 ]
    expect_arrived list 1
    [ "$(count failed)" -eq 1 ]
}

@test "a server that is not there: 69 or 75, and later the message goes out" {
    local dead
    dead=$(free_ports 1)
    run send list@example.com --transport "smtp://localhost:$dead"
    [ "$status" -eq 69 ]
    [[ $output == *"cannot connect to 'localhost': connection refused"* ]]
    send list@example.com --transport "smtp://localhost:$port_nologin"
    expect_arrived list 1
}
