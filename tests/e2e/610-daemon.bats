#!/usr/bin/env bats
# The daemon: the same issues as by cron, at their hour; signals, a broken configuration, and its end.
# shellcheck disable=SC2154,SC2030,SC2031

load helper

setup() {
    set_up_home
    mkdir "$home/hf" "$home/mail"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one" 2607.00002 "Monday two"
    listing_file "$home/hf/2026-07-28.json" 2026-07-28 2607.00003 "Tuesday one"
    start_replay --hf "$home/hf"
    unset NOTIFY_SOCKET WATCHDOG_USEC
    daemon_config "12:00"
}

teardown() {
    tear_down_home
}

# daemon_config TIME: one list at that time.
daemon_config() {
    write_config <<CONF
digest { retry = 0s }
smtp { url = "file:$home/mail" from = "digest@example.com" }
source hf { provider = hf_daily base_url = "$web" }
list daily { sources = {hf} timezone = UTC schedule = "$1" subscribers = {reader@example.com} }
CONF
}

# start_daemon NOW [ARGUMENT...]
start_daemon() {
    DIGEST_NOW=$1 "$digest" daemon "${@:2}" 2>"$home/log" >"$home/stdout" </dev/null 3>&- &
    daemon=$!
    servers+=("$daemon")
}

# said TEXT: waits until the daemon says that.
said() {
    local i
    for ((i = 0; i < 200; i++)); do
        grep -qF -- "$1" "$home/log" && return 0
        sleep 0.05
    done
    cat "$home/log"
    return 1
}

sent() {
    find "$home/mail" -name '*.eml' | wc -l
}

@test "an issue goes out at its hour, and no second one" {
    start_daemon 2026-07-27T11:59:57Z
    said "daemon: started: configuration $home/config/digest/digest.conf"
    said "daemon: run: sent 2 papers to reader@example.com"
    kill -TERM "$daemon"
    wait "$daemon"
    [ "$(sent)" -eq 1 ]
    grep -qF "daemon: stopped" "$home/log"
    DIGEST_NOW=2026-07-27T12:10:00Z "$digest" run
    [ "$(sent)" -eq 1 ]
}

@test "what was due while nothing ran goes out at the start; each event is a line of JSON" {
    start_daemon 2026-07-27T15:00:00Z --log=json
    said '"text":"sent 2 papers to reader@example.com"'
    kill -INT "$daemon"
    wait "$daemon"
    [ "$(jq -s 'map(.event) | join(" ")' "$home/log")" = '"started run stopping stopped"' ]
    jq -e '.time | test("^2026-07-27T15:0")' "$home/log" >/dev/null
}

@test "a broken configuration is refused loudly and the old one stays" {
    start_daemon 2026-07-27T11:00:00Z
    said "daemon: started"
    daemon_config "12:00 weekday"
    kill -HUP "$daemon"
    said "daemon: refused: the configuration is broken, the old one stays: $home/config/digest/digest.conf:4: 'schedule': schedule '12:00 weekday': column 7"
    daemon_config "10:30"
    kill -HUP "$daemon"
    said "daemon: reloaded"
    said "daemon: run: sent 2 papers"
    sed -i 's/sources = {hf}/sources = {hg}/' "$home/config/digest/digest.conf"
    kill -HUP "$daemon"
    said "the old one stays: its lists cannot run"
    kill -0 "$daemon"
}

@test "a second daemon of the same store is refused" {
    start_daemon 2026-07-27T11:00:00Z
    said "daemon: started"
    run --separate-stderr "$digest" daemon
    [ "$status" -eq 75 ]
    [[ "$stderr" == "digest: daemon: there is one for this store already: "*"process $daemon"* ]]
}

@test "killed and started again, it goes on: nothing twice" {
    start_daemon 2026-07-27T12:30:00Z
    said "sent 2 papers"
    kill -KILL "$daemon"
    wait "$daemon" || true
    start_daemon 2026-07-27T12:31:00Z
    said "daemon: started"
    start=$daemon
    kill -TERM "$start"
    wait "$start"
    [ "$(sent)" -eq 1 ]
    start_daemon 2026-07-28T12:30:00Z
    said "sent 1 paper"
    [ "$(sent)" -eq 2 ]
}

@test "it survives a day when everything fails, and is there for the next" {
    kill "${servers[0]}"
    wait "${servers[0]}" || true
    sed -i 's/subscribers/deadline = 0s subscribers/' "$home/config/digest/digest.conf"
    start_daemon 2026-07-27T12:30:00Z
    said "daemon: trouble: the run ended with code 69"
    kill -0 "$daemon"
    [ "$(sent)" -eq 0 ]
}

@test "the service manager hears that it is ready, reloads, stops, and is alive" {
    cat >"$home/listen.py" <<'PY'
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("ready", flush=True)
while True:
    print(s.recv(4096).decode(), flush=True)
PY
    python3 "$home/listen.py" "$home/notify" >"$home/heard" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/heard"
    export NOTIFY_SOCKET=$home/notify WATCHDOG_USEC=200000
    start_daemon 2026-07-27T11:00:00Z
    said "daemon: started"
    kill -HUP "$daemon"
    said "daemon: reloaded"
    sleep 0.5
    kill -TERM "$daemon"
    wait "$daemon"
    grep -qx "READY=1" "$home/heard"
    grep -qx "RELOADING=1" "$home/heard"
    grep -q "^MONOTONIC_USEC=[0-9]" "$home/heard"
    grep -qx "WATCHDOG=1" "$home/heard"
    grep -q "^STATUS=the next look is at 2026-07-27T1" "$home/heard"
    [ "$(tail -n 1 "$home/heard")" = "STOPPING=1" ] || [ "$(tail -n 2 "$home/heard" | head -n 1)" = "STOPPING=1" ]
}
