#!/usr/bin/env bats
# Servers that break HTTP, TLS or good faith: each ends in one line that names what is wrong, the
# right exit code, and nothing stored. (What an answer means when HTTP is well is 400's and 450's.)
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    listing_file "$home/listing.json" 2026-07-27 2607.00001 "Monday one"
}

teardown() {
    tear_down_home
}

# start_bad ARGUMENT...: the server; $bad is its base URL.
start_bad() {
    rm -f "$home/bad.port"
    python3 "$top/tests/lib/bad_http.py" --hf "$home/listing.json" --log "$home/bad.log" --port-file "$home/bad.port" "$@" \
        >"$home/bad.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/bad.port"
    bad=http://127.0.0.1:$(cat "$home/bad.port")
}

hex() {
    printf %s "$1" | od -An -v -tx1 | tr -d ' \n'
}

requests() {
    grep -c '^GET ' "$home/bad.log" 2>/dev/null || true
}

# expect CODE PATTERN BASE-URL ARGUMENT...: a preview, and then a fetch that writes, of the source hf at that URL.
expect() {
    local code=$1 pattern=$2 base=$3 mode
    shift 3
    for mode in --preview fetch; do
        run --separate-stderr "$digest" "$mode" -o "source.hf.base_url=$base" -o digest.retry=0s "$@"
        if [ "$status" -ne "$code" ] || [ "$(wc -l <<<"$stderr")" -ne 1 ] || [[ ! "$stderr" =~ $pattern ]]; then
            echo "$mode $base: exit $status (want $code), stderr: $stderr (want $pattern)" >&2
            return 1
        fi
        [[ "$stderr" == "digest: hf: "* ]]
        [ "$mode" = fetch ] || [ ! -e "$db" ]
    done
    [ "$(sqlite3 "$db" 'select (select count(*) from entry) + (select count(*) from sighting)')" -eq 0 ]
    [ "$(sqlite3 "$db" 'select count(*) from source where complete_through is not null or etag <> "" or last_modified <> ""')" -eq 0 ]
    [ "$(sqlite3 "$db" 'pragma integrity_check')" = ok ]
    rm -rf "$home/state"
}

@test "HTTP that is none, or breaks off" {
    start_bad
    while IFS='|' read -r code pattern way; do
        expect "$code" "$pattern" "$bad/$way" -o digest.deadline=3s
    done <<'TABLE'
69|was cut short|short
69|127.0.0.1|chunk-cut
69|127.0.0.1|chunk-garbage
69|127.0.0.1|chunk-huge
69|decoded size over|chunks-without-end
69|cannot be unpacked|strange-encoding
69|127.0.0.1|large-headers
69|127.0.0.1|headers-without-end
69|protocol that was expected|no-http
69|closed the connection without an answer|nothing
69|'not modified' to what it was not asked|unasked-304
69|fewer requests .status 429|retry-negative
69|not there .status 410|status/410
69|refused with status 401; does it want a token_file|status/401
69|the server has trouble .status 500|status/500
69|the server has trouble .status 502|status/502
69|the server has trouble .status 503|status/503
69|answers with status 418|status/418
TABLE
}

@test "what cannot come right is asked for once, what may is asked for four times" {
    start_bad
    while read -r count way; do
        : >"$home/bad.log"
        run "$digest" fetch -o "source.hf.base_url=$bad/$way" -o digest.retry=0s
        [ "$status" -eq 69 ]
        if [ "$(requests)" -ne "$count" ]; then
            echo "$way: $(requests) requests" >&2
            return 1
        fi
    done <<'TABLE'
1 status/401
1 strange-encoding
1 unasked-304
4 status/502
4 short
4 retry-negative
TABLE
}

@test "redirects that lead astray" {
    start_bad
    for to in gopher://127.0.0.1/x file:///etc/passwd ftp://127.0.0.1/x; do
        expect 69 "redirects to a '${to%%:*}' address; not followed" "$bad/to/$(hex "$to")"
    done
    expect 69 "redirects" "$bad/to/$(hex $'http://127.0.0.1:1/\x01')"
    expect 69 "redirects to a URL with a login in it; not followed" "$bad/to/$(hex "http://me:secret@127.0.0.1:1/")"
    [[ "$stderr" != *secret* ]]
}

