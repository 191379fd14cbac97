#!/usr/bin/env bash
# Finds what is missing to build and test digest, and installs it with apt-get where it may. It never
# removes a package.
#
#   tests/lib/deps.sh build|test|peers|bench|fuzz   what one needs to build, to test too, to test with mail
#                                                   servers, to measure beside other programs, or to fuzz
set -eu

# PACKAGE PROBE: command:NAME in the PATH, pc:NAME known to pkg-config, file:PATH, header:NAME that the
# compiler finds, python:NAME that Debian's Python finds.
build_needs='
gcc command:cc
make command:make
libc6-dev header:stdio.h
pkg-config command:pkg-config
libcurl4-gnutls-dev pc:libcurl
libetpan-dev pc:libetpan
libsqlite3-dev pc:sqlite3
libxml2-dev pc:libxml-2.0
libcjson-dev pc:libcjson
libgnutls28-dev pc:gnutls
libidn2-dev pc:libidn2
zlib1g-dev pc:zlib
libunistring-dev header:unistr.h
liblinear-dev header:linear.h
libconfuse-dev pc:libconfuse
libjpeg62-turbo-dev pc:libjpeg
libpng-dev pc:libpng
tzdata file:/usr/share/zoneinfo/Europe/Berlin
ca-certificates file:/etc/ssl/certs/ca-certificates.crt
'
test_needs='
libcmocka-dev pc:cmocka
bats command:bats
git command:git
jq command:jq
python3 file:/usr/bin/python3
python3-aiosmtpd python:aiosmtpd
openssl command:openssl
sqlite3 command:sqlite3
strace command:strace
spin command:spin
procps command:ps
clang-format command:clang-format
pmccabe command:pmccabe
shellcheck command:shellcheck
'
# Only here a mail server is installed.
peer_needs='
tidy command:tidy
w3m command:w3m
spamassassin command:spamassassin
rspamd command:rspamd
chromium command:chromium
nodejs command:node
npm command:npm
postfix file:/usr/sbin/postfix
python3-croniter file:/usr/lib/python3/dist-packages/croniter/croniter.py
dovecot-core file:/usr/sbin/dovecot
dovecot-imapd file:/usr/lib/dovecot/imap
dovecot-lmtpd file:/usr/lib/dovecot/lmtp
msmtp command:msmtp
libgmime-3.0-0 library:libgmime-3.0.so.0
python3-dkim python:dkim
libmail-dkim-perl file:/usr/share/perl5/Mail/DKIM/Verifier.pm
biber command:biber
cmark command:cmark
python3-feedparser python:feedparser
faketime command:faketime
cron command:cron
'

bench_needs='
rss2email command:r2e
sfeed command:sfeed_update
curl command:curl
msmtp command:msmtp
sqlite3 command:sqlite3
valgrind command:valgrind
python3 file:/usr/bin/python3
python3-sklearn python:sklearn
'

fuzz_needs='
clang command:clang
libclang-rt-14-dev file:/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux
llvm-14 command:llvm-cov-14
jq command:jq
'

is_there() {
    local what=${1#*:}
    case $1 in
    command:*) command -v "$what" >/dev/null ;;
    pc:*) pkg-config --exists "$what" 2>/dev/null ;;
    file:*) [ -e "$what" ] ;;
    header:*) [ -e "/usr/include/$what" ] || echo "#include <$what>" | cc -E - >/dev/null 2>&1 ;;
    library:*) PATH=$PATH:/sbin ldconfig -p | grep -qF "$what" ;;
    python:*) [ -e "/usr/lib/python3/dist-packages/$what" ] || /usr/bin/python3 -c "import $what" 2>/dev/null ;;
    esac
}

case ${1:-} in
build) needs=$build_needs ;;
test) needs=$build_needs$test_needs ;;
peers) needs=$build_needs$test_needs$peer_needs ;;
bench) needs=$build_needs$bench_needs ;;
fuzz) needs=$build_needs$fuzz_needs ;;
*)
    sed -n '5,6p' "$0" >&2
    exit 64
    ;;
esac

find_missing() {
    missing=()
    local package probe
    while read -r package probe; do
        [ -z "$package" ] || is_there "$probe" || missing+=("$package")
    done <<<"$needs"
}

find_missing
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "deps: this is no Debian; install what corresponds to: ${missing[*]}" >&2
    exit 69
fi

# libetpan-dev depends on the GnuTLS flavour of libcurl's headers, and the two flavours exclude one
# another. Which one stays on this machine is not ours to decide.
if dpkg-query -W -f '${db:Status-Status}' libcurl4-openssl-dev 2>/dev/null | grep -qx installed; then
    cat >&2 <<'TEXT'
deps: libcurl4-openssl-dev is installed, and libetpan-dev needs libcurl4-gnutls-dev, which cannot stand beside it.
      Nothing was changed. If nothing else here is built with the OpenSSL headers, exchange them yourself:
          apt-get install libcurl4-gnutls-dev
      and then type `make deps` again.
TEXT
    exit 69
fi

install=(apt-get install -y --no-remove --no-install-recommends "${missing[@]}")
if [ "$(id -u)" -eq 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
else
    printf 'deps: missing: %s; type this as root, then try again:\n    %s\n' "${missing[*]}" "${install[*]}" >&2
    exit 69
fi

# A mail server that is installed for the tests does not begin to serve this machine, and does not
# take the place of the one that does.
if [[ " ${missing[*]} " == *" postfix "* ]]; then
    present=$(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' |
        awk '$1 == "installed" && / mail-transport-agent/ { print $2; exit }')
    if [ -n "$present" ]; then
        echo "deps: postfix cannot stand beside '$present', the mail server of this machine; run these tests on another" >&2
        exit 69
    fi
    echo 'postfix postfix/main_mailer_type select No configuration' | "${as_root[@]}" debconf-set-selections
fi
if [ "$1" = peers ] && [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
    trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
    "${as_root[@]}" chmod 755 /usr/sbin/policy-rc.d
fi

echo "deps: installing ${missing[*]}"
shopt -s nullglob
lists=(/var/lib/apt/lists/*_Packages*)
[ ${#lists[@]} -gt 0 ] || "${as_root[@]}" apt-get update -qq
# Lists that are older than the mirror name files that are gone.
"${as_root[@]}" "${install[@]}" -qq >/dev/null || {
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" "${install[@]}" -qq >/dev/null
}

find_missing
if [ ${#missing[@]} -gt 0 ]; then
    echo "deps: still missing after the installation: ${missing[*]}" >&2
    exit 69
fi
