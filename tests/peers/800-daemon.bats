#!/usr/bin/env bats
# The daemon under another clock (faketime), and with a mail server that takes its time: a night without
# its hour and one that has it twice, and ends in the middle of a delivery.
# shellcheck disable=SC2154,SC2030,SC2031

load ../e2e/helper

setup() {
    set_up_home
    mkdir "$home/hf" "$home/mail"
    unset NOTIFY_SOCKET WATCHDOG_USEC
    listing_file "$home/hf/2026-03-27.json" 2026-03-27 2603.00001 "Friday in spring"
    start_replay --hf "$home/hf"
    daemon_config "file:$home/mail"
}

teardown() {
    tear_down_home
}

# daemon_config URL
daemon_config() {
    write_config <<CONF
digest { retry = 0s }
smtp { url = "$1" tls = auto from = "digest@example.com" }
source hf { provider = hf_daily base_url = "$web" }
list daily { sources = {hf} timezone = Europe/Berlin schedule = "02:30" empty = note subscribers = {reader@example.com} }
CONF
}

# start_at "DAY TIME", in UTC: the daemon whose clock shows that, and goes on from there.
start_at() {
    command -v faketime >/dev/null || skip "there is no faketime"
    # The program faketime would stand between it and our signals.
    preload=$(faketime -f +0 printenv LD_PRELOAD)
    DIGEST_NOW='' FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME="@$1" LD_PRELOAD=$preload "$digest" daemon \
        2>"$home/log" >"$home/stdout" </dev/null 3>&- &
    follow_daemon
}

# start_daemon NOW
start_daemon() {
    DIGEST_NOW=$1 "$digest" daemon 2>"$home/log" >"$home/stdout" </dev/null 3>&- &
    follow_daemon
}

follow_daemon() {
    daemon=$!
    servers+=("$daemon")
}

stop_daemon() {
    kill -TERM "$daemon"
    wait "$daemon"
}

# comes_true COMMAND...: within half a minute.
comes_true() {
    local i
    for ((i = 0; i < 600; i++)); do
        "$@" && return 0
        sleep 0.05
    done
    cat "$home/log" >&2
    return 1
}

said() {
    grep -qF -- "$1" "$home/log"
}

sent() {
    find "$home/mail" -name '*.eml' | wc -l
}

# at TIME: the day before is done with, so that what follows is of the night itself.
at() {
    DIGEST_NOW=$1 "$digest" run
    [ "$(sent)" -eq 1 ]
}

@test "in spring, where half past two is not, the issue goes out at three, once" {
    at 2026-03-28T12:00:00Z
    start_at "2026-03-29 00:59:56"
    comes_true said "sent word that nothing is new to reader@example.com"
    stop_daemon
    [ "$(sent)" -eq 2 ]
    grep -rq "^Date: Sun, 29 Mar 2026 01:00:0. +0000" "$home/mail"
    DIGEST_NOW=2026-03-29T20:00:00Z "$digest" run
    [ "$(sent)" -eq 2 ]
}

@test "in autumn, where half past two is twice, the issue goes out at the first, and not again" {
    rm "$home"/hf/*
    listing_file "$home/hf/2026-10-23.json" 2026-10-23 2610.00001 "Friday in autumn"
    at 2026-10-24T12:00:00Z
    start_at "2026-10-25 00:29:56"
    comes_true said "sent word that nothing is new to reader@example.com"
    stop_daemon
    grep -rq "^Date: Sun, 25 Oct 2026 00:30:0. +0000" "$home/mail"
    start_at "2026-10-25 01:29:57"
    comes_true said "daemon: started"
    sleep 5
    stop_daemon
    [ "$(sent)" -eq 2 ]
    refute grep -q "sent" "$home/log"
}

# A mail server that takes three seconds before it agrees to a message; each message is a file.
start_slow_server() {
    cat >"$home/slow.py" <<'PY'
import os, socket, sys, threading, time
folder = sys.argv[1]
listener = socket.create_server(("127.0.0.1", 0))
with open(folder + "/port.new", "w") as file:
    file.write(str(listener.getsockname()[1]))
os.rename(folder + "/port.new", folder + "/port")


def serve(client):
    lines = client.makefile("rb")
    say = lambda text: client.sendall(text + b"\r\n")
    say(b"220 slow")
    for line in lines:
        word = line[:4].upper().strip()
        if word != b"DATA":
            say(b"221 bye" if word == b"QUIT" else b"250 fine")
            continue
        say(b"354 go on")
        message = b"".join(iter(lines.readline, b".\r\n"))
        open(folder + "/waiting", "w").close()
        time.sleep(3)
        with open("%s/mail/%d.eml" % (folder, time.monotonic_ns()), "wb") as file:
            file.write(message)
        say(b"250 taken")


while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
PY
    python3 "$home/slow.py" "$home" >"$home/slow.log" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/port"
    daemon_config "smtp://127.0.0.1:$(<"$home/port")"
}

@test "SIGTERM while a message is on its way: it is delivered, recorded, and not sent again" {
    start_slow_server
    start_daemon 2026-03-27T12:00:00Z
    comes_true test -e "$home/waiting"
    stop_daemon
    said "stopping: the run under way ends first"
    [ "$(sent)" -eq 1 ]
    start_daemon 2026-03-27T12:30:00Z
    comes_true said "daemon: started"
    sleep 1
    stop_daemon
    [ "$(sent)" -eq 1 ]
    [ "$(sqlite3 "$home/state/digest/digest.db" "SELECT count(*) FROM delivery WHERE state = 3")" -eq 1 ]
}

@test "killed while a message is on its way, and started again at once: it is delivered once" {
    start_slow_server
    start_daemon 2026-03-27T12:00:00Z
    comes_true test -e "$home/waiting"
    kill -KILL "$daemon"
    wait "$daemon" || true
    start_daemon 2026-03-27T12:00:10Z
    comes_true said "daemon: started"
    sleep 5
    stop_daemon
    [ "$(sent)" -eq 1 ]
    DIGEST_NOW=2026-03-27T13:00:00Z "$digest" run
    [ "$(sent)" -eq 1 ]
    [ "$(sqlite3 "$home/state/digest/digest.db" "SELECT count(*) FROM delivery WHERE state = 3")" -eq 1 ]
}
