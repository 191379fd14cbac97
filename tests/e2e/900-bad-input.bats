#!/usr/bin/env bats
# Each fault ends in one clear line, the right exit code, and nothing half-written.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "Monday one"
}

teardown() {
    tear_down_home
}

# expect CODE PATTERN ARGUMENT...: one line on standard error that matches.
expect() {
    local code=$1 pattern=$2
    shift 2
    run --separate-stderr "$digest" "$@"
    if [ "$status" -ne "$code" ] || [ "$(wc -l <<<"$stderr")" -ne 1 ] || [[ ! "$stderr" =~ $pattern ]]; then
        echo "digest $*: exit $status (want $code), stderr: $stderr (want $pattern)" >&2
        return 1
    fi
    [[ "$stderr" == "digest: "* ]]
}

@test "usage: unknown words, impossible dates, conflicts" {
    expect 64 "preview" --preveiw
    expect 64 "status" stauts
    expect 64 "2026-02-30" --preview --date 2026-02-30
    expect 64 "limit" --preview --limit many
    expect 64 "send-to" --send-to
    expect 64 "rank" --preview --rank vote --source "$home/hf"
    expect 64 "column" --preview --match '"open' --source "$home/hf"
    expect 64 "preview" --source "$home/hf"
    expect 64 "" --preview=pdf
    expect 64 "nosuch" --preview --source nosuch-source
}

@test "a word too many, or too few, does nothing" {
    local command
    for command in "run daily" "fetch hf" "check daily" "setup now" "lists daily" "sources hf" "config list" \
        "status daily" "help run fetch" "backup" "show" "subscribers add"; do
        # shellcheck disable=SC2086
        run "$digest" $command </dev/null
        [ "$status" -eq 64 ]
        [ "${#lines[@]}" -eq 1 ]
    done
    [ ! -e "$home/state" ]
}

@test "addresses that must not reach a server" {
    for address in 'nobody' 'a@b@c.example' '-f@example.com' $'x@example.com\r\nRCPT TO:<y@example.com>' 'a..b@example.com' "$(printf 'a%.0s' {1..300})@example.com" 'a b@example.com' '@example.com'; do
        run --separate-stderr "$digest" --send-to="$address" --source "$home/hf" --transport null: --from a@example.com
        [ "$status" -eq 64 ] || [ "$status" -eq 65 ]
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
        [ ! -e "$home/state" ]
    done
}

@test "a sender without a real domain is refused before anybody is called" {
    expect 78 "domain" --send-to list@example.com --source "$home/hf" --transport smtp://mail.example.com --from me@localhost
    expect 78 "mailbox|address|@" --send-to list@example.com --source "$home/hf" --transport null: --from "no address"
}

@test "configuration errors name file and line" {
    write_config <<'CONF'
list daily {
    titel = "x"
}
CONF
    expect 78 "digest.conf:2:.*title" --preview --source "$home/hf"
    write_config <<'CONF'
list daily { timezone = Europe/Atlantis }
CONF
    expect 78 "Atlantis" --preview
    write_config <<'CONF'
list daily { schedule = "61 * * * *" }
CONF
    expect 78 "digest.conf:1" run
    write_config <<'CONF'
smtp { url = "smtps://me:secret@mail.example.com" }
CONF
    run --separate-stderr "$digest" --send-to list@example.com --source "$home/hf" --from me@example.com
    [ "$status" -eq 77 ] || [ "$status" -eq 78 ]
    [[ "$stderr" != *secret* ]]
    write_config <<'CONF'
smtp { url = "gopher://mail.example.com" }
CONF
    expect 78 "gopher" --send-to list@example.com --source "$home/hf" --from me@example.com
    expect 66 "" -c "$home/nowhere.conf" --preview || expect 78 "" -c "$home/nowhere.conf" --preview
}

@test "a listing that is none, or cut short" {
    echo '<html><body>Please log in</body></html>' >"$home/login.html"
    expect 65 "HTML" --preview --source "$home/login.html"
    printf '[{"paper":{"id":"2607.00001","title":"x"' >"$home/cut.json"
    expect 65 "" --preview --source "$home/cut.json"
    : >"$home/empty"
    expect 65 "empty" --preview --source "$home/empty"
    expect 66 "" --preview --source "$home/nothing-here.json" || expect 64 "nothing-here" --preview --source "$home/nothing-here.json"
}

