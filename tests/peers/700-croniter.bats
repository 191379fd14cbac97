#!/usr/bin/env bats
# Next runs beside croniter's, a reader of crontab(5) in Python: equal in UTC for schedules at random.
# Known differences, left out: a day field like */2 beside another restricted one (cron takes both for a
# star that must hold too, croniter lets either do), a range of all days (restricted for cron, a star for
# croniter), and times that daylight saving leaves out or repeats.
# shellcheck disable=SC2154

load ../e2e/helper

setup() {
    set_up_home
    # Debian's package serves Debian's Python.
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import croniter' 2>/dev/null && break
        python=
    done
    [ -n "$python" ] || skip "there is no croniter (python3-croniter)"
    write_config <<'CONF'
list daily { sources = {hf} timezone = UTC }
source hf { provider = hf_daily }
CONF
}

teardown() {
    tear_down_home
}

@test "two hundred schedules come due when croniter says" {
    DIGEST=$digest "$python" - <<'PY'
import datetime, json, os, random, subprocess
from croniter import croniter

random.seed(7)
NOW = datetime.datetime(2026, 7, 27, 12, 0, tzinfo=datetime.timezone.utc)


def field(low, high, names=None):
    kind = random.randrange(5)
    value = random.randint(low, high)
    if kind == 0:
        return "*"
    if kind == 1:
        return "%d-%d" % (value, random.randint(value, high - 1 if value == low else high))
    if kind == 2:
        return "%d,%d" % (value, random.randint(low, high))
    if kind == 3 and names:
        return names[value - low]
    return str(value)


MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()
for _ in range(200):
    text = " ".join([random.choice(["*/7", field(0, 59)]), random.choice(["*/5", field(0, 23)]),
                     field(1, 28), field(1, 12, MONTHS), field(0, 6, DAYS)])
    out = subprocess.run([os.environ["DIGEST"], "schedule", "--next", "20", "--json", "-o",
                          "list.daily.schedule=" + text], check=True, capture_output=True,
                         env=dict(os.environ, DIGEST_NOW="2026-07-27T12:00:00Z")).stdout
    ours = [run["utc"] for run in json.loads(out)["lists"][0]["runs"]]
    theirs = croniter(text, NOW, max_years_between_matches=60)
    wanted = [theirs.get_next(datetime.datetime).strftime("%Y-%m-%dT%H:%M:%SZ") for _ in range(20)]
    assert ours == wanted, (text, ours, wanted)
PY
}
