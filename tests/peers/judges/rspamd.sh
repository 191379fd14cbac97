# A private rspamd on a port of its own, without a world to ask: names are asked of a port where nobody
# answers, and what lives by asking is off. For the tests; $home and $servers are the test's.
# shellcheck shell=bash disable=SC2154

start_rspamd() {
    local folder=$home/rspamd module i
    mkdir -p "$folder/local.d" "$folder/state"
    for module in arc asn dkim dmarc fuzzy_check hfilter mx_check phishing rbl spf surbl; do
        echo 'enabled = false;' >"$folder/local.d/$module.conf"
    done
    # Of the world's suffixes those that the mail has: to compile all of them takes a minute.
    printf '%s\n' com org net io ai >"$folder/suffixes"
    cat >"$folder/quick.inc" <<CONF
url_tld = "$folder/suffixes";
disable_hyperscan = true;
task_timeout = 20s;
dns { nameserver = ["127.0.0.1:9"]; timeout = 0.05s; retransmits = 1; }
CONF
    port_rspamd=$(/usr/bin/python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
    cat >"$folder/rspamd.conf" <<CONF
.include "\$CONFDIR/common.conf"
options {
    pidfile = "$folder/state/pid";
    .include "\$CONFDIR/options.inc"
    .include(priority=5) "$folder/quick.inc"
}
logging { type = "file"; filename = "$folder/log"; level = "error"; }
worker "normal" { bind_socket = "127.0.0.1:$port_rspamd"; count = 1; task_timeout = 20s; }
CONF
    chmod -R a+rwX "$home"
    rspamd --no-fork --user nobody --group nogroup --config "$folder/rspamd.conf" --var=LOCAL_CONFDIR="$folder" \
        --var=DBDIR="$folder/state" --var=RUNDIR="$folder/state" --var=LOGDIR="$folder/state" >"$folder/out" 2>&1 </dev/null 3>&- &
    servers+=($!)
    for ((i = 0; i < 600; i++)); do
        (exec 9<>"/dev/tcp/127.0.0.1/$port_rspamd") 2>/dev/null && return 0
        sleep 0.1
    done
    echo 'rspamd does not answer' >&2
    return 1
}
