#!/usr/bin/env bats
# What is made of each answer: every verdict has its name, its exit code, its sentence for readers,
# and none of them is taken for "no news".
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf" "$home/files"
    echo '[]' >"$home/faults"
    start_replay --hf "$home/hf" --files "$home/files" --faults "$home/faults"
    write_config <<CONF
digest { retry = 0s }
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source hf { provider = hf_daily  base_url = "$web" }
list daily { title = "Daily papers"  sources = {hf}  timezone = UTC  subscribers = {list@example.com} }
CONF
}

teardown() {
    tear_down_home
}

# faults RULE...: what the server does wrong from now on.
faults() {
    (IFS=, && printf '[%s]\n' "$*") >"$home/faults.new"
    mv "$home/faults.new" "$home/faults"
}

# at TIME COMMAND...: runs digest at that time.
at() {
    local now=$1
    shift
    DIGEST_NOW=$now "$digest" "$@"
}

requests() {
    jq -r .path "$home/web.log" 2>/dev/null | grep -c -- "${1-}" || true
}

# listing DAY FIRST COUNT: so many papers on that day, from 2607.FIRST on.
listing() {
    local papers=() i
    for ((i = $2; i < $2 + $3; i++)); do
        papers+=("$(printf '2607.%05d' "$i")" "Paper $i")
    done
    listing_file "$home/hf/$1.json" "$1" "${papers[@]}"
}

# feed NAME NUMBER...: a feed in files/NAME with these entries.
feed() {
    local name=$1 number
    shift
    mkdir -p "$(dirname "$home/files/$name")"
    {
        echo '<rss version="2.0"><channel><title>Our feed</title>'
        for number in "$@"; do
            printf '<item><title>Post %s</title><link>https://example.org/%s</link><guid isPermaLink="false">post-%s</guid><pubDate>Mon, 27 Jul 2026 08:00:00 GMT</pubDate></item>\n' \
                "$number" "$number" "$number"
        done
        echo '</channel></rss>'
    } >"$home/files/$name"
}

# verdict DAY: what became of that listing day of the source hf.
verdict() {
    "$digest" status --json | jq -r --arg day "$1" '.sources[] | select(.name == "hf") | .days[] | select(.listed_on == $day) | "\(.verdict) \(.entries)"'
}

# last NAME: the last verdict on a source.
last() {
    "$digest" status --json | jq -r --arg name "$1" '.sources[] | select(.name == $name) | .verdict'
}

# mailed: the titles of the newest issue, in order.
mailed() {
    sqlite3 "$db" 'select title from sent where issue_date = (select max(issue_date) from sent) order by position'
}

# notes: what the newest issue says of its sources.
notes() {
    sqlite3 "$db" 'select notes from issue order by id desc limit 1'
}

@test "new, nothing new, empty as expected, not yet: each by its day, and all is well" {
    listing 2026-07-24 1 30
    at 2026-07-24T12:00:00Z fetch
    [ "$(verdict 2026-07-24)" = "new 30" ]
    at 2026-07-24T15:00:00Z fetch
    [ "$(last hf)" = "nothing new" ]
    # A day that brought news stays one.
    [ "$(verdict 2026-07-24)" = "new 30" ]
    at 2026-07-26T12:00:00Z fetch
    [ "$(verdict 2026-07-25)" = "empty as expected 0" ]
    [ "$(last hf)" = "empty as expected" ]
    at 2026-07-27T06:00:00Z fetch
    [ "$(verdict 2026-07-27)" = "not yet 0" ]
    [ "$(last hf)" = "not yet" ]
    listing 2026-07-27 40 28
    at 2026-07-27T11:00:00Z fetch
    [ "$(verdict 2026-07-27)" = "new 28" ]
    "$digest" status >"$home/out"
    grep -q '^ *2026-07-27 *new; 28 listed$' "$home/out"
    grep -q '^ *2026-07-26 *empty as expected$' "$home/out"
}

@test "not yet: the issue says so and takes nothing from the next one" {
    listing 2026-07-24 1 3
    at 2026-07-24T12:00:00Z run
    listing 2026-07-25 4 2
    at 2026-07-27T06:00:00Z run
    [ "$(mailed | paste -sd,)" = "Paper 4,Paper 5" ]
    [[ "$(notes)" == *"has not published 2026-07-27 yet; its papers will follow."* ]]
    listing 2026-07-27 6 2
    at 2026-07-28T06:00:00Z run
    [ "$(mailed | paste -sd,)" = "Paper 6,Paper 7" ]
}

