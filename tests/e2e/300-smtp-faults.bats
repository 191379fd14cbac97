#!/usr/bin/env bats
# What becomes of a message when its server fails, at every stage and in every way we know of.
#
# Each row is a fault of tests/lib/smtp_server.py, what must be settled, and whether the server has the
# message. The same rows run with and without pipelining, where a fault is not about that.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    deliver_one=${DIGEST_BUILD:-$top/build}/tests/deliver_one
    [ -x "$deliver_one" ] || skip "deliver_one is not built"
    quick=(timeout=1s dot_timeout=1s)
    printf 'Subject: test\n\n.first line with a dot\nlast line\n' >"$home/message"
    broken=0
}

teardown() {
    tear_down_home
}

# serve ARGUMENT...: a mail server of its own; $port, its mail in $home/N/mail, its log in $home/N/log.
serve() {
    served=$((${served:-0} + 1))
    here=$home/$served
    mkdir "$here"
    python3 "$top/tests/lib/smtp_server.py" --port-file "$here/port" --folder "$here/mail" --log "$here/log" \
        "$@" >"$here/out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$here/port"
    port=$(cat "$here/port")
}

# send URL [ADDRESSES] [KEY=VALUE...]: sets $said.
send() {
    local url=$1 to=${2:-to@example.com}
    shift 2 || shift $#
    said=$(JOURNAL=1 timeout 20 "$deliver_one" "$url" from@example.org "$to" "${quick[@]}" "$@" <"$home/message") || true
}

kept() {
    find "$here/mail" -name '*.eml' 2>/dev/null | wc -l
}

# Remembers a row that is not as it should be, so that one run shows them all.
complain() {
    printf '%s: expected %s, got:\n%s\n' "$1" "$2" "$said" >&2
    broken=$((broken + 1))
}

