#!/usr/bin/env bats
# Other programs verify our signatures, before and after what happens to mail on its way.
# shellcheck disable=SC2154

load ../e2e/helper

here=$BATS_TEST_DIRNAME

setup() {
    set_up_home
    is_ed25519=
    listing=$home/2026-07-27.json
    listing_file "$listing" 2026-07-27 2607.00001 "Grüße aus dem Labor" 2607.00002 "A title  with \$x^2\$"
}

teardown() {
    tear_down_home
}

# keep_key ALGORITHM [OPTION...]: makes a key, the configuration and the record to publish.
keep_key() {
    openssl genpkey -algorithm "$@" -out "$home/dkim.pem" 2>/dev/null
    chmod 600 "$home/dkim.pem"
    write_config <<CONF
smtp { from = "Grüße <digest@example.com>"  url = "maildir:$home/mail"  dkim_key = "$home/dkim.pem"  dkim_selector = s1.mail }
digest { contact = "admin@example.com" }
source saved { provider = file  path = "$listing" }
list daily { sources = {saved}  timezone = UTC  subscribers = {ada@example.com, bob@example.com} }
CONF
    "$digest" check | grep _domainkey >"$home/record"
}

# expect yes|no FILE...: both programs say so of every file. (Debian's Mail::DKIM knows RSA alone.)
expect() {
    local answer=$1 others="Mail::DKIM $1"
    [ -z "$is_ed25519" ] || others='Mail::DKIM no'
    shift
    /usr/bin/python3 "$here/verify_dkim.py" "$home/record" "$@" >"$home/verdicts"
    [ "$(wc -l <"$home/verdicts")" -eq $# ] || return 1
    refute grep -v ": dkimpy $answer, $others\$" "$home/verdicts"
}

# altered EXPRESSION: the newest message, changed by sed.
altered() {
    sed -E "$1" "$(newest_mail)" >"$home/altered"
    refute cmp -s "$home/altered" "$(newest_mail)"
}

send_both_kinds() {
    "$digest" run
    "$digest" --send-to list@example.com
    [ "$(mail_count)" -eq 3 ]
}

@test "RSA signatures of messages to persons and to a list are good" {
    keep_key RSA -pkeyopt rsa_keygen_bits:2048
    send_both_kinds
    mapfile -t all < <(mails)
    expect yes "${all[@]}"
}

@test "Ed25519 signatures are good" {
    is_ed25519=1
    keep_key ED25519
    send_both_kinds
    mapfile -t all < <(mails)
    expect yes "${all[@]}"
}

@test "a signature outlives new folding, blanks at the ends of lines and trace fields" {
    keep_key RSA -pkeyopt rsa_keygen_bits:2048
    "$digest" run
    altered '1i Received: from a by b; Mon, 27 Jul 2026 12:00:00 +0000'
    expect yes "$home/altered"
    altered 's/^(To|From): /\1:\n  /; s/$/  /; s/^ *$//'
    expect yes "$home/altered"
}

@test "a changed word, recipient or list field breaks it, and so does a second From" {
    keep_key RSA -pkeyopt rsa_keygen_bits:2048
    "$digest" run
    for change in 's/Labor/Lager/' 's/^To: .*/To: eve@example.com/' '/^List-Unsubscribe:/,/^[A-KM-Z]/s/mailto/https/' \
        's/^(From: .*)/\1\nFrom: Eve <eve@example.com>/' 's/^(MIME-Version: .*)/\1\nReply-To: eve@example.com/'; do
        altered "$change"
        expect no "$home/altered"
    done
}

@test "a list server may add its fields to a message for a list" {
    keep_key RSA -pkeyopt rsa_keygen_bits:2048
    "$digest" --send-to list@example.com
    altered 's/^(MIME-Version: .*)/\1\nList-Id: <l.example.net>\nReply-To: l@example.net\nPrecedence: list/'
    expect yes "$home/altered"
}

@test "signatures of messages with pictures are good, until one is changed" {
    keep_key RSA -pkeyopt rsa_keygen_bits:2048
    mkdir "$home/files"
    python3 "$top/tests/lib/picture.py" 600 320 240 20 20 "$home/files/1.png"
    start_replay --files "$home/files"
    jq --arg web "$web" '.[0].thumbnail = $web + "/1.png"' "$listing" >"$home/pictured.json"
    mv "$home/pictured.json" "$listing"
    sed -i 's/list daily {/list daily { images = inline /; s/digest {/digest { private_redirects = true /' \
        "$home/config/digest/digest.conf"
    send_both_kinds
    mapfile -t all < <(mails)
    [ "$(grep -l '^Content-Type: image/jpeg' "${all[@]}" | wc -l)" -eq 3 ]
    expect yes "${all[@]}"
    altered 's|^/9j/4|/9j/5|'
    expect no "$home/altered"
}

@test "signatures of messages with an attachment are good" {
    keep_key RSA -pkeyopt rsa_keygen_bits:2048
    sed -i 's/list daily {/list daily { attach = bibtex /' "$home/config/digest/digest.conf"
    send_both_kinds
    mapfile -t all < <(mails)
    grep -qi '^Content-Type: multipart/mixed' "${all[0]}"
    expect yes "${all[@]}"
    altered 's/^@misc/@book/'
    expect no "$home/altered"
}
