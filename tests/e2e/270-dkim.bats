#!/usr/bin/env bats
# Signing: with a key every message carries a signature of its own, and the key stays secret.
# (tests/peers has other programs verify it.)
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one" 2607.00002 "Monday two"
    start_replay --hf "$home/hf"
    openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$home/dkim.pem" 2>/dev/null ||
        openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$home/dkim.pem" 2>/dev/null
    chmod 600 "$home/dkim.pem"
    signing_config "dkim_key = '$home/dkim.pem'  dkim_selector = mail"
}

teardown() {
    tear_down_home
}

signing_config() {
    write_config <<CONF
digest { retry = 0s }
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail"  $1 }
source hf { provider = hf_daily  base_url = "$web" }
list daily { title = "Daily papers"  sources = {hf}  timezone = UTC  subscribers = {ada@example.com, bob@example.com} }
CONF
}

signatures() {
    grep -c '^DKIM-Signature:' "$1" || true
}

@test "every message begins with a signature of its own" {
    "$digest" run
    [ "$(mail_count)" -eq 2 ]
    while read -r mail; do
        [ "$(signatures "$mail")" -eq 1 ]
        head -n 1 "$mail" | grep -qx 'DKIM-Signature: v=1; c=relaxed/relaxed; t=1785153600;'
        grep -q '^ a=rsa-sha256; s=mail; d=example.com;$' "$mail"
        refute grep -q $'\x04' "$mail"
    done < <(mails)
    [ "$(mails | xargs -n 1 sed -n '/^ b=/,/^Date/p' | sort -u | grep -c '^ b=')" -eq 2 ]
}

@test "a preview is signed like what is sent" {
    # Message-IDs are the store's own: it has to be there.
    "$digest" subscribers add someone@example.com
    "$digest" --preview=eml --send-to list@example.com >"$home/preview.eml"
    "$digest" --send-to list@example.com
    cmp "$home/preview.eml" "$(newest_mail)"
    [ "$(signatures "$home/preview.eml")" -eq 1 ]
}

@test "a resend is the same bytes" {
    "$digest" --send-to list@example.com
    cp "$(newest_mail)" "$home/first"
    DIGEST_NOW=2026-07-27T13:00:00Z "$digest" issues resend 1
    [ "$(mail_count)" -eq 1 ]
    cmp "$home/first" "$(newest_mail)"
}

@test "a check tells the record, which fits the key" {
    run --separate-stderr "$digest" check
    grep -q '^ok    DKIM: rsa-sha256, 2048 bits, for example.com; ' <<<"$output"
    record=$(sed -n 's/^ *mail._domainkey.example.com. IN TXT ( \(.*\) )$/\1/p' <<<"$output" | sed 's/" "//g; s/"//g')
    [ "${record%%p=*}" = "v=DKIM1; k=rsa; " ]
    [ "${record#*p=}" = "$(openssl pkey -in "$home/dkim.pem" -pubout -outform DER | base64 -w0)" ]
}

@test "a key that others may read is refused before anything is made" {
    chmod 644 "$home/dkim.pem"
    run --separate-stderr "$digest" --send-to list@example.com
    [ "$status" -eq 77 ]
    [[ $stderr == *"dkim_key '$home/dkim.pem' is open to others; type: chmod 600 '$home/dkim.pem'"* ]]
    [ "$(mail_count)" -eq 0 ]
    run --separate-stderr "$digest" check
    [ "$status" -eq 77 ]
    # To look at the papers, no key is needed.
    "$digest" --preview | grep -q 'Monday one'
}

@test "a key without a selector, and a file that holds none" {
    signing_config "dkim_key = '$home/dkim.pem'"
    run --separate-stderr "$digest" --send-to list@example.com
    [ "$status" -eq 78 ]
    [[ $stderr == *"'dkim_key' needs a 'dkim_selector'"* ]]
    echo nothing >"$home/dkim.pem"
    signing_config "dkim_key = '$home/dkim.pem'  dkim_selector = mail"
    run --separate-stderr "$digest" --send-to list@example.com
    [ "$status" -eq 78 ]
    [[ $stderr == *"dkim_key '$home/dkim.pem': it holds no private key"* ]]
}

@test "without a key nothing is signed, nor is what was made without one" {
    signing_config ""
    "$digest" --send-to list@example.com
    [ "$(signatures "$(newest_mail)")" -eq 0 ]
    cp "$(newest_mail)" "$home/first"
    signing_config "dkim_key = '$home/dkim.pem'  dkim_selector = mail"
    "$digest" issues resend 1
    cmp "$home/first" "$(newest_mail)"
}

@test "a test message is signed" {
    "$digest" check --send-test me@example.com
    [ "$(signatures "$(newest_mail)")" -eq 1 ]
}