@test "unexpectedly empty: 69, nobody is told that there is no news, and the day comes later" {
    listing 2026-07-24 1 3
    at 2026-07-24T12:00:00Z run
    listing 2026-07-25 4 2
    run --separate-stderr at 2026-07-27T12:00:00Z run
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"lists nothing for Monday 2026-07-27"* ]]
    [[ "$(notes)" == *"lists nothing for Monday 2026-07-27, a working day; it will be asked again."* ]]
    [ "$(verdict 2026-07-27)" = "unexpectedly empty 0" ]
    [ "$(last hf)" = "unexpectedly empty" ]
    listing 2026-07-27 6 2
    listing 2026-07-28 8 1
    at 2026-07-28T12:00:00Z run
    [ "$(mailed | paste -sd,)" = "Paper 6,Paper 7,Paper 8" ]
}

@test "an odd answer is asked for again within the run, and a better one is taken" {
    listing 2026-07-27 1 4
    at 2026-07-24T12:00:00Z fetch || true
    faults '{"match":"date=2026-07-27","times":2,"body":"[]","headers":{"Content-Type":"application/json"}}'
    at 2026-07-27T12:00:00Z run -o digest.retry=1s
    [ "$(mailed | wc -l)" -eq 4 ]
    [ "$(last hf)" = "new" ]
    # Three times and no more.
    rm "$home/hf/2026-07-27.json"
    listing 2026-07-28 9 1
    faults '{"match":"date=2026-07-28","body":"[]","headers":{"Content-Type":"application/json"}}'
    : >"$home/web.log"
    run at 2026-07-28T12:00:00Z fetch -o digest.retry=1s
    [ "$status" -eq 69 ]
    [ "$(requests 2026-07-28)" -eq 4 ]
    # And never beyond the deadline; a preview tells what is there now.
    : >"$home/web.log"
    run at 2026-07-28T12:00:00Z fetch -o digest.retry=1h
    [ "$(requests 2026-07-28)" -eq 1 ]
    : >"$home/web.log"
    run at 2026-07-28T12:00:00Z --preview --date 2026-07-28 -o digest.retry=1s
    [ "$(requests 2026-07-28)" -eq 1 ]
}

@test "shrunk: a listing that had more, and one that is short for such a day" {
    local day
    for day in 20 21 22 23 24; do
        listing "2026-07-$day" "${day}00" 24
        at "2026-07-${day}T12:00:00Z" run
    done
    # Half-filled when it should be complete: the issue goes, and says so.
    listing 2026-07-27 1 4
    run --separate-stderr at 2026-07-27T12:00:00Z run
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"lists only 4 papers for 2026-07-27, where it usually has about 24"* ]]
    [ "$(verdict 2026-07-27)" = "shrunk 4" ]
    [ "$(mailed | wc -l)" -eq 4 ]
    [[ "$(notes)" == *"lists only 4 papers for 2026-07-27, where it usually has about 24; what comes later will follow."* ]]
    [ "$(mail_count)" -eq 6 ]
    # The rest is there an hour later, and stands in the next issue, each paper once.
    listing 2026-07-27 1 25
    at 2026-07-27T13:00:00Z fetch
    [ "$(verdict 2026-07-27)" = "new 25" ]
    [ "$(mail_count)" -eq 6 ]
    listing 2026-07-28 50 24
    at 2026-07-28T12:00:00Z run
    [ "$(mailed | wc -l)" -eq 45 ]
    refute grep -q 'Paper 4$' <(mailed)
    # Entries that were there are not forgotten because a later answer lacks them.
    listing 2026-07-28 50 5
    run --separate-stderr at 2026-07-28T15:00:00Z fetch
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"lists only 5 papers for 2026-07-28, where it had 24"* ]]
    [ "$(verdict 2026-07-28)" = "shrunk 24" ]
    # Before its hour a listing may be as short as it likes.
    listing 2026-07-29 90 2
    listing 2026-07-28 50 24
    at 2026-07-29T08:00:00Z fetch
    [ "$(verdict 2026-07-29)" = "new 2" ]
}

@test "a small source is not short because a day is quiet" {
    local day
    for day in 20 21 22 23 24; do
        listing "2026-07-$day" "${day}00" 6
        at "2026-07-${day}T12:00:00Z" fetch
    done
    listing 2026-07-27 1 1
    at 2026-07-27T12:00:00Z fetch
    [ "$(verdict 2026-07-27)" = "new 1" ]
}

@test "a feed that lost its entries is odd, one that pushes them out is not" {
    # shellcheck disable=SC2046
    feed a/feed.xml $(seq 1 20)
    "$digest" fetch --source "$web/a/feed.xml"
    feed a/feed.xml 1 2 3
    run --separate-stderr "$digest" fetch --source "$web/a/feed.xml"
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"has only 3 entries, where it had 20"* ]]
    # What it said then is compared with nothing: the next answer is read in full.
    feed a/feed.xml 21 22 23
    "$digest" fetch --source "$web/a/feed.xml" >"$home/out"
    grep -q ': new: 3 papers read, 3 new' "$home/out"
}

