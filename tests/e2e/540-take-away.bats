#!/usr/bin/env bats
# Papers taken away: an issue, what a search found, one paper, in every format. That our readers find
# in them what was written is test_export's.
# shellcheck disable=SC2016,SC2154

load helper

setup() {
    set_up_home
    listing_file "$home/listing.json" 2026-07-27 2607.00001 'Maps of old $R^2$ rivers' 2607.00002 'Hills & <b>more</b> }'
    "$digest" import "$home/listing.json" >"$home/out"
}

teardown() {
    tear_down_home
}

@test "take-away: what a search finds, in every format" {
    "$digest" search example --sort new --format bibtex >"$home/bib"
    grep -q '^@misc{example2026maps,$' "$home/bib"
    grep -qF 'title = {Maps of old {R²} rivers}' "$home/bib"
    grep -qF 'Hills \& <b>more</b> \textbraceright{}' "$home/bib"
    "$digest" search example --format ris >"$home/ris"
    [ "$(grep -c $'^ER  - \r$' "$home/ris")" -eq 2 ]
    "$digest" search example --format csl-json |
        jq -e 'length == 2 and all(.[]; .author == [{"family": "Example", "given": "Ada"}] and (.number | startswith("arXiv:2607.")))'
    "$digest" search example --format markdown | grep -qF '[Hills \& \<b\>more\</b\> \}](<https://arxiv.org/abs/2607.00002>)'
    for format in rss atom; do
        "$digest" search example --sort new --format $format >"$home/$format"
        refute grep -q '<b>' "$home/$format"
    done
    python3 - "$home/rss" "$home/atom" <<'PY'
import sys
import xml.etree.ElementTree as tree
rss, atom = (tree.parse(name).getroot() for name in sys.argv[1:])
name = '{http://www.w3.org/2005/Atom}'
assert sorted(item.findtext('guid') for item in rss.iter('item')) == ['arxiv:2607.00001', 'arxiv:2607.00002']
assert sorted(entry.findtext(name + 'id') for entry in atom.iter(name + 'entry')) == [
    'https://arxiv.org/abs/2607.00001', 'https://arxiv.org/abs/2607.00002']
PY
}

@test "take-away: an issue, a paper and what is like it" {
    hf_config
    "$digest" --send-to list@example.com --source "$home/listing.json" --transport "maildir:$home/mail" --from digest@example.com
    [ "$("$digest" issues show 1 --format bibtex | grep -c '^@misc')" -eq 2 ]
    "$digest" issues show 1 --format markdown | grep -q '^# .*2026-07-27$'
    "$digest" issues show 1 --format json | jq -e '.entries | length == 2'
    [ "$("$digest" issues show 1 --format atom | md5sum)" = "$("$digest" issues show 1 --format atom | md5sum)" ]
    [ "$("$digest" show 2607.00001 --format ris | grep -c '^TY')" -eq 1 ]
    "$digest" show 2607.00001 --format json | jq -e '.key == "arxiv:2607.00001"'
    "$digest" similar 2607.00001 --format csl-json | jq -e 'length == 1'
    run "$digest" issues --format bibtex
    [ "$status" -eq 64 ]
    run "$digest" show 2607.00001 --format nosuch
    [ "$status" -eq 64 ]
    [[ "$output" == *'none of text|json|bibtex|ris|csl-json|markdown|rss|atom' ]]
    run "$digest" show 2607.00001 --format bibtx
    [ "$status" -eq 64 ]
    [[ "$output" == *"; did you mean 'bibtex'?" ]]
}

@test "take-away: an issue that is not made yet" {
    for format in bibtex ris csl-json markdown rss atom; do
        "$digest" --preview=$format --source "$home/listing.json" --match maps >"$home/$format"
    done
    [ "$(grep -c '^@misc' "$home/bibtex")" -eq 1 ]
    [ "$(grep -c '^TY' "$home/ris")" -eq 1 ]
    jq -e 'length == 1' "$home/csl-json"
    grep -q '^# .*, 2026-07-27$' "$home/markdown"
    python3 -c 'import sys, xml.etree.ElementTree as tree; [tree.parse(name) for name in sys.argv[1:]]' "$home/rss" "$home/atom"
    # A file of no papers is a file; another selection is another feed.
    "$digest" --preview=csl-json --source "$home/listing.json" --match nothing | jq -e '. == []'
    feed() { sed -n 's:^<id>\(urn.*\)</id>:\1:p' | head -n 1; }
    [ "$("$digest" --preview=atom --source "$home/listing.json" --match hills | feed)" != "$(feed <"$home/atom")" ]
    # What would be sent is what was sent.
    write_config <<CONF
smtp { from = "digest@example.com"  url = "maildir:$home/mail" }
list one { sources = {"$home/listing.json"}  timezone = UTC }
list two { sources = {"$home/listing.json"}  timezone = UTC }
CONF
    "$digest" --preview=atom --list one --send-to list@example.com >"$home/before"
    "$digest" --list one --send-to list@example.com
    "$digest" issues show 1 --format atom | diff "$home/before" -
    # A file is one list's, for one reader.
    run "$digest" --preview=bibtex
    [ "$status" -eq 64 ]
    [[ "$output" == "digest: --preview: say which list with --list NAME; the configuration has 'one', 'two'" ]]
    run "$digest" --preview=bibtex --list one --send-to a@example.com --send-to b@example.com
    [ "$status" -eq 64 ]
    [[ "$output" == *'give one --send-to' ]]
    run "$digest" --preview --format bibtex
    [ "$status" -eq 64 ]
    [[ "$output" == *'--preview=FORMAT' ]]
}

@test "take-away: what was taken away comes in again" {
    for format in bibtex ris csl-json rss atom; do
        "$digest" search example --sort new --format $format >"$home/$format"
        "$digest" --db "$home/$format.db" import "$home/$format" >"$home/out"
        "$digest" --db "$home/$format.db" search example --sort new --json | jq -r '.entries[].key' >"$home/keys"
        diff - "$home/keys" <<<$'arxiv:2607.00001\narxiv:2607.00002'
    done
}

@test "take-away: the papers go with the mail" {
    write_config <<CONF
smtp { from = "digest@example.com"  url = "maildir:$home/mail" }
list daily { sources = {"$home/listing.json"}  timezone = UTC  attach = bibtex }
CONF
    "$digest" --send-to list@example.com
    python3 - "$home"/mail/new/* "$home/attached" <<'PY'
import email, email.policy, sys
with open(sys.argv[1], 'rb') as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)
assert [part.get_content_type() for part in message.walk()] == [
    'multipart/mixed', 'multipart/alternative', 'text/plain', 'text/html', 'text/x-bibtex']
assert not any(part.defects for part in message.walk())
assert 'Maps of old' in message.get_body().get_content()
attached, = message.iter_attachments()
assert attached.get_filename() == 'daily-2026-07-27.bib' and attached.get_content_charset() == 'utf-8'
with open(sys.argv[2], 'w', encoding='utf-8') as file:
    file.write(attached.get_content().replace('\r\n', '\n'))
PY
    "$digest" issues show 1 --format bibtex | diff - "$home/attached"
    "$digest" issues show 1 | grep -qF 'Maps of old'
    run -78 "$digest" --preview -o list.daily.attach=pdf
    [[ "$output" == *"must be bibtex or none"* ]]
}
