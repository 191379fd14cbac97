#!/usr/bin/env bash
# What axe-core finds in a page, in Chromium: "IMPACT RULE: TARGET" a line, its looks in turn.
#
#   axe.sh AXE-FILE PAGE light|dark
set -eu
axe=$1 page=$2 look=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The page as it is, and at its end a script that leaves its findings where --dump-dom shows them.
{
    cat "$page"
    echo '<script>'
    cat "$axe"
    cat <<'JS'

axe.run(document, { resultTypes: ['violations'] }).then(result => {
    const said = result.violations.flatMap(rule => rule.nodes.map(node =>
        `${rule.impact} ${rule.id}: ${node.target.join(' ')}: ${node.any.concat(node.all).map(check => check.message).join('; ')}`));
    document.documentElement.innerHTML = '<pre id="said"></pre>';
    document.getElementById('said').textContent = ['axe ' + result.testEngine.version].concat(said).join('\n') + '\nend\n';
});
</script>
JS
} >"$work/page.html"
colours=1
[ "$look" = light ] || colours=0
chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$work/profile" \
    --blink-settings=preferredColorScheme=$colours --window-size=640,900 --virtual-time-budget=60000 \
    --dump-dom "file://$work/page.html" 2>/dev/null </dev/null |
    sed -n '/<pre id="said">/,/^end$/p' | sed -e 's/.*<pre id="said">//' -e '/^end$/d'
