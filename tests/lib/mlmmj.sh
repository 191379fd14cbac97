#!/usr/bin/env bash
# Unpacks the list server of Debian's mlmmj package into build/mlmmj. Nothing is installed, and no mail
# server of this machine is touched. build/mlmmj/usr/bin/mlmmj-receive is what takes a list's mail.
set -eu
cd "$(dirname "$0")/../.."

here=build/mlmmj
[ ! -x $here/usr/bin/mlmmj-receive ] || exit 0
command -v apt-get >/dev/null || { echo 'mlmmj: comes from a Debian package, and this is no Debian' >&2; exit 69; }
rm -rf $here $here.new
mkdir -p $here.new
# apt-get's own user may not write here, and asks nobody when told not to change to it.
(cd $here.new && apt-get -o APT::Sandbox::User= -q download mlmmj) >$here.new/log 2>&1 || {
    echo "mlmmj: cannot download it: $(grep -m1 '^E:' $here.new/log)" >&2
    exit 69
}
dpkg -x $here.new/mlmmj_*.deb $here.new
mv $here.new $here