@test "no server where the listing should be" {
    expect 69 "refused|connect" --preview -o source.hf.base_url=http://127.0.0.1:1
    expect 69 "resolve" --preview -o source.hf.base_url=http://listing.invalid
}

@test "a store that is not ours, newer, or cannot be written" {
    mkdir -p "$home/state/digest"
    echo "this is no database, but it is long enough to look like one to nobody" >"$db"
    expect 65 "" --send-to list@example.com --source "$home/hf" --transport null: --from a@example.com
    rm "$db"
    sqlite3 "$db" 'create table t(a)'
    expect 65 "" --send-to list@example.com --source "$home/hf" --transport null: --from a@example.com
    [ "$(sqlite3 "$db" 'select count(*) from sqlite_master')" -eq 1 ]
    rm -f "$db"*
    "$digest" --send-to list@example.com --source "$home/hf" --transport null: --from a@example.com
    sqlite3 "$db" 'pragma user_version = 99' >/dev/null
    expect 65 "newer" --send-to list@example.com --source "$home/hf" --transport null: --from a@example.com
    expect 65 "newer" --preview --source "$home/hf"
}

@test "a damaged store sends nothing and is left as it is; an empty one becomes one" {
    local send=(--send-to list@example.com --source "$home/hf" --transport "maildir:$home/mail" --from a@example.com)
    mkdir -p "$home/state/digest"
    : >"$db"
    "$digest" "${send[@]}"
    [ "$(mail_count)" -eq 1 ]
    cp "$db" "$home/sound"
    # A page in the middle, all but the first, and a file that ends early.
    local sound cut
    sound=$(stat -c %s "$db")
    dd if=/dev/zero of="$db" bs=4096 seek=1 count=$((sound / 4096 - 1)) conv=notrunc status=none
    cp "$db" "$home/damaged"
    expect 65 "damaged.*restore a backup" "${send[@]}" --date 2026-07-24
    cmp "$db" "$home/damaged"
    run "$digest" check
    [[ "$output" == *"BAD   store"*"restore a backup"* ]]
    for cut in $((sound / 2)) $((sound - 1)) 4096 100 50; do
        head -c "$cut" "$home/sound" >"$db"
        cp "$db" "$home/damaged"
        expect 65 "" "${send[@]}" --date 2026-07-24
        cmp "$db" "$home/damaged"
    done
    [ "$(mail_count)" -eq 1 ]
    # An old store without the log of the run that was killed is just older.
    cp "$home/sound" "$db"
    "$digest" "${send[@]}"
    [ "$(mail_count)" -eq 1 ]
}

@test "a full disk leaves the store as it was" {
    [ "$(id -u)" -eq 0 ] || skip "only root can make a small file system"
    mkdir "$home/small"
    unshare -m true 2>/dev/null || skip "no mount namespaces here"
    cat >"$home/in-small" <<SH
mount -t tmpfs -o size=120k none "$home/small" || exit 99
"$digest" --db "$home/small/d.db" --send-to list@example.com --source "$home/hf" --transport null: --from a@example.com
SH
    run --separate-stderr unshare -m sh "$home/in-small"
    [ "$status" -ne 99 ] || skip "no tmpfs here"
    [ "$status" -eq 74 ]
    [[ "$stderr" == "digest: "* ]]
}

@test "no mail server at all: what to do is said" {
    [ ! -x /usr/sbin/sendmail ] || skip "this machine has a sendmail"
    run --separate-stderr "$digest" --send-to list@example.com --source "$home/hf" --from a@example.com --wait=0
    if (exec 3<>/dev/tcp/127.0.0.1/25) 2>/dev/null; then skip "this machine has a mail server"; fi
    [ "$status" -eq 69 ] || [ "$status" -eq 75 ]
    [[ "$stderr" == *"apt install msmtp-mta"*"--transport"*"digest setup"* ]]
}
