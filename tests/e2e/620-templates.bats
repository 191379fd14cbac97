#!/usr/bin/env bats
# Templates: those that there are, files to begin with, and what is wrong with one's own.
# shellcheck disable=SC2016,SC2154

load helper

setup() {
    set_up_home
    mkdir "$home/templates"
    cat >"$home/digest.conf" <<CONF
digest { templates = "$home/templates" }
list mine { template = own accent = "#7a1fa2" group = category }
source hf { provider = hf_daily }
CONF
    listing_file "$home/2026-07-27.json" 2026-07-27 2607.00003 'Rivers that move' 2607.00004 'Hills'
}

teardown() {
    tear_down_home
}

@test "template list and show" {
    "$digest" template | grep -q '^compact '
    "$digest" template show compact.html | grep -q '{{<part-page}}'
    echo '{{title}}' >"$home/templates/daily.subject"
    [ "$("$digest" -c "$home/digest.conf" template show daily.subject)" = '{{title}}' ]
    run -78 --separate-stderr "$digest" template show nothing.html
    [[ "$stderr" == *"template 'nothing.html': there is no such file"* ]]
    run -64 "$digest" template sow
}

@test "template check: file and line, and the way out" {
    "$digest" template check daily compact weekly
    echo '{{title}}' >"$home/templates/own.subject"
    echo '{{<part-page}}{{/part-page}}' >"$home/templates/own.txt"
    printf '<p>\n{{#entries}}</p>\n' >"$home/templates/own.html"
    run -78 --separate-stderr "$digest" -c "$home/digest.conf" template check
    [[ "$stderr" == *"$home/templates/own.html:2: a section is not closed: 'entries'"* ]]
    echo '<p>{{title}}</p>' >"$home/templates/own.html"
    run -78 --separate-stderr "$digest" -c "$home/digest.conf" template check own
    [[ "$stderr" == *"template 'own': its html part has no {{unsubscribe}}"* ]]
    echo '{{<part-page}}{{$entry}}<p>{{>*section}}: {{title}}</p>{{/entry}}{{/part-page}}' >"$home/templates/own.html"
    echo 'fresh' >"$home/templates/new.html"
    "$digest" -c "$home/digest.conf" template check | grep -qF "own (list 'mine'): fine"
}

@test "the look of a list: template, colour, headings" {
    cat >"$home/digest.conf" <<CONF
list mine { template = compact accent = "#7a1fa2" group = category sources = {"$home/2026-07-27.json"} }
CONF
    "$digest" -c "$home/digest.conf" --preview=html >"$home/html"
    grep -qF 'a { color: #7a1fa2; }' "$home/html"
    grep -qF 'Without a category</h2>' "$home/html"
    sed -i 's/group = category/group = source/' "$home/digest.conf"
    "$digest" -c "$home/digest.conf" --preview=html | grep -q '<h2 class="group day" id="g1">'
    run -78 --separate-stderr "$digest" -c "$home/digest.conf" --preview -o list.mine.accent=red
    [[ "$stderr" == *"must be a colour like #0a5aa8"* ]]
    run -78 --separate-stderr "$digest" -c "$home/digest.conf" --preview -o list.mine.group=colour
    [[ "$stderr" == *"must be day, source, category, topic or none"* ]]
}

# The captured days of many papers, and one that is few.
@test "the HTML part of real days fits, with all titles" {
    data=${DIGEST_TEST_DATA:-$BATS_TEST_DIRNAME/../../../shared/data}/hf_daily
    [ -d "$data" ] || skip "no '$data' (set DIGEST_TEST_DATA)"
    for day in $(wc -c "$data"/20*.json | sort -rn | awk '$2 != "total" { print $2 }' | sed -n '1,4p;$p'); do
        papers=$(jq 'if type == "array" then map(select(type == "object")) | length else 0 end' "$day")
        "$digest" --preview=html --source "$day" >"$home/html" || [ "$papers" -eq 0 ]
        [ "$(wc -c <"$home/html")" -le 90000 ]
        [ "$(grep -c '<div class="p' "$home/html")" -eq "$papers" ]
        [ "$(grep -c '<footer class="foot" id="about">' "$home/html")" -eq 1 ] || [ "$papers" -eq 0 ]
        # Whatever the HTML part links to stands in the text part.
        "$digest" --preview --source "$day" >"$home/text" || [ "$papers" -eq 0 ]
        grep -oP 'href="\Khttps?:[^"]*' "$home/html" | sed 's/&amp;/\&/g' | sort -u >"$home/links"
        grep -oP 'https?://\S*' "$home/text" | sort -u >"$home/told"
        [ "$(comm -23 "$home/links" "$home/told")" = "" ]
    done
}

@test "the look of a source on the command line" {
    "$digest" --preview=html --source "$home/2026-07-27.json" -o list.daily.accent=#7a1fa2 \
        -o list.daily.title=Rivers -o list.daily.template=compact >"$home/html"
    grep -qF 'a { color: #7a1fa2; }' "$home/html"
    grep -qF '<h1>Rivers</h1>' "$home/html"
    # What the file says of a list is not said of another source.
    echo 'list daily { title = "Of the file" }' >"$home/digest.conf"
    "$digest" -c "$home/digest.conf" --preview=html --source "$home/2026-07-27.json" >"$home/html"
    refute grep -qF 'Of the file' "$home/html"
    "$digest" -c "$home/digest.conf" --preview --source "$home/2026-07-27.json" -o list.daily.limit=1 >"$home/text"
    grep -qF '1 new paper ' "$home/text"
}