@test "truncated: a server that pages no more" {
    listing 2026-07-24 1 3
    at 2026-07-24T12:00:00Z fetch
    listing 2026-07-27 10 150
    jq -c '.[:100]' "$home/hf/2026-07-27.json" >"$home/page"
    # Whichever page is asked for, it is the first.
    faults "$(jq -Rs '{match: "date=2026-07-27", body: ., headers: {"Content-Type": "application/json"}}' "$home/page")"
    run --separate-stderr at 2026-07-27T12:00:00Z fetch
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"gives the first 100 papers of 2026-07-27 and no others"* ]]
    [ "$(verdict 2026-07-27)" = "truncated 100" ]
    faults
    at 2026-07-28T06:00:00Z fetch
    [ "$(verdict 2026-07-27)" = "new 150" ]
}

@test "repaired: named by status and by --verbose, and no failure" {
    feed a/feed.xml 1 2
    sed -i '1i junk before the document' "$home/files/a/feed.xml"
    "$digest" -v fetch --source "$web/a/feed.xml" >"$home/out" 2>"$home/err"
    grep -q ': repaired: 2 papers read, 2 new' "$home/out"
    grep -q 'repaired' "$home/err"
    [ "$(last "$web/a/feed.xml")" = repaired ]
    [ "$("$digest" status --json | jq -r '.sources[0].days[0].verdict')" = repaired ]
}

@test "an error is no verdict on what was there" {
    listing 2026-07-24 1 30
    at 2026-07-24T12:00:00Z fetch
    faults '{"do":"html"}'
    run --separate-stderr at 2026-07-27T12:00:00Z fetch
    [ "$status" -eq 65 ]
    [ "$(last hf)" = error ]
    [ "$(verdict 2026-07-24)" = "error 30" ]
    faults
    listing 2026-07-27 40 2
    at 2026-07-27T13:00:00Z fetch
    [ "$(verdict 2026-07-24)" = "nothing new 30" ]
    [ "$(verdict 2026-07-27)" = "new 2" ]
}

@test "who says how long it stays good is not asked by a run, and is by a fetch" {
    feed a/feed.xml 1
    write_config <<CONF
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source ours { provider = feed  url = "$web/a/feed.xml" }
list daily { sources = {ours}  timezone = UTC  schedule = "* * * * *"  subscribers = {list@example.com} }
CONF
    faults '{"do":"well","headers":{"Cache-Control":"max-age=7200"}}'
    at 2026-07-27T12:00:00Z run
    [ "$(requests)" -eq 1 ]
    feed a/feed.xml 1 2
    at 2026-07-27T13:30:00Z run
    [ "$(requests)" -eq 1 ]
    # A preview is as polite.
    at 2026-07-27T13:40:00Z --preview=json >"$home/out"
    [ "$(requests)" -eq 1 ]
    at 2026-07-27T13:50:00Z fetch
    [ "$(requests)" -eq 2 ]
    # Not even who wants a month is left alone for more than a day.
    faults '{"do":"well","headers":{"Cache-Control":"max-age=2592000"}}'
    at 2026-07-27T14:00:00Z fetch
    at 2026-07-27T20:00:00Z run
    [ "$(requests)" -eq 3 ]
    at 2026-07-28T13:59:00Z run
    [ "$(requests)" -eq 4 ]
}

@test "a feed's own word on when to come back: ttl, skipDays" {
    feed a/feed.xml 1
    write_config <<CONF
source ours { provider = feed  url = "$web/a/feed.xml" }
list daily { sources = {ours}  timezone = UTC  schedule = "* * * * *" }
CONF
    sed -i 's|<title>Our feed</title>|&<ttl>90</ttl><skipDays><day>Tuesday</day></skipDays>|' "$home/files/a/feed.xml"
    at 2026-07-27T12:00:00Z run
    at 2026-07-27T13:20:00Z run
    [ "$(requests)" -eq 1 ]
    feed a/feed.xml 1 2
    sed -i 's|<title>Our feed</title>|&<ttl>90</ttl><skipDays><day>Tuesday</day></skipDays>|' "$home/files/a/feed.xml"
    at 2026-07-27T22:45:00Z run
    [ "$(requests)" -eq 2 ]
    # Nothing comes on Tuesday, says the feed; all the same it is asked once a day.
    at 2026-07-28T12:00:00Z run
    [ "$(requests)" -eq 2 ]
    at 2026-07-28T18:50:00Z run
    [ "$(requests)" -eq 3 ]
}

