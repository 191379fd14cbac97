#!/usr/bin/env bats
# One message to several: what Postfix and Dovecot make of it, and what they say to each recipient.
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
}

teardown() {
    tear_down_home
}

# configure URL: a list whose readers, the users of Postfix and nobody else unless named, go together.
configure() {
    write_config <<CONF
smtp { from = "digest@example.com"  url = "$1"  tls = auto }
source papers { provider = file  path = "$listing" }
list daily { sources = {papers}  timezone = UTC  together = true }
CONF
    shift
    { echo address,kind; printf '%s@example.com,list\n' list reader other inbox "$@"; } | "$digest" subscribers import -
}

# How many messages Postfix took since the N-th line of its log, by how many recipients: "1x4".
queued() {
    sed -n "$(($1 + 1)),\$p" "$peers/postfix.log" | sed -En 's/.*nrcpt=([0-9]+) \(queue active\).*/\1/p' | sort | uniq -c |
        awk '{ print $1 "x" $2 }' | xargs
}

log_length() {
    wc -l <"$peers/postfix.log"
}

@test "Postfix takes one message for four, and refuses the fifth alone" {
    configure "smtp://localhost:$port_notls" nobody
    local before user
    before=$(log_length)
    run "$digest" run --wait=0s
    [ "$status" -eq 69 ]
    [[ $output == *"'nobody@example.com': refused for good at rcpt: 5.1.1"* ]]
    for user in list reader other inbox; do
        expect_arrived "$user" 1
    done
    [ "$(queued "$before")" = 1x4 ]
}

@test "Postfix that takes two recipients gets two at a time" {
    configure "smtp://localhost:$port_few"
    local before user
    before=$(log_length)
    "$digest" run --wait=0s
    for user in list reader other inbox; do
        expect_arrived "$user" 1
    done
    [ "$(queued "$before")" = 2x2 ]
    [ "$("$digest" issues show 1 | grep -c 'example.com.*accepted')" -eq 4 ]
}

@test "Dovecot answers for each, and each mailbox has it" {
    configure "lmtp:127.0.0.1:$port_lmtp"
    local user
    "$digest" run --wait=0s -v 2>"$home/told"
    for user in list reader other inbox; do
        expect_arrived "$user" 1
    done
    [ "$("$digest" issues show 1 | grep -c 'accepted.*Saved')" -eq 4 ]
}
