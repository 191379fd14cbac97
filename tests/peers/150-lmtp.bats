#!/usr/bin/env bats
# Dovecot's LMTP, without a mail server before it.
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
    mail_config "$port_starttls"
    write_config <<CONF
smtp { from = "digest@example.com" }
CONF
}

teardown() {
    tear_down_home
}

@test "over a port each recipient's mailbox gets its message" {
    send list@example.com reader@example.com --transport "lmtp:127.0.0.1:$port_lmtp"
    expect_arrived list 1
    expect_arrived reader 1
}

@test "over a socket too" {
    send other@example.com --transport "lmtp:$peers/dovecot/run/lmtp"
    expect_arrived other 1
}
