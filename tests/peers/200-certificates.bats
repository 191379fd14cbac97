#!/usr/bin/env bats
# A server that cannot prove who it is gets not one byte of a login, nor of a message.
# shellcheck disable=SC2154

load ../e2e/helper
load peers

setup_file() {
    start_peers
}

teardown_file() {
    stop_peers
}

setup() {
    set_up_home
    mail_config "$port_starttls"
    cp "$peers/postfix.log" "$home/postfix.before"
    auth_before=$(logins)
}

teardown() {
    tear_down_home
}

# How many logins Dovecot was asked about.
logins() {
    grep -c 'auth: Debug: client in: AUTH' "$peers/dovecot.log" || true
}

# What Postfix has logged since the test began.
postfix_said() {
    tail -n +$(($(wc -l <"$home/postfix.before") + 1)) "$peers/postfix.log"
}

# Whether Postfix has said goodbye by now; $home/said is what it logged so far.
postfix_disconnected() {
    postfix_said >"$home/said"
    grep 'disconnect from' "$home/said"
}

# What the client said through a wiretap.
start_wiretap() {
    : >"$home/heard"
    python3 "$here/wiretap.py" "$home/wire.port" "$1" "$home/heard" >"$home/wire.log" 2>&1 </dev/null 3>&- &
    servers+=($!)
    wait_for_file "$home/wire.port"
    wire=$(cat "$home/wire.port")
}

# expect_refused SCHEME PORT WHY
expect_refused() {
    start_wiretap "$2"
    run send list@example.com --transport "$1://digest@localhost:$wire"
    echo "$output"
    [ "$status" -eq 69 ]
    [[ $output == *"the certificate of 'localhost' is refused: $3"* ]]
    [ "$(wc -l <<<"$output")" -eq 1 ]

    # Postfix heard a greeting and STARTTLS and no command behind them.
    wait_until postfix_disconnected
    refute grep -E 'disconnect from.* (auth|mail|rcpt|data)=' "$home/said"
    [ "$(logins)" -eq "$auth_before" ]

    # In clear went nothing but the way to TLS: not the login's name, not the password.
    refute grep -aqiE 'AUTH|MAIL FROM|digest@' "$home/heard"
    expect_arrived list 0
}

@test "a certificate for another host" {
    expect_refused smtp "$port_otherhost" "it is for another host"
}

@test "a certificate for another host, TLS from the first byte" {
    expect_refused smtps "$port_otherhost_smtps" "it is for another host"
}

@test "an expired certificate" {
    expect_refused smtp "$port_expired" "it has expired"
}

@test "a certificate of tomorrow" {
    expect_refused smtp "$port_tomorrow" "it is not valid yet"
}

@test "a certificate signed by itself" {
    expect_refused smtp "$port_selfsigned" "it is not signed by an authority trusted here"
}

@test "an authority that this machine does not trust" {
    sed -i '/ca_file/d' "$home/config/digest/digest.conf"
    expect_refused smtp "$port_starttls" "it is not signed by an authority trusted here"
}

# The server's own view of an encrypted connection: what came out of it behind the handshake.
@test "a server in the middle with a wrong certificate decrypts nothing" {
    python3 - "$peers/tls/otherhost.pem" "$home/middle.port" "$home/decrypted" >"$home/middle.log" 2>&1 </dev/null 3>&- <<'PY' &
import socket, ssl, sys
certificate, port_file, decrypted = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate)
listener = socket.create_server(('127.0.0.1', 0))
open(decrypted, 'w').close()
with open(port_file, 'w') as file:
    file.write(f'{listener.getsockname()[1]}\n')
while True:
    peer = listener.accept()[0]
    try:
        peer = context.wrap_socket(peer, server_side=True)
        peer.sendall(b'220 evil.example\r\n')
        while data := peer.recv(4096):
            with open(decrypted, 'ab') as file:
                file.write(data)
            peer.sendall(b'250-evil.example\r\n250 AUTH PLAIN LOGIN\r\n')
    except OSError as error:
        print(error)
    print('over', flush=True)
PY
    servers+=($!)
    wait_for_file "$home/middle.port"
    run send list@example.com --transport "smtps://digest@localhost:$(cat "$home/middle.port")"
    [ "$status" -eq 69 ]
    wait_for_file "$home/middle.log"
    [ ! -s "$home/decrypted" ]
}

@test "with the right certificate the same delivery goes out" {
    run send list@example.com --transport "smtp://digest@localhost:$port_expired"
    [ "$status" -eq 69 ]
    send list@example.com
    expect_arrived list 1
}
