#!/usr/bin/env bats
# What keeps failing: one mail to the contact when it does, one when it is over; status and metrics.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf" "$home/boxes"
    for day in 27 28 29 30 31; do
        listing_file "$home/hf/2026-07-$day.json" "2026-07-$day" "2607.000$day" "Paper of the $day"
    done
    start_replay --hf "$home/hf" --faults "$home/faults.json"
    write_config <<CONF
digest { retry = 0s  contact = admin@example.com  metrics_file = "$home/digest.prom" }
smtp { from = "digest@example.com"  url = "file:$home/boxes" }
source hf { provider = hf_daily  base_url = "$web" }
list daily { title = "Daily papers"  sources = {hf}  timezone = UTC  subscribers = {reader@example.com} }
CONF
}

teardown() {
    tear_down_home
}

# at TIME [ARGUMENT...]: what `digest run` does at that time.
at() {
    DIGEST_NOW=$1 run --separate-stderr "$digest" run --wait=0 "${@:2}"
}

# The source answers that there is nothing here, or as usual.
break_source() {
    echo '[{"path": "/", "status": 404, "body": "gone fishing"}]' >"$home/faults.json"
}

mend_source() {
    rm "$home/faults.json"
}

# The mails to the contact.
told() {
    grep -rl '^To: admin@example.com' "$home/boxes" --include='*.eml' | sort
}

told_count() {
    told | wc -l
}

metric() {
    grep -E "^digest_$1(\{[^}]*\})? " "$home/digest.prom" | sed 's/.* //'
}

start_mail() {
    mkdir "$home/smtp"
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/smtp.port" --folder "$home/smtp" "$@" \
        >"$home/smtp.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/smtp.port"
    mail=(--transport "smtp://127.0.0.1:$(cat "$home/smtp.port")")
}

