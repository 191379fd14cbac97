#!/usr/bin/env bats
# Readers with settings of their own: what they get, when, and how they come and go.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    listing_file "$home/today.json" 2026-07-27 2607.00001 "Monday agents" 2607.00002 "Monday proteins"
    configure
}

teardown() {
    tear_down_home
}

configure() {
    write_config <<CONF
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source saved { provider = file  path = "$home/today.json" }
list daily { timezone = UTC  sources = {saved} }
CONF
}

# day DAY ID TITLE...: the listing of a day of July 2026, and its noon.
day() {
    local day=2026-07-$1
    shift
    export DIGEST_NOW=${day}T12:00:00Z
    listing_file "$home/today.json" "$day" "$@"
}

# got ADDRESS TITLE: in how many of the address's mails that title stands.
got() {
    mails | xargs -r grep -l "^To: $1" | xargs -r grep -l "$2" | wc -l
}

subscribers() {
    "$digest" subscribers "$@"
}

@test "a reader gets what his own settings say, the others what the list says" {
    subscribers add ada@example.com
    subscribers add bo@example.com
    subscribers set ada@example.com include=ti:agents
    "$digest" run
    [ "$(mail_count)" -eq 2 ]
    [ "$(got ada@example.com 'Monday agents')" -eq 1 ]
    [ "$(got ada@example.com 'Monday proteins')" -eq 0 ]
    [ "$(got bo@example.com 'Monday proteins')" -eq 1 ]
    "$digest" run
    [ "$(mail_count)" -eq 2 ]
}

@test "a preview for a reader, and a send, are his own issue" {
    subscribers add ada@example.com
    subscribers set ada@example.com include=ti:proteins
    [ "$("$digest" --preview=json --send-to ada@example.com | keys)" = arxiv:2607.00002 ]
    "$digest" --send-to ada@example.com
    [ "$(got ada@example.com 'Monday proteins')" -eq 1 ]
    [ "$(got ada@example.com 'Monday agents')" -eq 0 ]
}

@test "settings that come and go bring nothing twice and lose nothing" {
    subscribers add ada@example.com
    subscribers add bo@example.com
    "$digest" run
    subscribers set ada@example.com limit=9
    "$digest" run
    [ "$(got ada@example.com Monday)" -eq 1 ]
    day 28 2607.00003 "Tuesday one"
    "$digest" run
    subscribers set ada@example.com limit=
    "$digest" run
    day 29 2607.00004 "Wednesday one"
    "$digest" run
    for title in 'Monday agents' 'Tuesday one' 'Wednesday one'; do
        [ "$(got ada@example.com "$title")" -eq 1 ]
        [ "$(got bo@example.com "$title")" -eq 1 ]
    done
}

@test "a weekly reader gets the week's news once" {
    subscribers add ada@example.com
    subscribers add bo@example.com
    subscribers set ada@example.com 'schedule=08:00 wed'
    "$digest" run
    [ "$(got ada@example.com Monday)" -eq 1 ]
    day 28 2607.00003 "Tuesday one"
    "$digest" run
    [ "$(got ada@example.com 'Tuesday one')" -eq 0 ]
    [ "$(got bo@example.com 'Tuesday one')" -eq 1 ]
    "$digest" run --list daily
    [ "$(got ada@example.com 'Tuesday one')" -eq 0 ]
    day 29 2607.00004 "Wednesday one"
    "$digest" run
    [ "$(got ada@example.com 'Tuesday one')" -eq 1 ]
    [ "$(got ada@example.com 'Wednesday one')" -eq 1 ]
    [ "$(got ada@example.com Monday)" -eq 1 ]
    day 30 2607.00005 "Thursday one"
    "$digest" run
    [ "$(got ada@example.com 'day one')" -eq 1 ]
}

@test "who pauses gets nothing until the day, then what is new since" {
    subscribers add ada@example.com
    subscribers add bo@example.com
    subscribers set ada@example.com minutes=5
    "$digest" run
    subscribers pause ada@example.com 2026-07-29
    subscribers list | grep -q 'ada@example.com.*paused until 2026-07-29'
    day 28 2607.00003 "Tuesday one"
    "$digest" run
    [ "$(got ada@example.com 'day one')" -eq 0 ]
    [ "$(got bo@example.com 'day one')" -eq 1 ]
    day 29 2607.00004 "Wednesday one"
    "$digest" run
    [ "$(got ada@example.com 'Tuesday one')" -eq 1 ]
    [ "$(got ada@example.com 'Wednesday one')" -eq 1 ]
    [ "$(got ada@example.com Monday)" -eq 1 ]
}

@test "settings that are no good any more cost nobody else an issue" {
    mkdir "$home/templates"
    for part in subject txt html; do
        echo '{{title}}' >"$home/templates/mine.$part"
    done
    write_config <<CONF
digest { templates = "$home/templates" }
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source saved { provider = file  path = "$home/today.json" }
list daily { timezone = UTC  sources = {saved} }
CONF
    subscribers add ada@example.com
    subscribers add bo@example.com
    subscribers set ada@example.com template=mine
    rm "$home/templates"/mine.*
    run --separate-stderr "$digest" run
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"'ada@example.com'"*mine* ]]
    [ "$(mail_count)" -eq 1 ]
    [ "$(got bo@example.com Monday)" -eq 1 ]
    subscribers set ada@example.com template=
    "$digest" run
    [ "$(got ada@example.com Monday)" -eq 1 ]
}

