# What the command tests share: a home of their own, a listing server, a mail server, a clock.
# shellcheck shell=bash disable=SC2034
bats_require_minimum_version 1.5.0

# A temporary home; nothing of the user's is read or written.
set_up_home() {
    top=${DIGEST_TOP:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
    digest=${DIGEST_BIN:-$top/build/digest}
    data=${DIGEST_TEST_DATA:-$top/../shared/data}
    home=$(mktemp -d)
    export HOME=$home XDG_CONFIG_HOME=$home/config XDG_STATE_HOME=$home/state TZ=UTC LC_ALL=C.UTF-8
    export DIGEST_NOW=2026-07-27T12:00:00Z
    unset DIGEST_CONFIG STATE_DIRECTORY
    db=$home/state/digest/digest.db
    servers=()
}

tear_down_home() {
    local pid
    for pid in "${servers[@]}"; do
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$home"
}

need_data() {
    [ -d "$data/hf_daily" ] || skip "no real listings in $data (DIGEST_TEST_DATA)"
}

wait_for_file() {
    local i
    for ((i = 0; i < 200; i++)); do
        [ -s "$1" ] && return 0
        sleep 0.05
    done
    echo "nothing wrote $1" >&2
    return 1
}

# start_replay ARGUMENT...: the listing server; $web is its base URL, $home/web.log its log.
start_replay() {
    python3 "$top/tests/lib/replay_server.py" "$@" --log "$home/web.log" --port-file "$home/web.port" \
        >"$home/web.out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/web.port"
    web=http://127.0.0.1:$(cat "$home/web.port")
}

# A configuration from standard input, and one with the source hf at the replaying server, of which
# nothing is asked twice that is odd.
write_config() {
    mkdir -p "$home/config/digest"
    cat >"$home/config/digest/digest.conf"
    chmod 600 "$home/config/digest/digest.conf"
}

hf_config() {
    write_config <<CONF
digest { retry = 0s }
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
source hf { provider = hf_daily  base_url = "$web" }
list daily { title = "Daily papers"  sources = {hf}  timezone = UTC }
CONF
}

# A listing of our own: listing_file FILE DAY ID TITLE [ID TITLE]...
listing_file() {
    local file=$1 day=$2 rank=100
    shift 2
    {
        printf '['
        while [ $# -gt 0 ]; do
            printf '{"paper":{"id":"%s","title":"%s","summary":"What this paper says, in a sentence of ours.","authors":[{"name":"Ada Example","hidden":false}],"publishedAt":"%sT00:00:00.000Z","submittedOnDailyAt":"%sT00:00:00.000Z","upvotes":%d}}' \
                "$1" "$2" "$day" "$day" "$rank"
            rank=$((rank - 1))
            shift 2
            [ $# -eq 0 ] || printf ','
        done
        printf ']\n'
    } >"$file"
}

# The ids of a JSON preview on standard input, in order.
keys() {
    jq -r '.entries[].key'
}

# The messages of the maildir, oldest name first.
mails() {
    find "$home/mail/new" -type f 2>/dev/null | sort
}

newest_mail() {
    find "$home/mail/new" -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-
}

mail_count() {
    mails | wc -l
}

# Fails when the command succeeds: a plain "! command" would pass unnoticed.
refute() {
    if "$@"; then
        echo "should not have succeeded: $*" >&2
        return 1
    fi
}

# ROWS COLUMNS COMMAND...: what a command writes to a terminal of that size, as bytes.
on_terminal() {
    /usr/bin/python3 - "$@" <<'PY'
import fcntl, os, pty, struct, sys, termios
rows, columns = map(int, sys.argv[1:3])
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
out = b''
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    out += piece
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.stdout.buffer.write(out.replace(b'\r\n', b'\n'))
sys.exit(status)
PY
}
