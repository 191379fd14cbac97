#!/usr/bin/env bats
# Persons whose mailbox is not there bounce, after some issues and not after one.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/smtp.port" --folder "$home/smtp" --log "$home/smtp.log" \
        --fault 'rcpt:gone@example.com=550 5.1.1 no such user' --fault 'rcpt:gone-list@example.com=550 5.1.1 no such list' \
        --fault 'rcpt:shy@example.com=550 5.7.1 not from you' >"$home/smtp.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/smtp.port"
    write_config <<CONF
smtp { from = "digest@example.com"  url = "smtp://127.0.0.1:$(cat "$home/smtp.port")" }
source saved { provider = file  path = "$home/today.json" }
list daily { sources = {saved}  timezone = UTC  subscribers = {gone@example.com, shy@example.com, good@example.com} }
CONF
}

teardown() {
    tear_down_home
}

# day DAY CODE: the run of a day of July 2026, which ends with that code; $said is what it said.
day() {
    local code=0
    export DIGEST_NOW=2026-07-$1T12:00:00Z
    listing_file "$home/today.json" "2026-07-$1" "2607.000$1" "The paper of day $1"
    said=$("$digest" run --wait=0s 2>&1) || code=$?
    [ "$code" -eq "$2" ]
}

state_of() {
    sqlite3 -readonly "$db" "SELECT state FROM recipient WHERE address = '$1'"
}

asked() {
    grep -c "RCPT TO:<$1>" "$home/smtp.log"
}

@test "a mailbox that is not there for three issues gets no fourth, and that is said once" {
    "$digest" subscribers add --as-list gone-list@example.com
    day 27 69
    day 28 69
    [ "$(state_of gone@example.com)" = active ]
    [[ $said != *bounced* ]]
    day 29 69
    [[ $said == *"'gone@example.com': no such mailbox, for 3 issues in a row; it bounced"* ]]
    [ "$(grep -c "^digest: deliver: 'gone@example.com'" <<<"$said")" -eq 1 ]
    [ "$(state_of gone@example.com)" = bounced ]
    day 30 69
    [[ $said != *gone@example.com* ]]
    [ "$(asked gone@example.com)" -eq 3 ]
    # Neither a mailing list, nor a refusal that is not about the mailbox, nor who gets his mail.
    for address in gone-list@example.com shy@example.com good@example.com; do
        [ "$(state_of $address)" = active ]
        [ "$(asked $address)" -eq 4 ]
    done
    "$digest" subscribers list | grep -q 'gone@example.com .*bounced'
}

@test "who is resumed, or added again, has three issues more" {
    local back start=0
    day 20 69
    day 21 69
    day 22 69
    [ "$(state_of gone@example.com)" = bounced ]
    for back in resume add; do
        DIGEST_NOW=${DIGEST_NOW/T12/T18} "$digest" subscribers "$back" gone@example.com
        [ "$(state_of gone@example.com)" = active ]
        start=$((start + 3))
        day $((20 + start)) 69
        day $((21 + start)) 69
        [ "$(state_of gone@example.com)" = active ]
        day $((22 + start)) 69
        [ "$(state_of gone@example.com)" = bounced ]
    done
    [ "$(asked gone@example.com)" -eq 9 ]
}
