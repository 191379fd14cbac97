#!/usr/bin/env bats
# Fetching by HTTP: servers that fail, servers that recover, and what is asked of them.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf" "$home/files"
    listing_file "$home/hf/2026-07-24.json" 2026-07-24 2607.00001 "Friday one"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00002 "Monday one" 2607.00003 "Monday two"
    echo '[]' >"$home/faults"
}

teardown() {
    tear_down_home
}

start() {
    start_replay --hf "$home/hf" --files "$home/files" --faults "$home/faults" "$@"
    hf_config
}

# faults RULE...: what the server does wrong from now on.
faults() {
    (IFS=, && printf '[%s]\n' "$*") >"$home/faults.new"
    mv "$home/faults.new" "$home/faults"
}

requests() {
    jq -r .path "$home/web.log" 2>/dev/null | wc -l
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

@test "an answer that is none: one line, the right code, nothing stored" {
    start
    while read -r code pattern fault; do
        faults "$fault"
        expect "$code" "$pattern" --preview=json
        [ "$output" = "" ] || [ "$(keys <<<"$output")" = "" ]
        [ ! -e "$db" ]
    done <<'TABLE'
69 404 {"status":404}
69 403 {"status":403}
65 HTML {"do":"html"}
65 empty.answer {"do":"empty"}
65 hf_json {"do":"cut"}
69 16.MiB|32.MiB {"do":"bomb"}
69 unpacked {"do":"bad-gzip"}
69 more.than.5 {"do":"loop"}
69 'ftp' {"do":"redirect","to":"ftp://127.0.0.1/x"}
69 'file' {"do":"redirect","to":"file:///etc/passwd"}
65 Invalid.date {"status":400,"body":"{\"error\":\"Invalid date\"}"}
TABLE
}

@test "an answer that comes right is waited for" {
    start
    faults '{"path":"/api/daily_papers?date=2026-07-27&limit=100&p=0","times":1,"status":503,"headers":{"Retry-After":"1"}}' \
        '{"path":"/api/daily_papers?date=2026-07-27&limit=100&p=1","times":1,"do":"truncate","keep":0,"body":"[]"}'
    "$digest" --preview=json >"$home/out"
    [ "$(keys <"$home/out" | paste -sd' ')" = "arxiv:2607.00002 arxiv:2607.00003" ]
    [ "$(requests)" -eq 4 ]
}

@test "a server that stays down is asked four times, and by the next run again" {
    start
    faults '{"status":500}'
    expect 69 "status 500" --preview
    [ "$(requests)" -eq 4 ]
    faults
    "$digest" --preview=json | keys >"$home/got"
    [ "$(wc -l <"$home/got")" -eq 2 ]
}

@test "a server that wants an hour gets it" {
    start
    faults '{"times":1,"status":429,"headers":{"Retry-After":"99999999"}}'
    run --separate-stderr "$digest" fetch
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"not before 2026-07-27T13:00:"* ]]
    DIGEST_NOW=2026-07-27T12:59:00Z run --separate-stderr "$digest" fetch
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"asked to be left alone"* ]]
    [ "$(requests)" -eq 1 ]
    DIGEST_NOW=2026-07-27T13:01:00Z "$digest" fetch
    [ "$(requests)" -eq 3 ]
}

@test "time is limited" {
    start
    faults '{"do":"stall"}'
    expect 69 "timed out|no time" --preview -o digest.timeout=1s -o digest.deadline=2s
    faults '{"do":"drip","rate":2,"body":"[                                      ]"}'
    expect 69 "timed out|no time" --preview -o digest.timeout=1s -o digest.deadline=2s
}

@test "redirects and packed answers are understood" {
    start
    faults '{"path":"/api","times":1,"do":"redirect","to":"{base}/a"}' \
        '{"path":"/a","match":"^/a$","do":"redirect","status":308,"to":"/api/daily_papers?date=2026-07-27"}' \
        '{"match":"p=1$","do":"chunked"}' '{"do":"gzip"}'
    "$digest" --preview=json | keys >"$home/got"
    [ "$(paste -sd' ' "$home/got")" = "arxiv:2607.00002 arxiv:2607.00003" ]
}

