#!/usr/bin/env bats
# Rankings, weights, diversity and the reading budget, from the configuration to what is read.
# shellcheck disable=SC2154

load helper

# Later than every captured day.
setup() {
    set_up_home
    export DIGEST_NOW=2026-12-01T12:00:00Z
}

teardown() {
    tear_down_home
}

# item ID VOTES TITLE AUTHOR ABSTRACT
item() {
    printf '{"paper": {"id": "%s", "title": "%s", "summary": "%s", "upvotes": %s, "authors": [{"name": "%s"}], "publishedAt": "2026-07-24T00:00:00.000Z", "submittedOnDailyAt": "2026-07-27T00:00:00.000Z"}, "title": "%s", "publishedAt": "2026-07-24T00:00:00.000Z"}' \
        "$1" "$3" "$5" "$2" "$4" "$3"
}

# Four papers of 2026-07-27, and a list of them with the settings of standard input.
four_papers() {
    {
        printf '['
        item 2607.00001 5 "Slow weather" "Ada Example" "It rains. It pours."
        printf ','
        item 2607.00002 90 "Diffusion for video" "Grace Sample" "Images that move."
        printf ','
        item 2607.00003 80 "Diffusion for video, again" "Yoshua Bengio" "They move twice, by distillation."
        printf ','
        item 2607.00004 40 "Reasoning in steps" "Y. LeCun" "Tokens think."
        printf ']'
    } >"$home/2026-07-27.json"
    {
        echo "source hf { provider = file  path = \"$home/2026-07-27.json\" }"
        echo "list daily {"
        cat
        echo "}"
    } | write_config
}

# The last digits of the keys in their order.
order() {
    "$digest" --preview=json "$@" | jq -r '[.entries[].key[-1:]] | join("")'
}

@test "one ranking decides and the next breaks ties; weights are added up" {
    four_papers <<<''
    [ "$(order)" = 1234 ]
    [ "$(order --rank votes)" = 2341 ]
    [ "$(order --rank 'recency, votes')" = 2341 ]
    [ "$(order --rank 'votes:0.01, listing:5')" = 1234 ]
}

@test "keywords, authors and categories rank and say why" {
    four_papers <<'LIST'
        rank = "authors:3, keywords, votes:0.5"
        keywords = {"diffusion:2", "distillation", "token*"}
        authors = {"Bengio", "Yann LeCun:0.5"}
LIST
    [ "$(order)" = 3421 ]
    "$digest" --preview=json >"$home/out"
    [ "$(jq -r '.entries[0].why' "$home/out")" = "by Yoshua Bengio, whom you follow; 2 of your words: diffusion, distillation; 80 votes" ]
    [ "$(jq -r '.entries[1].why' "$home/out")" = "by Y. LeCun, whom you follow; one of your words: token*; 40 votes" ]
    "$digest" --preview | tr -s ' \n' ' ' | grep -qF 'Why here: one of your words: diffusion'
}

@test "what is like a named paper comes first, and which words say so" {
    four_papers <<'LIST'
        rank = "similar, votes"
        similar = {"arxiv:2607.00003", "2607.99999"}
LIST
    "$digest" import "$home/2026-07-27.json" >"$home/out"
    [ "$(order)" = 3241 ]
    "$digest" --preview=json -v >"$home/out" 2>"$home/err"
    [ "$(jq -r '.entries[1].why' "$home/out")" = 'like arxiv:2607.00003: diffusion, video; 90 votes' ]
    grep -q "similar: '2607.99999' is not stored" "$home/err"
    run --separate-stderr "$digest" --preview -o 'list.daily.similar=no name'
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"similar: 'no name': "*"'no name' is no name of a paper"* ]]
    run --separate-stderr "$digest" --preview -o 'list.daily.similar='
    [[ "$stderr" == *"'similar' has nothing to go by; set the list's 'similar', or leave it out"* ]]
}

@test "diversity keeps two of a kind apart" {
    four_papers <<<'rank = votes'
    [ "$(order)" = 2341 ]
    [ "$(order -o list.daily.diversity=0.3)" = 2431 ]
    [ "$(order -o list.daily.diversity=0.3 --limit 2)" = 24 ]
}