# row FAULT KEPT LINE [ARGUMENT OF THE SERVER...]: LINE is the beginning of the last line said. The
# journal must have heard of the dot when and only when a dot can have gone out.
row() {
    local fault=$1 count=$2 line=$3
    shift 3
    serve --fault "$fault" "$@"
    send "smtp://127.0.0.1:$port"
    [[ ${said##*$'\n'} == "$line"* ]] || complain "$fault" "$line"
    [ "$(kept)" -eq "$count" ] || complain "$fault" "$count kept"
    case $line in
    accepted* | doubt* | *' dot '*) [[ $said == *'dot 1'* ]] || complain "$fault" 'the journal to hear of the dot' ;;
    *) [[ $said != *'dot 1'* ]] || complain "$fault" 'the journal to hear of no dot' ;;
    esac
    kill "${servers[-1]}"
    unset 'servers[-1]'
}

# The same with and without pipelining.
both() {
    row "$@"
    row "$@" --offer 8BITMIME
}

@test "a good server gets the message as it is" {
    serve
    send "smtp://localhost:$port" a@example.com,b@example.com
    [ "$said" = 'dot 1
settle 1
accepted 250 dot 2.0.0 kept
dot 2
settle 2
accepted 250 dot 2.0.0 kept' ]
    [ "$(kept)" -eq 2 ]
    sed 's/$/\r/' "$home/message" | cmp - "$here/mail/1.eml"
    [ "$(jq -r '.sender + " " + .recipients[0]' "$here/mail/2.json")" = 'from@example.org b@example.com' ]
    # One session, one introduction of ours, an orderly end.
    [ "$(jq -r .peer "$here"/mail/*.json | sort -u)" = 1 ]
    grep -q ' C QUIT$' "$here/log"
}

@test "faults at the greeting stop the run" {
    row 'greeting=421 too busy' 0 'stopped 75 smtp: '
    row 'greeting=554 go away' 0 'stopped 69 smtp: '
    row 'greeting=close' 0 'stopped 69 smtp: '
    row 'greeting=reset' 0 'stopped 69 smtp: '
    row 'greeting=stall' 0 'stopped 69 smtp: '
    row 'greeting=drip' 0 'stopped 69 smtp: '
    row 'greeting=endless' 0 'stopped 69 smtp: '
    row 'greeting=abc' 0 'stopped 69 smtp: '
    [ "$broken" -eq 0 ]
}

@test "faults at EHLO stop the run, unless HELO is understood" {
    row 'ehlo=502 what?' 1 'accepted 250 dot '
    row 'ehlo=500 what?' 1 'accepted 250 dot '
    row 'ehlo=lines:50' 1 'accepted 250 dot '
    row 'ehlo=550 who are you?' 0 'stopped 69 smtp: '
    row 'ehlo=421 closing' 0 'stopped 69 smtp: '
    row 'ehlo=lines:200' 0 'stopped 69 smtp: '
    row 'ehlo=endless' 0 'stopped 69 smtp: '
    row 'ehlo=close' 0 'stopped 69 smtp: '
    row 'ehlo=stall' 0 'stopped 69 smtp: '
    row 'ehlo=drip' 0 'stopped 69 smtp: '
    [ "$broken" -eq 0 ]
}

@test "faults at MAIL: 4xx is for later, 5xx is about the sender and stops the run" {
    both 'mail=451 later' 0 'deferred 451 mail later'
    both 'mail=452 full' 0 'deferred 452 mail full'
    both 'mail=421 closing' 0 'deferred 421 mail closing'
    both 'mail=552 too large' 0 'failed 552 mail too large'
    both 'mail=550 not you' 0 "stopped 77 smtp: the server refuses the sender 'from@example.org': 550 not you"
    both 'mail=530 log in' 0 'stopped 77 smtp: the server wants a login: 530 log in'
    both 'mail=4346 x' 0 "deferred 0 mail '4346 x' is no SMTP reply"
    both 'mail=abc' 0 "deferred 0 mail 'abc' is no SMTP reply"
    both 'mail=25' 0 "deferred 0 mail '25' is no SMTP reply"
    both 'mail=250-a\r\n451 b' 0 'deferred 0 mail the lines of the reply have different codes'
    both 'mail=cut:250 fine' 0 'deferred 0 mail the connection was closed'
    both 'mail=close' 0 'deferred 0 mail the connection was '
    both 'mail=reset' 0 'deferred 0 mail the connection was lost'
    both 'mail=stall' 0 'deferred 0 mail no reply within 1 s'
    both 'mail=drip' 0 'deferred 0 mail no reply within 1 s'
    both 'mail=endless' 0 'deferred 0 mail the reply has over 100 lines'
    both 'mail=lines:200' 0 'deferred 0 mail the reply has over 100 lines'
    both 'mail=lines:20' 1 'accepted 250 dot '
    [ "$broken" -eq 0 ]
}

@test "faults at RCPT are about the recipient" {
    both 'rcpt=450 greylisted' 0 'deferred 450 rcpt greylisted'
    both 'rcpt=452 4.5.3 too many' 0 'deferred 452 rcpt 4.5.3 too many'
    both 'rcpt=421 closing' 0 'deferred 421 rcpt closing'
    both 'rcpt=550 5.1.1 no such user' 0 'failed 550 rcpt 5.1.1 no such user'
    both 'rcpt=552 over quota' 0 'failed 552 rcpt over quota'
    both 'rcpt=530 log in' 0 'stopped 77 smtp: the server wants a login: 530 log in'
    both 'rcpt=251 will forward' 1 'accepted 250 dot '
    both 'rcpt=252 perhaps' 1 'accepted 250 dot '
    both 'rcpt=354 what' 0 'deferred 354 rcpt what'
    both 'rcpt=550 \x1b[31mred' 0 'failed 550 rcpt \x1b[31mred'
    both 'rcpt=close' 0 'deferred 0 rcpt the connection was '
    both 'rcpt=stall' 0 'deferred 0 rcpt no reply within 1 s'
    [ "$broken" -eq 0 ]
}

@test "faults at DATA, and before the body is through, leave nothing in doubt" {
    both 'data=451 disk full' 0 'deferred 451 data disk full'
    both 'data=421 closing' 0 'deferred 421 data closing'
    both 'data=554 no' 0 'failed 554 data no'
    both 'data=250 what' 0 'deferred 250 data what'
    both 'data=close' 0 'deferred 0 data the connection was '
    both 'data=stall' 0 'deferred 0 data no reply within 2 s'
    both 'data=354 go\r\n250 have it already' 0 'deferred 250 write have it already'
    both 'data=354 go\r\n552 too large' 0 'failed 552 write too large'
    [ "$broken" -eq 0 ]
}

@test "a connection that breaks in a long body is no doubt either" {
    awk 'BEGIN { print "Subject: long\n"; for (i = 0; i < 200000; i++) print "line " i " of a message that fills every buffer" }' \
        >"$home/message"
    row 'body=close' 0 'deferred 0 write the connection was '
    row 'body=reset' 0 'deferred 0 write the connection was lost'
    quick=(timeout=1s dot_timeout=10s)
    serve
    send "smtp://127.0.0.1:$port"
    [[ $said == *'accepted 250 dot '* ]]
    sed 's/$/\r/' "$home/message" | cmp - "$here/mail/1.eml"
    [ "$broken" -eq 0 ]
}

@test "faults after the dot: a complete reply decides, and without one it is in doubt" {
    row 'dot=452 4.3.1 full' 0 'deferred 452 dot 4.3.1 full'
    row 'dot=251 kept' 1 'accepted 251 dot kept'
    row 'dot=250-is\r\n250 kept' 1 'accepted 250 dot is kept'
    row 'dot=451 later' 0 'deferred 451 dot later'
    row 'dot=421 closing' 0 'deferred 421 dot closing'
    row 'dot=554 spam' 0 'failed 554 dot spam'
    row 'dot=354 what' 0 'doubt 354 dot what'
    row 'dot=close' 1 'doubt 0 dot the connection was '
    row 'dot=drop' 0 'doubt 0 dot the connection was '
    row 'dot=reset' 1 'doubt 0 dot the connection was lost'
    row 'dot=stall' 1 'doubt 0 dot no reply within 1 s'
    row 'dot=drip' 1 'doubt 0 dot no reply within 1 s'
    row 'dot=4346 x' 0 "doubt 0 dot '4346 x' is no SMTP reply"
    row 'dot=250-a\r\n451 b' 1 'doubt 0 dot the lines of the reply have different codes'
    row 'dot=cut:250 kept' 0 'doubt 0 dot the connection was closed'
    row 'quit=close' 1 'accepted 250 dot '
    row 'quit=reset' 1 'accepted 250 dot '
    row 'quit=421 closing' 1 'accepted 250 dot '
    [ "$broken" -eq 0 ]
}

@test "one bad recipient does not cost the others, and the transaction is reset" {
    for offer in PIPELINING 8BITMIME; do
        serve --offer "$offer" --fault 'rcpt:bad@example.com=550 no such user' --fault 'rcpt:grey@example.com=450 later'
        send "smtp://127.0.0.1:$port" a@example.com,bad@example.com,grey@example.com,b@example.com
        [ "$(grep -v '^dot\|^settle' <<<"$said")" = 'accepted 250 dot 2.0.0 kept
failed 550 rcpt no such user
deferred 450 rcpt later
accepted 250 dot 2.0.0 kept' ]
        [ "$(kept)" -eq 2 ]
        [ "$(jq -r .peer "$here"/mail/*.json | sort -u)" = 1 ]
        [ "$(grep -c ' C RSET$' "$here/log")" -eq 2 ]
    done
}

@test "a server that ends a session gets another one" {
    serve --fault 'mail=421 closing' --times 1
    send "smtp://127.0.0.1:$port" a@example.com,b@example.com
    [ "$(grep -v '^dot\|^settle' <<<"$said")" = 'deferred 421 mail closing
accepted 250 dot 2.0.0 kept' ]
    [ "$(jq -r .peer "$here/mail/1.json")" = 2 ]
}

@test "a size the server does not take is not even tried" {
    serve --offer 'PIPELINING,SIZE 20'
    send "smtp://127.0.0.1:$port"
    [[ $said == *'failed 0 mail the message has '*' bytes and the server takes 20'* ]]
    refute grep -q ' C MAIL' "$here/log"
    serve --offer 'PIPELINING,SIZE 100000'
    send "smtp://127.0.0.1:$port"
    [[ $said == *'accepted '* ]]
    [ "$(jq -r '.parameters[]' "$here/mail/1.json")" = "SIZE=$(wc -c <"$here/mail/1.eml")" ]
}

@test "words behind AUTH may be separated by TABs" {
    serve --auth me:secret --auth-words ' \tPLAIN\tLOGIN'
    send "smtp://me@127.0.0.1:$port" to@example.com 'password_command=printf secret'
    [[ $said == *'accepted 250 dot '* ]]
}

@test "logging in: right, wrong, wanted, not on offer, and no more on offer afterwards" {
    serve --auth me@example.org:secret
    send "smtp://127.0.0.1:$port"
    [[ $said == 'stopped 77 smtp: the server wants a login: 530 '* ]]
    send "smtp://me%40example.org@127.0.0.1:$port" to@example.com 'password_command=printf secret'
    [[ $said == *'accepted 250 dot '* ]]
    [ "$(jq -r .user "$here/mail/1.json")" = me@example.org ]
    send "smtp://me%40example.org@127.0.0.1:$port" to@example.com 'password_command=printf wrong'
    [[ $said == 'stopped 77 smtp: '*535* ]]
    serve --auth me:secret --auth-once --auth-words ' LOGIN'
    send "smtp://me@127.0.0.1:$port" to@example.com 'password_command=printf secret'
    [[ $said == *'accepted 250 dot '* ]]
    serve
    send "smtp://me@127.0.0.1:$port" to@example.com 'password_command=printf secret'
    [[ $said == 'stopped 77 smtp: '*AUTH* ]]
    refute grep -q ' C MAIL' "$here/log"
    serve --auth me:secret --fault 'auth=454 try later'
    send "smtp://me@127.0.0.1:$port" to@example.com 'password_command=printf secret'
    [[ $said == 'stopped 75 smtp: '*454* ]]
}

@test "a server that knows no way of logging in that we know, or asks for ever" {
    serve --auth me:secret --auth-words ' FROB GSSAPI'
    send "smtp://me@127.0.0.1:$port" to@example.com 'password_command=printf secret'
    [[ $said == 'stopped 77 smtp: '*AUTH* ]]
    refute grep -q ' C MAIL' "$here/log"
    serve --auth me:secret --fault 'auth=loop:334 VXNlcm5hbWU6'
    send "smtp://me@127.0.0.1:$port" to@example.com 'password_command=printf secret'
    [[ $said == 'stopped '*' smtp: '* ]]
    [ "$(grep -c ' S 334 ' "$here/log")" -lt 10 ]
    refute grep -q ' C MAIL' "$here/log"
}

@test "the reply to the dot has a deadline of its own: late is not lost" {
    quick=(timeout=1s dot_timeout=20s)
    row 'dot=late:3' 1 'accepted 250 dot '
    row 'rcpt=late:3' 0 'deferred 0 rcpt no reply within 1 s'
    [ "$broken" -eq 0 ]
}

@test "STARTTLS with a certificate that verifies, and a login within" {
    serve --tls starttls --auth me:secret --ca "$home/ca.pem"
    send "smtp://me@localhost:$port" to@example.com tls=required "ca_file=$home/ca.pem" 'password_command=printf secret'
    [[ $said == *'accepted 250 dot '* ]]
    [ "$(jq -r '"\(.tls) \(.user)"' "$here/mail/1.json")" = 'true me' ]
    # On this machine it is not asked for unless told to.
    serve --tls starttls
    send "smtp://localhost:$port"
    [ "$(jq -r .tls "$here/mail/1.json")" = false ]
}

@test "TLS from the first byte" {
    serve --tls implicit --auth me:secret --ca "$home/ca.pem"
    send "smtps://me@localhost:$port" to@example.com "ca_file=$home/ca.pem" 'password_command=printf secret'
    [[ $said == *'accepted 250 dot '* ]]
    [ "$(jq -r .tls "$here/mail/1.json")" = true ]
}

@test "a certificate that does not verify gets no login, no sender, nothing" {
    for kind in wrong self; do
        for tls in starttls implicit; do
            serve --tls "$tls" --cert "$kind" --auth me:secret --ca "$home/ca.pem"
            scheme=smtp
            [ "$tls" = starttls ] || scheme=smtps
            send "$scheme://me@localhost:$port" to@example.com tls=required "ca_file=$home/ca.pem" 'password_command=printf secret'
            [[ $said == "stopped 69 $scheme: "* ]]
            refute grep -qE ' C (AUTH|MAIL)' "$here/log"
            [ "$(kept)" -eq 0 ]
        done
    done
}

@test "STARTTLS that is not on offer, refused or answered twice stops the run" {
    serve
    send "smtp://localhost:$port" to@example.com tls=required
    [[ $said == 'stopped 77 smtp: '*STARTTLS* ]]
    refute grep -q ' C MAIL' "$here/log"
    serve --tls starttls --ca "$home/ca.pem" --fault 'starttls=454 not now'
    send "smtp://localhost:$port" to@example.com tls=required "ca_file=$home/ca.pem"
    [[ $said == 'stopped 75 smtp: '* ]]
    [ "$(kept)" -eq 0 ]
    serve --tls starttls --ca "$home/ca.pem" --fault 'starttls=inject' --auth me:secret
    send "smtp://me@localhost:$port" to@example.com tls=required "ca_file=$home/ca.pem" 'password_command=printf secret'
    [[ $said == 'stopped 69 smtp: '* ]]
    refute grep -qE ' C (AUTH|MAIL)' "$here/log"
}

@test "nobody there" {
    serve
    kill "${servers[-1]}"
    wait "${servers[-1]}" || true
    unset 'servers[-1]'
    send "smtp://127.0.0.1:$port"
    [[ $said == 'stopped 69 smtp: '* ]]
    send "smtp://nowhere.invalid"
    [[ $said == 'stopped 69 smtp: '* ]]
}
