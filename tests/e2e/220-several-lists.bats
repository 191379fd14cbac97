#!/usr/bin/env bats
# Several lists and several readers: the trouble of one costs the others nothing.
# shellcheck disable=SC2154,SC2030,SC2031

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one" 2607.00002 "Monday two"
    listing_file "$home/hf/2026-07-28.json" 2026-07-28 2607.00003 "Tuesday one"
    start_replay --hf "$home/hf"
    hf_config
}

teardown() {
    tear_down_home
}

in_store() {
    python3 -c '
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute(sys.argv[2])
' "$db" "$1"
}

@test "an address named twice gets one message" {
    "$digest" --send-to list@example.com --send-to list@EXAMPLE.com --send-to list@example.com
    [ "$(mail_count)" -eq 1 ]
}

@test "an address that wants no mail costs the other one nothing" {
    "$digest" --send-to gone@example.com --send-to list@example.com
    in_store "UPDATE recipient SET state = 'bounced' WHERE address = 'gone@example.com'"
    export DIGEST_NOW=2026-07-28T12:00:00Z
    run --separate-stderr "$digest" --send-to gone@example.com --send-to list@example.com
    [ "$status" -eq 65 ]
    [[ "$stderr" == *"'gone@example.com'"* ]]
    [ "$(mail_count)" -eq 3 ]
    grep -q '^To: list@example.com' "$(newest_mail)"
}

@test "a list whose template fails does not keep the other one from its issue, and gets it later" {
    write_config <<CONF
digest { templates = "$home/templates" }
smtp { from = "digest@example.com"  url = "maildir:$home/mail" }
source hf { provider = hf_daily  base_url = "$web" }
list broken { sources = {hf}  template = mine  subscribers = {broken@example.com} }
list good { sources = {hf}  subscribers = {good@example.com} }
CONF
    mkdir "$home/templates"
    echo '{{title}}' >"$home/templates/mine.subject"
    echo '{{#new}}' >"$home/templates/mine.txt"
    run --separate-stderr "$digest" run
    [ "$status" -eq 78 ]
    [[ "$stderr" == "digest: list 'broken': "*mine.txt* ]]
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    [ "$(mail_count)" -eq 1 ]
    grep -q '^To: good@example.com' "$(mails)"
    "$digest" run -o list.broken.template=daily
    [ "$(mail_count)" -eq 2 ]
    [ "$(grep -l '^To: broken@example.com' "$home"/mail/new/* | wc -l)" -eq 1 ]
}

@test "a list that grew a lot waits for a word, whatever else was sent in between" {
    local many=() i
    "$digest" subscribers add first@example.com
    "$digest" run
    "$digest" --send-to other@example.com
    export DIGEST_NOW=2026-07-28T12:00:00Z
    for ((i = 1; i <= 60; i++)); do
        many+=("reader$i@example.com")
    done
    set -- -o "list.daily.subscribers=$(IFS=,; echo "${many[*]}")" run --list daily
    run --separate-stderr "$digest" "$@" </dev/null
    [ "$status" -eq 64 ]
    [[ "$stderr" == *"from 1 to 61 recipients"*--yes* ]]
    [ "$(mail_count)" -eq 2 ]
    "$digest" "$@" --yes
    [ "$(mail_count)" -eq 63 ]
}

@test "a large list is not taken for a small one because of a message to one address" {
    local many=() i
    for ((i = 1; i <= 60; i++)); do
        many+=("reader$i@example.com")
    done
    set -- -o "list.daily.subscribers=$(IFS=,; echo "${many[*]}")"
    "$digest" "$@" run
    export DIGEST_NOW=2026-07-28T12:00:00Z
    "$digest" "$@" --send-to other@example.com
    "$digest" "$@" run
    [ "$(mail_count)" -eq 121 ]
}

@test "on a terminal a list that grew a lot is asked about" {
    local many=() i
    "$digest" subscribers add first@example.com
    "$digest" run
    export DIGEST_NOW=2026-07-28T12:00:00Z
    for ((i = 1; i <= 60; i++)); do
        many+=("reader$i@example.com")
    done
    args="-o list.daily.subscribers=$(IFS=,; echo "${many[*]}") run --list daily"
    run script -qec "'$digest' $args" /dev/null <<<n
    [ "$status" -eq 64 ]
    [[ "$output" == *"send to them all? [y/N]"* ]]
    [ "$(mail_count)" -eq 1 ]
    run script -qec "'$digest' $args" /dev/null <<<y
    [ "$status" -eq 0 ]
    [ "$(mail_count)" -eq 62 ]
}

@test "a selection stays the same list when the configuration changes" {
    "$digest" --send-to list@example.com --match one
    DIGEST_NOW=2026-07-28T01:00:00Z "$digest" -o list.daily.limit=7 -o list.daily.rank=votes \
        --send-to list@example.com --match one --offline
    [ "$(mail_count)" -eq 1 ]
}

@test "an issue whose message is no longer kept is not queued, and stands in nobody's way" {
    "$digest" --send-to list@example.com
    in_store 'DELETE FROM issue_message'
    run "$digest" issues resend 1
    [ "$status" -eq 65 ]
    [[ "$output" == *"no longer kept"* ]]
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" --send-to list@example.com
    [ "$(mail_count)" -eq 2 ]
}

@test "resending leaves out who has left" {
    "$digest" subscribers add first@example.com
    "$digest" subscribers add second@example.com
    "$digest" run
    "$digest" subscribers remove second@example.com
    rm "$home"/mail/new/*
    "$digest" issues resend 1
    [ "$(mail_count)" -eq 1 ]
    grep -q '^To: first@example.com' "$(mails)"
}
