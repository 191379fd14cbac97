#!/usr/bin/env bats
# Next runs beside croniter's, a reader of crontab(5) in Python: schedules, zones and starts at random.
# The differences, all of which are tested to be these and no others:
#   - a day field like */2 beside another restricted one: for cron both must hold, for croniter either
#     does; a range of all days is restricted for cron, a star for croniter. Left out.
#   - a time that the clock leaves out: for us it is due at the next minute there is, once; croniter moves
#     it in ways of its own. A time that comes twice: for us due at the first, for croniter at both.
#     Runs within a day of a change of offset are compared by local date alone, in zones with changes.
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

@test "four hundred schedules, in UTC and in zones, come due when croniter says" {
    DIGEST=$digest "$python" - <<'PY'
import collections, datetime, json, os, random, subprocess, zoneinfo
from croniter import croniter

random.seed(7)
UTC, DAY = datetime.timezone.utc, datetime.timedelta(1)
ZONES = ["UTC", "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati", "America/Phoenix",
         "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham",
         "America/Santiago", "Africa/Casablanca"]
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()
FORM = "%Y-%m-%dT%H:%M:%SZ"


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


def is_near_change(zone, at):
    """Whether the offset differs a day before or behind."""
    return len({(at + DAY * i / 2).astimezone(zone).utcoffset() for i in range(-3, 4)}) > 1


counts = collections.Counter()
for number in range(400):
    text = " ".join([random.choice(["*/7", field(0, 59)]), random.choice(["*/5", field(0, 23)]),
                     field(1, 28), field(1, 12, MONTHS), field(0, 6, DAYS)])
    name = "UTC" if number < 100 else random.choice(ZONES)
    zone = zoneinfo.ZoneInfo(name)
    start = datetime.datetime(2016, 1, 1, tzinfo=UTC) + datetime.timedelta(minutes=random.randrange(20 * 525949))
    out = subprocess.run([os.environ["DIGEST"], "schedule", "--next", "20", "--json", "-o",
                          "list.daily.schedule=" + text, "-o", "list.daily.timezone=" + name], check=True,
                         capture_output=True, env=dict(os.environ, DIGEST_NOW=start.strftime(FORM))).stdout
    ours = [datetime.datetime.strptime(run["utc"], FORM).replace(tzinfo=UTC)
            for run in json.loads(out)["lists"][0]["runs"]]
    # Asked in local time without a zone, croniter has no rule for changes of its own.
    local = croniter(text, start.astimezone(zone).replace(tzinfo=None), max_years_between_matches=60)
    theirs = []
    while len(theirs) < 40:
        theirs.append(local.get_next(datetime.datetime).replace(tzinfo=zone).astimezone(UTC))
    plain = [at for at in ours if not is_near_change(zone, at)]
    until = ours[-1]
    wanted = [at for at in theirs if at <= until and not is_near_change(zone, at)]
    assert plain == wanted, (text, name, start, plain, wanted)
    ours_near = {at.astimezone(zone).date() for at in ours} - {at.astimezone(zone).date() for at in plain}
    theirs_near = {at.astimezone(zone).date() for at in theirs if at <= until + DAY}
    assert ours_near <= theirs_near, (text, name, start, ours_near, theirs_near)
    counts["runs"] += len(plain)
    counts["runs near a change of the clock"] += len(ours) - len(plain)
    counts["schedules in " + ("UTC" if name == "UTC" else "other zones")] += 1
print(dict(counts))
assert counts["runs"] > 5000
PY
}
