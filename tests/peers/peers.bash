# Private Postfix and Dovecot for the tests against real mail servers: on loopback ports of their own,
# with everything they write in one temporary folder, stopped by their process ids. The servers of the
# machine, their configuration and their spool are left alone.
#
#   digest -> smtpd (one port per kind of server, see write_postfix) -> LMTP -> Dovecot -> maildir, IMAP
# shellcheck shell=bash disable=SC2034,SC2154

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
password='s3cret+pass word=é'

# Ports that nobody listens on, all different.
free_ports() {
    python3 - "$1" <<'PY'
import random, socket, sys
sockets = []
while len(sockets) < int(sys.argv[1]):
    try:
        # Below those that connections are given, or one of them may have it by the time it is used.
        sockets.append(socket.create_server(('127.0.0.1', random.randrange(15000, 32000))))
    except OSError:
        pass
print(*(s.getsockname()[1] for s in sockets))
PY
}

wait_for_port() {
    local i
    for ((i = 0; i < 400; i++)); do
        (exec 9<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        sleep 0.05
    done
    echo "nothing listens on port $1" >&2
    return 1
}

# wait_until COMMAND...: until it succeeds; fails when it does not within 20 seconds.
wait_until() {
    local i
    for ((i = 0; i < 400; i++)); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.05
    done
    echo "never came true: $*" >&2
    return 1
}

# ---- certificates ----

# make_certificate NAME HOST FROM-DAYS TO-DAYS: $peers/tls/NAME.pem, key first, signed by our authority.
make_certificate() {
    python3 - "$peers/tls" "$@" <<'PY'
import datetime, subprocess, sys
folder, name, host, start, end = sys.argv[1:]
now = datetime.datetime.now(datetime.timezone.utc)
day = lambda days: (now + datetime.timedelta(days=int(days))).strftime('%Y%m%d%H%M%SZ')
openssl = lambda *words: subprocess.run(['openssl', *words], cwd=folder, check=True, capture_output=True)
openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', f'/CN={host}',
    '-addext', f'subjectAltName=DNS:{host}', '-keyout', f'{name}.key', '-out', f'{name}.csr')
openssl('ca', '-batch', '-config', 'ca.conf', '-startdate', day(start), '-enddate', day(end), '-in', f'{name}.csr',
    '-out', f'{name}.crt')
with open(f'{folder}/{name}.pem', 'w') as pem:
    pem.write(open(f'{folder}/{name}.key').read() + open(f'{folder}/{name}.crt').read())
PY
}

make_certificates() {
    mkdir "$peers/tls"
    (
        cd "$peers/tls" || exit
        cat >ca.conf <<'CONF'
[ca]
default_ca = authority
[authority]
new_certs_dir = .
database = index
serial = serial
certificate = ca.crt
private_key = ca.key
default_md = sha256
policy = anything
copy_extensions = copy
unique_subject = no
[anything]
commonName = supplied
CONF
        : >index
        echo 01 >serial
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj '/CN=Test authority' \
            -keyout ca.key -out ca.crt
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
            -addext subjectAltName=DNS:localhost -keyout selfsigned.key -out selfsigned.crt
        cat selfsigned.key selfsigned.crt >selfsigned.pem
    ) >"$peers/tls.log" 2>&1
    make_certificate localhost localhost -1 30
    make_certificate otherhost mail.example.org -1 30
    make_certificate expired localhost -30 -1
    make_certificate tomorrow localhost 1 30
    ca=$peers/tls/ca.crt
}

# ---- servers ----

