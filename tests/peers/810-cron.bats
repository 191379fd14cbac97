#!/usr/bin/env bats
# Debian's cron with the lines of config/digest.cron, under a clock that comes to half past nine. It has
# folders of its own, mounted where only it sees them.
# shellcheck disable=SC2154,SC2030,SC2031

load ../e2e/helper

setup() {
    set_up_home
    mkdir "$home/hf" "$home/mail"
    listing_file "$home/hf/2026-03-27.json" 2026-03-27 2603.00001 "Friday in spring"
    start_replay --hf "$home/hf"
    write_config <<CONF
digest { retry = 0s }
smtp { url = "file:$home/mail" from = "digest@example.com" }
source hf { provider = hf_daily base_url = "$web" }
list daily { sources = {hf} timezone = UTC schedule = "09:30 weekdays" subscribers = {reader@example.com} }
CONF
}

teardown() {
    tear_down_home
}

# cron_at "DAY TIME": cron, whose clock shows that.
cron_at() {
    local preload
    preload=$(faketime -f +0 printenv LD_PRELOAD)
    # shellcheck disable=SC2016
    unshare -m bash -c '
        set -e
        mount -t tmpfs none /run
        mount --bind "$1/crontabs" /var/spool/cron/crontabs
        mount --bind "$1/empty" /etc/cron.d
        mount --bind /dev/null /etc/crontab
        exec env FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME="@$2" LD_PRELOAD="$3" cron -f -l
    ' cron "$home" "$1" "$preload" >"$home/cron.log" 2>&1 </dev/null 3>&- &
    servers+=($!)
}

@test "both of its lines do their work, each once, and cron has nothing to mail" {
    [ "$(id -u)" -eq 0 ] || skip "only root may start cron"
    for program in cron faketime unshare; do
        command -v "$program" >/dev/null || skip "there is no $program"
    done
    unshare -m true 2>/dev/null || skip "no mounts of one's own here"
    mkdir "$home/crontabs" "$home/empty" "$home/bin"
    cat >"$home/bin/digest" <<SH
#!/bin/sh
export DIGEST_NOW=2026-03-27T09:30:00Z XDG_CONFIG_HOME=$home/config XDG_STATE_HOME=$home/state
"$digest" "\$@" >"$home/said.\$1.out" 2>&1
echo "\$?" >"$home/said.\$1"
SH
    chmod +x "$home/bin/digest"
    {
        echo "PATH=$home/bin:/usr/bin:/bin"
        echo "HOME=$home"
        echo 'MAILTO=""'
        sed 's/^#\(\*.15.*digest run\)/\1/; /^#0 4/d' "$top/config/digest.cron"
    } >"$home/crontabs/root"
    chmod 600 "$home/crontabs/root"
    cron_at "2026-03-27 09:29:55"
    for ((i = 0; i < 600; i++)); do
        [ -s "$home/said.run" ] && [ -s "$home/said.--send-to" ] && break
        sleep 0.05
    done
    cat "$home"/said.* "$home/cron.log"
    # Who comes second finds the other at work, and comes by again.
    [ "$(<"$home/said.run")" -eq 0 ]
    [ ! -s "$home/said.run.out" ]
    [ "$(find "$home/mail" -name '*.eml' | wc -l)" -ge 1 ]
    "$home/bin/digest" run
    "$home/bin/digest" --send-to list@example.com
    [ "$(find "$home/mail" -name '*.eml' | wc -l)" -eq 2 ]
}