@test "a certificate that is not trusted, and one that is" {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$home/key" -out "$home/cert" -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost 2>"$home/openssl.out"
    cat "$home/key" "$home/cert" >"$home/both"
    start --cert "$home/both"
    port=${web##*:}
    expect 69 "certificate of 'localhost' is refused" --preview -o "source.hf.base_url=https://localhost:$port"
    expect 69 "certificate of '127.0.0.1' is refused: it is for another host" --preview -o "smtp.ca_file=$home/cert" \
        -o "source.hf.base_url=https://127.0.0.1:$port"
    [ ! -e "$home/web.log" ]
    "$digest" --preview=json -o "smtp.ca_file=$home/cert" -o "source.hf.base_url=https://localhost:$port" | keys >"$home/got"
    [ "$(wc -l <"$home/got")" -eq 2 ]
}

@test "what is asked: who, for what, and no page too many" {
    start
    "$digest" --preview=json -o digest.contact=admin@example.org >"$home/out"
    jq -r .path "$home/web.log" >"$home/got"
    printf '/api/daily_papers?date=2026-07-27&limit=100&p=%d\n' 0 1 | diff - "$home/got"
    [ "$(jq -r '.headers["user-agent"]' "$home/web.log" | sort -u | grep -c '^digest/[0-9.]* (mailto:admin@example.org)$')" -eq 1 ]
    jq -r '.headers["accept-encoding"]' "$home/web.log" | grep -q gzip
}

@test "a feed is asked for again only if it changed" {
    cat >"$home/files/feed.xml" <<'FEED'
<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Our feed</title><id>urn:ours</id><updated>2026-07-27T00:00:00Z</updated>
<entry><id>urn:ours:1</id><title>One thing</title><link href="https://example.org/1"/><updated>2026-07-27T08:00:00Z</updated></entry>
</feed>
FEED
    start
    "$digest" fetch --source "$web/feed.xml"
    "$digest" fetch --source "$web/feed.xml"
    [ "$(jq -s '[.[] | select(.headers["if-none-match"] != null)] | length' "$home/web.log")" -eq 1 ]
    # A preview asks so, too, and still shows what is stored.
    "$digest" --preview=json --source "$web/feed.xml" >"$home/out"
    [ "$(jq -s '[.[] | select(.headers["if-none-match"] != null)] | length' "$home/web.log")" -eq 2 ]
    [ "$(jq -r '.entries[].title' "$home/out")" = "One thing" ]
    # An answer that cannot be read leaves the old validator.
    faults '{"path":"/feed.xml","do":"html","headers":{"ETag":"\"bad\""}}'
    run "$digest" fetch --source "$web/feed.xml"
    [ "$status" -eq 65 ]
    faults
    "$digest" fetch --source "$web/feed.xml"
    [ "$(tail -n 1 "$home/web.log" | jq -r '.headers["if-none-match"]')" != '"bad"' ]
}

@test "a working day without papers: said, 69, and asked for again" {
    start
    DIGEST_NOW=2026-07-24T12:00:00Z "$digest" fetch
    rm "$home/hf/2026-07-27.json"
    run --separate-stderr "$digest" fetch -o digest.retry=0s
    [ "$status" -eq 69 ]
    [[ "$stderr" == *"lists nothing for Monday 2026-07-27"* ]]
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00002 "Monday one"
    listing_file "$home/hf/2026-07-28.json" 2026-07-28 2607.00004 "Tuesday one"
    DIGEST_NOW=2026-07-28T12:00:00Z "$digest" fetch
    [ "$(sqlite3 "$db" 'select count(*) from papers')" -eq 3 ]
}

@test "arXiv's answer, as it was recorded" {
    [ -d "$data/arxiv_api" ] || skip "no real answers in $data (DIGEST_TEST_DATA)"
    mkdir "$home/arxiv"
    cp "$data/arxiv_api/nicotine_2026-07.xml" "$home/arxiv/nicotine.xml"
    echo '{"search_query=(all:nicotine)": "nicotine.xml"}' >"$home/arxiv/map.json"
    start_replay --arxiv "$home/arxiv"
    write_config <<CONF
source smoke { provider = arxiv_api  query = "all:nicotine"  base_url = "$web"  interval = 0s }
CONF
    grep -o '<id>http://arxiv.org/abs/[^<]*' "$home/arxiv/nicotine.xml" | sed 's|.*/abs/|arxiv:|; s/v[0-9]*$//' | sort >"$home/want"
    [ "$(wc -l <"$home/want")" -eq 10 ]
    DIGEST_NOW=2026-07-27T12:00:00Z "$digest" fetch
    sqlite3 "$db" 'select key from papers order by key' | sort >"$home/got"
    diff "$home/want" "$home/got"
    # The day after the same answer is no news, and one page is all that is asked for.
    DIGEST_NOW=2026-07-28T12:00:00Z run "$digest" fetch
    [[ "$output" == *"0 new"* ]]
    [ "$(requests)" -eq 2 ]
}

@test "arXiv's error is arXiv's word" {
    [ -d "$data/arxiv_api" ] || skip "no real answers in $data (DIGEST_TEST_DATA)"
    start_replay --arxiv "$data/arxiv_api"
    write_config <<CONF
source cl { provider = arxiv_api  ids = {abc}  base_url = "$web"  interval = 0s }
CONF
    expect 65 "incorrect id format for abc" --preview
}

@test "arXiv's pace is kept by previews too, which leave no stamp" {
    [ -d "$data/arxiv_api" ] || skip "no real answers in $data (DIGEST_TEST_DATA)"
    start_replay --arxiv "$data/arxiv_api"
    write_config <<CONF
source cl { provider = arxiv_api  ids = {1707.08567}  base_url = "$web"  interval = 1h }
CONF
    "$digest" --preview >"$home/out"
    [ ! -e "$home/state" ]
    "$digest" fetch
    [ "$(find "$home/state/digest" -name '127.0.0.1-*.stamp' | wc -l)" -eq 1 ]
    [ "$(requests)" -eq 2 ]
    expect 69 "no time" --preview -o digest.deadline=1s
    [ "$(requests)" -eq 2 ]
}
