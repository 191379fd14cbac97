#!/usr/bin/env bats
# Texts that mean to be more than text: markup, scripts, schemes, controls, TeX, formats, templates,
# mail. In no part of an issue and in nothing to take away are they anything else.
# shellcheck disable=SC2016,SC2154

load helper

# The texts as titles, abstracts and authors; and as comments, journals, categories and addresses.
setup_file() {
    python3 - "$BATS_FILE_TMPDIR" <<'PY'
import json, re, sys
from xml.sax.saxutils import escape, quoteattr
texts = [
    '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><svg/onload=alert(1)>', "' onmouseover='alert(1)",
    '<a href="javascript:alert(1)">x</a>', '<a href="java\nscript:alert(1)">x</a>', '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href=" vbscript:x">y</a> <a href="data:text/html,<script>alert(1)</script>">z</a>',
    '<p style="background:url(http://a.example/x);width:expression(alert(1));position:fixed">s</p>',
    '<img src="http://a.example/pixel.gif" width=1 height=1>', '<base href="http://a.example/"><meta http-equiv=refresh content=0>',
    '<form action="http://a.example/"><input></form><math><mtext></mtext></math><iframe src=x>', '</title></style></td></table></body></html><b>',
    '<!-- <![endif]--> ]]> <![CDATA[', '\u202egnp.exe \u2066x\u2069 z\u200bero \u200e', 'p\u0430ypal \u03bfnline',
    '\x1b]0;owned\x07\x1b[2J\x9b31m \x00 \x08 \x7f', '\x0e\x0f\x10\x11\x12 styles', '$\\alpha_{$ \\input{/etc/passwd} $x^{$',
    '\\url{javascript:alert(1)} \\href{javascript:alert(1)}{x} \\href{data:,x}{y}', '\\write18{id} \\csname x\\endcsname \\def\\x{\\x}\\x',
    '%s%n%x %1$s', '{{template}} {{{html}}} {{>partial}} {{#section}} {{/section}} {{=<% %>=}}', 'a' * 3000, 'word ' * 900,
    '.', '.\r\n.\r\nQUIT', 'From the beginning', 'bare\rCR and\nLF\n.\nMAIL FROM:<a@b>', 'Title\r\nBcc: evil@example.com\r\n\r\nbody',
    '=?utf-8?q?=0d=0aBcc:_evil@example.com?=', '\U0001f469\u200d\U0001f52c' * 60, 'Z' + '\u0301' * 400, '\U0001f1e9\U0001f1ea \u0915\u094d\u0937',
    '&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;b&amp;gt;', '}} @article{evil, title={x}}', '"},{"title":"second"}', 'ER  - \nTY  - JOUR',
]
day = '2026-07-27T00:00:00.000Z'
json.dump([{'paper': {'id': f'2607.{i:05}', 'title': f'{i} {text}' if i % 2 else text, 'summary': '' if i % 7 == 0 else text + '\n\n' + text,
    'publishedAt': day, 'submittedOnDailyAt': day, 'upvotes': i, 'authors': [{'name': text[:200], 'hidden': False}]},
    'publishedAt': day, 'title': text, 'numComments': 0} for i, text in enumerate(texts, 1)], open(sys.argv[1] + '/listing.json', 'w'))
texts = [re.sub('[\x00-\x08\x0b\x0c\x0e-\x1f]', ' ', text) for text in texts]
schemes = ['javascript:alert(1)', 'java\tscript:alert(1)', ' vbscript:x', 'data:text/html,<script>alert(1)</script>', 'file:///etc/passwd',
           'https://a.example/"onmouseover="alert(1)', "https://a.example/'><script>alert(1)</script>", 'https://a.example/\u202egnp.exe',
           'https://a.example/%0d%0aBcc:x', 'https://a.example/{{title}}', 'https://a.example/) [x](javascript:alert(1))', 'https:javascript:alert(1)']
with open(sys.argv[1] + '/feed.xml', 'w') as feed:
    feed.write('<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"><id>urn:x</id><title>x</title>')
    for number, text in enumerate(texts, 1):
        url = schemes[number % len(schemes)]
        feed.write(f'<entry><id>http://arxiv.org/abs/2606.{number:05}v1</id><title>Paper {number}</title><published>2026-07-27T00:00:00Z</published>'
                   f'<summary>{escape(text)} {escape(url)}</summary><author><name>Ada {number}</name></author><arxiv:comment>{escape(text)} {escape(url)}</arxiv:comment>'
                   f'<arxiv:journal_ref>{escape(text)}</arxiv:journal_ref><category term={quoteattr(text[:80])}/><link rel="alternate" href={quoteattr(url)}/>'
                   f'<link rel="related" title="pdf" href={quoteattr(url)}/></entry>')
    feed.write('</feed>')
PY
}

