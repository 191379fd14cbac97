#!/usr/bin/env bats
# Feeds come from other readers and go to them as OPML.
# shellcheck disable=SC2016,SC2154

load helper

setup() {
    set_up_home
    conf=$XDG_CONFIG_HOME/digest/digest.conf
    cat >"$home/feeds.opml" <<'OPML'
<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.1"><head><title>mine</title></head><body>
<outline text="Blogs">
  <outline text="The Gradient &amp; co" type="rss" xmlUrl="https://thegradient.pub/rss/"/>
  <outline title="Café &quot;X&quot; ${HOME} {{y}}" xmlUrl="https://example.org/feed?a=1&amp;b=2"/>
</outline>
<outline text="The Gradient &amp; co" xmlUrl="https://thegradient.pub/other"/>
<outline text="again" xmlUrl="https://thegradient.pub/rss/"/>
</body></opml>
OPML
}

teardown() {
    tear_down_home
}

@test "without a configuration, a new file has the feeds and what was built in" {
    run "$digest" sources import "$home/feeds.opml"
    [ "$status" -eq 0 ]
    [[ $output == *"3 feeds added to $conf; 1 were known already"* ]]
    [ "$(stat -c %a "$conf")" = 600 ]
    "$digest" sources list | head -n 4 | awk '{ print $1 }' >"$home/names"
    printf '%s\n' hf the-gradient-co caf-x-home-y the-gradient-co-2 | cmp - "$home/names"
    "$digest" sources | grep -F 'Café "X" ${HOME} {{y}}'
    "$digest" check || [ $? -ne 78 ]
}

@test "what is there already is not added, and the file keeps its text and its mode" {
    mkdir -p "${conf%/*}"
    printf '# by hand\nsource mine {\n  provider = feed\n  url = "https://thegradient.pub/rss/"\n}' >"$conf"
    chmod 640 "$conf"
    cp "$conf" "$home/before"
    "$digest" sources import - < <(cat "$home/feeds.opml")
    head -c "$(stat -c %s "$home/before")" "$conf" | cmp - "$home/before"
    [ "$(stat -c %a "$conf")" = 640 ]
    [ "$(grep -c '^source ' "$conf")" -eq 3 ]
    cp "$conf" "$home/once"
    run "$digest" sources import "$home/feeds.opml"
    [ "$status" -eq 0 ]
    [[ $output == *"nothing added"* ]]
    cmp "$conf" "$home/once"
}

@test "an export can be imported" {
    "$digest" sources import "$home/feeds.opml"
    "$digest" sources export >"$home/out.opml"
    python3 -c 'import sys, xml.etree.ElementTree as e; print(*(o.get("xmlUrl") for o in e.parse(sys.argv[1]).iter("outline")), sep="\n")' \
        "$home/out.opml" >"$home/urls"
    printf '%s\n' https://thegradient.pub/rss/ 'https://example.org/feed?a=1&b=2' https://thegradient.pub/other |
        cmp - "$home/urls"
    run "$digest" sources import "$home/out.opml"
    [[ $output == *"nothing added: 3 feeds were known already"* ]]
}

@test "what is no OPML, or no feed, is told, and the rest is taken" {
    run "$digest" sources import /etc/passwd
    [ "$status" -eq 65 ]
    run "$digest" sources import "$home/none"
    [ "$status" -eq 66 ]
    printf '<opml><body><outline xmlUrl="gopher://x"/><outline xmlUrl="http://127.0.0.1/f"/></body></opml>' >"$home/bad.opml"
    run "$digest" sources import "$home/bad.opml"
    [ "$status" -eq 65 ]
    [[ $output == *"'gopher://x' is no source"* ]]
    grep -F 'http://127.0.0.1/f' "$conf"
    run "$digest" sources frobnicate
    [ "$status" -eq 64 ]
}

@test "a feed of arXiv's becomes the source that knows its days" {
    printf '<opml><body><outline text="NLP" xmlUrl="https://rss.arxiv.org/rss/cs.CL+cs.LG"/></body></opml>' >"$home/a.opml"
    "$digest" sources import "$home/a.opml"
    grep -F 'provider = "arxiv_rss"' "$conf"
    grep -F 'categories = {"cs.CL", "cs.LG"}' "$conf"
    "$digest" sources export | grep -F 'xmlUrl="https://rss.arxiv.org/rss/cs.CL+cs.LG"'
    run "$digest" sources import "$home/a.opml"
    [[ $output == *"nothing added"* ]]
}
