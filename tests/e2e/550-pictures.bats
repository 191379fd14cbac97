#!/usr/bin/env bats
# Small pictures in the mail: fetched, made small and sent with it, where the list wants them; and no
# issue that fails or waits for one.
# shellcheck disable=SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/files"
    # Wide, upright, and one of another colour.
    python3 "$top/tests/lib/picture.py" 600 320 240 20 20 "$home/files/1.png"
    python3 "$top/tests/lib/picture.py" 200 400 20 240 20 "$home/files/2.png"
    python3 "$top/tests/lib/picture.py" 480 480 20 20 240 "$home/files/3.png"
    start_replay --files "$home/files" --faults "$home/faults"
    listing_file "$home/plain.json" 2026-07-27 2607.00001 Wide 2607.00002 Upright 2607.00003 Square 2607.00004 Bare
    jq --arg web "$web" '[.[] | .thumbnail = $web + "/" + (.paper.id | ltrimstr("2607.0000")) + ".png"]
        | del(.[3].thumbnail)' "$home/plain.json" >"$home/listing.json"
    config true inline
}

teardown() {
    tear_down_home
}

config() { # PRIVATE IMAGES
    write_config <<CONF
digest { private_redirects = $1 }
smtp { from = "digest@example.com"  url = "maildir:$home/mail" }
list daily { sources = {"$home/listing.json"}  timezone = UTC  images = $2 }
CONF
}

# What stands in a message: its types, then each picture's width and height by its bytes and by the HTML.
anatomy() {
    python3 - "$1" <<'PY'
import email, email.policy, re, sys
with open(sys.argv[1], 'rb') as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)
assert not any(part.defects for part in message.walk()), [part.defects for part in message.walk()]
print(*[part.get_content_type() for part in message.walk()])
html = message.get_body(('html',)).get_content()
assert len(html.encode()) <= 90000
shown = re.findall(r'<img src="cid:([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]+)"', html)
sent = [part for part in message.walk() if part.get_content_maintype() == 'image']
assert [part['Content-ID'] for part in sent] == ['<%s>' % picture[0] for picture in shown]
assert all(part.get_content_disposition() == 'inline' and part['Content-ID'].endswith('@example.com>') for part in sent)
for part, (_, width, height, alt) in zip(sent, shown):
    jpeg = part.get_content()
    frame = jpeg.index(b'\xff\xc0')
    print(int.from_bytes(jpeg[frame + 7:frame + 9], 'big'), int.from_bytes(jpeg[frame + 5:frame + 7], 'big'),
          width, height, alt)
assert 'cid:' not in message.get_body(('plain',)).get_content()
PY
}

asked() {
    jq -r .path "$home/web.log" | sort
}

@test "pictures: a list that wants them has them in its mail, sharp and small" {
    "$digest" --send-to list@example.com
    anatomy "$(newest_mail)" | diff - <(cat <<'TEXT'
multipart/alternative text/plain multipart/related text/html image/jpeg image/jpeg image/jpeg
480 256 240 128 Picture of “Wide”
200 400 120 240 Picture of “Upright”
480 480 240 240 Picture of “Square”
TEXT
    )
    asked | diff - <(printf '/%s.png\n' 1 2 3)
}

@test "pictures: with an attachment and for persons, signed or not, they stay in their place" {
    "$digest" -o list.daily.attach=bibtex -o list.daily.subscribers=ada@example.net run
    anatomy "$(newest_mail)" | head -n 1 | diff - \
        <(echo multipart/mixed multipart/alternative text/plain multipart/related text/html image/jpeg image/jpeg image/jpeg text/x-bibtex)
    "$digest" issues show 1 | grep -qF 'Upright'
}

@test "pictures: what goes out again is the same bytes, and nothing is fetched for it" {
    "$digest" --send-to list@example.com
    mv "$(newest_mail)" "$home/first"
    : >"$home/web.log"
    "$digest" issues resend 1
    diff "$home/first" "$(newest_mail)"
    [ -z "$(asked)" ]
}

@test "pictures: nobody gets any by default, and the other parts do not change" {
    "$digest" --preview=eml --send-to list@example.com >"$home/with"
    "$digest" --preview --send-to list@example.com >"$home/text"
    config true none
    : >"$home/web.log"
    "$digest" --preview=eml --send-to list@example.com >"$home/without"
    "$digest" --preview --send-to list@example.com | diff "$home/text" -
    refute grep -qF image/jpeg "$home/without"
    grep -qF image/jpeg "$home/with"
    [ -z "$(asked)" ]
    python3 - "$home/with" "$home/without" <<'PY'
import email, email.policy, sys
texts = [email.message_from_binary_file(open(name, 'rb'), policy=email.policy.default).get_body(('plain',)).get_content()
         for name in sys.argv[1:]]
assert texts[0] == texts[1]
PY
}

