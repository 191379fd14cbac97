#!/usr/bin/env bats
# One message to many at once: whoever is refused, and whatever the server or we die of, each recipient
# has a state of his own, and what goes again is the same bytes.
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

# serve ARGUMENT...: a mail server, and a configuration that sends there.
serve() {
    rm -f "$home/port"
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/port" --folder "$home/mail" --log "$home/log" \
        "$@" >"$home/out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/port"
    local scheme=smtp://
    [[ " $* " != *" --lmtp "* ]] || scheme=lmtp:
    configure "${scheme}127.0.0.1:$(cat "$home/port")"
}

# configure URL [SMTP-KEYS]: with a list whose recipients go together.
configure() {
    write_config <<CONF
smtp { from = "digest@example.com"  url = "$1"  timeout = 1s  dot_timeout = 1s  $2 }
source hf { provider = hf_daily  base_url = "$web" }
list daily { title = "Daily papers"  sources = {hf}  timezone = UTC  together = true }
CONF
}

# add NAME...: mailing lists of these names are recipients.
add() {
    { echo address,kind; printf '%s@example.com,list\n' "$@"; } | "$digest" subscribers import -
}

# by_state STATE: the names of those whose delivery is in that state, in order.
by_state() {
    "$digest" issues show 1 | sed -En "s/^ *([a-z0-9]+)@example.com .*$1.*/\1/p" | sort | xargs
}

# recipients N: those of the N-th message, in order.
recipients() {
    jq -r '.recipients[]' "$home/mail/$1.json" | sed 's/@.*//' | sort | xargs
}

message_count() {
    find "$home/mail" -name '*.eml' | wc -l
}

@test "recipients of kind list get one message, and persons one each" {
    serve
    add a b c d e
    "$digest" subscribers add ada@example.com
    "$digest" subscribers add bob@example.com
    "$digest" run
    [ "$(message_count)" -eq 3 ]
    [ "$(for n in 1 2 3; do recipients "$n"; done | sort | xargs -d '\n' -n 3)" = "a b c d e ada bob" ]
    [ "$(grep -c ' C MAIL' "$home/log")" -eq 3 ]
    local n
    for n in 1 2 3; do
        [ "$(recipients "$n")" != "a b c d e" ] || break
    done
    grep -qx $'To: Daily papers <digest@example.com>\r' "$home/mail/$n.eml"
    "$digest" issues resend 1 --for c@example.com
    [ "$(recipients 4)" = c ]
    cmp "$home/mail/$n.eml" "$home/mail/4.eml"
    [ "$(by_state accepted)" = "a ada b bob c d e" ]
    "$digest" --preview=eml --send-to z@example.com >"$home/preview"
    "$digest" --send-to z@example.com
    grep -E '^(To|Message-ID): ' "$home/preview" >"$home/foreseen"
    grep -E '^(To|Message-ID): ' "$home/mail/5.eml" | tr -d '\r' | cmp "$home/foreseen" -
}

@test "one by one where the server wants no more commands at once" {
    serve --offer 8BITMIME --fault 'rcpt:b@example.com=550 5.1.1 nobody'
    add a b c
    run "$digest" run --wait=0
    [ "$status" -eq 69 ]
    [ "$(recipients 1)" = "a c" ]
    [ "$(by_state accepted)" = "a c" ]
    [ "$(by_state failed)" = b ]
}

@test "refused, put off and in doubt: only who may lack it gets it again, and the same bytes" {
    serve --fault 'rcpt:b@example.com=550 5.1.1 nobody' --fault 'rcpt:d@example.com=450 4.2.1 later' \
        --fault dot=close --times 1
    add a b c d e
    run "$digest" run --wait=0
    [ "$status" -eq 69 ]
    [ "$(by_state doubt)" = "a c e" ]
    [ "$(by_state failed)" = b ]
    [ "$(by_state deferred)" = d ]
    DIGEST_NOW=2026-07-27T12:01:00Z "$digest" run --wait=0 2>/dev/null || true
    [ "$(recipients 2)" = "a c e" ]
    DIGEST_NOW=2026-07-27T14:00:00Z "$digest" run --wait=0
    [ "$(recipients 3)" = d ]
    [ "$(message_count)" -eq 3 ]
    cmp "$home/mail/1.eml" "$home/mail/2.eml"
    cmp "$home/mail/1.eml" "$home/mail/3.eml"
    [ "$(by_state accepted)" = "a c d e" ]
}

@test "a server that takes two at a time gets two at a time, and that puts nobody off" {
    serve --room 2
    add a b c d e
    "$digest" run --wait=0
    [ "$(for n in 1 2 3; do recipients "$n"; done | sort | xargs)" = "a b c d e" ]
    [ "$(message_count)" -eq 3 ]
    [ "$(grep -c ' S 452' "$home/log")" -eq 3 ]
    [ "$(by_state accepted)" = "a b c d e" ]
}

@test "by LMTP each has an answer of his own behind the dot" {
    serve --lmtp --fault 'dot:b@example.com=452 4.2.2 full' --fault 'dot:c@example.com=550 5.2.1 closed' --times 1
    add a b c d
    run "$digest" run --wait=0
    [ "$status" -eq 69 ]
    [ "$(recipients 1)" = "a d" ]
    [ "$(by_state accepted)" = "a d" ]
    [ "$(by_state deferred)" = b ]
    [ "$(by_state failed)" = c ]
    DIGEST_NOW=2026-07-27T14:00:00Z "$digest" run --wait=0
    [ "$(recipients 2)" = b ]
    cmp "$home/mail/1.eml" "$home/mail/2.eml"
}

