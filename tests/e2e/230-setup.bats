#!/usr/bin/env bats
# Five questions, and what becomes of the answers.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    conf=$home/config/digest/digest.conf
}

teardown() {
    tear_down_home
}

# answer LINE...: setup with these answers.
answer() {
    printf '%s\n' "$@" >"$home/answers"
    run --separate-stderr "$digest" setup <"$home/answers"
}

@test "answers from a pipe become a file, a test message and a line for cron" {
    answer me@example.com "maildir:$home/mail" "" 08:30
    [ "$status" -eq 0 ]
    [ "$(stat -c %a "$conf")" = 600 ]
    [ "$(mail_count)" -eq 1 ]
    grep -q '^To: me@example.com' "$(mails)"
    [[ "$output" == *"digest -c '$conf' --db '$db' run" ]]
    # What it printed works where only cron's environment is.
    env -i HOME="$home" PATH=/usr/bin:/bin sh -c "$(head -n 1 <<<"$output")"
    "$digest" subscribers list | grep -q '^me@example.com .*active'
    answer me@example.com "maildir:$home/mail" "" 08:30
    [ "$status" -eq 73 ]
}

@test "an answer that cannot be used leaves nothing behind" {
    answer me@example.com "maildir:$home/mail" "" 25:99
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"was not kept"*25:99* ]]
    [ ! -e "$conf" ]
    answer me@example.com smpt://mail.example.com "" 08:30
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"did you mean 'smtp:'"* ]]
    [ ! -e "$conf" ]
    [ "$output" = "" ]
    answer me@example.com
    [ "$status" -eq 64 ]
    [ ! -e "$conf" ]
    answer me.example.com
    [ "$status" -eq 65 ]
    [ ! -e "$conf" ]
}

@test "setup: an empty first answer is none, and questions are counted as they come" {
    answer "" "maildir:$home/mail" "" 08:30
    [ "$status" -eq 65 ]
    [[ "$stderr" == *"digest: setup: address '': it is empty"* ]]
    answer me@example.com "maildir:$home/mail" "" 08:30
    [[ "$stderr" == *"1. "*"2. "*"3. In whose name?"*"4. At what time"* ]]
}

@test "setup: a test message that does not go says what to do" {
    answer me@example.com smtp://127.0.0.1:1 "" 08:30
    [[ "$stderr" == *"digest: setup: '$conf' is written, but test message to 'me@example.com': "*"; mend it there, then 'digest check --send-test me@example.com'"* ]]
}

@test "a list that nobody reads is noted, since cron would hear nothing of it" {
    answer me@example.com "maildir:$home/mail" "" 08:30
    note="note  list 'daily' has no active reader, so 'digest run' sends nothing; 'digest subscribers add ADDRESS --list daily' adds one"
    "$digest" check | grep -qxF "$note"
    "$digest" subscribers add me@example.com
    run "$digest" check
    [[ "$output" != *"no active reader"* ]]
    "$digest" subscribers pause me@example.com
    "$digest" check | grep -qxF "$note"
    [[ "$("$digest")" != *"digest setup"* ]]
    # Who has no list of his own may use --send-to alone.
    printf 'smtp { from = "a@example.com" }\n' >"$conf"
    rm -r "$home/state"
    run "$digest" check
    [[ "$output" != *"no active reader"* ]]
}
