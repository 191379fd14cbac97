#!/usr/bin/env bats
# Killed between the final dot and its reply: the only place where a message may come twice, and then
# it is the same message.
# shellcheck disable=SC2154

load ../e2e/helper
load peers

setup_file() {
    start_peers
}

teardown_file() {
    stop_peers
}

setup() {
    set_up_home
    mail_config "$port_notls"
    url=smtp://localhost:$port_notls
    python3 "$here/wiretap.py" "$home/wire.port" "$port_notls" "$home/heard" lose-reply "$home/dot" \
        >"$home/wire.log" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/wire.port"
    wire=smtp://localhost:$(cat "$home/wire.port")
}

teardown() {
    tear_down_home
}

count() {
    "$digest" status --json | jq -r ".ledger.$1.count"
}

# Sends through the wiretap and kills the program while it waits for the reply to the dot.
send_and_kill() {
    "$digest" "$@" --source "$listing" --transport "$wire" -o smtp.tls=none >"$home/out" 2>&1 3>&- &
    local pid=$!
    wait_until test -e "$home/dot"
    kill -KILL $pid
    wait $pid || [ $? -eq 137 ]
}

same_twice() {
    arrived "$1" | while read -r file; do
        python3 "$here/judge.py" original "$file" | sha256sum
    done | sort | uniq -c | awk '{ print $1 }'
}

@test "killed in the window: the same bytes and Message-ID once more, counted in doubt" {
    send_and_kill --send-to list@example.com
    expect_arrived list 1
    [ "$(count dot)" -eq 1 ]
    run send list@example.com --transport "$url" -o smtp.tls=none
    echo "$output"
    [ "$status" -eq 0 ]
    expect_arrived list 2
    [ "$(same_twice list)" -eq 2 ]
    [ "$(count accepted)" -eq 1 ]
    "$digest" issues show 1 | grep -E 'list@example.com +accepted .*in doubt 1 '
    run send list@example.com --transport "$url" -o smtp.tls=none
    [ "$status" -eq 0 ]
    expect_arrived list 2
}

@test "killed in the window with on_doubt = hold: nothing twice, and it is shown" {
    send_and_kill --send-to list@example.com -o smtp.on_doubt=hold
    run send list@example.com --transport "$url" -o smtp.tls=none -o smtp.on_doubt=hold
    [ "$status" -eq 75 ]
    expect_arrived list 1
    [ "$(count doubt)" -eq 1 ]
    "$digest" status | grep -E '^mail +doubt +1'
}

@test "killed in the window of the first of three: the other two come once" {
    send_and_kill --send-to list@example.com --send-to reader@example.com --send-to other@example.com
    run send list@example.com reader@example.com other@example.com --transport "$url" -o smtp.tls=none
    [ "$status" -eq 0 ]
    local user twice=0
    for user in list reader other; do
        wait_until has_arrived $user 1
        wait_until queue_is_empty
        case $(arrived_count $user) in
        1) ;;
        2) twice=$((twice + 1)) && [ "$(same_twice $user)" -eq 2 ] ;;
        *) false ;;
        esac
    done
    [ $twice -eq 1 ]
    [ "$(count accepted)" -eq 3 ]
}

@test "the connection is lost in the window: in doubt, then settled by the same bytes" {
    run "$digest" --send-to list@example.com --source "$listing" --transport "$wire" -o smtp.tls=none \
        -o smtp.dot_timeout=1s --wait=0s
    echo "$output"
    [ "$status" -eq 75 ]
    [[ $output == *"'list@example.com': in doubt at dot"* ]]
    [ "$(count doubt)" -eq 1 ]
    expect_arrived list 1
    DIGEST_NOW=2026-07-27T14:00:00Z send list@example.com --transport "$url" -o smtp.tls=none
    expect_arrived list 2
    [ "$(same_twice list)" -eq 2 ]
    [ "$(count doubt)" -eq 0 ]
}