@test "a daily listing is never waited for longer than its announcement" {
    listing 2026-07-27 1 30
    faults '{"do":"well","headers":{"Cache-Control":"max-age=86400"}}'
    # It may still grow: asked again.
    at 2026-07-27T09:00:00Z fetch
    : >"$home/web.log"
    at 2026-07-27T09:05:00Z --preview=json >"$home/out"
    [ "$(requests)" -gt 0 ]
    # Complete: good until the next day begins.
    at 2026-07-27T12:00:00Z fetch
    : >"$home/web.log"
    at 2026-07-27T23:00:00Z --preview=json >"$home/out"
    [ "$(requests)" -eq 0 ]
    [ "$(jq '.entries | length' "$home/out")" -eq 30 ]
    at 2026-07-28T00:01:00Z --preview=json >"$home/out"
    [ "$(requests)" -gt 0 ]
}

@test "a wish for patience goes for the same host and place, and for nobody else" {
    feed a/one.xml 1
    feed a/two.xml 2
    feed b/three.xml 3
    write_config <<CONF
source one { provider = feed  url = "$web/a/one.xml" }
source two { provider = feed  url = "$web/a/two.xml" }
source three { provider = feed  url = "$web/b/three.xml" }
source four { provider = feed  url = "${web/127.0.0.1/localhost}/a/one.xml" }
list daily { sources = {one, two, three, four} }
CONF
    # While the first is answered, nobody else is asked.
    faults '{"match":"one","times":1,"status":429,"headers":{"Retry-After":"1800"}}'
    run at 2026-07-27T12:00:00Z fetch -o digest.deadline=10m --source one
    [ "$status" -eq 69 ]
    : >"$home/web.log"
    run --separate-stderr at 2026-07-27T12:10:00Z fetch
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"one: asked to be left alone until 2026-07-27T12:30"* ]]
    [[ "$stderr" == *"two: its server asked to be left alone until 2026-07-27T12:30"* ]]
    [ "$(jq -r '.headers.host + .path' "$home/web.log" | sed 's/:[0-9]*//' | sort | paste -sd' ')" = "127.0.0.1/b/three.xml localhost/a/one.xml" ]
    : >"$home/web.log"
    at 2026-07-27T12:31:00Z fetch
    [ "$(requests)" -eq 4 ]
}

@test "longer than an hour, but sane: next time; longer than that: an hour" {
    feed a/one.xml 1
    write_config <<CONF
source one { provider = feed  url = "$web/a/one.xml" }
CONF
    faults '{"times":1,"status":503,"headers":{"Retry-After":"7200"}}'
    run at 2026-07-27T12:00:00Z fetch
    run at 2026-07-27T13:30:00Z fetch
    [[ "$output" == *"left alone until 2026-07-27T14:00"* ]]
    [ "$(requests)" -eq 1 ]
    faults '{"times":1,"status":503,"headers":{"Retry-After":"Wed, 29 Jul 2026 12:00:00 GMT","Date":"Mon, 27 Jul 2026 15:00:00 GMT"}}'
    run at 2026-07-27T15:00:00Z fetch
    [ "$(requests)" -eq 2 ]
    at 2026-07-27T16:01:00Z fetch
    [ "$(requests)" -eq 3 ]
}

@test "two servers against the clock: nothing is done, unless it is said to be right" {
    feed a/one.xml 1
    feed b/two.xml 2
    write_config <<CONF
digest { retry = 0s }
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source one { provider = feed  url = "$web/a/one.xml" }
source two { provider = feed  url = "${web/127.0.0.1/localhost}/b/two.xml" }
list daily { sources = {one, two}  timezone = UTC  subscribers = {list@example.com} }
CONF
    unset DIGEST_NOW
    faults '{"do":"well","headers":{"Date":"Mon, 01 Jan 2035 00:00:00 GMT"}}'
    run --separate-stderr "$digest" run
    [ "$status" -eq 75 ]
    [[ "$stderr" == "digest: the clock of this machine is "*" hours behind, say '"*"' and '"*"'; set it right, or give --force-clock when it is" ]]
    [ "$(mail_count)" -eq 0 ]
    faults '{"do":"well","headers":{"Date":"Sat, 01 Jan 2000 00:00:00 GMT"}}'
    run --separate-stderr "$digest" --preview
    [ "$status" -eq 75 ]
    [[ "$stderr" == *" hours ahead, say "* ]]
    # One server alone may be wrong itself, and two that contradict each other prove nothing.
    faults '{"match":"one","do":"well","headers":{"Date":"Sat, 01 Jan 2000 00:00:00 GMT"}}' \
        '{"match":"two","do":"well","headers":{"Date":"Mon, 01 Jan 2035 00:00:00 GMT"}}'
    "$digest" fetch
    faults '{"do":"well","headers":{"Date":"Mon, 01 Jan 2035 00:00:00 GMT"}}'
    "$digest" run --force-clock
    [ "$(mail_count)" -eq 1 ]
    # A clock that was set by hand is meant.
    DIGEST_NOW=2026-07-27T12:00:00Z "$digest" fetch
}
