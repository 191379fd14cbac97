#!/usr/bin/env bats
# What becomes of a delivery that a server puts off, and what an operator can do about it.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one"
    listing_file "$home/hf/2026-07-28.json" 2026-07-28 2607.00002 "Tuesday one"
    listing_file "$home/hf/2026-07-29.json" 2026-07-29 2607.00003 "Wednesday one"
    start_replay --hf "$home/hf"
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/smtp.port" --folder "$home/smtp" \
        --log "$home/smtp.log" --fault 'rcpt:grey@example.com=450 later' >"$home/smtp.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/smtp.port"
    write_config <<CONF
smtp { from = "digest@example.com"  url = "smtp://127.0.0.1:$(cat "$home/smtp.port")" }
source hf { provider = hf_daily  base_url = "$web" }
list daily { sources = {hf}  timezone = UTC  subscribers = {grey@example.com, good@example.com} }
CONF
}

teardown() {
    tear_down_home
}

# run_on DAY CODE: a run that day, which ends with that code.
run_on() {
    local code=0
    DIGEST_NOW=$1T12:00:00Z "$digest" run --wait=0s 2>>"$home/said" || code=$?
    [ "$code" -eq "$2" ]
}

state_of() {
    sqlite3 -readonly "$db" "SELECT state FROM delivery WHERE issue = $1 AND address = '$2'"
}

@test "what is put off until the next issue is there gets one more try, and is given up" {
    run_on 2026-07-27 75
    [ "$(state_of 1 grey@example.com)" = 4 ]
    run_on 2026-07-28 75
    [ "$(state_of 1 grey@example.com)" = 4 ]
    [ "$(sqlite3 -readonly "$db" "SELECT attempts FROM delivery WHERE issue = 1 AND state = 4")" = 2 ]
    run_on 2026-07-29 69
    grep -q "list 'daily': 1 delivery given up, put off by the server until the next issue" "$home/said"
    [ "$(state_of 1 grey@example.com)" = 8 ]
    [ "$(state_of 3 grey@example.com)" = 4 ]
    [ "$(state_of 3 good@example.com)" = 3 ]
    "$digest" issues list --for grey@example.com >"$home/history"
    [ "$(wc -l <"$home/history")" -eq 3 ]
    grep -q '^ *1  2026-07-27  daily  *expired' "$home/history"
    grep -q '^ *3  2026-07-29  daily  *deferred .*again at .*: rcpt: 450 later' "$home/history"
}

@test "an explicit smtp.expire counts days, not issues" {
    sed -i 's/smtp {/smtp { expire = 4d/' "$home/config/digest/digest.conf"
    run_on 2026-07-27 75
    run_on 2026-07-28 75
    run_on 2026-07-29 75
    [ "$(state_of 1 grey@example.com)" = 4 ]
    DIGEST_NOW=2026-08-01T12:00:00Z "$digest" run --wait=0s || true
    [ "$(state_of 1 grey@example.com)" = 8 ]
}

@test "retry does not wait for the time that was set" {
    run_on 2026-07-27 75
    run -75 "$digest" issues retry 1 --wait=0s
    [ "$(sqlite3 -readonly "$db" "SELECT attempts FROM delivery WHERE state = 4")" = 2 ]
    run -65 "$digest" issues retry 1 --for good@example.com
    [[ "$output" == *"nothing is deferred or in doubt there"* ]]
    run -65 "$digest" issues retry 9
    run -64 "$digest" issues retry x
}

@test "cancel takes back what is not out yet" {
    run_on 2026-07-27 75
    run -64 "$digest" issues cancel
    run "$digest" issues cancel 1 --for good@example.com
    [ "$output" = "cancelled 0 deliveries" ]
    run "$digest" issues cancel --for grey@example.com
    [ "$output" = "cancelled 1 delivery" ]
    [ "$(state_of 1 grey@example.com)" = 7 ]
    run_on 2026-07-27 0
    run -65 "$digest" issues cancel 9
}

@test "resend goes to one reader alone when one is named" {
    run_on 2026-07-27 75
    rm "$home"/smtp/*.eml
    run "$digest" issues resend 1 --for good@example.com --wait=0s
    [ "$status" -eq 0 ]
    [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -eq 1 ]
    [ "$(state_of 1 good@example.com)" = 3 ]
    run -65 "$digest" issues resend 1 --for 'no address'
}
