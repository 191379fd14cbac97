#!/usr/bin/env bats
# Mailbox providers count what comes to them: a domain gets no more than its share of a minute, and
# readers elsewhere do not wait for it, wherever in the queue they stand.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one"
    start_replay --hf "$home/hf"
}

teardown() {
    tear_down_home
}

start_mail() {
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/port" --folder "$home/kept" --log "$home/log" \
        >"$home/mail.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/port"
    url=smtp://127.0.0.1:$(cat "$home/port")
}

use_maildir() {
    url=maildir:$home/mail
}

# paced RATE LIST...: a configuration of lists, each the addresses of its readers with commas.
paced() {
    local rate=$1 number=0
    shift
    {
        echo "smtp { from = \"digest@example.com\"  url = \"$url\"  domain_rate = $rate }"
        echo "source hf { provider = hf_daily  base_url = \"$web\" }"
        for readers in "$@"; do
            number=$((number + 1))
            echo "list l$number { sources = {hf}  subscribers = {$readers} }"
        done
    } | write_config
}

# Who got mail, in the order in which the server kept it.
got() {
    local file
    for file in $(cd "$home/kept" && echo *.json | tr ' ' '\n' | sort -n); do
        jq -r '.recipients[]' "$home/kept/$file"
    done
}

# state NAME...: how many deliveries are in these states.
state() {
    "$digest" status | awk -v names=" $* " '
        $1 == "mail" && index(names, " " $2 " ") { sum += $3 + 0 }
        END { print sum + 0 }'
}

# run_until COUNT: a run that is asked to end when that many messages are kept.
run_until() {
    local pid code=0
    "$digest" run >"$home/out" 2>"$home/said" 3>&- &
    pid=$!
    wait_for_file "$home/kept/$1.eml"
    kill -TERM "$pid"
    wait "$pid" || code=$?
    [ "$code" -eq $((128 + 15)) ]
    [ "$(state attempt dot doubt)" -eq 0 ]
}

@test "a domain's messages come one behind the other, and nobody waits for them" {
    start_mail
    paced 300 "$(seq -s, -f 'r%g@big.example' 8),$(seq -s, -f 'x@d%g.example' 12)"
    "$digest" run
    [ "$(state accepted)" -eq 20 ]
    [ "$(got | sort -u | wc -l)" -eq 20 ]
    # All others are there before the domain is half done: it takes 0.2 s a message.
    [ "$(got | grep -n '@d' | tail -n 1 | cut -d: -f1)" -lt "$(got | grep -n '@big' | sed -n 5p | cut -d: -f1)" ]
    awk '/ C MAIL / { at[$2] = $1 }
        / C RCPT TO:<[^>]*@big.example>/ { if (!n++) first = at[$2]; last = at[$2] }
        END { if (n != 8 || last - first < 0.7) { print n, last - first; exit 1 } }' "$home/log"
}

@test "a signal ends the waiting for a domain at once, and what waits is sent by the next run" {
    start_mail
    paced 1 'a@Bücher.example,b@xn--bcher-kva.EXAMPLE,c@bücher.example,d@other.example' \
        'a@bücher.example,e@other2.example'
    run_until 3
    [ "$(got | grep -c @xn--bcher-kva)" -eq 1 ]
    got | grep -q e@other2.example
    [ "$(state accepted)" -eq 3 ]
    [ "$(state queued)" -eq 3 ]
    "$digest" run -o smtp.domain_rate=0
    [ "$(got | wc -l)" -eq 6 ]
    [ "$(state accepted)" -eq 6 ]
}

@test "who stands behind many readers of one domain does not wait for them" {
    start_mail
    paced 20 "$(seq -s, -f 'r%g@big.example' 1500),$(seq -s, -f 'x@d%g.example' 10)"
    run_until 11
    [ "$(got | grep -c @d)" -eq 10 ]
    [ "$(state queued)" -eq 1499 ]
}

@test "transports without a conversation keep the pace too" {
    use_maildir
    paced 600 'a@big.example,b@big.example,c@BIG.example,d@other.example'
    "$digest" run
    [ "$(mail_count)" -eq 4 ]
    rm -r "$home/mail" "$home/state"
    paced 1 'a@big.example,b@big.example,d@other.example'
    "$digest" run 3>&- &
    local pid=$! code=0 i
    for ((i = 0; i < 200 && $(mail_count) < 2; i++)); do
        sleep 0.05
    done
    kill -TERM "$pid"
    wait "$pid" || code=$?
    [ "$code" -eq $((128 + 15)) ]
    [ "$(mail_count)" -eq 2 ]
    [ "$(state queued)" -eq 1 ]
}

@test "of those who get one message together, a domain has one at a time" {
    start_mail
    write_config <<CONF
smtp { from = "digest@example.com"  url = "$url"  domain_rate = 600 }
source hf { provider = hf_daily  base_url = "$web" }
list daily { sources = {hf}  together = true }
CONF
    for address in a@big.example b@big.example c@other.example d@other2.example; do
        "$digest" subscribers add --as-list $address
    done
    "$digest" run
    [ "$(jq -r '.recipients | sort | join(" ")' "$home/kept/1.json")" = 'a@big.example c@other.example d@other2.example' ]
    [ "$(jq -r '.recipients[]' "$home/kept/2.json")" = b@big.example ]
    [ "$(state accepted)" -eq 4 ]
    # The same bytes all the same.
    cmp "$home/kept/1.eml" "$home/kept/2.eml"
}
