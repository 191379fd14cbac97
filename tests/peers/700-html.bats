#!/usr/bin/env bats
# Each template's HTML part, as a subscriber gets it, before judges that read HTML: tidy, html-validate,
# axe-core in Chromium, what is known of mail clients, and a browser for terminals beside the text part.
# shellcheck disable=SC2154

load ../e2e/helper

setup_file() {
    set_up_home
    export home digest top data db
    listing_file "$home/day.json" 2026-07-27 2607.00001 'Rivers that <move> & $\\alpha_2$' 2607.00002 'Hills'
    jq -s add "$top/tests/demo/2026-07-27.json" "$home/day.json" >"$home/listing.json"
    # Pictures of three shapes, for a list that shows them.
    mkdir "$home/files"
    python3 "$top/tests/lib/picture.py" 1200 648 240 240 240 "$home/files/0.png"
    python3 "$top/tests/lib/picture.py" 400 900 20 160 90 "$home/files/1.png"
    python3 "$top/tests/lib/picture.py" 90 60 20 90 160 "$home/files/2.png"
    start_replay --files "$home/files"
    jq --arg web "$web" 'reduce range(3) as $i (.; .[$i].thumbnail = "\($web)/\($i).png")' \
        "$home/listing.json" >"$home/pictured.json"
    write_config <<CONF
smtp { from = "Paper Digest <digest@example.com>"  url = "maildir:$home/mail" }
digest { contact = "desk@example.com"  private_redirects = true }
source papers { provider = file  path = "$home/listing.json"  title = "Papers" }
list daily { sources = {papers}  timezone = UTC  subscribers = {ada@example.net}  template = daily }
list compact { sources = {papers}  timezone = UTC  subscribers = {ada@example.net}  template = compact }
list weekly { sources = {papers}  timezone = UTC  subscribers = {ada@example.net}  template = weekly }
source pictured { provider = file  path = "$home/pictured.json"  title = "Papers" }
list pictured { sources = {pictured}  timezone = UTC  subscribers = {ada@example.net}  images = inline }
CONF
    for template in daily compact weekly; do
        "$digest" --preview=json --list "$template" >"$home/$template.json"
    done
    "$digest" run
    for template in daily compact weekly pictured; do
        mail=$(find "$home/mail/new" -name "*.$template.*")
        /usr/bin/python3 -B "$BATS_TEST_DIRNAME/judge.py" part text/html "$mail" >"$home/$template.html"
        /usr/bin/python3 -B "$BATS_TEST_DIRNAME/judge.py" part text/plain "$mail" >"$home/$template.txt"
        grep -qF 'Unsubscribe from' "$home/$template.html"
    done
    [ "$(grep -c '^<img src="cid:' "$home/pictured.html")" -eq 3 ]
}

teardown_file() {
    tear_down_home
}

setup() {
    judges=$top/build/judges
    pages=("$home/daily.html" "$home/compact.html" "$home/weekly.html" "$home/pictured.html")
}

need() {
    command -v "$1" >/dev/null || skip "$1 is not installed"
}

need_judge() {
    need node
    [ -d "$judges/node_modules/$1" ] || skip "$1 is not installed (tests/peers/judges/install.sh)"
}

@test "tidy finds nothing to mend" {
    need tidy
    for page in "${pages[@]}"; do
        tidy -q -e -utf8 "$page" >"$home/findings" 2>&1 || true
        diff /dev/null "$home/findings"
    done
}

@test "html-validate finds nothing against the standard but the tables' old attributes" {
    need_judge html-validate
    run "$judges/node_modules/.bin/html-validate" \
        --config "$BATS_TEST_DIRNAME/judges/htmlvalidate.json" "${pages[@]}"
    [ "$status" -eq 0 ] || echo "$output" >&2
    [ "$status" -eq 0 ]
    sed 's/<h1>/<h4>/' "${pages[0]}" >"$home/damaged.html"
    run -1 "$judges/node_modules/.bin/html-validate" \
        --config "$BATS_TEST_DIRNAME/judges/htmlvalidate.json" "$home/damaged.html"
}

@test "axe-core finds no violation in Chromium, in the light and in the dark" {
    need chromium
    need_judge axe-core
    axe() {
        "$BATS_TEST_DIRNAME/judges/axe.sh" "$judges/node_modules/axe-core/axe.min.js" "$@"
    }
    for template in daily compact weekly pictured; do
        axe "$home/$template.html" light >"$home/$template.light" &
        axe "$home/$template.html" dark >"$home/$template.dark"
        wait
    done
    for said in "$home"/{daily,compact,weekly,pictured}.{light,dark}; do
        [[ "$(<"$said")" =~ ^'axe '[0-9.]+$ ]] || { cat "$said" >&2; false; }
    done
    # It sees pictures that say nothing, and what only the dark has.
    sed 's/ alt="[^"]*"//' "${pages[3]}" >"$home/mute.html"
    axe "$home/mute.html" light | grep -q '^critical image-alt'
    sed 's/\.soft, \.f, \.way, \.foot, \.group { color: #a2abb6; }/.soft { color: #333; }/' "${pages[1]}" >"$home/dim.html"
    axe "$home/dim.html" dark | grep -q '^serious color-contrast'
}

@test "mail clients know what the pages use, or do without" {
    need_judge @jsx-email/doiuse-email
    node "$BATS_TEST_DIRNAME/judges/clients.mjs" "$judges" "$BATS_TEST_DIRNAME/judges/clients.tsv" "${pages[@]}" >"$home/findings"
    diff /dev/null "$home/findings"
    sed 's/\.t { /.t { display: grid; /' "${pages[0]}" >"$home/grid.html"
    node "$BATS_TEST_DIRNAME/judges/clients.mjs" "$judges" "$BATS_TEST_DIRNAME/judges/clients.tsv" "$home/grid.html" >"$home/findings"
    grep -q '^display:grid: .*outlook.windows' "$home/findings"
}

@test "w3m shows the titles and links of the text part, in its order" {
    need w3m
    for template in daily compact weekly; do
        w3m -dump -T text/html -I UTF-8 -O UTF-8 -cols 78 -o display_link_number=1 "$home/$template.html" >"$home/seen"
        /usr/bin/python3 "$BATS_TEST_DIRNAME/judges/alike.py" "$home/$template.json" "$home/$template.txt" "$home/seen"
        grep -qF 'Rivers that <move> & α' "$home/seen"
        grep -qF '12 new papers' "$home/seen"
    done
}
