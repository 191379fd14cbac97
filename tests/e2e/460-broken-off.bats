#!/usr/bin/env bats
# A fetch that is killed, or runs out of disk: what was read whole is there, nothing else is, and the
# next one goes on as if nothing had been.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    echo '[]' >"$home/faults"
    start_replay --hf "$home/hf" --faults "$home/faults"
    hf_config
    papers 150
}

teardown() {
    tear_down_home
}

# papers COUNT: today's listing.
papers() {
    local list=() i
    for ((i = 1; i <= $1; i++)); do
        list+=("$(printf '2607.%05d' "$i")" "Paper $i")
    done
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 "${list[@]}"
}

# wait_for_request PATTERN: until the server was asked for it.
wait_for_request() {
    local i
    for ((i = 0; i < 400; i++)); do
        grep -qs -- "$1" "$home/web.log" && return 0
        sleep 0.05
    done
    return 1
}

ask() {
    sqlite3 "$db" "$1"
}

# That the store is sound, and holds so many papers and so many listing days.
expect_store() {
    [ "$(ask 'pragma integrity_check; pragma foreign_key_check')" = ok ]
    if [ "$(ask 'select count(*) from papers')" -ne "$1" ] || [ "$(ask 'select count(*) from listing')" -ne "$2" ]; then
        ask 'select count(*) from papers; select count(*) from listing' >&2
        return 1
    fi
}

@test "killed while the first answer comes: nothing is there" {
    echo '[{"match":"p=0$","do":"drip","rate":2000}]' >"$home/faults"
    "$digest" fetch >"$home/out" 2>&1 3>&- &
    pid=$!
    wait_for_request 'p=0'
    sleep 0.3
    kill -9 "$pid"
    wait "$pid" || true
    expect_store 0 0
    [ "$(ask 'select count(*) from source where last_attempt is not null')" -eq 0 ]
    echo '[]' >"$home/faults"
    "$digest" fetch >"$home/out"
    grep -q 'hf: new: 150 papers read, 150 new' "$home/out"
    expect_store 150 1
}

@test "killed between two pages: the first page is there, and the day is not done" {
    echo '[{"match":"p=1$","do":"stall"}]' >"$home/faults"
    "$digest" fetch >"$home/out" 2>&1 3>&- &
    pid=$!
    wait_for_request 'p=1'
    kill -9 "$pid"
    wait "$pid" || true
    expect_store 100 0
    [ "$(ask 'select count(*) from source where complete_through is not null or newest_day is not null')" -eq 0 ]
    # Who looks finds a store that can be read, and no lock in the way.
    "$digest" status >"$home/out"
    grep -q 'never asked' "$home/out"
    echo '[]' >"$home/faults"
    "$digest" fetch >"$home/out"
    grep -q 'hf: new: 150 papers read, 50 new' "$home/out"
    expect_store 150 1
    [ "$(ask 'select count(*), min(rank), max(rank) from sighting')" = "150|1|150" ]
}

@test "ended by a signal: it dies of it, and leaves as little" {
    echo '[{"match":"p=1$","do":"stall"}]' >"$home/faults"
    "$digest" fetch >"$home/out" 2>&1 3>&- &
    pid=$!
    wait_for_request 'p=1'
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 143 ]
    expect_store 100 0
}

@test "a disk that fills up while entries are stored: 74, and the day before stays as it was" {
    [ "$(id -u)" -eq 0 ] || skip "only root can make a small file system"
    unshare -m true 2>/dev/null || skip "no mount namespaces here"
    mkdir "$home/small"
    mv "$home/hf/2026-07-27.json" "$home/full.json"
    papers 2
    cat >"$home/in-small" <<SH
mount -t tmpfs -o size=1m none "$home/small" || exit 99
cd "$home/small"
"$digest" --db d.db fetch || exit 98
head -c 2m /dev/zero >filler 2>/dev/null
mv "$home/full.json" "$home/hf/2026-07-27.json"
"$digest" --db d.db fetch 2>"$home/err"
echo \$? >"$home/code"
mkdir "$home/copy"
cp d.db* "$home/copy"
sqlite3 "$home/copy/d.db" 'pragma integrity_check; select count(*) from papers; select entry_count from listing' >"$home/between"
rm filler
"$digest" --db d.db fetch || exit 97
sqlite3 d.db 'pragma integrity_check; select count(*) from papers; select entry_count from listing' >"$home/after"
SH
    run unshare -m sh "$home/in-small"
    [ "$status" -ne 99 ] || skip "no tmpfs here"
    [ "$status" -eq 0 ]
    [ "$(cat "$home/code")" -eq 74 ]
    [ "$(wc -l <"$home/err")" -eq 1 ]
    grep -q '^digest: ' "$home/err"
    [ "$(paste -sd' ' "$home/between")" = "ok 2 2" ]
    [ "$(paste -sd' ' "$home/after")" = "ok 150 150" ]
}
