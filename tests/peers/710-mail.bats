#!/usr/bin/env bats
# Whole messages before judges that read mail: SpamAssassin and rspamd, and three libraries that take
# messages apart.
# shellcheck disable=SC2154

load ../e2e/helper
load judges/rspamd.sh

setup() {
    set_up_home
    listing_file "$home/day.json" 2026-07-27 2607.00001 'Rivers: $\\alpha^2$ — 流れ, \"quoted\" = 100 %' 2607.00002 'Hills'
    jq -s add "$top/tests/demo/2026-07-27.json" "$home/day.json" >"$home/listing.json"
    write_config <<CONF
smtp { from = "Päper Digest, daily <digest@example.com>"  url = "maildir:$home/mail" }
digest { contact = "desk@example.com" }
source papers { provider = file  path = "$home/listing.json"  title = "Papers" }
list daily { sources = {papers}  timezone = UTC  subscribers = {ada@example.net} }
CONF
}

teardown() {
    tear_down_home
}

# Gives two of the papers pictures, and the list a wish for them.
with_pictures() {
    mkdir "$home/files"
    python3 "$top/tests/lib/picture.py" 1200 648 240 240 240 "$home/files/0.png"
    python3 "$top/tests/lib/picture.py" 400 900 20 160 90 "$home/files/1.png"
    start_replay --files "$home/files"
    jq --arg web "$web" 'reduce range(2) as $i (.; .[$i].thumbnail = "\($web)/\($i).png")' \
        "$home/listing.json" >"$home/pictured.json"
    mv "$home/pictured.json" "$home/listing.json"
    sed -i 's/list daily {/list daily { images = inline /; s/digest {/digest { private_redirects = true /' \
        "$home/config/digest/digest.conf"
}

need() {
    command -v "$1" >/dev/null || skip "$1 is not installed"
}

spamassassin_has_nothing_against() {
    spamassassin -L -t <"$1" >"$home/judged" 2>"$home/said"
    python3 - "$home/judged" <<'PY'
import email, email.policy, re, sys
status = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)['X-Spam-Status']
assert float(re.search(r'score=(\S+)', status)[1]) <= 0.5, status
assert 'MAILING_LIST_MULTI' in status, status
PY
}

@test "SpamAssassin knows a person's message as a list's, and has nothing against it" {
    need spamassassin
    "$digest" run -o list.daily.attach=bibtex
    spamassassin_has_nothing_against "$(newest_mail)"
}

@test "SpamAssassin has nothing against pictures" {
    need spamassassin
    with_pictures
    "$digest" run
    grep -q '^Content-Type: image/jpeg' "$(newest_mail)"
    spamassassin_has_nothing_against "$(newest_mail)"
}

# The clock of the test is not rspamd's; and whether a mail's links are odd in number is chance.
rspamd_has_nothing_against() {
    start_rspamd
    rspamc --connect "127.0.0.1:$port_rspamd" --timeout 60 --ip 192.0.2.1 --hostname mail.example.com --helo mail.example.com \
        --from digest@example.com --rcpt ada@example.net --json "$1" >"$home/judged"
    python3 - "$home/judged" <<'PY'
import json, sys
judged = json.load(open(sys.argv[1]))
scores = {name: symbol['score'] for name, symbol in judged['symbols'].items() if name not in ('DATE_IN_PAST', 'URI_COUNT_ODD')}
assert judged['action'] == 'no action', judged
assert sum(scores.values()) <= 0.5, scores
assert scores.get('MAILLIST', 0) < 0 and 'HAS_LIST_UNSUB' in scores, scores
PY
}

@test "rspamd knows a person's message as a list's, and has nothing against it" {
    need rspamd
    "$digest" run
    rspamd_has_nothing_against "$(newest_mail)"
}

@test "rspamd has nothing against pictures" {
    need rspamd
    with_pictures
    "$digest" run
    grep -q '^Content-Type: image/jpeg' "$(newest_mail)"
    rspamd_has_nothing_against "$(newest_mail)"
}