write_dovecot() {
    cat >"$peers/dovecot.conf" <<CONF
base_dir = $peers/dovecot/run
state_dir = $peers/dovecot/state
log_path = $peers/dovecot.log
auth_verbose = yes
auth_debug = yes
protocols = imap lmtp
ssl = yes
ssl_cert = <$peers/tls/localhost.crt
ssl_key = <$peers/tls/localhost.key
auth_mechanisms = plain login
auth_username_format = %Ln
passdb {
  driver = passwd-file
  args = scheme=PLAIN $peers/dovecot/passwords
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$peers/mail/%u allow_all_users=yes
}
mail_location = maildir:~/Maildir
first_valid_uid = 1
first_valid_gid = 1
postmaster_address = postmaster@example.com
service auth {
  unix_listener $peers/dovecot/login {
    mode = 0666
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $port_lmtp
  }
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = $port_imaps
    ssl = yes
  }
}
CONF
    mkdir -p "$peers/dovecot" "$peers/mail"
    printf 'digest:%s\ninbox:%s\n' "$password" "$password" >"$peers/dovecot/passwords"
    chmod 644 "$peers/dovecot/passwords"
    chown nobody "$peers/mail"
}

# A server that wants TLS and then a login, with the certificate NAME; more -o settings follow.
smtpd_service() {
    local port=$1 certificate=$2 setting
    shift 2
    printf '127.0.0.1:%s inet n - n - - smtpd\n' "$port"
    for setting in "smtpd_tls_chain_files=$peers/tls/$certificate.pem" "$@"; do
        printf '    -o %s\n' "$setting"
    done
}

write_postfix() {
    local anybody=smtpd_relay_restrictions=reject_unauth_destination
    mkdir -p "$peers/postfix/etc" "$peers/postfix/queue" "$peers/postfix/data"
    chown postfix "$peers/postfix/data"
    cat >"$peers/postfix/etc/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $peers/postfix/queue
data_directory = $peers/postfix/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = $peers/postfix.log
maillog_file_prefixes = $peers
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.com
mydestination = example.com, xn--bcher-kva.example
mynetworks =
alias_maps =
alias_database =
local_recipient_maps = inline:{ list=list, reader=reader, other=other, inbox=inbox }
local_transport = lmtp:inet:127.0.0.1:$port_lmtp
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_loglevel = 1
smtpd_sasl_type = dovecot
smtpd_sasl_path = $peers/dovecot/login
smtpd_sasl_auth_enable = yes
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_peername_lookup = no
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
CONF
    {
        smtpd_service "$port_starttls" localhost
        smtpd_service "$port_smtps" localhost smtpd_tls_wrappermode=yes
        smtpd_service "$port_otherhost" otherhost
        smtpd_service "$port_otherhost_smtps" otherhost smtpd_tls_wrappermode=yes
        smtpd_service "$port_expired" expired
        smtpd_service "$port_tomorrow" tomorrow
        smtpd_service "$port_selfsigned" selfsigned
        smtpd_service "$port_nologin" localhost smtpd_sasl_auth_enable=no $anybody
        smtpd_service "$port_notls" localhost smtpd_tls_security_level=none $anybody
        smtpd_service "$port_few" localhost smtpd_tls_security_level=none $anybody smtpd_recipient_limit=2
        smtpd_service "$port_greylist" localhost $anybody \
            "smtpd_recipient_restrictions=check_policy_service,inet:127.0.0.1:$port_policy"
        cat <<'CONF'
pickup    unix  n - n 60  1 pickup
cleanup   unix  n - n -   0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n -   - trivial-rewrite
bounce    unix  - - n -   0 bounce
defer     unix  - - n -   0 bounce
trace     unix  - - n -   0 bounce
verify    unix  - - n -   1 verify
proxymap  unix  - - n -   - proxymap
smtp      unix  - - n -   - smtp
showq     unix  n - n -   - showq
error     unix  - - n -   - error
retry     unix  - - n -   - error
lmtp      unix  - - n -   - lmtp
anvil     unix  - - n -   1 anvil
postlog   unix-dgram n - n - 1 postlogd
CONF
    } >"$peers/postfix/etc/master.cf"
}

# Starts both; $peers is their folder, $port_KIND their ports, $ca the authority to trust. A port that
# somebody else has taken meanwhile costs another try.
start_peers() {
    local try
    for try in 1 2 3; do
        try_to_start_peers && return 0
        echo "the servers did not start, try $try" >&2
        stop_peers
    done
    return 1
}