@test "what is set is checked as the configuration is" {
    subscribers add ada@example.com
    run --separate-stderr subscribers set ada@example.com minuts=5
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"did you mean 'minutes'?"* ]]
    run --separate-stderr subscribers set ada@example.com minutes=many
    [ "$status" -eq 78 ]
    run --separate-stderr subscribers set ada@example.com 'include=ti:(agents'
    [ "$status" -eq 78 ]
    [[ "$stderr" == *column* ]]
    run --separate-stderr subscribers set ada@example.com rank=vots
    [ "$status" -eq 78 ]
    [[ "$stderr" == *votes* ]]
    run --separate-stderr subscribers set ada@example.com sources=hf
    [ "$status" -eq 78 ]
    run --separate-stderr subscribers set ada@example.com template=none
    [ "$status" -ne 0 ]
    run --separate-stderr subscribers set bo@example.com minutes=5
    [ "$status" -eq 65 ]
    [ "$(subscribers show ada@example.com --json | jq -c '.[0].settings')" = '{}' ]
}

@test "a file goes in and comes out, with its settings" {
    printf '\xef\xbb\xbfaddress,kind,state,paused_until,include,minutes\r\nada@Example.com,,,,"ti:""large models"" OR au:bo",5\r\nlab@example.com,list,paused,2026-08-31,,\r\n\r\n' >"$home/in.csv"
    subscribers import "$home/in.csv"
    subscribers export >"$home/out.csv"
    grep -q '^ada@Example.com,person,active,,"ti:""large models"" OR au:bo",' "$home/out.csv"
    grep -q '^lab@example.com,list,paused,2026-08-31,' "$home/out.csv"
    subscribers import - <"$home/out.csv"
    subscribers export | cmp - "$home/out.csv"
    printf 'cy@example.com\ndee@example.com\n' | subscribers import -
    [ "$(subscribers list --json | jq length)" -eq 4 ]
}

@test "an import without kinds and states makes no person of a list, and brings nobody back" {
    printf 'team@example.com\n' | subscribers import - --as-list
    printf 'ada@example.com\nbob@example.com\ncy@example.com\ndee@example.com\n' | subscribers import -
    [ "$(subscribers list --json | jq -r '.[] | select(.kind == "list").address')" = team@example.com ]
    subscribers remove ada@example.com
    subscribers pause bob@example.com
    subscribers bounced cy@example.com
    subscribers list --json >"$home/before"
    printf '%s@example.com\n' team ada bob cy dee | subscribers import -
    subscribers list --json | diff "$home/before" -
    printf 'address,kind,state\nada@example.com,,active\nteam@example.com,person,\n' | subscribers import -
    [ "$(subscribers list --json | jq -r '.[] | select(.address | test("ada|team")) | .kind + " " + .state')" = $'person active\nperson active' ]
}

@test "a file with bad lines is imported not at all, and each is told" {
    {
        echo 'address,minutes'
        echo 'ada@example.com,5'
        echo 'no-address,'
        echo 'a..b@example.com,'
        echo 'bo@example.com,many'
        echo '"a@example.com>
RCPT TO:<b",'
        echo 'cy@example.com,,5'
    } >"$home/bad.csv"
    run --separate-stderr subscribers import "$home/bad.csv"
    [ "$status" -eq 65 ]
    for line in 3 4 5 6 8; do
        [[ "$stderr" == *"bad.csv:$line: "* ]]
    done
    [[ "$stderr" == *"5 bad lines; nothing was imported"* ]]
    [ "$(subscribers list --json | jq length)" -eq 0 ]
    yes 'no-address' | head -n 50 >"$home/bad.txt"
    run --separate-stderr subscribers import "$home/bad.txt"
    [ "$(grep -c 'bad.txt:' <<<"$stderr")" -eq 20 ]
    printf 'address,colour\n' >"$home/bad.csv"
    run --separate-stderr subscribers import "$home/bad.csv"
    [ "$status" -eq 65 ]
    printf 'address\n"ada@example.com\n' >"$home/bad.csv"
    run --separate-stderr subscribers import "$home/bad.csv"
    [ "$status" -eq 65 ]
}

@test "a suppressed address gets nothing from anybody" {
    subscribers add ada@example.com
    subscribers suppress ada@example.com
    "$digest" run
    [ "$(mail_count)" -eq 0 ]
    run --separate-stderr subscribers add ada@example.com
    [ "$status" -eq 65 ]
    run --separate-stderr subscribers resume ada@example.com
    [ "$status" -eq 65 ]
    run --separate-stderr "$digest" --send-to ada@example.com
    [ "$status" -eq 65 ]
    echo ada@example.com | subscribers import -
    [ "$(subscribers list --json | jq -r '.[0].state')" = unsubscribed ]
    subscribers unsuppress ada@example.com
    subscribers add ada@example.com
    "$digest" run --list daily
    [ "$(mail_count)" -eq 1 ]
    subscribers show ada@example.com | grep -q 'issue 1 of daily: accepted'
}

@test "to suppress an address needs no list, since it is for all of them" {
    printf 'list other { title = "Other" }\n' >>"$home/config/digest/digest.conf"
    subscribers suppress ada@example.com
    [ "$(subscribers suppressed | cut -d' ' -f1)" = ada@example.com ]
    run --separate-stderr subscribers add ada@example.com --list other
    [ "$status" -eq 65 ]
    subscribers unsuppress ada@example.com
    subscribers add ada@example.com --list other
}

@test "help names every verb of subscribers" {
    run --separate-stderr subscribers none ada@example.com
    "$digest" help subscribers >"$home/help"
    while read -r verb; do
        grep -qw "$verb" "$home/help"
    done < <(sed 's/.*none of //; s/, /\n/g' <<<"$stderr")
}
