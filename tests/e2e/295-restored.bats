#!/usr/bin/env bats
# A backup is put in the store's place, and some of what happened since is unknown again: what goes out
# again is the same message, no token means somebody else, and what a killed run left is not mixed in.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/port" --folder "$home/kept" --log "$home/log" \
        >"$home/mail.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/port"
    write_config <<CONF
smtp { from = "digest@example.com"  url = "smtp://127.0.0.1:$(cat "$home/port")"  verp = true }
source saved { provider = file  path = "$home/today.json" }
list daily { sources = {saved}  timezone = UTC }
CONF
}

teardown() {
    tear_down_home
}

# day DAY: the run of a day of July 2026.
day() {
    export DIGEST_NOW=2026-07-$1T12:00:00Z
    listing_file "$home/today.json" "2026-07-$1" "2607.000$1" "The paper of day $1"
    "$digest" run
}

# sent_to ADDRESS: the numbers of the messages that it got, in order.
sent_to() {
    grep -l "\"$1\"" "$home"/kept/*.json | sed 's/.*\/\([0-9]*\).json/\1/' | sort -n
}

field() {
    grep -i "^$2:" "$home/kept/$1.eml"
}

state_of() {
    sqlite3 -readonly "$db" "SELECT state FROM recipient WHERE address = '$1'"
}

@test "what is sent again is the same message, and whose it is stays clear" {
    local old new mark
    "$digest" subscribers add a@example.com
    day 27
    "$digest" backup "$home/backup"
    "$digest" subscribers add b@example.com
    "$digest" subscribers add c@example.com
    day 28
    cp "$home/backup" "$db"
    # Others have the rows, and so the numbers, that these had.
    "$digest" subscribers add c@example.com
    "$digest" subscribers add aa@example.com
    "$digest" subscribers add b@example.com
    day 28
    [ "$(sent_to a@example.com | wc -l)" -eq 3 ]
    [ "$(sent_to aa@example.com | wc -l)" -eq 1 ]
    for name in a b c; do
        old=$(sent_to $name@example.com | tail -n 2 | head -n 1)
        new=$(sent_to $name@example.com | tail -n 1)
        [ "$old" -ne "$new" ]
        cmp "$home/kept/$old.eml" "$home/kept/$new.eml"
    done
    [ "$(cat "$home"/kept/*.eml | grep -i '^message-id:' | sort -u | wc -l)" -eq 5 ]
    # The bounce of a delivery that is unknown again is nobody's, whoever has its number now.
    old=$(sent_to b@example.com | head -n 1)
    mark=$(jq -r .sender "$home/kept/$old.json")
    run --separate-stderr "$digest" subscribers bounced "$mark"
    [ "$status" -ne 0 ]
    [ "$(sqlite3 -readonly "$db" "SELECT count(*) FROM recipient WHERE state <> 'active'")" -eq 0 ]
    new=$(sent_to b@example.com | tail -n 1)
    "$digest" subscribers bounced "$(jq -r .sender "$home/kept/$new.json")"
    [ "$(state_of b@example.com)" = bounced ]
    [ "$(sqlite3 -readonly "$db" "SELECT count(*) FROM recipient WHERE state <> 'active'")" -eq 1 ]
}

@test "the log of a killed run is not mixed into a backup" {
    local pid
    "$digest" subscribers add a@example.com
    day 26
    "$digest" backup "$home/backup"
    for name in b c d e f g h i; do
        "$digest" subscribers add $name@example.com
    done
    day 27
    listing_file "$home/today.json" 2026-07-28 2607.00028 'The paper of day 28'
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" run -o smtp.domain_rate=1 >/dev/null 2>&1 3>&- &
    pid=$!
    wait_for_file "$home/kept/11.eml"
    kill -KILL "$pid"
    wait "$pid" || true
    [ -s "$db-wal" ]
    # Its own log is taken up …
    cp "$db" "$home/db"
    cp "$db-wal" "$home/db-wal"
    "$digest" --db "$home/db" subscribers list | grep -q i@example.com
    DIGEST_NOW=2026-07-28T13:00:00Z "$digest" --db "$home/db" run -o smtp.url=null:
    # … and the backup's it is not.
    cp "$home/backup" "$db"
    DIGEST_NOW=2026-07-28T13:00:00Z run --separate-stderr "$digest" run
    [ "$status" -eq 65 ]
    [[ "$stderr" == *"'$db' and the log beside it do not fit together; if a backup was put there, remove '$db-wal' and "* ]]
    cmp "$home/backup" "$db"
    [ ! -e "$home/kept/12.eml" ]
    rm "$db-wal" "$db-shm"
    day 28
    [ "$(sent_to a@example.com | wc -l)" -eq 4 ]
    "$digest" check
}
