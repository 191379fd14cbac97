#!/usr/bin/env bats
# Addresses: which are refused and why, how they are kept, compared and sent to.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    listing_file "$home/today.json" 2026-07-27 2607.00001 "Monday one" 2607.00002 "Monday two"
    configure "maildir:$home/mail"
}

teardown() {
    tear_down_home
}

configure() {
    write_config <<CONF
digest { retry = 0s }
smtp { from = "Paper Digest <digest@example.com>"  url = "$1"  ${2:-} }
source saved { provider = file  path = "$home/today.json" }
list daily { timezone = UTC  sources = {saved} }
CONF
}

# serve [OPTION...]: a mail server of its own, and a configuration that sends there.
serve() {
    rm -rf "$home/smtp" "$home/smtp.port"
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/smtp.port" --folder "$home/smtp" --log "$home/log" \
        "$@" >"$home/smtp.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/smtp.port"
    configure "smtp://127.0.0.1:$(cat "$home/smtp.port")"
}

subscribers() {
    "$digest" subscribers "$@"
}

addresses() {
    subscribers list --json | jq -r '.[].address'
}

# refused REASON ADDRESS: not added, not sent to, and told of on one line without control characters.
refused() {
    local verb
    for verb in "subscribers add" --send-to; do
        # shellcheck disable=SC2086
        if [ "$verb" = --send-to ]; then
            run --separate-stderr "$digest" "--send-to=$2"
        else
            run --separate-stderr "$digest" $verb -- "$2"
        fi
        # What no argument should hold is found before it is known to be an address.
        [ "$status" -eq 65 ] || [[ $verb$2 == --send-to*[[:cntrl:]]* && $status -eq 64 ]] || return 1
        [[ $stderr == *"$1"* ]] || { echo "$2: $stderr" >&2 && return 1; }
        [ "$(wc -l <<<"$stderr")" -eq 1 ] || return 1
        refute grep -q '[[:cntrl:]]' <<<"$stderr"
    done
}

@test "what is no address is refused, and the reason told" {
    refused "no '@' in it" nobody
    refused "more than one '@'" a@b@example.com
    refused "longer than 64 bytes" "$(printf 'a%.0s' {1..65})@example.com"
    refused "longer than 254 bytes" "aaa@$(printf "$(printf 'b%.0s' {1..62}).%.0s" 1 2 3)$(printf 'b%.0s' {1..62})"
    refused "a control character" $'a@example.com>\r\nRCPT TO:<b@example.com'
    refused "starts with '-'" -oQ/tmp@example.com
    refused "a space in it" '"a b"@example.com'
    refused "needs quotes" a..b@example.com
    refused "an empty label" a@example.com.
    refused "a character that no domain has" 'a@[127.0.0.1]'
    refused "a space in it" 'Jane <a@example.com>'
    refused "a character that no domain has" 'a@example.com>'
    refused "cannot be seen" $'a\u202eb@example.com'
    [ "$(addresses | wc -l)" -eq 0 ]
    # No argument holds a NUL, but a file does.
    printf 'good@example.com\na\0b@example.com\na\xffb@example.com\n' >"$home/bad.txt"
    run --separate-stderr subscribers import "$home/bad.txt"
    [ "$status" -eq 65 ]
    [[ $stderr == *"bad.txt:2: address 'ab@example.com': a control character or a byte that is no text"* ]]
    [[ $stderr == *"bad.txt:3: address 'ab@example.com': a control character or a byte that is no text"* ]]
    [ "$(addresses | wc -l)" -eq 0 ]
}

@test "an address is kept as it was written, and compared as the mailbox it is" {
    subscribers add 'Jane.Doe@Bücher.Example'
    subscribers add '"two..dots"@Example.com'
    subscribers add 'JÜRGEN@example.com'
    [ "$(addresses)" = $'"two..dots"@Example.com\nJane.Doe@Bücher.Example\nJÜRGEN@example.com' ]
    # The same ones, once more and last in another spelling.
    subscribers add 'jane.doe@xn--bcher-kva.example'
    subscribers add '"Two..Dots"@EXAMPLE.com'
    printf 'ju\xcc\x88rgen@example.com\n' | subscribers import -
    [ "$(addresses)" = $'"Two..Dots"@EXAMPLE.com\njane.doe@xn--bcher-kva.example\njürgen@example.com' ]
    # What a command looks for in any spelling.
    subscribers show 'JANE.DOE@BÜCHER.example' | grep -q '^jane.doe@xn--bcher-kva.example .*active'
    subscribers pause 'Jane.Doe@bücher.example'
    [ "$(subscribers list --json | jq -r '.[1].state')" = paused ]
    # An accent is no case.
    subscribers add jurgen@example.com
    [ "$(addresses | wc -l)" -eq 4 ]
    subscribers suppress 'JANE.doe@Bücher.EXAMPLE'
    [ "$(subscribers suppressed | tr -s ' ')" = 'JANE.doe@Bücher.EXAMPLE 2026-07-27T12:00:00Z' ]
    run --separate-stderr subscribers add jane.doe@xn--bcher-kva.example
    [ "$status" -eq 65 ]
    run --separate-stderr "$digest" --send-to jane.doe@bücher.example
    [ "$status" -eq 65 ]
}

@test "one mailbox gets one issue, in whatever spellings it is named" {
    "$digest" --send-to Jane@Example.com --send-to jane@EXAMPLE.com
    "$digest" --send-to 'jane@example.com'
    [ "$(mail_count)" -eq 1 ]
    subscribers add bo@example.com
    "$digest" run
    [ "$(mail_count)" -eq 2 ]
    "$digest" issues resend 1 --for JANE@example.com
    "$digest" issues list --for JANE@example.com | grep -q 'accepted'
    [ "$("$digest" why 2607.00001 --for JANE@example.com | grep -c '@')" -ge 1 ]
}

