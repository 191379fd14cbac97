#!/usr/bin/env bash
# Unpacks smtp-sink from Debian's postfix package into build/postfix. Nothing is installed and no mail
# server of this machine is touched. build/postfix/smtp-sink is what to run.
set -eu
cd "$(dirname "$0")/../.."

here=build/postfix
[ ! -x $here/smtp-sink ] || exit 0
command -v apt-get >/dev/null || { echo 'smtp-sink: comes from a Debian package, and this is no Debian' >&2; exit 69; }
rm -rf $here
mkdir -p $here/packages

download() {
    # apt-get's own user may not write here, and asks nobody when told not to change to it.
    (cd $here/packages && apt-get -o APT::Sandbox::User= -q download "$@") >$here/log 2>&1 || {
        echo "smtp-sink: cannot download $*: $(grep -m1 '^E:' $here/log)" >&2
        exit 69
    }
    local package
    for package in "$@"; do
        dpkg -x $here/packages/"$package"_*.deb $here
    done
}

download postfix
libraries=$PWD/$here/usr/lib/postfix:$PWD/$here/usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")

# The libraries it wants and this machine has not come from the packages that postfix depends on.
if LD_LIBRARY_PATH=$libraries ldd $here/usr/sbin/smtp-sink | grep -q 'not found'; then
    depends=$(dpkg-deb -f $here/packages/postfix_*.deb Depends | tr ',' '\n' | sed -nE 's/^ *(lib[^ |]+).*/\1/p')
    # shellcheck disable=SC2086 # one word per package
    download $depends
fi

cat >$here/smtp-sink.new <<TEXT
#!/bin/sh
LD_LIBRARY_PATH='$libraries' exec '$PWD/$here/usr/sbin/smtp-sink' "\$@"
TEXT
chmod +x $here/smtp-sink.new
$here/smtp-sink.new 2>&1 | grep -q 'usage:' || { echo 'smtp-sink: does not start here' >&2; exit 69; }
mv $here/smtp-sink.new $here/smtp-sink
