#!/usr/bin/env bats
# A list server relays what --send-to mails to it: its own marks of a list stand alone, and each member
# gets the issue once. The server is mlmmj, which takes mail as from a mail server's pipe and gives it
# to a mail server on loopback.
# shellcheck disable=SC2154

load ../e2e/helper

here=$BATS_TEST_DIRNAME

setup_file() {
    "$BATS_TEST_DIRNAME/../lib/mlmmj.sh"
}

setup() {
    set_up_home
    mlmmj=$top/build/mlmmj
    listing=$home/2026-07-27.json
    listing_file "$listing" 2026-07-27 2607.00001 "Grüße aus dem Labor" 2607.00002 "A title  with \$x^2\$"
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/port" --folder "$home/members" \
        >"$home/members.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/port"
    make_list ann@example.net bo@example.net cy@example.org
    make_program
    keep_key
}

teardown() {
    tear_down_home
}

# make_list MEMBER...: the list papers@lists.example.com, as its owner would make it.
make_list() {
    local folder
    list=$home/papers
    for folder in incoming queue/discarded archive subconf unsubconf bounce control moderation subscribers.d \
        digesters.d requeue nomailsubs.d; do
        mkdir -p "$list/$folder"
    done
    cp -r "$mlmmj/usr/share/mlmmj/text.skel/en" "$list/text"
    echo 0 >"$list/index"
    echo papers@lists.example.com >"$list/control/listaddress"
    echo owner@lists.example.com >"$list/control/owner"
    echo 127.0.0.1 >"$list/control/relayhost"
    cat "$home/port" >"$list/control/smtpport"
    printf '%s\n' 'List-Id: Papers <papers.lists.example.com>' 'List-Post: <mailto:papers@lists.example.com>' \
        'List-Unsubscribe: <mailto:papers+unsubscribe@lists.example.com>' 'Precedence: bulk' \
        >"$list/control/customheaders"
    local member
    for member in "$@"; do
        echo "$member" >>"$list/subscribers.d/${member:0:1}"
    done
}

# What a mail server does with mail for the list: the envelope sender goes into the header.
make_program() {
    mkdir "$home/bin"
    cat >"$home/bin/sendmail" <<SH
#!/bin/sh
[ "\$1 \$2 \$4 \$5" = '-i -f -- papers@lists.example.com' ] || exit 64
{ echo "Return-Path: <\$3>"; cat; } | '$mlmmj/usr/bin/mlmmj-receive' -F -L '$list'
SH
    chmod +x "$home/bin/sendmail"
}

keep_key() {
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$home/dkim.pem" 2>/dev/null
    chmod 600 "$home/dkim.pem"
    write_config <<CONF
smtp { from = "Papers <digest@example.com>"  url = "sendmail:$home/bin/sendmail"  dkim_key = "$home/dkim.pem"  dkim_selector = s1 }
digest { contact = "admin@example.com" }
source saved { provider = file  path = "$listing" }
list daily { sources = {saved}  timezone = UTC  unsubscribe_url = "https://example.com/leave?t={token}" }
CONF
    "$digest" check | grep _domainkey >"$home/record"
}

members() {
    cat "$home"/members/*.json | jq -r '.recipients[]' | sort
}

# The header of a member's copy, its fields unfolded.
header() {
    tr -d '\r' <"$1" | sed '/^$/q' | sed -e ':a' -e 'N;s/\n[ \t]/ /;ta' -e 'P;D'
}

has_all_members() {
    [ "$(members | wc -l)" -eq 3 ]
}

@test "each member gets the issue once, with the list's own marks and none of ours" {
    "$digest" --preview=eml --send-to papers@lists.example.com >"$home/preview.eml"
    "$digest" --send-to papers@lists.example.com
    for ((i = 0; i < 200; i++)); do
        has_all_members 2>/dev/null && break
        sleep 0.05
    done
    [ "$(members)" = $'ann@example.net\nbo@example.net\ncy@example.org' ]
    for copy in "$home"/members/*.eml; do
        header "$copy" >"$home/header"
        [ "$(grep '^List-' "$home/header" | sort)" = "$(grep '^List-' "$list/control/customheaders")" ]
        [ "$(grep '^Precedence:' "$home/header")" = 'Precedence: bulk' ]
        refute grep -qiE '^(Auto-Submitted|Sender|List-Unsubscribe-Post|Feedback-ID):' "$home/header"
        grep -qx 'From: Papers <digest@example.com>' "$home/header"
        grep -qx 'To: papers@lists.example.com' "$home/header"
        # The body is the preview's (mlmmj ends it with an empty line), and the signature as good as ever.
        [ "$(tr -d '\r' <"$copy" | sed '1,/^$/d')" = "$(sed '1,/^$/d' "$home/preview.eml")" ]
        /usr/bin/python3 "$here/verify_dkim.py" "$home/record" "$copy" | grep -q 'dkimpy yes, Mail::DKIM yes$'
        # No reader of the list can leave by a token of the list's own address.
        refute grep -qE 'example\.com/leave|unsubscribe%20' "$copy"
    done
    # The server counts bounces by an envelope sender of its own.
    [ "$(jq -r .sender "$home"/members/*.json | grep -vc '^papers+bounces')" -eq 0 ]
    # Nothing was kept for a moderator or thrown away, and what was sent is not sent again.
    [ -z "$(find "$list/moderation" "$list/queue" -type f)" ]
    "$digest" --send-to papers@lists.example.com
    sleep 1
    has_all_members
}