@test "one mail when a source keeps failing, one when it is over" {
    at 2026-07-27T08:00:00Z
    [ "$status" -eq 0 ]
    break_source
    for hour in 07 08; do
        at "2026-07-28T$hour:00:00Z"
        [ "$(told_count)" -eq 0 ]
        DIGEST_NOW="2026-07-28T$hour:10:00Z" run "$digest" status --json
        [ "$(jq -r '.troubles[0].since' <<<"$output")" = 2026-07-28T07:00:00Z ]
        [ "$(jq -r '.troubles[0].failures' <<<"$output")" -eq $((10#$hour - 6)) ]
        [ "$(jq -r '.troubles[0].told' <<<"$output")" = false ]
    done
    for hour in 09 10 11; do
        at "2026-07-28T$hour:00:00Z"
        [ "$status" -eq 69 ]
        [ "$(told_count)" -eq 1 ]
    done
    grep -q "^Subject: digest: source 'hf' keeps failing" "$(told)"
    grep -q '^Auto-Submitted: auto-generated' "$(told)"
    grep -q 'since 2026-07-28T07:00:00Z' "$(told)"
    [ "$(metric source_failures)" -eq 5 ]
    [ "$(metric run_exit_code)" -eq 69 ]
    [ "$(metric trouble_since_timestamp_seconds)" -eq "$(date -d 2026-07-28T07:00:00Z +%s)" ]
    mend_source
    for hour in 12 13; do
        at "2026-07-28T$hour:00:00Z"
        [ "$(told_count)" -eq 2 ]
    done
    grep -rq "^Subject: digest: source 'hf' is well again" "$home/boxes"
    [ "$(grep -rh '^Message-ID' "$home/boxes" | sort | uniq -d | wc -l)" -eq 0 ]
    run "$digest" status --json
    [ "$(jq '.troubles | length' <<<"$output")" -eq 0 ]
    [ "$(metric source_failures)" -eq 0 ]
}

@test "what fails less often, or with health_after = 0, is nobody's mail" {
    at 2026-07-27T08:00:00Z
    break_source
    at 2026-07-28T07:00:00Z
    at 2026-07-28T08:00:00Z
    mend_source
    at 2026-07-28T09:00:00Z
    [ "$(told_count)" -eq 0 ]
    break_source
    for hour in 07 08 09 10; do
        at "2026-07-29T$hour:00:00Z" -o digest.health_after=0
    done
    mend_source
    at 2026-07-29T11:00:00Z
    [ "$(told_count)" -eq 0 ]
}

@test "that the mail server failed is told when it works again" {
    for hour in 08 09 10 11; do
        at "2026-07-27T$hour:00:00Z" --transport smtp://127.0.0.1:1
        [ "$status" -eq 69 ]
    done
    run "$digest" status
    [[ "$output" == *"trouble mail "*"since 2026-07-27T08:00:00Z, 4 in a row: "*refused* ]]
    [ "$(told_count)" -eq 0 ]
    start_mail
    # The transport is what it is told by: the same port answers in another run.
    python3 - "$db" "$(cat "$home/smtp.port")" <<'PY'
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    db.execute("UPDATE health SET subject = 'smtp://127.0.0.1:' || ? WHERE kind = 1", (sys.argv[2],))
PY
    at 2026-07-27T12:00:00Z "${mail[@]}"
    [ "$status" -eq 0 ]
    [ "$(grep -l '^To: admin@example.com' "$home"/smtp/*.eml | wc -l)" -eq 1 ]
    grep -q "^Subject: digest: mail server 'mail' is well again" "$home"/smtp/*.eml
    at 2026-07-28T12:00:00Z "${mail[@]}"
    [ "$(grep -l '^To: admin@example.com' "$home"/smtp/*.eml | wc -l)" -eq 1 ]
}

@test "a mail about health that was put off goes later, one whose reply was lost goes again as it was" {
    at 2026-07-27T08:00:00Z
    start_mail --fault 'rcpt:admin@example.com=451 4.3.0 later' --fault dot=close --times 1
    break_source
    for hour in 07 08 09; do
        at "2026-07-28T$hour:00:00Z" "${mail[@]}"
    done
    [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -eq 0 ]
    at 2026-07-28T10:00:00Z "${mail[@]}"
    [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -eq 1 ]
    at 2026-07-28T11:00:00Z "${mail[@]}"
    at 2026-07-28T12:00:00Z "${mail[@]}"
    [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -eq 2 ]
    cmp "$home/smtp/1.eml" "$home/smtp/2.eml"
}

# Two of the three failures that are told.
fail_twice() {
    at 2026-07-27T08:00:00Z --transport "file:$home/boxes"
    break_source
    at 2026-07-28T07:00:00Z "${mail[@]}"
    at 2026-07-28T08:00:00Z "${mail[@]}"
}

# kill_at TIME: a run that dies when its last message is at the server and the reply is not.
kill_at() {
    local before i pid
    before=$(find "$home/smtp" -name '*.eml' | wc -l)
    DIGEST_NOW=$1 "$digest" run --wait=0 "${mail[@]}" >/dev/null 2>&1 3>&- &
    pid=$!
    for ((i = 0; i < 400; i++)); do
        [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -gt "$before" ] && break
        sleep 0.05
    done
    kill -KILL "$pid"
    wait "$pid" || true
}

# The subjects of what the contact got, each message once; a copy has the same bytes.
heard() {
    local file files
    mapfile -t files < <(grep -l '^To: admin@example.com' "$home"/smtp/*.eml | sort -V)
    grep -h '^Message-ID' "${files[@]}" | sort | uniq -d >"$home/again"
    for file in "${files[@]}"; do
        echo "$(md5sum <"$file") $(sed -n 's/^Subject: digest: //p' "$file" | tr -d '\r')"
    done | awk '!seen[$1]++' | cut -d' ' -f4-
}

@test "killed between the dot and the reply of a mail about health: it goes again as it was, and no other" {
    start_mail --fault dot=stall --times 1
    fail_twice
    kill_at 2026-07-28T09:00:00Z
    DIGEST_NOW=2026-07-28T09:30:00Z run "$digest" status --json
    [ "$(jq -c '.troubles[0] | [.told, .in_doubt]' <<<"$output")" = '[false,true]' ]
    for hour in 10 11 12; do
        at "2026-07-28T$hour:00:00Z" "${mail[@]}"
    done
    [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -eq 2 ]
    cmp "$home/smtp/1.eml" "$home/smtp/2.eml"
    DIGEST_NOW=2026-07-28T12:30:00Z run "$digest" status --json
    [ "$(jq -c '.troubles[0] | [.told, .in_doubt]' <<<"$output")" = '[true,false]' ]
}

@test "killed there, and well in the next run: the contact hears of both, each once" {
    start_mail --fault dot=stall --times 1
    fail_twice
    kill_at 2026-07-28T09:00:00Z
    mend_source
    at 2026-07-28T10:00:00Z "${mail[@]}"
    at 2026-07-28T11:00:00Z "${mail[@]}"
    [ "$(heard)" = "source 'hf' keeps failing
source 'hf' is well again" ]
    [ ! -s "$home/again" ]
}

@test "killed while its end is told, and ill again: first the end, then the new trouble" {
    start_mail --fault 'rcpt:admin@example.com=250 fine' --times 1
    at 2026-07-27T08:00:00Z --transport "file:$home/boxes"
    break_source
    for hour in 07 08 09; do at "2026-07-28T$hour:00:00Z" "${mail[@]}"; done
    mend_source
    rm "$home/smtp.port"
    mv "$home/smtp" "$home/told"
    start_mail --fault dot=stall --times 1
    listing_file "$home/hf/2026-07-28.json" 2026-07-28
    kill_at 2026-07-28T10:00:00Z
    break_source
    for hour in 11 12 13 14 15; do at "2026-07-28T$hour:00:00Z" "${mail[@]}"; done
    [ "$(heard)" = "source 'hf' is well again
source 'hf' keeps failing" ]
    [ "$(wc -l <"$home/again")" -eq 1 ]
    grep -h 'keeps failing since' "$home"/smtp/*.eml | grep -q 'since 2026-07-28T12:00:00Z'
}

@test "with on_doubt = hold it is not sent again, and a new trouble is told anew" {
    start_mail --fault dot=stall --times 1
    sed -i 's|smtp { |smtp { on_doubt = hold  |' "$home/config/digest/digest.conf"
    fail_twice
    kill_at 2026-07-28T09:00:00Z
    at 2026-07-28T10:00:00Z "${mail[@]}"
    [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -eq 1 ]
    mend_source
    at 2026-07-28T11:00:00Z "${mail[@]}"
    [ "$(heard)" = "source 'hf' keeps failing
source 'hf' is well again" ]
}

@test "the file of metrics is whole, readable for all, and what promtool likes" {
    at 2026-07-27T08:00:00Z
    [ "$(stat -c %a "$home/digest.prom")" = 644 ]
    [ "$(metric source_last_success_timestamp_seconds)" -eq "$(date -d 2026-07-27T08:00:00Z +%s)" ]
    [ "$(metric list_last_issue_timestamp_seconds)" -eq "$(date -d 2026-07-27T08:00:00Z +%s)" ]
    grep -q 'digest_source_verdict{.*verdict="new"} 1' "$home/digest.prom"
    grep -q 'digest_build_info{version="' "$home/digest.prom"
    [ ! -e "$home/digest.prom.new" ]
    at 2026-07-28T08:00:00Z -o digest.metrics_file="$home/none/digest.prom"
    [ "$status" -eq 73 ]
    [[ "$stderr" == *"metrics: cannot write"* ]]
    command -v promtool >/dev/null || skip "no promtool (Debian: prometheus)"
    promtool check metrics <"$home/digest.prom"
}
