#!/usr/bin/env bats
# Nothing lost, nothing twice: days, addresses, lists and interruptions.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one" 2607.00002 "Monday two"
    listing_file "$home/hf/2026-07-28.json" 2026-07-28 2607.00003 "Tuesday one" 2607.00001 "Monday one"
    listing_file "$home/hf/2026-07-29.json" 2026-07-29 2607.00004 "Wednesday one"
    start_replay --hf "$home/hf"
    hf_config
}

teardown() {
    tear_down_home
}

# The keys in the newest mail's text part.
last_mail() {
    python3 - "$(newest_mail)" <<'PY'
import email, email.policy, re, sys
message = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
text = message.get_body(('plain',)).get_content()
seen = []
for key in re.findall(r'arxiv\.org/abs/(\d{4}\.\d{5})', text):
    if key not in seen:
        seen.append(key)
print(' '.join(seen))
PY
}

@test "a second send sends nothing" {
    "$digest" --send-to list@example.com
    [ "$(mail_count)" -eq 1 ]
    run "$digest" --send-to list@example.com
    [ "$status" -eq 0 ]
    [ "$output" = "" ]
    [ "$(mail_count)" -eq 1 ]
}

@test "the next day holds what is new, a re-listed paper is no news" {
    "$digest" --send-to list@example.com
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" --send-to list@example.com
    [ "$(mail_count)" -eq 2 ]
    [ "$(last_mail)" = 2607.00003 ]
}

@test "a missed day is caught up and labelled" {
    "$digest" --send-to list@example.com
    DIGEST_NOW=2026-07-29T12:00:00Z "$digest" --send-to list@example.com
    [ "$(mail_count)" -eq 2 ]
    [ "$(last_mail)" = "2607.00003 2607.00004" ]
    python3 -c '
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
t = m.get_body(("plain",)).get_content()
assert "Tuesday, 28 July 2026" in t and "Wednesday, 29 July 2026" in t, t
' "$(newest_mail)"
}

@test "papers that come late to a listing are in the next issue" {
    "$digest" --send-to list@example.com
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one" 2607.00002 "Monday two" 2607.00009 "Monday late"
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" --send-to list@example.com
    [ "$(last_mail)" = "2607.00009 2607.00003" ]
}

@test "an address that comes later gets the newest listing, not the past" {
    "$digest" --send-to list@example.com
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" --send-to list@example.com
    DIGEST_NOW=2026-07-29T12:00:00Z "$digest" --send-to other@example.com
    [ "$(mail_count)" -eq 3 ]
    [ "$(last_mail)" = 2607.00004 ]
}

@test "who begins with --since gets every day from then on" {
    "$digest" --send-to list@example.com --since 2026-07-27
    DIGEST_NOW=2026-07-29T12:00:00Z "$digest" --send-to list@example.com
    [ "$(mail_count)" -eq 2 ]
    [ "$(last_mail)" = "2607.00003 2607.00004" ]
}

@test "--since leaves alone what an address has still to get" {
    "$digest" --send-to list@example.com
    DIGEST_NOW=2026-07-29T12:00:00Z "$digest" --send-to list@example.com --since 2026-07-29
    [ "$(last_mail)" = 2607.00004 ]
    DIGEST_NOW=2026-07-30T12:00:00Z "$digest" --send-to list@example.com || [ $? -eq 69 ]
    [ "$(last_mail)" = 2607.00003 ]
}

@test "a subscriber who joins on the third day gets the third day" {
    "$digest" subscribers add first@example.com
    "$digest" run
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" run
    "$digest" subscribers add second@example.com
    DIGEST_NOW=2026-07-29T12:00:00Z "$digest" run
    [ "$(mail_count)" -eq 4 ]
    [ "$(grep -l 'To: second@example.com' "$home"/mail/new/* | wc -l)" -eq 1 ]
    [ "$(last_mail)" = 2607.00004 ]
}

@test "two selections are two lists, the same selection is one" {
    "$digest" --send-to list@example.com --match one
    "$digest" --send-to list@example.com --match two
    "$digest" --send-to list@example.com --match one
    [ "$(mail_count)" -eq 2 ]
}

@test "the mail's parts are what a preview shows" {
    "$digest" --preview=text --send-to list@example.com >"$home/text"
    "$digest" --preview=html --send-to list@example.com >"$home/html"
    "$digest" --preview=eml --send-to list@example.com >"$home/eml"
    "$digest" --send-to list@example.com
    python3 - "$home" "$(mails)" <<'PY'
import email, email.policy, sys
home, path = sys.argv[1:]
raw = open(path, 'rb').read()
message = email.message_from_bytes(raw, policy=email.policy.default)
assert message.get_body(('plain',)).get_content() == open(home + '/text').read()
assert message.get_body(('html',)).get_content() == open(home + '/html').read()
PY
    tr -d '\r' <"$(mails)" | grep -v '^Message-ID' >"$home/a"
    grep -v '^Message-ID' "$home/eml" >"$home/b"
    cmp "$home/a" "$home/b"
}

