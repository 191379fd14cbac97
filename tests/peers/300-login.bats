#!/usr/bin/env bats
# A login that fails, or that nobody asks for, stops the run before a message is named.
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
    said_before=$(wc -l <"$peers/postfix.log")
}

teardown() {
    tear_down_home
}

# The last session's end in Postfix's log since the test began, which counts its commands.
session_end() {
    tail -n +$((said_before + 1)) "$peers/postfix.log" | grep 'disconnect from' | tail -n 1
}

session() {
    wait_until session_has_ended
    session_end
}

session_has_ended() {
    [ -n "$(session_end)" ]
}

@test "a wrong password is told as such: 77, and no message" {
    printf 'not the password\n' >"$home/password"
    run send list@example.com
    [ "$status" -eq 77 ]
    [[ $output == *"'localhost' refuses the login of 'digest': 535"* ]]
    [ "$(wc -l <<<"$output")" -eq 1 ]
    refute grep -F 'not the password' <<<"$output"
    session | grep -E ' auth=0/'
    refute grep -E ' (mail|rcpt|data)=' <(session)
    expect_arrived list 0
}

@test "once the password is right, the same message goes out" {
    printf 'not the password\n' >"$home/password"
    make_store
    "$digest" --preview=eml --send-to list@example.com --source "$listing" >"$home/preview.eml"
    run send list@example.com
    [ "$status" -eq 77 ]
    printf '%s\n' "$password" >"$home/password"
    DIGEST_NOW=2026-07-27T13:00:00Z send list@example.com
    expect_arrived list 1
    python3 "$here/judge.py" original "$(arrived list)" | cmp "$home/preview.eml" -
}

@test "a login is configured and the server offers none: 77 before MAIL" {
    run send list@example.com --transport "smtp://digest@localhost:$port_nologin"
    [ "$status" -eq 77 ]
    [[ $output == *"'localhost' offers no login"* ]]
    refute grep -E ' (auth|mail|rcpt|data)=' <(session)
    expect_arrived list 0
}

@test "a login is configured and the server offers it under TLS only: not one byte of it in clear" {
    run send list@example.com -o smtp.tls=none
    [ "$status" -eq 77 ]
    [[ $output == *"'localhost' offers no login"* ]]
    refute grep -E ' (auth|mail|rcpt|data)=' <(session)
    expect_arrived list 0
}

@test "TLS is wanted and the server has none: 77 before the login" {
    run send list@example.com --transport "smtp://digest@localhost:$port_notls"
    [ "$status" -eq 77 ]
    [[ $output == *"'localhost' offers no STARTTLS"* ]]
    refute grep -E ' (auth|mail|rcpt|data)=' <(session)
    expect_arrived list 0
}

@test "a server that wants a login and none is configured: told, nothing arrives" {
    run send list@example.com --transport "smtp://localhost:$port_starttls"
    [ "$status" -eq 69 ]
    [[ $output == *"Access denied"* ]]
    expect_arrived list 0
}

@test "the password may come from a command" {
    printf '#!/bin/sh\ncat "%s"\n' "$home/password" >"$home/pass"
    chmod +x "$home/pass"
    sed -i '/password_file/d' "$home/config/digest/digest.conf"
    send list@example.com -o "smtp.password_command=$home/pass"
    expect_arrived list 1
}

@test "the password stands in no argument, no message and no log" {
    run strace -f -e trace=execve -s 4096 -o "$home/trace" "$digest" -v --send-to list@example.com \
        --source "$listing" --wait=0s
    [ "$status" -eq 0 ]
    refute grep -F "$password" "$home/trace"
    refute grep -F "$password" <<<"$output"
    refute grep -F "$(printf '\0digest\0%s' "$password" | base64)" <<<"$output"
    refute grep -rF "$password" "$home/state" "$home/config"
}