setup() {
    set_up_home
    cp "$BATS_FILE_TMPDIR"/* "$home"
    count=$(jq length "$home/listing.json")
}

teardown() {
    tear_down_home
}

preview() {
    "$digest" --preview="$1" --source "${2:-$home/listing.json}" >"$home/$1"
}

# What others make of the bytes of a terminal: colours, bold, links to the web and nothing else.
check_terminal() {
    python3 - "$@" <<'PY'
import re, sys
for name in sys.argv[1:]:
    screen = open(name, encoding='utf-8', newline='').read()
    rest = re.sub('\x1b\\[[0-9;]*m|\x1b\\]8;;(?:https?://[!-~]*)?\x1b\\\\', '', screen)
    assert '\x1b[' in screen and '\x1b]8;;http' in screen
    found = re.findall('[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]', rest.replace('\r\n', '\n'))
    assert not found, (name, ascii(found[:20]))
PY
}

# FILE...: no controls but line ends, nothing that turns text around.
check_plain() {
    python3 - "$@" <<'PY'
import re, sys
for name in sys.argv[1:]:
    text = open(name, encoding='utf-8', newline='').read()
    found = re.findall('[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]', text)
    assert not found, (name, ascii(found))
PY
}

# COUNT: so many items in the RSS and Atom feeds written, whose text is paragraphs and whose links lead to the web.
check_feeds() {
    python3 - "$1" "$home/rss" "$home/atom" <<'PY'
import re, sys
import xml.etree.ElementTree as tree
name = '{http://www.w3.org/2005/Atom}'
rss, atom = (tree.parse(file).getroot() for file in sys.argv[2:])
items, entries = list(rss.iter('item')), list(atom.iter(name + 'entry'))
assert len(items) == len(entries) == int(sys.argv[1])
for markup in [item.findtext(part) or '' for item in items for part in ('title', 'description')] + [
        entry.findtext(name + 'summary') or '' for entry in entries]:
    assert not re.search(r'<(?!/?p>)[a-zA-Z!/]', markup), markup
for link in [item.findtext('link') or '' for item in items] + [
        link.get('href') for entry in entries for link in entry.iter(name + 'link')]:
    assert re.fullmatch(r'(https?://[!-~]+)?', link), link
PY
}

@test "hostile texts are text in the page, the text part, the subject and the data" {
    for format in html text json eml; do
        preview $format
    done
    "$BATS_TEST_DIRNAME/active.py" "$home/html"
    check_plain "$home/html" "$home/text" "$home/json" "$home/eml"
    [ "$(jq '.entries | length' "$home/json")" -eq "$count" ]
    grep -qF '{{{html}}}' "$home/text"
    grep -qF '&lt;script&gt;alert(1)' "$home/html"
    python3 - "$home/eml" "$home/text" "$home/html" <<'PY'
import email, email.policy, sys
raw = open(sys.argv[1], 'rb').read()
assert max(map(len, raw.split(b'\n'))) <= 998 and b'\r' not in raw
message = email.message_from_bytes(raw, policy=email.policy.default)
assert not message.defects and message['bcc'] is None and len(message.get_all('subject')) == 1
assert message.get_content_type() == 'multipart/alternative' and len(list(message.iter_parts())) == 2
for kind, name in (('plain', sys.argv[2]), ('html', sys.argv[3])):
    assert message.get_body((kind,)).get_content() == open(name).read()
PY
}

@test "hostile comments, journals, categories and addresses are text as well" {
    for format in html text json eml; do
        preview $format "$home/feed.xml"
    done
    "$BATS_TEST_DIRNAME/active.py" "$home/html"
    check_plain "$home/html" "$home/text" "$home/json" "$home/eml"
    [ "$(jq '.entries | length' "$home/json")" -eq "$count" ]
    [ "$(jq -r '.entries[] | .url, .pdf_url, .code_url | select(. != null)' "$home/json" | grep -cvE '^https?://[!-~]+$')" -eq 0 ]
    refute grep -qiE '^(bcc|mail from):' "$home/eml"
}

@test "hostile texts are text on a terminal" {
    for file in listing.json feed.xml; do
        on_terminal 9999 80 env -u NO_COLOR TERM=xterm VTE_VERSION=6800 PAGER=cat "$digest" --preview --progress=never --source "$home/$file" >"$home/screen"
        check_terminal "$home/screen"
    done
}

@test "hostile texts are text in what is taken away" {
    "$digest" import "$home/listing.json" "$home/feed.xml" >"$home/out"
    count=$((2 * count))
    for format in bibtex ris csl-json markdown rss atom; do
        "$digest" search 'votes>=0 OR -votes>=0' --limit 0 --format $format | tr -d '\r' >"$home/$format"
        check_plain "$home/$format"
    done
    [ "$(grep -c '^@' "$home/bibtex")" -eq "$count" ]
    [ "$(grep -c '^TY  - ' "$home/ris")" -eq "$count" ]
    [ "$(jq length "$home/csl-json")" -eq "$count" ]
    check_feeds "$count"
}

@test "what other readers sanitise leaves nothing active in our page" {
    [ -d "$data/suite_feedparser" ] || skip "no feeds in $data (DIGEST_TEST_DATA)"
    mkdir "$home/feeds"
    "$BATS_TEST_DIRNAME/named_feeds.py" "$data/suite_feedparser" "$home/feeds"
    sources=()
    for feed in "$home"/feeds/*.xml; do
        sources+=(--source "$feed")
    done
    # How a reader sets our Markdown of them is told in tests/peers.
    for format in html rss atom; do
        "$digest" --preview=$format --progress=never --limit 0 "${sources[@]}" >"$home/$format" 2>"$home/err" || true
    done
    "$BATS_TEST_DIRNAME/active.py" "$home/html"
    found=$(grep -c '<item>' "$home/rss")
    [ "$found" -ge 480 ]
    check_feeds "$found"
}
