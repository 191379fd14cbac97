#!/usr/bin/env bats
# Programs that take mail on their standard input: Postfix's sendmail, msmtp, and one of our own.
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
    make_store
    "$digest" --preview=eml --send-to list@example.com --source "$listing" >"$home/preview.eml"
}

teardown() {
    tear_down_home
}

count() {
    "$digest" status --json | jq -r ".ledger.$1.count"
}

# A program at $home/bin/NAME, its text from standard input.
program() {
    mkdir -p "$home/bin"
    { echo '#!/bin/sh'; cat; } >"$home/bin/$1"
    chmod +x "$home/bin/$1"
}

expect_the_preview() {
    expect_arrived list 1
    python3 "$here/judge.py" original "$(arrived list)" | cmp "$home/preview.eml" -
}

@test "Postfix's own sendmail" {
    program sendmail <<SH
exec /usr/sbin/sendmail -C '$peers/postfix/etc' "\$@"
SH
    send list@example.com --transport "sendmail:$home/bin/sendmail"
    expect_the_preview
    run send list@example.com --transport "sendmail:$home/bin/sendmail"
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    expect_arrived list 1
}

@test "msmtp, which logs in at Postfix itself" {
    cat >"$home/msmtprc" <<CONF
account default
host localhost
port $port_starttls
auth plain
tls on
tls_starttls on
tls_trust_file $ca
user digest
passwordeval "cat $home/password"
CONF
    chmod 600 "$home/msmtprc"
    program msmtp <<SH
exec /usr/bin/msmtp -C '$home/msmtprc' "\$@"
SH
    send list@example.com --transport "sendmail:$home/bin/msmtp"
    expect_the_preview
}

@test "the program gets the envelope as arguments and the message with LF" {
    program sendmail <<SH
printf '%s\n' "\$@" >'$home/arguments'
cat >'$home/input'
SH
    send list@example.com --transport "sendmail:$home/bin/sendmail"
    printf '%s\n' -i -f digest@example.com -- list@example.com | cmp - "$home/arguments"
    cmp "$home/preview.eml" "$home/input"
    [ "$(count accepted)" -eq 1 ]
}

@test "msmtp's temporary failure is tried again, the same bytes" {
    local dead
    dead=$(free_ports 1)
    program msmtp <<SH
exec /usr/bin/msmtp --host=localhost --port=\$(cat '$home/port') --tls=off --auth=off "\$@"
SH
    echo "$dead" >"$home/port"
    run send list@example.com --transport "sendmail:$home/bin/msmtp"
    echo "$output"
    [ "$status" -eq 75 ]
    [ "$(count deferred)" -eq 1 ]
    echo "$port_notls" >"$home/port"
    DIGEST_NOW=2026-07-27T14:00:00Z send list@example.com --transport "sendmail:$home/bin/msmtp"
    expect_the_preview
}

@test "a program that says the address is bad is not run again" {
    program sendmail <<SH
cat >/dev/null
echo run >>'$home/runs'
echo 'user unknown'
exit 67
SH
    run send list@example.com --transport "sendmail:$home/bin/sendmail"
    [ "$status" -eq 69 ]
    [[ $output == *"refused for good"*"user unknown"* ]]
    DIGEST_NOW=2026-07-27T20:00:00Z send list@example.com --transport "sendmail:$home/bin/sendmail"
    [ "$(wc -l <"$home/runs")" -eq 1 ]
    [ "$(count failed)" -eq 1 ]
}

@test "killed while the program works: the same bytes again, counted in doubt" {
    program sendmail <<SH
n=\$(cat '$home/n' 2>/dev/null || echo 0)
echo \$((n + 1)) >'$home/n'
cat >'$home/input.'\$n
[ \$n -gt 0 ] || sleep 30
SH
    "$digest" --send-to list@example.com --source "$listing" --transport "sendmail:$home/bin/sendmail" >/dev/null 2>&1 3>&- &
    local pid=$!
    wait_until cmp "$home/preview.eml" "$home/input.0"
    kill -KILL $pid
    wait $pid || [ $? -eq 137 ]
    [ "$(count dot)" -eq 1 ]
    send list@example.com --transport "sendmail:$home/bin/sendmail"
    cmp "$home/input.0" "$home/input.1"
    [ "$(count accepted)" -eq 1 ]
}
