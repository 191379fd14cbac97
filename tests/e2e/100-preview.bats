#!/usr/bin/env bats
# What a preview shows, and that it is only a look.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/hf"
    listing_file "$home/hf/2026-07-27.json" 2026-07-27 2607.00001 "A first paper" 2607.00002 "A second paper"
    listing_file "$home/hf/2026-07-31.json" 2026-07-31 2607.00005 "Friday one" 2607.00006 "Friday two"
    start_replay --hf "$home/hf"
    hf_config
}

teardown() {
    tear_down_home
}

@test "a preview holds the newest listing, in its order" {
    run --separate-stderr "$digest" --preview=json
    [ "$status" -eq 0 ]
    [ "$(keys <<<"$output")" = $'arxiv:2607.00001\narxiv:2607.00002' ]
    [ "$stderr" = "" ]
}

@test "the JSON object has the documented members" {
    run --separate-stderr "$digest" --preview=json
    [ "$(jq -c 'keys_unsorted' <<<"$output")" = '["list","issue_date","subject","new","updated","minutes","notes","entries"]' ]
    [ "$(jq -c '.entries[0]|keys_unsorted' <<<"$output")" = '["key","version","title","title_raw","authors","abstract","url","pdf_url","code_url","categories","published","listed_on","section","votes","comments","sources","why"]' ]
    [ "$(jq -r '.issue_date' <<<"$output")" = 2026-07-27 ]
    [ "$(jq -c '.entries[0]|[.published,.listed_on,.section,.votes,.sources]' <<<"$output")" = '["2026-07-27","2026-07-27","new",100,["hf"]]' ]
}

@test "every link of the issue stands in the text part" {
    run --separate-stderr "$digest" --preview
    [ "$status" -eq 0 ]
    [[ "$output" == *"https://arxiv.org/abs/2607.00001"* ]]
    [[ "$output" == *"https://huggingface.co/papers/2607.00002"* ]]
    [ "$(awk 'length > 72 && !/http/' <<<"$output")" = "" ]
}

@test "on a Saturday Friday's listing is shown, and said to be" {
    DIGEST_NOW=2026-08-01T12:00:00Z run --separate-stderr "$digest" --preview=json
    [ "$status" -eq 0 ]
    [ "$(keys <<<"$output")" = $'arxiv:2607.00005\narxiv:2607.00006' ]
    [[ "$(jq -r '.notes[]' <<<"$output")" == *Friday* ]]
}

@test "in the morning of Tokyo nothing is unexpectedly empty" {
    listing_file "$home/hf/2026-07-28.json" 2026-07-28 2607.00007 "Tuesday"
    # 08:00 on Wednesday in Tokyo is 23:00 on Tuesday in UTC.
    DIGEST_NOW=2026-07-28T23:00:00Z run --separate-stderr "$digest" -o list.daily.timezone=Asia/Tokyo --preview=json
    [ "$status" -eq 0 ]
    [ "$(keys <<<"$output")" = arxiv:2607.00007 ]
    [ "$(jq -r '.issue_date' <<<"$output")" = 2026-07-29 ]
    [[ "$output" != *unexpectedly* ]]
    # 08:00 on Tuesday in Tokyo: Monday is the newest and is not called late.
    DIGEST_NOW=2026-07-27T23:00:00Z run --separate-stderr "$digest" -o list.daily.timezone=Asia/Tokyo --preview=json
    [ "$status" -eq 0 ]
    [[ "$output" != *unexpectedly* ]]
}

@test "a preview leaves no file behind" {
    "$digest" --preview >/dev/null
    [ ! -e "$home/state" ]
}

@test "a preview of a store in use changes not a byte of it" {
    "$digest" --send-to list@example.com
    before=$(find "$home/state" -type f -exec sha256sum {} + | sort; find "$home/state" -printf '%p %T@\n' | sort)
    "$digest" --preview >/dev/null
    "$digest" --preview --send-to list@example.com >/dev/null
    "$digest" status >/dev/null
    after=$(find "$home/state" -type f -exec sha256sum {} + | sort; find "$home/state" -printf '%p %T@\n' | sort)
    [ "$before" = "$after" ]
}

@test "strace sees a preview open nothing for writing and connect to the listing alone" {
    command -v strace >/dev/null || skip "no strace"
    strace -f -o /dev/null true 2>/dev/null || skip "strace may not trace here"
    "$digest" --send-to list@example.com
    # The leak checker of a sanitized build cannot work under another tracer.
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0 strace -f -qq -e trace=open,openat,creat,connect,unlink,rename,mkdir -o "$home/trace" "$digest" --preview >/dev/null
    grep -vE '"/dev/(null|tty)"' "$home/trace" >"$home/calls"
    refute grep -E 'O_(WRONLY|RDWR|CREAT)|creat\(|unlink|rename|mkdir\(' "$home/calls"
    refute grep -E 'connect\(.*htons\((25|465|587)\)' "$home/calls"
}

