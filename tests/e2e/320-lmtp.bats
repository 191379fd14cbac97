#!/usr/bin/env bats
# LMTP to a mail store on a port or a socket, and a mailbox of one file: each recipient has an answer.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one"
    start_replay --hf "$home/hf"
}

teardown() {
    tear_down_home
}

# serve ARGUMENT...: a mail store, and a configuration with three readers. $where is the transport.
serve() {
    python3 "$top/tests/lib/smtp_server.py" --lmtp --port-file "$home/port" --folder "$home/mail" --log "$home/log" \
        "$@" >"$home/out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/port"
    where=lmtp:127.0.0.1:$(cat "$home/port")
    [[ $(cat "$home/port") != /* ]] || where=lmtp:$(cat "$home/port")
    configure "$where"
}

configure() {
    write_config <<CONF
smtp { from = "digest@example.com"  url = "$1"  timeout = 1s  dot_timeout = 1s }
source hf { provider = hf_daily  base_url = "$web" }
list daily { sources = {hf}  subscribers = {a@example.com, b@example.com, c@example.com} }
CONF
}

@test "by LMTP each recipient has a message, over a port and over a socket" {
    serve
    "$digest" run
    [ "$(jq -r '.recipients[]' "$home"/mail/*.json | sort | xargs)" = "a@example.com b@example.com c@example.com" ]
    grep -q 'LHLO' "$home/log"

    rm -r "$home/mail" "$home/port" "$db"
    serve --socket "$home/lmtp.socket"
    "$digest" run
    [ "$(jq -s length "$home"/mail/*.json)" -eq 3 ]
}

@test "a full mailbox is tried again, an unknown user is not" {
    serve --fault 'dot=452 4.2.2 full' --fault 'rcpt:b@example.com=550 5.1.1 no such user' --times 2
    run "$digest" run --wait=0
    [ "$status" -eq 69 ]
    [[ $output == *"'b@example.com': refused for good at rcpt: 5.1.1 no such user; this issue is not tried there again"* ]]
    DIGEST_NOW=2026-07-27T13:00:00Z "$digest" run
    [ "$(jq -r '.recipients[]' "$home"/mail/*.json | sort | xargs)" = "a@example.com c@example.com" ]
}

@test "what is in doubt is told with what becomes of it" {
    serve --fault 'dot:a@example.com=close' --times 1
    run "$digest" run --wait=0
    [[ $output == *"'a@example.com': in doubt at dot: "*"; it goes again, the same bytes"* ]]
    rm -r "$home/mail" "$home/port" "$db"
    serve --fault 'dot:a@example.com=close' --times 1
    run "$digest" run --wait=0 -o smtp.on_doubt=hold
    [[ $output == *"'a@example.com': in doubt at dot: "*"; it is held until 'digest issues retry' sends it again"* ]]
    "$digest" issues retry
    [ "$(jq -r '.recipients[]' "$home"/mail/*.json | sort -u | xargs)" = "a@example.com b@example.com c@example.com" ]
}

@test "a mail server that hangs up instead of answering is told so" {
    serve --fault 'greeting=close'
    configure "smtp://127.0.0.1:$(cat "$home/port")"
    run --separate-stderr "$digest" run --wait=0
    [[ "$stderr" == "digest: smtp: '127.0.0.1' closed the connection without an answer; what has not left "* ]]
}

@test "a mail store that is not there: 69, and nothing is lost" {
    configure "lmtp:$home/nobody"
    run "$digest" run --wait=0
    [ "$status" -eq 69 ]
    [[ $output == *"$home/nobody"* ]]
    serve
    DIGEST_NOW=2026-07-27T13:00:00Z "$digest" run
    [ "$(jq -s length "$home"/mail/*.json)" -eq 3 ]
}

@test "what goes into a mailbox of one file is what a mail reader gets out of it" {
    configure "mbox:$home/box"
    "$digest" run
    python3 - "$home/box" <<'PY'
import mailbox, sys
box = mailbox.mbox(sys.argv[1])
assert sorted(message['To'] for message in box) == ['a@example.com', 'b@example.com', 'c@example.com'], box.keys()
assert all(message.is_multipart() and not message.defects for message in box)
PY
}
