#!/usr/bin/env bats
# What is wrong with the configuration of a scheduler, or around it: each is named with its place and what
# to do, nothing is done, and cron's program ends with the code that says so.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    file=$home/config/digest/digest.conf
    mkdir -p "$home/config/digest"
}

teardown() {
    tear_down_home
}

# refused CODE WORDS COMMAND...: one line that has the words.
refused() {
    local code=$1 words=$2
    run --separate-stderr "$digest" "${@:3}"
    if [ "$status" -ne "$code" ] || [[ "$stderr" != "digest: "*"$words"* ]] || [ "$(wc -l <<<"$stderr")" -ne 1 ]; then
        echo "$words: $status: $stderr" >&2
        return 1
    fi
}

# written TEXT: as the configuration, in printf's notation.
written() {
    # shellcheck disable=SC2059
    printf "$1" >"$file"
}

@test "a file that is none, twice, torn or of another kind" {
    refused 78 "none.conf: there is no such file" -c "$home/none.conf" run
    refused 78 "config: a folder, not a file" -c "$home/config" run
    written 'list a {\n limit = 1\n limit = 2\n}\n'
    refused 78 "digest.conf:3: 'limit' is set twice; first at" run
    written 'list a { title = "x\0y" }\n'
    refused 78 "digest.conf:1: control character 0x00" run
    written 'include("digest.conf")\n'
    refused 78 "digest.conf:1: there are no functions here" run
    written 'list a {\n schedul = "08:30"\n}\n'
    refused 78 "digest.conf:2: unknown key 'schedul'; did you mean 'schedule'?" run
    written '\xef\xbb\xbflist a {\r\n schedule = "08:30"\r\n}\r\n'
    run "$digest" schedule
    [ "$status" -eq 0 ]
}

@test "numbers, zones and folders that are not there" {
    local value
    for value in 99999999999999 -1 abc 1.5; do
        written "list a { limit = $value }\n"
        refused 78 "digest.conf:1: 'limit' must be a whole number, not '$value'" run
    done
    written 'list a { timezone = Europe/Berln }\n'
    refused 78 "'timezone': there is no time zone 'Europe/Berln'; did you mean 'Europe/Berlin'?" run
    written 'digest { templates = "/nowhere" }\n'
    refused 78 "'templates': there is no folder '/nowhere'" run
    written 'list a { unsubscribe_url = "http://x.example/{token}" }\n'
    refused 78 "must be an https: URL" run
    written 'list a { deadline = soon }\n'
    refused 78 "digest.conf:1: 'deadline' must be" run
}

@test "schedules that never come, or are none" {
    local schedule
    while IFS='|' read -r schedule words; do
        written "list a {\n schedule = \"$schedule\"\n}\n"
        refused 78 "digest.conf:2: 'schedule': schedule '$schedule': column $words" run
        refused 78 "digest.conf:2: 'schedule': schedule '$schedule': column $words" daemon
    done <<'ROWS'
60 * * * *|1: '60' is no minute (0-59)
* * 31 2 *|5: no such day ever comes
*/0 * * * *|3: '*/0': a step is a number from 1 to 59
5-1 * * * *|1: the range '5-1' runs backwards
* * * *|8: 4 of the five fields of crontab(5)
* * * * * * *|11: more than the five fields of crontab(5)
0 0 * * MON-|13: '' is no day of the week
@reboot|1: '@reboot' is no time
ROWS
}

@test "no tzdata: what to install is said, and UTC needs none" {
    written 'list a { schedule = "08:30" timezone = Europe/Berlin }\n'
    TZDIR=/nowhere refused 78 "cannot open '/nowhere'; install the package tzdata" run
    TZDIR=/nowhere refused 78 "cannot open '/nowhere'; install the package tzdata" daemon
    written 'list a { schedule = "08:30" timezone = UTC }\n'
    TZDIR=/nowhere run "$digest" schedule
    [ "$status" -eq 0 ]
}

@test "a folder of state that cannot be written: run and daemon say which; what only reads goes on" {
    [ "$(id -u)" -eq 0 ] || skip "only root can mount"
    unshare -m true 2>/dev/null || skip "no mounts of one's own here"
    hf_config
    mkdir "$home/hf"
    "$digest" run --offline 2>/dev/null || true
    cat >"$home/read-only" <<SH
mount --bind "$home/state" "$home/state" && mount -o remount,ro,bind "$home/state" || exit 99
"$digest" run; echo "run \$?"
"$digest" daemon; echo "daemon \$?"
"$digest" status >/dev/null; echo "status \$?"
SH
    run --separate-stderr unshare -m sh "$home/read-only"
    [ "$status" -ne 99 ] || skip "no mount that is read only here"
    [ "$output" = "run 77
daemon 77
status 0" ]
    [[ "$stderr" == *"cannot open '$home/state/digest/digest.db.lock': Read-only file system"* ]]
    [[ "$stderr" == *"digest.db.daemon.lock': Read-only file system"* ]]
}