@test "pictures: a preview shows what is sent, and writes nothing" {
    "$digest" --preview=html --send-to list@example.com >"$home/page"
    [ "$(grep -c 'src="data:image/jpeg;base64,/9j/' "$home/page")" -eq 3 ]
    refute grep -qF 'cid:' "$home/page"
    "$digest" --preview=eml --send-to list@example.com >"$home/eml"
    [ ! -e "$home/state" ]
    "$digest" --send-to list@example.com
    # Only the recipient's own identifier differs between a preview and a mail.
    diff <(grep -v '^Message-ID:' "$home/eml") <(tr -d '\r' <"$(newest_mail)" | grep -v '^Message-ID:')
}

@test "pictures: text, JSON, dry runs and what is offline ask for none" {
    "$digest" --preview >/dev/null
    "$digest" --preview=json >/dev/null
    "$digest" --send-to list@example.com --dry-run
    "$digest" --preview=eml --offline >"$home/eml"
    refute grep -qF image/jpeg "$home/eml"
    [ -z "$(asked)" ]
    "$digest" --send-to list@example.com
    : >"$home/web.log"
    "$digest" backtest --since 2026-07-27
    [ -z "$(asked)" ]
}

@test "pictures: what is gone, no picture, cut short, huge or slow is left out, and the issue goes" {
    cat >"$home/faults" <<'JSON'
[{"path": "/1.png", "status": 404, "body": "not found"}, {"path": "/2.png", "do": "html"}, {"path": "/3.png", "do": "cut"}]
JSON
    "$digest" -v --send-to list@example.com 2>"$home/said"
    grep -qF '/1.png status=404' "$home/said"
    grep -qF '/2.png: it is neither JPEG nor PNG' "$home/said"
    grep -qF '/3.png: it is cut short' "$home/said"
    [ "$(anatomy "$(newest_mail)")" = 'multipart/alternative text/plain text/html' ]

    rm "$home/mail/new/"*
    cat >"$home/faults" <<'JSON'
[{"path": "/1.png", "do": "bomb", "bytes": 9000000}, {"path": "/2.png", "do": "stall", "seconds": 60}]
JSON
    "$digest" -v -o digest.timeout=4s --send-to other@example.com 2>"$home/said"
    grep -qF '/1.png: the answer of' "$home/said"
    grep -qF '/2.png:' "$home/said"
    [ "$(mail_count)" -eq 1 ]
}

@test "pictures: who waits for them at a terminal sees how many came" {
    echo '[{"path": "/3.png", "do": "delay", "seconds": 1}]' >"$home/faults"
    "$digest" --progress=always --send-to list@example.com 2>"$home/said"
    grep -qF 'fetching: 2 of 3 pictures' "$home/said"
    tr '\r' '\n' <"$home/said" | tail -n 1 | diff - <(printf '\033[K')
}

@test "pictures: a run without any that can be had ends well and says nothing" {
    echo '[{"path": "", "do": "close"}]' >"$home/faults"
    run -0 "$digest" --progress=never --send-to list@example.com
    [ -z "$output" ]
    [ "$(anatomy "$(newest_mail)")" = 'multipart/alternative text/plain text/html' ]
}

@test "pictures: none is fetched from inside this network unless that is allowed" {
    config false inline
    "$digest" -v --send-to list@example.com 2>"$home/said"
    grep -qF 'an address inside this network; not followed' "$home/said"
    [ -z "$(asked)" ]
    [ "$(anatomy "$(newest_mail)")" = 'multipart/alternative text/plain text/html' ]
}

@test "pictures: one that several entries share says nothing of any; a mark is no picture" {
    python3 "$top/tests/lib/picture.py" 1 1 0 0 0 "$home/files/3.png"
    jq --arg web "$web" '.[0].thumbnail = $web + "/2.png"' "$home/listing.json" >"$home/new.json"
    mv "$home/new.json" "$home/listing.json"
    "$digest" -v --send-to list@example.com 2>"$home/said"
    grep -qF '/3.png: it is too small or thin: 1 by 1 pixels' "$home/said"
    [ "$(anatomy "$(newest_mail)")" = 'multipart/alternative text/plain text/html' ]
}

@test "pictures: a long issue has some at its head and stays small" {
    jq -n --arg web "$web" '[range(300) | {thumbnail: "\($web)/\(.).png", paper: {id: "2607.\(10000 + .)",
        title: "Paper \(.)", summary: "A sentence of ours that is said here, and then once more. It is said.",
        authors: [{name: "Ada Example"}], upvotes: (1000 - .), submittedOnDailyAt: "2026-07-27T00:00:00.000Z",
        publishedAt: "2026-07-27T00:00:00.000Z"}}]' >"$home/listing.json"
    python3 "$top/tests/lib/picture.py" 480 200 200 0 250 "$home/files/"{0..49}.png
    "$digest" --send-to list@example.com
    [ "$(asked | wc -l)" -eq 40 ]
    # Those whose entries the HTML has no room for are not sent.
    count=$(anatomy "$(newest_mail)" | grep -c '^480 200 240 100 Picture')
    [ "$count" -ge 12 ] && [ "$count" -le 40 ]
    [ "$(wc -c <"$(newest_mail)")" -lt 1000000 ]
}

@test "pictures: templates without them send none, and a wrong word is refused" {
    "$digest" -o list.daily.template=compact --send-to list@example.com
    [ "$(anatomy "$(newest_mail)")" = 'multipart/alternative text/plain text/html' ]
    run -78 "$digest" --preview -o list.daily.images=remote
    [[ "$output" == *"must be inline or none"* ]]
}
