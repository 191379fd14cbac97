#!/usr/bin/env bats
# Readers whom the configuration names get the list for as long as it names them.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    listing_file "$home/monday.json" 2026-07-27 2607.00001 "Monday one"
    listing_file "$home/tuesday.json" 2026-07-28 2607.00002 "Tuesday one"
}

teardown() {
    tear_down_home
}

# readers ADDRESS...: a configuration whose list has them.
readers() {
    local list
    printf -v list "'%s', " "$@"
    write_config <<CONF
smtp { from = "Paper Digest <digest@example.com>"  url = "file:$home/mail" }
source saved { provider = file  path = "$home/today.json" }
list daily { timezone = UTC  sources = {saved}  subscribers = {${list%, }} }
CONF
}

recipients() {
    cat "$home"/mail/* | tr -d '\r' | sed -n 's/^To: //p' | sort
}

@test "an address reaches its reader however it is spelled" {
    cp "$home/monday.json" "$home/today.json"
    readers 'Ann@Example.COM' '"bo"@example.com' 'chen@bücher.example'
    "$digest" run
    [ "$(recipients)" = "$(printf '%s\n' '"bo"@example.com' Ann@Example.COM chen@xn--bcher-kva.example)" ]
}

@test "who is not named any more gets nothing more" {
    cp "$home/monday.json" "$home/today.json"
    readers ann@example.com bo@example.com
    "$digest" run
    [ "$(recipients)" = "$(printf '%s\n' ann@example.com bo@example.com)" ]
    rm -r "$home/mail"
    cp "$home/tuesday.json" "$home/today.json"
    readers bo@example.com
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" run
    [ "$(recipients)" = bo@example.com ]
}