@test "Python, GMime and postal-mime give back the same texts, subject and addresses" {
    judges=$top/build/judges
    need node
    [ -d "$judges/node_modules/postal-mime" ] || skip 'postal-mime is not installed (tests/peers/judges/install.sh)'
    "$digest" --preview --send-to list@example.com >"$home/text"
    "$digest" --preview=html --send-to list@example.com >"$home/html"
    "$digest" --preview=json --send-to list@example.com >"$home/json"
    "$digest" --send-to list@example.com
    PYTHONPATH=$BATS_TEST_DIRNAME /usr/bin/python3 -B "$BATS_TEST_DIRNAME/judge.py" sound "$(newest_mail)"
    /usr/bin/python3 -B "$BATS_TEST_DIRNAME/judge.py" parts "$(newest_mail)" "$home/text" "$home/html"
    node "$BATS_TEST_DIRNAME/judges/postal.mjs" "$judges" "$(newest_mail)" >"$home/postal"
    /usr/bin/python3 - "$home/postal" "$home/text" "$home/html" "$home/json" "$(newest_mail)" <<'PY'
import email, email.policy, json, sys
postal, preview = (json.load(open(name)) for name in (sys.argv[1], sys.argv[4]))
text, html = (open(name).read() for name in sys.argv[2:4])
message = email.message_from_binary_file(open(sys.argv[5], 'rb'), policy=email.policy.default)
assert postal['text'].strip() == text.strip() and postal['html'].strip() == html.strip()
assert postal['subject'] == message['subject'] == preview['subject'], postal['subject']
assert postal['from'] == {'name': 'Päper Digest, daily', 'address': 'digest@example.com'}, postal['from']
sender, = message['from'].addresses
assert (sender.display_name, sender.addr_spec) == ('Päper Digest, daily', 'digest@example.com'), sender
assert [to['address'] for to in postal['to']] == ['list@example.com'] == [to.addr_spec for to in message['to'].addresses]
assert postal['messageId'] == message['message-id'] and postal['attachments'] == 0
PY
}

@test "a subscriber's message with an attachment is taken apart alike" {
    judges=$top/build/judges
    need node
    [ -d "$judges/node_modules/postal-mime" ] || skip 'postal-mime is not installed (tests/peers/judges/install.sh)'
    "$digest" run -o list.daily.attach=bibtex
    node "$BATS_TEST_DIRNAME/judges/postal.mjs" "$judges" "$(newest_mail)" >"$home/postal"
    /usr/bin/python3 - "$home/postal" "$(newest_mail)" <<'PY'
import email, email.policy, json, sys
postal = json.load(open(sys.argv[1]))
message = email.message_from_binary_file(open(sys.argv[2], 'rb'), policy=email.policy.default)
assert not any(part.defects for part in message.walk())
for kind, name in ('plain', 'text'), ('html', 'html'):
    got = message.get_body((kind,)).get_content()
    assert postal[name].replace('\r\n', '\n').strip() == got.strip() and 'Unsubscribe' in got
assert postal['attachments'] == len(list(message.iter_attachments())) == 1
PY
}

@test "pictures are taken out alike, and belong to the page that shows them" {
    judges=$top/build/judges
    need node
    [ -d "$judges/node_modules/postal-mime" ] || skip 'postal-mime is not installed (tests/peers/judges/install.sh)'
    with_pictures
    "$digest" --preview --send-to list@example.com >"$home/text"
    "$digest" --preview=html --send-to list@example.com >"$home/page"
    "$digest" --send-to list@example.com
    mail=$(newest_mail)
    # A preview holds the pictures itself; in a mail the page names them.
    /usr/bin/python3 - "$mail" "$home/page" "$home" <<'PY'
import base64, email, email.policy, re, sys
message = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)
names = iter([part['Content-ID'].strip('<>') for part in message.walk() if part['Content-ID']])
shown = []
def take(found):
    shown.append(base64.b64decode(found[1], validate=True))
    return f'src="cid:{next(names)}"'
page = re.sub('src="data:image/jpeg;base64,([^"]+)"', take, open(sys.argv[2]).read())
assert len(shown) == 2 and next(names, None) is None
open(sys.argv[3] + '/html', 'w').write(page)
for number, jpeg in enumerate(shown):
    open(f'{sys.argv[3]}/{number}.jpg', 'wb').write(jpeg)
PY
    PYTHONPATH=$BATS_TEST_DIRNAME /usr/bin/python3 -B "$BATS_TEST_DIRNAME/judge.py" sound "$mail"
    /usr/bin/python3 -B "$BATS_TEST_DIRNAME/judge.py" parts "$mail" "$home/text" "$home/html" "$home/0.jpg" "$home/1.jpg"
    refute /usr/bin/python3 -B "$BATS_TEST_DIRNAME/judge.py" parts "$mail" "$home/text" "$home/html" "$home/1.jpg" "$home/0.jpg"
    node "$BATS_TEST_DIRNAME/judges/postal.mjs" "$judges" "$mail" >"$home/postal"
    /usr/bin/python3 - "$home/postal" "$home" <<'PY'
import json, os, re, sys
postal, home = json.load(open(sys.argv[1])), sys.argv[2]
names = re.findall('src="cid:([^"]+)"', postal['html'])
sizes = [os.path.getsize(f'{home}/{number}.jpg') for number in range(2)]
assert postal['pictures'] == [[f'<{name}>', 'image/jpeg', size] for name, size in zip(names, sizes, strict=True)], postal['pictures']
assert postal['attachments'] == 0
PY
}
