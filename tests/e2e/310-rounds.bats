#!/usr/bin/env bats
# Many sessions at a time: whatever the server or we die of, in whatever phase, each reader has the
# message exactly once afterwards, or its delivery is counted in doubt.
# shellcheck disable=SC2154

load helper

readers=60

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one"
    start_replay --hf "$home/hf"
}

teardown() {
    tear_down_home
}

# serve ARGUMENT...: a mail server of its own, and a configuration that sends there by four sessions.
serve() {
    served=$((${served:-0} + 1))
    here=$home/$served
    mkdir "$here"
    python3 "$top/tests/lib/smtp_server.py" --port-file "$here/port" --folder "$here/mail" --log "$here/log" \
        "$@" >"$here/out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$here/port"
    db=$here/digest.db
    write_config <<CONF
smtp {
  from = "digest@example.com"  url = "smtp://127.0.0.1:$(cat "$here/port")"
  connections = 4  timeout = 1s  dot_timeout = 1s  on_doubt = hold
}
source hf { provider = hf_daily  base_url = "$web" }
list daily { sources = {hf}  subscribers = {$(seq -s, -f 'r%g@example.com' $readers)} }
CONF
}

# deliver: runs until nothing is queued or deferred any more, an hour later each time.
deliver() {
    local hour
    for hour in 12 13 14 15 16 17; do
        DIGEST_NOW=2026-07-27T$hour:00:00Z "$digest" run --wait=0 --db "$db" >/dev/null 2>"$here/said" || true
        [ "$(state queued deferred attempt dot)" -gt 0 ] || break
    done
}

# state NAME...: how many deliveries are in these states.
state() {
    "$digest" status --db "$db" | awk -v names=" $* " '
        $1 == "mail" && index(names, " " $2 " ") { sum += $3 + 0 }
        END { print sum + 0 }'
}

# Nobody has two, and who has none is in doubt.
check_once() {
    local got twice
    got=$(jq -r '.recipients[]' "$here"/mail/*.json | sort -u | wc -l)
    twice=$(jq -r '.recipients[]' "$here"/mail/*.json | sort | uniq -d | wc -l)
    [ "$twice" -eq 0 ]
    [ $(($(state accepted) + $(state doubt))) -eq "$readers" ]
    [ "$got" -ge "$(state accepted)" ]
    [ "$got" -le "$readers" ]
}

@test "four sessions share the work, one message at a time each" {
    serve
    deliver
    [ "$(state accepted)" -eq "$readers" ]
    [ "$(jq -r .peer "$here"/mail/*.json | sort -u | wc -l)" -eq 4 ]
    check_once
}

@test "a server that goes away before the dot, in any phase, leaves nothing in doubt" {
    for fault in mail=close rcpt=reset data=drop body=reset 'mail=421 closing' 'data=451 4.7.1 slower'; do
        serve --fault "$fault" --times 2
        deliver
        [ "$(state doubt)" -eq 0 ] || { echo "$fault: doubt" >&2; false; }
        [ "$(state accepted)" -eq "$readers" ] || { echo "$fault: $(state accepted) accepted" >&2; false; }
        check_once
    done
}

@test "a server that takes messages and goes away leaves these in doubt, and no others" {
    for fault in dot=close dot=drop dot=stall; do
        serve --fault "$fault" --times 6
        deliver
        [ "$(state doubt)" -eq 6 ] || { echo "$fault: $(state doubt) in doubt" >&2; false; }
        check_once
    done
}

@test "killed at any moment, a run leaves at most one delivery per session in doubt" {
    for delay in 0.08 0.11 0.15 0.2; do
        serve
        "$digest" run --wait=0 --db "$db" >/dev/null 2>&1 3>&- &
        local pid=$!
        sleep "$delay"
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
        deliver
        [ "$(state doubt)" -le 4 ]
        check_once
    done
}

@test "a signal lets what is under way end, and begins nothing more" {
    serve --fault dot=stall --times 4
    "$digest" run --wait=0 --db "$db" >/dev/null 2>&1 3>&- &
    local pid=$! code=0
    wait_for_file "$here/mail/4.eml"
    kill -TERM "$pid"
    wait "$pid" || code=$?
    [ "$code" -eq $((128 + 15)) ]
    [ "$(state doubt)" -eq 4 ]
    [ "$(state attempt dot)" -eq 0 ]
    [ "$(state queued)" -gt 0 ]
    deliver
    check_once
}

@test "who watches sees how far sending is, and what became of it; cron sees nothing" {
    serve --fault dot=stall --times 2
    "$digest" run --wait=0 --db "$db" --progress=always >"$here/out" 2>"$here/said" || true
    grep -Eq 'sending \[#+ *\] +[0-9]+%  [0-9]+ of 60, [0-9]+/s, 0:0[0-9] left, [12] in doubt' "$here/said"
    serve --fault dot=stall --times 2
    "$digest" run --wait=0 --db "$db" >"$here/out" 2>"$here/said" || true
    refute grep -q 'sending' "$here/said"
}
