#!/usr/bin/env bats
# What comes back: a reader's token in a mail or at a page, a bounce at a return address.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    listing_file "$home/today.json" 2026-07-27 2607.00001 "Monday one" 2607.00002 "Monday two"
    python3 "$top/tests/lib/smtp_server.py" --port-file "$home/port" --folder "$home/smtp" \
        >"$home/out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/port"
    write_config <<CONF
smtp { from = "Paper Digest <digest@example.com>"  url = "smtp://127.0.0.1:$(cat "$home/port")"  verp = yes }
source saved { provider = file  path = "$home/today.json" }
list daily { timezone = UTC  sources = {saved} }
list other { timezone = UTC  sources = {saved} }
CONF
    "$digest" subscribers --list other add ada@example.com
    "$digest" subscribers --list daily add ada@example.com
    "$digest" subscribers --list daily add bo@example.com
    "$digest" run --list daily
}

teardown() {
    tear_down_home
}

# sent ADDRESS FIELD: of the envelope of the mail to that address.
sent() {
    cat "$home/smtp"/*.json | jq -r --arg to "$1" "select(.recipients[0] == \$to) | .$2"
}

# The token in the mail to an address.
token_of() {
    grep -lx "To: $1"$'\r' "$home/smtp"/*.eml | xargs cat | tr -d '\r\n ' | grep -oE 'unsubscribe%20[a-z2-7]{16}' |
        head -n 1 | cut -c 15-
}

states() {
    "$digest" subscribers --list "$1" list --json | jq -r '.[] | .address + " " + .state'
}

@test "a token is its reader's on its list, and no list need be named" {
    token=$(token_of ada@example.com)
    [ ${#token} -eq 16 ]
    "$digest" subscribers show "$token" | grep -q '^ada@example.com .*active'
    "$digest" subscribers remove "$token"
    [ "$(states daily)" = $'ada@example.com unsubscribed\nbo@example.com active' ]
    [ "$(states other)" = 'ada@example.com active' ]
    "$digest" subscribers resume "$token"
    "$digest" subscribers pause "$token" 2026-08-31
    [ "$(states daily)" = $'ada@example.com paused\nbo@example.com active' ]
}

@test "a token of nobody is refused" {
    for bad in aaaaaaaaaaaaaaaa nobody "' OR 1 = 1"; do
        run --separate-stderr "$digest" subscribers remove "$bad"
        [ "$status" -eq 65 ]
        [ "$stderr" = "digest: subscribers: '$bad' is neither an address nor the token of a reader" ]
    done
    # Who comes is named by an address.
    run --separate-stderr "$digest" subscribers --list daily add "$(token_of ada@example.com)"
    [ "$status" -eq 65 ]
}

@test "who bounces gets nothing more, until somebody says so" {
    path=$(sent ada@example.com sender)
    [[ $path == digest+*.????????????????@example.com ]]
    "$digest" subscribers bounced "${path^^}"
    [ "$(states daily)" = $'ada@example.com bounced\nbo@example.com active' ]
    [ "$(states other)" = 'ada@example.com active' ]
    "$digest" subscribers bounced "$(token_of bo@example.com)"
    [ "$(states daily)" = $'ada@example.com bounced\nbo@example.com bounced' ]
    listing_file "$home/today.json" 2026-07-28 2607.00003 "Tuesday one"
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" run --list daily
    [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -eq 2 ]
    # Neither the configuration nor --send-to brings them back.
    run --separate-stderr "$digest" --list daily --send-to ada@example.com
    [ "$status" -eq 65 ]
    "$digest" subscribers --list daily resume ada@example.com
    DIGEST_NOW=2026-07-29T12:00:00Z "$digest" run --list daily
    [ "$(find "$home/smtp" -name '*.eml' | wc -l)" -eq 3 ]
    # An address as it stands will do, too.
    "$digest" subscribers --list other bounced ada@example.com
    [ "$(states other)" = 'ada@example.com bounced' ]
}

@test "a return address that is not ours is taken for an address, and is nobody's" {
    path=$(sent ada@example.com sender)
    forged=${path/+1./+2.}
    [ "$forged" != "$path" ] || forged=${path/+2./+1.}
    for bad in "$forged" digest+1.aaaaaaaaaaaaaaaa@example.com digest+999.aaaaaaaaaaaaaaaa@example.com \
        digest+x.y@example.com; do
        run --separate-stderr "$digest" subscribers --list daily bounced "$bad"
        [ "$status" -eq 65 ]
        [[ $stderr == *"'$bad' is no recipient of this list" ]]
    done
    [ "$(states daily)" = $'ada@example.com active\nbo@example.com active' ]
    # A reader's own address may look like one.
    "$digest" subscribers --list daily add cy+7.reading@example.com
    "$digest" subscribers --list daily bounced cy+7.reading@example.com
    [[ $(states daily) == *'cy+7.reading@example.com bounced'* ]]
}
