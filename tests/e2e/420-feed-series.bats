#!/usr/bin/env bats
# Real feeds as they were day after day: what is new on a day is exactly what the feed had not had
# before, as a reader that shares nothing with ours finds it, and nothing is new twice.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/files"
    start_replay --files "$home/files"
    write_config <<CONF
digest { retry = 0s }
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source series { provider = feed  url = "$web/feed" }
source other { provider = feed  url = "$web/other" }
list daily { title = "Daily papers"  sources = {series}  timezone = UTC  subscribers = {list@example.com} }
list both { title = "Both"  sources = {series, other}  timezone = UTC  subscribers = {list@example.com} }
CONF
}

teardown() {
    tear_down_home
}

need_series() {
    [ -d "$data/feed_snapshots" ] || skip "no series of feeds in $data (DIGEST_TEST_DATA)"
}

# serve FILE [NAME]: what the server has from now on.
serve() {
    cp "$1" "$home/files/.new"
    mv "$home/files/.new" "$home/files/${2:-feed}"
}

# run_list LIST TIME: what that list has to say then. A source that has nothing is no failure.
run_list() {
    DIGEST_NOW=$2 "$digest" run --list "$1" || [ $? -eq 69 ]
}

# The moment in the name of a snapshot.
moment() {
    sed -E 's/.*_([0-9-]+)T([0-9]{2})([0-9]{2})Z.*/\1T\2:\3:00Z/' <<<"$1"
}

# sent LIST DAY: the addresses of the entries of an issue; of papers, their arXiv identifiers.
sent() {
    sqlite3 "$db" "select p.key, p.url from sent s join papers p using (key) where s.list = '$1' and s.issue_date = '$2' and s.section = 'new'" |
        sed -E -e 's/^arxiv:([^|]*).*/\1/' -e 's/^[^|]*\|//' | sort
}

# The same of what the other reader says.
expected() {
    "$top/tests/lib/feed_items.py" "$@" | sed -E 's,^https://huggingface.co/papers/,,' | sort
}

# The keys that were new more than once on a list.
repeated() {
    sqlite3 "$db" "select key from sent where section = 'new' and list = '$1' group by key having count(*) > 1"
}

# series LIST FILE...: the feed day after day; every issue but the first holds what is new that day.
series() {
    local list=$1 file older=() day
    shift
    for file in "$@"; do
        serve "$file"
        day=$(moment "$file")
        run_list "$list" "$day"
        sent "$list" "${day%T*}" >"$home/got"
        expected "$file" "${older[@]}" >"$home/want"
        echo "$file: $(wc -l <"$home/want") new"
        if [ ${#older[@]} -eq 0 ]; then
            # The first issue reaches no further back than the newest listing.
            [ -s "$home/got" ] && [ -z "$(comm -23 "$home/got" "$home/want")" ]
        else
            diff "$home/want" "$home/got"
        fi
        older+=("$file")
    done
    [ "$(repeated "$list")" = "" ]
    # Everything that ever stood in the feed is known.
    [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq "$(for file in "$@"; do expected "$file"; done | sort -u | wc -l)" ]
}

@test "thirteen days of a JSON feed" {
    need_series
    series daily "$data"/feed_snapshots/*.json
}

@test "the same feed as RSS, on five of those days" {
    need_series
    series daily "$data"/feed_snapshots/*.xml
}

@test "the feed in both forms is one listing of papers" {
    need_series
    local file day
    for file in "$data"/feed_snapshots/*.xml; do
        serve "$file"
        serve "${file%.xml}.json" other
        day=$(moment "$file")
        run_list both "$day"
    done
    [ "$(repeated both)" = "" ]
    [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq \
        "$(for file in "$data"/feed_snapshots/*.xml; do expected "$file"; done | sort -u | wc -l)" ]
}

@test "journals, a week apart" {
    need_series
    local file later known count=0
    for file in "$data"/feeds_scholarly/-14_*; do
        later=${file/-14_/-21_}
        [ -e "$later" ] || continue
        rm -rf "$home/state" "$home/mail"
        serve "$file"
        run_list daily 2021-12-14T20:00:00Z
        [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq "$("$top/tests/lib/feed_items.py" "$file" | wc -l)" ]
        known=$(sqlite3 "$db" 'select url from papers' | sort)
        diff <("$top/tests/lib/feed_items.py" "$file" | sort) <(echo "$known")
        serve "$later"
        run_list daily 2021-12-21T20:00:00Z
        "$top/tests/lib/feed_items.py" "$later" "$file" | sort >"$home/want"
        sqlite3 "$db" "select p.url from sent s join papers p using (key) where s.issue_date = '2021-12-21' and s.section = 'new'" |
            sort >"$home/got"
        diff "$home/want" "$home/got"
        [ "$(repeated daily)" = "" ]
        count=$((count + 1))
    done
    [ "$count" -eq 12 ]
}
