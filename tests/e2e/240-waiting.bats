#!/usr/bin/env bats
# While one delivery is waited for: the others are out already, and signals are heard.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one"
    start_replay --hf "$home/hf"
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/smtp.port" --folder "$home/smtp" \
        --log "$home/smtp.log" --fault 'rcpt:grey@example.com=450 later' >"$home/smtp.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/smtp.port"
    write_config <<CONF
smtp { from = "digest@example.com"  url = "smtp://127.0.0.1:$(cat "$home/smtp.port")" }
source hf { provider = hf_daily  base_url = "$web" }
list first { sources = {hf}  subscribers = {grey@example.com} }
list second { sources = {hf}  subscribers = {good@example.com} }
CONF
}

teardown() {
    tear_down_home
}

@test "one list's deferral does not keep the next list waiting; a signal ends the wait" {
    (
        trap '' HUP
        exec "$digest" run --wait=1h
    ) 2>"$home/said" 3>&- &
    local pid=$!
    wait_for_file "$home/smtp/1.eml"
    grep -q '^To: good@example.com' "$home/smtp/1.eml"
    # Who started it with nohup does not want it to end at a hang-up.
    kill -HUP "$pid"
    sleep 0.3
    kill -TERM "$pid"
    local code=0
    wait "$pid" || code=$?
    [ "$code" -eq $((128 + 15)) ]
    grep -q '1 delivery was left by a signal' "$home/said"
    "$digest" status | grep -qE '^mail +deferred +1'
    "$digest" status | grep -qE '^mail +accepted +1'
}

@test "what the servers put off is counted once, over all lists" {
    run --separate-stderr "$digest" run --wait=0 -o 'list.second.subscribers=grey@example.com'
    [ "$status" -eq 75 ]
    [ "$(wc -l <<<"$stderr")" -eq 1 ]
    [[ "$stderr" == *"2 deliveries were put off"* ]]
}
