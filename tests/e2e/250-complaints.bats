#!/usr/bin/env bats
# What cron mails: one word when a trouble begins, one a day while it lasts, one when it ends.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one"
    listing_file "$home/hf/2026-07-28.json" 2026-07-28 2607.00002 "Tuesday one"
    listing_file "$home/hf/2026-07-29.json" 2026-07-29 2607.00003 "Wednesday one"
    start_replay --hf "$home/hf" --faults "$home/faults.json"
    hf_config
    broken=(-o source.hf.base_url=http://127.0.0.1:1)
}

teardown() {
    tear_down_home
}

# send TIME [ARGUMENT...]
send() {
    export DIGEST_NOW=$1
    shift
    run --separate-stderr "$digest" "$@" --send-to list@example.com
}

@test "a lasting trouble is told once a day, its end once, the exit code always" {
    send 2026-07-27T12:00:00Z
    [ "$status" -eq 0 ]
    [ "$stderr" = "" ]
    send 2026-07-28T06:00:00Z "${broken[@]}"
    [ "$status" -eq 69 ]
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    [[ "$stderr" == *refused* ]]
    for hour in 07 08 12; do
        send "2026-07-28T$hour:00:00Z" "${broken[@]}"
        [ "$status" -eq 69 ]
        [ "$stderr" = "" ]
    done
    send 2026-07-29T06:30:00Z "${broken[@]}"
    [ "$status" -eq 69 ]
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    send 2026-07-29T12:00:00Z
    [ "$status" -eq 0 ]
    [[ "$stderr" == "digest: over: "*refused*" (since 2026-07-28T06:00:00Z)" ]]
    # What was to happen then is over too.
    [[ "$stderr" != *"; "* ]]
    send 2026-07-29T13:00:00Z
    [ "$stderr" = "" ]
}

@test "another line of the crontab has troubles of its own" {
    send 2026-07-27T12:00:00Z "${broken[@]}"
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    run --separate-stderr "$digest" "${broken[@]}" --send-to other@example.com
    [ "$status" -eq 69 ]
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
}

# answer STATUS BODY: what the source says, or nothing: as it should.
answer() {
    echo "[{\"path\": \"/\", \"status\": $1, \"body\": \"$2\"}]" >"$home/faults.json"
}

@test "a source that comes and goes, now with a 404 and now with a page, is one trouble for a week" {
    for day in 30 31; do
        listing_file "$home/hf/2026-07-$day.json" "2026-07-$day" "2607.000$day" "Paper of the $day"
    done
    : >"$home/cron"
    for day in 27 28 29 30 31; do
        for hour in 02 06 10 14 18 22; do
            case $hour in
            02 | 14) answer 404 gone ;;
            10) answer 200 '<html>please log in</html>' ;;
            *) rm -f "$home/faults.json" ;;
            esac
            send "2026-07-${day}T$hour:00:00Z"
            [ -z "$stderr" ] || echo "$day $hour $stderr" >>"$home/cron"
        done
    done
    rm -f "$home/faults.json"
    send 2026-08-01T10:00:00Z
    [ "$stderr" = "" ]
    send 2026-08-01T14:30:00Z
    echo "31 end $stderr" >>"$home/cron"
    cat "$home/cron"
    # It begins, seems over, comes back; then a word a day, and one at the end.
    [ "$(sed -n 1p "$home/cron" | cut -c 1-5)" = "27 02" ]
    [[ "$(sed -n 2p "$home/cron")" == "27 06 digest: over: "* ]]
    [ "$(sed -n 3p "$home/cron" | cut -c 1-5)" = "27 10" ]
    [ "$(cut -c 1-2 <"$home/cron" | sed 1,3d | sort | uniq -d | grep -vc 31)" -eq 0 ]
    [[ "$(tail -n 1 "$home/cron")" == *"digest: over: hf: "*"(since 2026-07-27T02:00:00Z; it came and went until 2026-07-31T14:00:00Z)" ]]
    [ "$(wc -l <"$home/cron")" -eq 8 ]
    send 2026-08-01T18:00:00Z
    [ "$stderr" = "" ]
}

@test "what is put off is told once a day, also by runs to which no list is due" {
    "$digest" subscribers add reader@example.com
    # Nobody listens there: port 1 of this machine.
    for hour in 12 13 14; do
        export DIGEST_NOW=2026-07-27T$hour:00:00Z
        run --separate-stderr "$digest" run --wait=0 --transport smtp://127.0.0.1:1
        [ "$status" -eq 69 ]
        [ "$(grep -c . <<<"$stderr")" -eq $((hour == 12)) ]
    done
    # Nothing is due now either, but the mail goes out.
    DIGEST_NOW=2026-07-27T15:00:00Z "$digest" run
    [ "$(mail_count)" -eq 1 ]
    export DIGEST_NOW=2026-07-28T12:00:00Z
    run --separate-stderr "$digest" run
    [ "$status" -eq 0 ]
    [[ "$stderr" == "digest: over: "*refused*"since 2026-07-27T12:00:00Z"* ]]
}

@test "a delivery that is in doubt and held is told, once a day" {
    "$digest" --send-to list@example.com
    python3 -c '
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("UPDATE delivery SET state = 6, is_open = 1, next_at = NULL")
' "$db"
    send 2026-07-27T13:00:00Z -o smtp.on_doubt=hold
    [ "$status" -eq 75 ]
    [[ "$stderr" == *"1 delivery is in doubt and held"* ]]
    send 2026-07-27T14:00:00Z -o smtp.on_doubt=hold
    [ "$status" -eq 75 ]
    [ "$stderr" = "" ]
}
