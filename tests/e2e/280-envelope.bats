#!/usr/bin/env bats
# In whose name mail goes, how readers leave, and what a dry run tells of both.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one" 2607.00002 "Monday two"
    listing_file "$home/hf/2026-07-28.json" 2026-07-28 2607.00003 "Tuesday one"
    start_replay --hf "$home/hf"
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/smtp.port" --folder "$home/smtp" \
        >"$home/smtp.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/smtp.port"
    url=smtp://127.0.0.1:$(cat "$home/smtp.port")
    page='https://example.com/leave?t={token}'
}

teardown() {
    tear_down_home
}

# envelope_config SMTP-KEYS LIST-KEYS [SUBSCRIBERS]
envelope_config() {
    write_config <<CONF
digest { retry = 0s }
smtp { from = "Paper Digest <digest@example.com>"  url = "$url"  $1 }
source hf { provider = hf_daily  base_url = "$web" }
list daily { sources = {hf}  timezone = UTC  subscribers = {${3:-ada@example.com, bob@example.com}}  $2 }
CONF
}

# The envelope senders, by recipient.
senders() {
    cat "$home/smtp"/*.json | jq -r '"\(.recipients[0]) \(.sender)"' | sort
}

# The value of a field of the N-th message, unfolded.
field() {
    tr -d '\r' <"$home/smtp/$1.eml" | sed '/^$/q' | sed -e ':a' -e 'N;s/\n / /;ta' -e 'P;D' | sed -n "s/^$2: //p"
}

@test "each delivery has a return address of its own, the same for every attempt" {
    envelope_config 'verp = true' ''
    "$digest" run
    senders >"$home/first"
    [ "$(wc -l <"$home/first")" -eq 2 ]
    grep -Eqx 'ada@example.com digest\+[0-9]+\.[a-z2-7]{16}@example.com' "$home/first"
    grep -Eqx 'bob@example.com digest\+[0-9]+\.[a-z2-7]{16}@example.com' "$home/first"
    [ "$(cut -d' ' -f2 "$home/first" | sort -u | wc -l)" -eq 2 ]
    [ "$(field 1 From)" = "Paper Digest <digest@example.com>" ]
    "$digest" issues resend 1
    [ "$(senders | uniq -c | awk '{ print $1 }' | sort -u)" = 2 ]
    senders | sort -u | cmp "$home/first" -
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" run
    [ "$(senders | sort -u | wc -l)" -eq 4 ]
}

@test "without verp all have the sender's address" {
    envelope_config '' ''
    "$digest" run
    [ "$(senders | cut -d' ' -f2 | sort -u)" = digest@example.com ]
}

@test "a sender that leaves no room for verp is refused before anything is made" {
    envelope_config 'verp = true' ''
    for from in 'abcdefghijklmnopqrstuvwxyz0123456789@example.com' '"di..gest"@example.com'; do
        run --separate-stderr "$digest" run --from "$from"
        [ "$status" -eq 78 ]
        [[ $stderr == *"'verp' needs a sender whose part before '@' has at most 34 bytes and no quotes"* ]]
    done
    [ ! -d "$home/smtp" ] || [ -z "$(ls "$home/smtp")" ]
}

@test "with a page, unsubscribing takes one click" {
    envelope_config '' "unsubscribe_url = '$page'"
    "$digest" run
    for n in 1 2; do
        leave=$(field "$n" List-Unsubscribe)
        token=$(sed -nE 's|^<https://example.com/leave\?t=([a-z2-7]{16})>, <mailto:digest@example.com\?subject=unsubscribe%20([a-z2-7]{16})>$|\1 \2|p' <<<"$leave")
        [ -n "$token" ]
        [ "${token% *}" = "${token#* }" ]
        [ "$(field "$n" List-Unsubscribe-Post)" = "List-Unsubscribe=One-Click" ]
        python3 -c '
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
for kind in "plain", "html":
    assert "https://example.com/leave?t=" + sys.argv[2] in m.get_body((kind,)).get_content(), kind' \
            "$home/smtp/$n.eml" "${token% *}"
    done
    refute cmp -s <(field 1 List-Unsubscribe) <(field 2 List-Unsubscribe)
    # A mailing list's own mail has none of it.
    "$digest" --send-to list@example.com
    [ -z "$(field 3 List-Unsubscribe)$(field 3 List-Unsubscribe-Post)" ]
}

@test "without a page, one click is not promised" {
    envelope_config '' ''
    "$digest" run
    [[ "$(field 1 List-Unsubscribe)" == "<mailto:digest@example.com?subject=unsubscribe%20"????????????????">" ]]
    [ -z "$(field 1 List-Unsubscribe-Post)" ]
}

@test "a page must be https and take a token" {
    for bad in 'http://example.com/{token}' https://example.com/leave 'https://a b/{token}' 'https://a/{token}>'; do
        envelope_config '' "unsubscribe_url = '$bad'"
        run --separate-stderr "$digest" check
        [ "$status" -eq 78 ]
        [[ $stderr == *"'unsubscribe_url': '$bad' must be an https: URL with {token} in it"* ]]
    done
}

@test "two spellings of one address are one reader" {
    envelope_config '' '' 'jane@bücher.example, "\"jane\"@xn--bcher-kva.EXAMPLE"'
    "$digest" subscribers add 'jane@BÜCHER.example'
    "$digest" --send-to 'jane@xn--bcher-kva.example'
    "$digest" run
    [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -eq 1 ]
    [ "$("$digest" subscribers list | wc -l)" -eq 1 ]
}

@test "a dry run tells how many, who, and what is on" {
    envelope_config '' ''
    run --separate-stderr "$digest" run --dry-run
    [ "$status" -eq 0 ]
    cmp <(echo "$output") - <<TEXT
would send 2 papers to 2 recipients of 'daily' by $url
  ada@example.com
  bob@example.com
  envelope sender digest@example.com; DKIM off; one-click unsubscribing off; VERP off
TEXT
    openssl genpkey -algorithm ED25519 -out "$home/key" 2>/dev/null
    chmod 600 "$home/key"
    envelope_config "verp = yes  dkim_key = '$home/key'  dkim_selector = s" \
        "unsubscribe_url = '$page'" "$(printf '%s@example.com, ' a b c d e f)g@example.com"
    run --separate-stderr "$digest" run --dry-run
    [[ $output == *"  e@example.com"$'\n'"  and 2 more"$'\n'* ]]
    [[ $output == *"; DKIM ed25519-sha256, 256 bits, for example.com; one-click unsubscribing on; VERP on" ]]
    run --separate-stderr "$digest" --send-to list@example.com --dry-run
    [ "${lines[0]}" = "would send 2 papers to list@example.com by $url" ]
    [[ ${lines[1]} == *"; one-click unsubscribing off; VERP on" ]]
    [ ! -e "$home/state" ]
}
