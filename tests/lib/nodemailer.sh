#!/usr/bin/env bash
# Puts nodemailer into build/nodemailer by npm, where there is one. Nothing is installed elsewhere.
set -eu
cd "$(dirname "$0")/../.."

here=build/nodemailer
[ ! -d $here/node_modules/nodemailer ] || exit 0
command -v npm >/dev/null || { echo 'nodemailer: comes by npm, which is not here' >&2; exit 69; }
rm -rf $here $here.new
mkdir -p $here.new
npm install --prefix $here.new --no-audit --no-fund --ignore-scripts nodemailer@7 >$here.new/log 2>&1 || {
    echo "nodemailer: npm cannot bring it: $(grep -m1 -i err $here.new/log)" >&2
    exit 69
}
mv $here.new $here
