#!/usr/bin/env bats
# The services for systemd: understood, hardened, and placed by make install.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
}

teardown() {
    tear_down_home
}

units="digest.service digest-daemon.service digest.timer"

# The units, of a program that is there.
copy_units() {
    command -v systemd-analyze >/dev/null || skip "there is no systemd-analyze"
    local unit
    for unit in $units; do
        sed "s,/usr/bin/digest,$digest," "$top/config/$unit" >"$home/$unit"
    done
}

@test "systemd understands the units" {
    copy_units
    cd "$home"
    run systemd-analyze verify --man=no ./digest.service ./digest-daemon.service ./digest.timer
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "the services are exposed to little, and alike" {
    copy_units
    cd "$home"
    for unit in digest.service digest-daemon.service; do
        # Of 10, in tenths.
        systemd-analyze security --offline=true --threshold=20 "./$unit" >"$home/exposure"
        grep -qx 'SuccessExitStatus=75' "$unit"
    done
    diff <(sed -n '/^User=/,/^SystemCallErrorNumber=/p' digest.service) \
        <(sed -n '/^User=/,/^SystemCallErrorNumber=/p' digest-daemon.service)
}

@test "make install places them below DESTDIR and PREFIX, and uninstall takes them away" {
    unset MAKEFLAGS MAKELEVEL MFLAGS
    make -s -C "$top" install DESTDIR="$home/root" PREFIX=/opt/digest >"$home/out" 2>&1
    grep -q '^ExecStart=/opt/digest/bin/digest ' "$home/root/opt/digest/lib/systemd/system/digest.service"
    for unit in $units; do
        [ -f "$home/root/opt/digest/lib/systemd/system/$unit" ]
    done
    grep -q '^u digest' "$home/root/opt/digest/lib/sysusers.d/digest.conf"
    grep -q '^d /var/lib/digest' "$home/root/opt/digest/lib/tmpfiles.d/digest.conf"
    make -s -C "$top" uninstall DESTDIR="$home/root" PREFIX=/opt/digest
    [ -z "$(find "$home/root" -type f)" ]
}