@test "all forms of a preview agree" {
    subject=$("$digest" --preview=json | jq -r .subject)
    "$digest" --preview=eml >"$home/eml"
    "$digest" --preview=html >"$home/html"
    "$digest" --preview=text >"$home/text"
    python3 - "$home/eml" "$home/html" "$home/text" "$subject" <<'PY'
import email, email.policy, sys
message = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
text, html = message.get_body(('plain',)), message.get_body(('html',))
assert not message.defects and not text.defects and not html.defects
assert str(message['subject']) == sys.argv[4], message['subject']
assert html.get_content() == open(sys.argv[2]).read()
assert text.get_content() == open(sys.argv[3]).read()
PY
}

@test "no escape from outside reaches the terminal or a file" {
    listing_file "$home/evil.json" 2026-07-27 2607.00009 'A \u001b[31mred\u001b[0m title \u009b2J with \u202egnp and <script>alert(1)</script>'
    for format in text html json eml; do
        "$digest" --preview=$format --source "$home/evil.json" >"$home/out"
        refute grep -qP '\x1b|\xc2\x9b|\xe2\x80\xae' "$home/out"
    done
    "$digest" --preview=html --source "$home/evil.json" >"$home/out"
    refute grep -q '<script' "$home/out"
    grep -q '&lt;script' "$home/out"
}

@test "--limit, --rank, --match and --date choose" {
    run --separate-stderr "$digest" --preview=json --limit 1
    [ "$(keys <<<"$output")" = arxiv:2607.00001 ]
    run --separate-stderr "$digest" --preview=json --match second
    [ "$(keys <<<"$output")" = arxiv:2607.00002 ]
    run --separate-stderr "$digest" --preview=json --match=-second
    [ "$(keys <<<"$output")" = arxiv:2607.00001 ]
    run --separate-stderr "$digest" --preview=json --match 'ti:first OR key:2607.00002' --rank recency
    [ "$(keys <<<"$output" | wc -l)" -eq 2 ]
    DIGEST_NOW=2026-08-01T12:00:00Z run --separate-stderr "$digest" --preview=json --date 2026-07-27
    [ "$(keys <<<"$output")" = $'arxiv:2607.00001\narxiv:2607.00002' ]
    DIGEST_NOW=2026-08-01T12:00:00Z run --separate-stderr "$digest" --preview=json --since 2026-07-27
    [ "$(keys <<<"$output" | wc -l)" -eq 4 ]
}

@test "standard input, a file and a folder are sources" {
    "$digest" --preview=json --source - <"$home/hf/2026-07-27.json" | keys | grep -q 2607.00002
    "$digest" --preview=json --source "$home/hf/2026-07-27.json" | keys | grep -q 2607.00002
    DIGEST_NOW=2026-08-01T12:00:00Z "$digest" --preview=json --source "$home/hf" --since 2026-07-01 | keys | grep -q 2607.00005
}

@test "standard output that is closed or full is an error" {
    "$digest" --preview >&- 2>"$home/err" && status=0 || status=$?
    [ "$status" -eq 74 ]
    "$digest" --preview >/dev/full 2>"$home/err" && status=0 || status=$?
    [ "$status" -eq 74 ]
    grep -q 'standard output' "$home/err"
}

@test "a listing of another day is not taken for today's" {
    DIGEST_NOW=2026-08-01T12:00:00Z "$digest" --preview --date 2026-07-27 >"$home/out"
    grep -qxF 'Note: This is the listing of Monday 2026-07-27.' "$home/out"
    "$digest" --preview=json --date 2026-07-27 | jq -e '.notes == []'
}

@test "who closes the pipe early hears nothing of it" {
    # A listing that no pipe holds.
    for i in $(seq 1 400); do set -- "$@" "$(printf '2607.1%04d' "$i")" "Paper $i of very many"; done
    listing_file "$home/long.json" 2026-07-27 "$@"
    "$digest" fetch --source "$home/long.json" >"$home/out"
    for what in "--preview=json --source $home/long.json --offline" "search --limit 400 --format json paper"; do
        # shellcheck disable=SC2086
        { "$digest" $what 2>"$home/err" || echo "$?" >"$home/status"; } | head -c 10 >"$home/out"
        [ "$(cat "$home/status")" -eq 141 ]
        [ ! -s "$home/err" ]
        rm "$home/status"
    done
}

@test "a look that shows nothing says why, and does not ask for recipients" {
    run --separate-stderr "$digest" --preview --offline -v
    [[ "$stderr" == *"nothing is listed for 'daily'" ]]
    run --separate-stderr "$digest" --preview --offline -v --date 2026-07-20
    [[ "$stderr" == *"nothing is listed for 'daily' on 2026-07-20" ]]
    run --separate-stderr "$digest" --preview -v --match nowhere
    [[ "$stderr" == *"the rules of 'daily' leave out all that is listed (2 papers)" ]]
}