@test "TLS: too old, expired, and from https to http" {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$home/key" -out "$home/cert" -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost 2>"$home/openssl.out"
    cat "$home/key" "$home/cert" >"$home/both"
    start_bad --cert "$home/both"
    local good=https://localhost:${bad##*:}
    expect 69 "redirects from https to http; not followed" "$good/to/$(hex http://127.0.0.1/)" -o "smtp.ca_file=$home/cert"
    start_bad --cert "$home/both" --tls-max 1.1
    expect 69 "no TLS with 'localhost'" "https://localhost:${bad##*:}/listing" -o "smtp.ca_file=$home/cert"
    # A certificate of the past: signed by hand, since "req" makes none.
    mkdir "$home/ca"
    : >"$home/ca/index.txt"
    echo 01 >"$home/ca/serial"
    cat >"$home/ca/conf" <<CONF
[ca]
default_ca = past
[past]
dir = $home/ca
database = $home/ca/index.txt
serial = $home/ca/serial
new_certs_dir = $home/ca
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
CONF
    openssl req -new -key "$home/key" -out "$home/csr" -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>"$home/openssl.out"
    openssl ca -batch -config "$home/ca/conf" -selfsign -keyfile "$home/key" -in "$home/csr" -out "$home/past" \
        -startdate 20200101000000Z -enddate 20210101000000Z -notext 2>"$home/openssl.out"
    cat "$home/key" "$home/past" >"$home/both"
    start_bad --cert "$home/both"
    expect 69 "certificate of 'localhost' is refused: it has expired" "https://localhost:${bad##*:}/listing" \
        -o "smtp.ca_file=$home/past"
}

@test "nobody at home: the connection is not made, or nothing is said" {
    # A listener whose queue is full takes no more connections, and refuses none.
    cat >"$home/full.py" <<'PY'
import socket, sys, time
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0)
waiting = []
for _ in range(8):
    client = socket.socket()
    client.setblocking(False)
    client.connect_ex(server.getsockname())
    waiting.append(client)
time.sleep(0.2)
with open(sys.argv[1], "w") as file:
    print(server.getsockname()[1], file=file)
time.sleep(600)
PY
    python3 "$home/full.py" "$home/full.port" >"$home/full.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/full.port"
    expect 69 "cannot connect to '127.0.0.1': timed out|no time left" "http://127.0.0.1:$(cat "$home/full.port")" \
        -o digest.timeout=1s -o digest.deadline=2s
}

@test "what a server says of itself is not taken on trust" {
    start_bad
    # A Content-Type that lies: the bytes count.
    "$digest" --preview=json -o "source.hf.base_url=$bad/as-picture" | keys >"$home/got"
    [ "$(cat "$home/got")" = arxiv:2607.00001 ]
    # A Date of the future from one server is that server's trouble.
    (unset DIGEST_NOW && "$digest" --preview=json --date 2026-07-27 -o "source.hf.base_url=$bad/tomorrow" | keys >"$home/got")
    [ "$(cat "$home/got")" = arxiv:2607.00001 ]
    # Validators that could split a header, or that go on for ever, are not kept.
    for way in odd-validators long-etag; do
        run "$digest" fetch --source "$bad/$way"
        run "$digest" fetch --source "$bad/$way"
        [ "$(grep -ci 'if-none-match\|if-modified-since\|x-evil' "$home/bad.log")" -eq 0 ]
        [ "$(sqlite3 "$db" 'select count(*) from source where etag <> "" or last_modified <> ""')" -eq 0 ]
    done
}

@test "redirects inside: followed only when the configuration says so" {
    [ "$(id -u)" -eq 0 ] || skip "only root can make a network of its own"
    command -v ip >/dev/null || skip "no ip(8) here"
    unshare -n true 2>/dev/null || skip "no network namespaces here"
    cat >"$home/inside" <<SH
set -e
ip link set lo up
ip addr add 198.51.100.7/32 dev lo
python3 "$top/tests/lib/bad_http.py" --hf "$home/listing.json" --log "$home/inner.log" --port-file "$home/inner.port" &
inner=\$!
python3 "$top/tests/lib/bad_http.py" --bind 198.51.100.7 --port-file "$home/outer.port" &
outer=\$!
while [ ! -s "$home/inner.port" ] || [ ! -s "$home/outer.port" ]; do sleep 0.05; done
for place in 127.0.0.1 localhost '[::ffff:127.0.0.1]'; do
    to=\$(printf 'http://%s:%s/listing' "\$place" "\$(cat "$home/inner.port")" | od -An -v -tx1 | tr -d ' \n')
    for allowed in false true; do
        "$digest" --preview=json -o "source.hf.base_url=http://198.51.100.7:\$(cat "$home/outer.port")/to/\$to" \
            -o digest.private_redirects=\$allowed >>"$home/\$allowed.out" 2>>"$home/\$allowed.err" || echo \$? >>"$home/\$allowed.code"
    done
done
kill \$inner \$outer
SH
    unshare -n sh "$home/inside" 3>&-
    [ "$(grep -c "a redirect leads to '.*', which is .*, an address inside this network; not followed" "$home/false.err")" -eq 3 ]
    [ "$(sort -u "$home/false.code")" = 69 ]
    [ ! -s "$home/true.err" ]
    [ "$(jq -r '.entries[].key' "$home/true.out" | sort | uniq -c | tr -s ' ')" = " 3 arxiv:2607.00001" ]
}