@test "what is wrong with a rank or a term is told with its place" {
    four_papers <<<''
    run --separate-stderr "$digest" --preview --rank 'votes:2, recncy'
    [ "$status" -eq 64 ]
    [[ "$stderr" == *"--rank: rank: column 10: there is no ranking 'recncy'; did you mean 'recency'?"* ]]
    run --separate-stderr "$digest" --preview --rank keywords
    [ "$status" -eq 64 ]
    [[ "$stderr" == *"'keywords' has nothing to go by"* ]]
    four_papers <<<'keywords = {"diffusion", "(open:2"}'
    run --separate-stderr "$digest" --preview
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"digest.conf:"*"keywords: '(open:2': column 1: the parenthesis is not closed"* ]]
    four_papers <<<'diversity = 1.5'
    run --separate-stderr "$digest" --preview
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"digest.conf:"*"must be a number from 0 to 1"* ]]
    four_papers <<<'minutes = 601'
    run --separate-stderr "$digest" --preview
    [ "$status" -eq 78 ]
    [[ "$stderr" == *"digest.conf:"*"at most 600"* ]]
}

# day_config FILE SETTINGS: a list of one captured day.
day_config() {
    write_config <<<"source day { provider = file  path = \"$1\" }
list daily { $2 }"
}

# Words stand between white space; what stands around the entries is counted as well.
@test "on every captured day the text keeps to the minutes, and hides no paper" {
    need_data
    for file in "$data"/hf_daily/20*.json; do
        day_config "$file" "rank = votes  minutes = 5"
        "$digest" --preview=json >"$home/json" 2>/dev/null || continue
        "$digest" --preview >"$home/text" 2>/dev/null
        [ "$(keys <"$home/json" | sort)" = "$(jq -r '.[] | "arxiv:" + .paper.id' "$file" | sort -u)" ]
        jq -r '.entries[].url' "$home/json" >"$home/urls"
        [ "$(grep -oFf "$home/urls" "$home/text" | sort -u | wc -l)" -eq "$(sort -u "$home/urls" | wc -l)" ]
        words=$(wc -w <"$home/text")
        if jq -e 'any(.entries[]; .form)' "$home/json" >/dev/null; then
            echo "$file: $words words"
            [ "$words" -ge 1071 ]
            [ "$words" -le 1309 ]
            [ "$(jq .minutes "$home/json")" -eq 5 ]
        else
            [ "$words" -le 1400 ]
        fi
    done
}

# The votes' scores again, from the votes alone; a form counts as it does in the budget. Where a cut
# leaves out less than half of the papers, there is not that much more to show.
@test "on every captured day the budget shows more of what is wanted than a cut of equal length" {
    need_data
    for file in "$data"/hf_daily/20*.json; do
        day_config "$file" "rank = votes  minutes = 5"
        "$digest" --preview=json >"$home/json" 2>/dev/null || continue
        jq -e 'any(.entries[]; .form)' "$home/json" >/dev/null || continue
        "$digest" --preview >"$home/text" 2>/dev/null
        day_config "$file" "rank = votes"
        count=$(jq '.entries | length' "$home/json")
        # The longest cut whose text is no longer.
        for ((n = 1; n < count; n++)); do
            "$digest" --preview --limit $((n + 1)) >"$home/cut" 2>/dev/null
            [ "$(wc -w <"$home/cut")" -le "$(wc -w <"$home/text")" ] || break
        done
        jq -e --argjson n "$n" '
            ([.entries[].votes // 0] | sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2 + 1) as $usual
            | [.entries[] | (((.votes // -1) + 1) / ((.votes // -1) + 1 + $usual)) as $score
                | {$score, shown: ($score * (if .form == "line" then 1 / 4 elif .form == "brief" then 2 / 3 else 1 end))}]
            | ([.[].shown] | add) as $ours | ([.[:$n][].score] | add) as $cut
            | if $ours >= $cut * (if length < 2 * $n then 1 else 1.2 end) then true else ("\($ours) \($cut) \($n)" | halt_error) end' "$home/json"
    done
}