@test "a domain in another script goes out as A-labels, whatever the server knows" {
    for offer in PIPELINING,8BITMIME PIPELINING,8BITMIME,SMTPUTF8; do
        serve --offer "$offer"
        "$digest" --send-to 'Ann@bücher.example' -o "list.daily.title=$offer"
        [ "$(jq -r '.recipients[0]' "$home/smtp/1.json")" = Ann@xn--bcher-kva.example ]
        [[ $(jq -r '.parameters | join(" ")' "$home/smtp/1.json") != *UTF8* ]]
        grep -q $'^To: Ann@xn--bcher-kva.example\r$' "$home/smtp/1.eml"
        rm -r "$home/state"
    done
}

@test "letters outside ASCII go where the server knows them" {
    subscribers add jürgen@bücher.example
    subscribers add ann@example.com
    serve --offer PIPELINING,8BITMIME,SMTPUTF8
    "$digest" run
    for n in 1 2; do
        case $(jq -r '.recipients[0]' "$home/smtp/$n.json") in
        jürgen@bücher.example)
            [[ $(jq -r '.parameters | join(" ")' "$home/smtp/$n.json") == *SMTPUTF8* ]]
            [[ $(jq -r '.parameters | join(" ")' "$home/smtp/$n.json") == *BODY=8BITMIME* ]]
            grep -q $'^To: jürgen@bücher.example\r$' "$home/smtp/$n.eml"
            ;;
        ann@example.com)
            [[ $(jq -r '.parameters | join(" ")' "$home/smtp/$n.json") != *UTF8* ]]
            refute grep -q '[^[:cntrl:] -~]' "$home/smtp/$n.eml"
            ;;
        *) return 1 ;;
        esac
    done
}

@test "where the server does not know them, that delivery fails and the others go on" {
    subscribers add jürgen@example.com
    subscribers add ann@example.com
    subscribers add zoe@example.com
    serve
    run --separate-stderr "$digest" run
    [ "$status" -eq 69 ]
    [[ $stderr == *"deliver: 'jürgen@example.com': refused for good at rcpt: 5.6.7 the address needs SMTPUTF8"* ]]
    [ "$(cat "$home/smtp"/*.json | jq -r '.recipients[0]' | sort)" = $'ann@example.com\nzoe@example.com' ]
    refute grep -q ' C .*rgen' "$home/log"
    "$digest" issues list --for jürgen@example.com | grep -q 'failed.*SMTPUTF8'
    # It is settled: no other run tries it again.
    "$digest" run
    [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -eq 2 ]
}

@test "a sender must be one that everybody can answer to" {
    run --separate-stderr "$digest" --send-to ann@example.com --from jürgen@example.com
    [ "$status" -eq 78 ]
    [[ $stderr == *"--from: address 'jürgen@example.com': letters outside ASCII before '@', which few could answer to"* ]]
    "$digest" --send-to ann@example.com --from 'Jane <jane@bücher.example>'
    mails | xargs grep -q '^From: Jane <jane@xn--bcher-kva.example>'
}

@test "a list without readers sends nothing, and says so where somebody asks" {
    run --separate-stderr "$digest" run --dry-run
    [ "$status" -eq 0 ]
    [ "$output" = "list 'daily' has no recipients, so nothing is sent; add one with 'digest subscribers add ADDRESS'" ]
    run --separate-stderr "$digest" run
    [ "$status" -eq 0 ]
    [ -z "$output$stderr" ]
    [ "$(mail_count)" -eq 0 ]
    # What was new then is new for the first reader.
    subscribers add ann@example.com
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" run
    mails | xargs grep -q 'Monday one'
}

@test "a dry run with one and with six readers" {
    subscribers add ann@example.com
    run --separate-stderr "$digest" run --dry-run
    cmp <(echo "$output") - <<TEXT
would send 2 papers to ann@example.com by maildir:$home/mail
  envelope sender digest@example.com; DKIM off; one-click unsubscribing off; VERP off
TEXT
    printf '%s@example.com\n' bo cy dee eve Fay | subscribers import -
    run --separate-stderr "$digest" run --dry-run
    cmp <(echo "$output") - <<TEXT
would send 2 papers to 6 recipients of 'daily' by maildir:$home/mail
  ann@example.com
  bo@example.com
  cy@example.com
  dee@example.com
  eve@example.com
  and 1 more
  envelope sender digest@example.com; DKIM off; one-click unsubscribing off; VERP off
TEXT
    [ "$(mail_count)" -eq 0 ]
}

@test "of many lines with one bad nothing is imported, and that line is named" {
    seq -f 'reader%.0f@Example.org' 10000 >"$home/many.txt"
    sed '7777s/.*/no address/' "$home/many.txt" >"$home/bad.txt"
    run --separate-stderr subscribers import "$home/bad.txt"
    [ "$status" -eq 65 ]
    [[ $stderr == *"bad.txt:7777: "*"'$home/bad.txt' has 1 bad line; nothing was imported" ]]
    [ "$(addresses | wc -l)" -eq 0 ]
    subscribers import "$home/many.txt"
    subscribers export >"$home/out.csv"
    [ "$(wc -l <"$home/out.csv")" -eq 10001 ]
    subscribers import "$home/out.csv"
    subscribers export | cmp - "$home/out.csv"
}
