# For tests of listings in the current folder, a file a case: what is refused, what is kept.
# shellcheck shell=bash disable=SC2154

# preview CASE: as JSON.
preview() {
    "$digest" --preview=json --source "$1"
}

# of CASE MEMBER: that member of its entries, joined.
of() {
    preview "$1" | jq -r --arg member "$2" '[.entries[][$member] | tostring] | join(",")'
}

stored() {
    sqlite3 "$db" 'select (select count(*) from entry) + (select count(*) from sighting)'
}

# Reads rows "CASE|REASON": 65, one line that says so, and nothing is stored or shown.
refused() {
    local name reason
    while IFS='|' read -r name reason; do
        run --separate-stderr preview "$name"
        [ "$status" -eq 65 ] || fails "$name: status $status"
        [ "$stderr" = "digest: $name: $reason" ] || fails "$name: $stderr"
        [ "$(jq '.entries | length' <<<"$output")" -eq 0 ] || fails "$name: $output"
        run --separate-stderr "$digest" fetch --source "$name"
        [ "$status" -eq 65 ] || fails "$name: status $status"
        [ "$stderr" = "digest: $name: $reason" ] || fails "$name: $stderr"
        [ "$output" = "$name: error: 0 papers read, 0 new" ] || fails "$name: $output"
        [ "$(stored)" -eq 0 ] || fails "$name: something is stored"
    done
    rm -rf "$home/state"
}

# Reads rows "CASE|WHAT FETCH SAYS, LINES JOINED BY "; "|TITLES": 0, and not a word of error.
kept() {
    local name said titles
    while IFS='|' read -r name said titles; do
        run --separate-stderr "$digest" fetch --source "$name"
        [ "$status $stderr" = "0 " ] || fails "$name: $status $stderr"
        [ "$(sed -z 's/\n  /; /g' <<<"$output")" = "$name: $said" ] || fails "$name: $output"
        rm -rf "$home/state"
        run --separate-stderr of "$name" title
        [ "$status $stderr" = "0 " ] || fails "$name: $status $stderr"
        [ "$titles" = '*' ] || [ "$output" = "$titles" ] || fails "$name: $output"
    done
}

fails() {
    echo "$*" >&2
    return 1
}
