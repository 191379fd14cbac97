#!/usr/bin/env bats
# The HTML part before judges that read HTML: tidy finds nothing to mend in it, and a browser for
# terminals shows what the text part says.
# shellcheck disable=SC2154

load ../e2e/helper

setup() {
    set_up_home
    listing_file "$home/day.json" 2026-07-27 2607.00001 'Rivers that <move> & $\\alpha$' 2607.00002 'Hills' \
        2607.00003 'Three' 2607.00004 'Four' 2607.00005 'Five' 2607.00006 'Six'
}

teardown() {
    tear_down_home
}

page() { # TEMPLATE
    printf 'list mine { template = %s sources = {"%s"} }\n' "$1" "$home/day.json" >"$home/digest.conf"
    "$digest" -c "$home/digest.conf" --preview=html
}

@test "tidy finds nothing in any template's HTML" {
    command -v tidy >/dev/null || skip 'tidy is not installed'
    for template in daily compact weekly; do
        page "$template" >"$home/page.html"
        grep -qF '6. <a href' "$home/page.html"
        tidy -q -e -utf8 "$home/page.html" >"$home/findings" 2>&1 || true
        diff /dev/null "$home/findings"
    done
}

@test "w3m shows the titles, numbers and links' names of the text part" {
    command -v w3m >/dev/null || skip 'w3m is not installed'
    page daily >"$home/page.html"
    w3m -dump -T text/html -I UTF-8 -O UTF-8 -cols 78 "$home/page.html" >"$home/seen"
    grep -qF '1. Rivers that <move> & α' "$home/seen"
    grep -qF '6. Six' "$home/seen"
    grep -qF 'In this issue' "$home/seen"
    [ "$(grep -c 'arXiv abstract' "$home/seen")" -eq 6 ]
    grep -qF '6 new papers' "$home/seen"
}

@test "SpamAssassin knows a person's message as a list's, and Python finds no defect in it" {
    command -v spamassassin >/dev/null || skip 'spamassassin is not installed'
    write_config <<CONF
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
digest { contact = "desk@example.com" }
list daily { sources = {"$home/day.json"}  timezone = UTC  subscribers = {ada@example.net}  attach = bibtex }
CONF
    "$digest" run
    spamassassin -L -t <"$(newest_mail)" >"$home/judged" 2>"$home/said"
    python3 - "$(newest_mail)" "$home/judged" <<'PY'
import email, email.policy, re, sys
message, judged = (email.message_from_binary_file(open(name, 'rb'), policy=email.policy.default)
                   for name in sys.argv[1:])
assert not any(part.defects for part in message.walk())
assert float(re.search(r'score=(\S+)', judged['X-Spam-Status'])[1]) <= 0.5, judged['X-Spam-Status']
assert 'MAILING_LIST_MULTI' in judged['X-Spam-Status'], judged['X-Spam-Status']
PY
}