@test "killed behind the dot, all whom it was for are in doubt, and get the same again" {
    serve --fault 'rcpt:b@example.com=550 5.1.1 nobody' --fault dot=stall --times 1
    add a b c d
    "$digest" run >/dev/null 2>&1 3>&- &
    local pid=$!
    wait_for_file "$home/mail/1.eml"
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null || true
    DIGEST_NOW=2026-07-27T12:10:00Z "$digest" run
    [ "$(message_count)" -eq 2 ]
    [ "$(recipients 1)" = "a c d" ]
    [ "$(recipients 2)" = "a c d" ]
    cmp "$home/mail/1.eml" "$home/mail/2.eml"
    [ "$(by_state accepted)" = "a c d" ]
    [ "$(by_state failed)" = b ]
}

@test "more than go at once, by sessions side by side: each once, signed alike" {
    serve
    openssl genrsa -out "$home/key" 2048 2>/dev/null
    chmod 600 "$home/key"
    configure "smtp://127.0.0.1:$(cat "$home/port")" "dkim_key = '$home/key'  dkim_selector = s  connections = 3"
    local names=() i
    for ((i = 100; i < 230; i++)); do
        names+=("l$i")
    done
    add "${names[@]}"
    "$digest" run --yes
    [ "$(message_count)" -eq 3 ]
    [ "$(jq -r '.recipients[]' "$home"/mail/*.json | sort -u | wc -l)" -eq 130 ]
    [ "$(jq -r '.recipients | length' "$home"/mail/*.json | sort -n | xargs)" = "30 50 50" ]
    grep -q '^DKIM-Signature: ' "$home/mail/1.eml"
    [ "$(sha256sum "$home"/mail/*.eml | cut -d' ' -f1 | sort -u | wc -l)" -eq 1 ]
}

@test "a dry run says who goes together, or why nobody does; so does the check" {
    serve
    add a b c
    "$digest" subscribers add ada@example.com
    run --separate-stderr "$digest" run --dry-run
    [[ $output == *"  3 of kind list together, at most 50 at a time"* ]]
    run "$digest" check
    [[ $output != *"'together'"* ]]
    configure "smtp://127.0.0.1:$(cat "$home/port")" 'verp = true'
    run --separate-stderr "$digest" run --dry-run
    [[ $output == *"  each by itself: VERP gives it a return address of its own"* ]]
    run "$digest" check
    [[ $output == *"note  list 'daily': 'together' does nothing while 'verp' is on"* ]]
    "$digest" run
    [ "$(message_count)" -eq 4 ]
    [ "$(jq -r .sender "$home"/mail/*.json | sort -u | wc -l)" -eq 4 ]
    configure "maildir:$home/box"
    run --separate-stderr "$digest" --send-to z@example.com --dry-run
    [[ $output == *"  each by itself: this transport takes one at a time"* ]]
}

@test "a mailbox of one file gets the same bytes for each, a maildir one file" {
    configure "mbox:$home/box"
    add a b c
    "$digest" run
    [ "$(grep -c '^Message-ID: ' "$home/box")" -eq 3 ]
    [ "$(grep '^Message-ID: ' "$home/box" | sort -u | wc -l)" -eq 1 ]
    configure "maildir:$home/mail"
    "$digest" issues resend 1
    [ "$(mail_count)" -eq 1 ]
    [ "$(by_state accepted)" = "a b c" ]
}

@test "with a pace for domains, one recipient of each goes at a time" {
    serve
    configure "smtp://127.0.0.1:$(cat "$home/port")" 'domain_rate = 600'
    printf 'address,kind\na@one.example,list\nb@one.example,list\nc@two.example,list\n' | "$digest" subscribers import -
    "$digest" run
    [ "$(recipients 1)" = "a c" ]
    [ "$(recipients 2)" = b ]
    cmp "$home/mail/1.eml" "$home/mail/2.eml"
}

# state NAME...: how many deliveries are in these states.
state() {
    "$digest" status | awk -v names=" $* " '$1 == "mail" && index(names, " " $2 " ") { sum += $3 + 0 } END { print sum + 0 }'
}

@test "whatever the server dies of, each has it once or is counted in doubt" {
    local names=() fault hour i
    for ((i = 10; i < 70; i++)); do
        names+=("l$i")
    done
    for fault in body=reset 'rcpt=452 4.3.1 full' dot=drop; do
        rm -rf "$home/mail" "$home/state"
        serve --room 7 --fault "$fault" --times 3
        configure "smtp://127.0.0.1:$(cat "$home/port")" 'connections = 4  on_doubt = hold'
        add "${names[@]}"
        for hour in 12 13 14 15; do
            DIGEST_NOW=2026-07-27T$hour:00:00Z "$digest" run --yes --wait=0 2>/dev/null || true
            [ "$(state queued deferred attempt dot)" -gt 0 ] || break
        done
        [ $(($(state accepted) + $(state doubt))) -eq 60 ] || { echo "$fault: $("$digest" status)" >&2; false; }
        [[ $fault == dot=* ]] || [ "$(state doubt)" -eq 0 ]
        [ "$(jq -r '.recipients[]' "$home"/mail/*.json | sort | uniq -d | wc -l)" -eq 0 ]
        [ "$(jq -r '.recipients[]' "$home"/mail/*.json | wc -l)" -ge "$(state accepted)" ]
        [ "$(sha256sum "$home"/mail/*.eml | cut -d' ' -f1 | sort -u | wc -l)" -eq 1 ]
        [ "$(jq '.recipients | length' "$home"/mail/*.json | sort -n | tail -n 1)" -le 7 ]
    done
}