try_to_start_peers() {
    top=${DIGEST_TOP:-$(cd "$here/../.." && pwd)}
    peers=$(mktemp -d)
    chmod 755 "$peers"
    read -r port_lmtp port_imaps port_policy port_starttls port_smtps port_otherhost port_otherhost_smtps \
        port_expired port_tomorrow port_selfsigned port_nologin port_notls port_few port_greylist < <(free_ports 14)
    make_certificates
    write_dovecot
    write_postfix
    python3 "$here/greylist.py" "$port_policy" >"$peers/policy.log" 2>&1 </dev/null 3>&- &
    policy_pid=$!
    dovecot -c "$peers/dovecot.conf" >"$peers/dovecot.out" 2>&1 </dev/null 3>&-
    postfix -c "$peers/postfix/etc" start >"$peers/postfix.out" 2>&1 </dev/null 3>&- ||
        { cat "$peers/postfix.out" "$peers/postfix.log" >&2; return 1; }
    export PYTHONDONTWRITEBYTECODE=1 here password peers ca policy_pid "${!port_@}"
    wait_for_port "$port_lmtp" && wait_for_port "$port_starttls" && wait_for_port "$port_policy"
}

stop_peers() {
    [ -n "${peers:-}" ] || return 0
    postfix -c "$peers/postfix/etc" stop >/dev/null 2>&1 </dev/null 3>&-
    doveadm -c "$peers/dovecot.conf" stop >/dev/null 2>&1 </dev/null 3>&-
    kill "$policy_pid" 2>/dev/null
    rm -rf "$peers"
}

# ---- a test's own part ----

# A home whose configuration sends through a server of ours: mail_config PORT [KEY = VALUE]...
mail_config() {
    local port=$1 line
    shift
    printf '%s\n' "$password" >"$home/password"
    chmod 600 "$home/password"
    {
        echo 'smtp {'
        echo '  from = "Paper Digest <digest@example.com>"'
        echo "  url = \"smtp://digest@localhost:$port\""
        echo "  password_file = \"$home/password\""
        echo "  ca_file = \"$ca\""
        echo '  tls = required'
        for line in "$@"; do
            echo "  $line"
        done
        echo '}'
    } | write_config
    listing=$home/listing.json
    listing_file "$listing" 2026-07-27 \
        2607.00001 'Wörter, naïve Modelle und 東京' 2607.00002 'From here on: a line that mbox files quote'
    mailbox_before=$(find "$peers/mail" -type f -path '*/new/*' 2>/dev/null | sort)
}

# send ADDRESS... [OPTION...]: the sample listing, once.
send() {
    local words=()
    while [[ ${1:--} != -* ]]; do
        words+=(--send-to "$1")
        shift
    done
    "$digest" "${words[@]}" --source "$listing" --wait=0s "$@"
}

# make_store [OPTION...]: an empty one. A preview without a store cannot know its secret, and so not the
# Message-ID that will be sent.
make_store() {
    echo '[]' >"$home/empty.json"
    "$digest" fetch --source "$home/empty.json" "$@" >/dev/null 2>&1 || [ $? -eq 69 ]
}

# The messages that came to USER since mail_config, one file a line.
arrived() {
    comm -13 <(echo "$mailbox_before") <(find "$peers/mail" -type f -path "*/$1/Maildir/new/*" | sort)
}

arrived_count() {
    arrived "$1" | wc -l
}

has_arrived() {
    [ "$(arrived_count "$1")" -ge "$2" ]
}

# Nothing more is on its way through Postfix.
queue_is_empty() {
    postqueue -c "$peers/postfix/etc" -p 2>&1 | grep -q 'Mail queue is empty'
}

# expect_arrived USER COUNT: so many messages, and no more behind them.
expect_arrived() {
    wait_until has_arrived "$1" "$2" || return 1
    wait_until queue_is_empty || return 1
    if [ "$(arrived_count "$1")" -ne "$2" ]; then
        echo "$1 has $(arrived_count "$1") messages, not $2" >&2
        return 1
    fi
}