@test "a list recipient gets no list headers, a person gets them" {
    "$digest" --send-to list@example.com
    refute grep -qiE '^(List-|Precedence|Auto-Submitted)' "$(mails)"
    "$digest" subscribers add person@example.com
    "$digest" run
    mail=$(grep -l 'To: person@example.com' "$home"/mail/new/*)
    grep -q '^List-Id:.*<daily.example.com>' "$mail"
    grep -q '^List-Unsubscribe: <mailto:' "$mail"
    grep -q '^Auto-Submitted: auto-generated' "$mail"
    grep -q '^Precedence: list' "$mail"
}

@test "--dry-run says who would get what, and writes nothing" {
    run --separate-stderr "$digest" --send-to list@example.com --dry-run
    [ "$status" -eq 0 ]
    [[ "$output" == *"2 papers to list@example.com"* ]]
    [ ! -e "$home/state" ]
    [ "$(mail_count)" -eq 0 ]
}

@test "a run with a schedule sends when it is due, once" {
    "$digest" subscribers add first@example.com
    set -- -o 'list.daily.schedule=08:30 weekdays'
    DIGEST_NOW=2026-07-27T08:00:00Z "$digest" "$@" run
    first=$(mail_count)
    DIGEST_NOW=2026-07-27T09:00:00Z "$digest" "$@" run
    DIGEST_NOW=2026-07-27T10:00:00Z "$digest" "$@" run
    DIGEST_NOW=2026-07-28T08:00:00Z "$digest" "$@" run
    [ "$(mail_count)" -eq 1 ]
    DIGEST_NOW=2026-07-28T08:30:00Z "$digest" "$@" run
    [ "$(mail_count)" -eq 2 ]
    [ "$first" -le 1 ]
}

@test "an entry on two sources is one entry" {
    listing_file "$home/other.json" 2026-07-27 2607.00002 "Monday two" 2607.00010 "Elsewhere"
    run --separate-stderr "$digest" --preview=json --source hf --source "$home/other.json"
    [ "$status" -eq 0 ]
    [ "$(keys <<<"$output" | sort | uniq -d)" = "" ]
    [ "$(keys <<<"$output" | wc -l)" -eq 3 ]
    [ "$(jq -c '.entries[]|select(.key=="arxiv:2607.00002").sources|length' <<<"$output")" -eq 2 ]
}

@test "resend sends the same bytes again" {
    "$digest" --send-to list@example.com
    cp "$(mails)" "$home/first"
    rm "$home"/mail/new/*
    "$digest" issues list | grep -q '2 new'
    "$digest" issues resend 1
    cmp "$home/first" "$(mails)"
}

@test "a removed subscriber gets nothing more" {
    "$digest" subscribers add first@example.com
    "$digest" run
    "$digest" subscribers remove first@example.com
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" run
    [ "$(mail_count)" -eq 1 ]
    "$digest" subscribers list | grep -q 'first@example.com.*unsubscribed'
}

@test "show tells what is known of a paper, by any of its names" {
    "$digest" --send-to list@example.com
    for name in 2607.00001 arXiv:2607.00001v1 https://arxiv.org/pdf/2607.00001 https://huggingface.co/papers/2607.00001 10.48550/arXiv.2607.00001; do
        "$digest" show "$name" | grep -q 'Monday one'
    done
    run "$digest" show 2607.99999
    [ "$status" -eq 65 ]
}

@test "a backup is a sound copy" {
    "$digest" --send-to list@example.com
    "$digest" backup "$home/copy.db"
    run "$digest" --db "$home/copy.db" --send-to list@example.com
    [ "$status" -eq 0 ]
    [ "$(mail_count)" -eq 1 ]
}

@test "fetch stores and sends nothing; what it stored is news for the next send" {
    "$digest" --send-to list@example.com
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" fetch
    [ "$(mail_count)" -eq 1 ]
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" --send-to list@example.com --offline
    [ "$(last_mail)" = 2607.00003 ]
}

@test "two runs at once send once" {
    for i in 1 2 3 4; do
        "$digest" --send-to list@example.com 2>/dev/null &
        pids[i]=$!
    done
    for i in 1 2 3 4; do
        wait "${pids[i]}" || [ $? -eq 75 ]
    done
    [ "$(mail_count)" -eq 1 ]
}
