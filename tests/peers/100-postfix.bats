#!/usr/bin/env bats
# Postfix with STARTTLS and a login, Dovecot behind it: what arrives is one sound message, the same
# bytes as the preview.
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

judge() {
    python3 "$here/judge.py" "$@"
}

# All messages of USER's inbox as IMAP gives them, into FOLDER.
fetch_by_imap() {
    python3 - "$1" "$2" <<'PY'
import imaplib, os, ssl, sys
user, folder = sys.argv[1:]
context = ssl.create_default_context(cafile=os.environ['ca'])
imap = imaplib.IMAP4_SSL('localhost', int(os.environ['port_imaps']), ssl_context=context)
imap._encoding = 'utf-8'
imap.login(user, os.environ['password'])
imap.select('INBOX', readonly=True)
for number in imap.search(None, 'ALL')[1][0].split():
    with open(f'{folder}/{number.decode()}.eml', 'wb') as file:
        file.write(imap.fetch(number, '(BODY.PEEK[])')[1][0][1])
imap.logout()
PY
}

@test "by STARTTLS and login it arrives once, and a second send sends nothing" {
    send list@example.com
    expect_arrived list 1
    run send list@example.com
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    expect_arrived list 1
    grep -E 'client=.*sasl_method=(PLAIN|LOGIN|CRAM-MD5), sasl_username=digest' "$peers/postfix.log"
}

@test "by TLS from the first byte it arrives too" {
    send list@example.com --transport "smtps://digest@localhost:$port_smtps"
    expect_arrived list 1
}

@test "without TLS on this machine, where nothing asks for a login" {
    send list@example.com -o smtp.tls=auto --transport "smtp://localhost:$port_notls"
    expect_arrived list 1
}

@test "IMAP gives back what the preview showed, byte for byte" {
    make_store
    "$digest" --preview=eml --send-to inbox@example.com --source "$listing" >"$home/preview.eml"
    send inbox@example.com
    expect_arrived inbox 1
    mkdir "$home/imap"
    fetch_by_imap inbox "$home/imap"
    judge original "$home/imap/1.eml" >"$home/got.eml"
    cmp "$home/preview.eml" "$home/got.eml"
}

@test "no reader of mail finds a fault in it" {
    send list@example.com
    expect_arrived list 1
    judge sound "$(arrived list)"
}

@test "its parts are what --preview=text and --preview=html print" {
    "$digest" --preview=text --send-to list@example.com --source "$listing" >"$home/text"
    "$digest" --preview=html --send-to list@example.com --source "$listing" >"$home/html"
    send list@example.com
    expect_arrived list 1
    judge parts "$(arrived list)" "$home/text" "$home/html"
}

@test "an address that --send-to names gets no field that list servers stumble over" {
    send list@example.com
    expect_arrived list 1
    judge fields list "$(arrived list)"
}

@test "a subscriber's copy says which list it is, how to leave it, and that no person wrote it" {
    cat >>"$home/config/digest/digest.conf" <<CONF
list daily { title = "Tägliches, (kurz)"  sources = {"$listing"}  timezone = UTC  subscribers = {reader@example.com} }
CONF
    "$digest" run
    expect_arrived reader 1
    judge fields person "$(arrived reader)"
    judge sound "$(arrived reader)"
    "$digest" run
    expect_arrived reader 1
}

@test "three readers get a message each, with a name of its own, on one connection" {
    local before
    before=$(grep -c 'disconnect from' "$peers/postfix.log")
    send list@example.com reader@example.com other@example.com
    for user in list reader other; do
        expect_arrived $user 1
        grep -i "^To: $user@example.com" "$(arrived $user)"
        judge id "$(arrived $user)"
    done | grep '^<' | sort -u >"$home/ids"
    [ "$(wc -l <"$home/ids")" -eq 3 ]
    [ "$(grep -c 'disconnect from' "$peers/postfix.log")" -eq $((before + 1)) ]
}

@test "a domain with an umlaut is spoken to by its ASCII name" {
    send list@bücher.example
    expect_arrived list 1
    grep -x 'To: list@xn--bcher-kva.example' "$(arrived list)"
    judge sound "$(arrived list)"
}

@test "issues resend sends the same bytes again" {
    send list@example.com
    expect_arrived list 1
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" issues resend 1
    expect_arrived list 2
    arrived list | while read -r file; do judge original "$file" | sha256sum; done | sort -u >"$home/sums"
    [ "$(wc -l <"$home/sums")" -eq 1 ]
}

@test "check --send-test sends a sound message by the configured way" {
    "$digest" check --send-test list@example.com
    expect_arrived list 1
    judge sound "$(arrived list)"
}

@test "real listings arrive as they were previewed" {
    need_data
    local day before got count=0
    for day in 2026-07-27 2026-07-28 2026-07-29 2026-07-30 2026-07-31; do
        listing=$data/hf_daily/$day.json
        [ -f "$listing" ] || continue
        export DIGEST_NOW=${day}T22:00:00Z
        make_store --db "$home/$day.db"
        for format in text html eml; do
            "$digest" --preview=$format --send-to list@example.com --source "$listing" --db "$home/$day.db" >"$home/$format"
        done
        before=$(arrived list)
        send list@example.com --db "$home/$day.db"
        wait_until has_arrived list $((++count))
        got=$(comm -13 <(sort <<<"$before") <(arrived list))
        judge sound "$got"
        judge parts "$got" "$home/text" "$home/html"
        judge original "$got" | cmp "$home/eml" -
    done
}

@test "SpamAssassin finds nothing to complain about" {
    command -v spamassassin >/dev/null || skip "spamassassin is not installed"
    send list@example.com
    expect_arrived list 1
    judge original "$(arrived list)" >"$home/mail"
    spamassassin -L -t <"$home/mail" >"$home/judged"
    sed -n 's/^X-Spam-Status/# &/p;T;q' "$home/judged" >&3
    python3 -c 'import re, sys; sys.exit(float(re.search(r"^X-Spam-Status: .* score=(\S+)", sys.stdin.read(), re.M)[1]) > 0.5)' \
        <"$home/judged"
}
