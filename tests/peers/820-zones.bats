#!/usr/bin/env bats
# A fortnight around a change of the clock in zones of every kind, lived through with pauses, runs that
# are repeated at once and clocks that are put back, by DIGEST_NOW and by faketime: the mailbox holds one
# issue for every local date. What the calendar says of all zones is make test-calendar's.
# shellcheck disable=SC2154,SC2030,SC2031

load ../e2e/helper

setup() {
    set_up_home
    mkdir "$home/hf" "$home/mail"
    start_replay --hf "$home/hf"
}

teardown() {
    tear_down_home
}

# live FORM ZONE HOUR FIRST: fourteen days in that zone. A day without papers gives a note.
live() {
    rm -rf "$home/mail" "$home/state"
    mkdir "$home/mail"
    write_config <<CONF
digest { retry = 0s }
smtp { url = "file:$home/mail" from = "digest@example.com" }
source hf { provider = hf_daily base_url = "$web" }
list daily {
  sources = {hf} timezone = $2 schedule = "$3" deadline = 0s empty = note catch_up = each
  subscribers = {reader@example.com}
}
CONF
    FORM=$1 ZONE=$2 HOUR=$3 FIRST=$4 HOME_OF=$home DIGEST=$digest WEB=$web python3 - <<'PY'
import datetime, glob, json, os, random, re, subprocess, zoneinfo

form, hour, home = os.environ["FORM"], os.environ["HOUR"], os.environ["HOME_OF"]
zone = zoneinfo.ZoneInfo(os.environ["ZONE"])
first = datetime.date.fromisoformat(os.environ["FIRST"])
random.seed(form + str(zone))
UTC = datetime.timezone.utc


def write_listing(day):
    paper = {"id": day.strftime("26%m.000%d"), "title": f"Paper of {day}", "summary": "Words.",
             "authors": [{"name": "Ann Author"}], "publishedAt": f"{day}T00:00:00.000Z"}
    with open(f"{home}/hf/{day}.json", "w") as file:
        json.dump([{"paper": paper, "publishedAt": f"{day}T06:00:00.000Z", "title": paper["title"]}], file)


for i in range(-4, 18):
    write_listing(first + datetime.timedelta(i))


def run(at):
    text = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    environment = dict(os.environ, DIGEST_NOW=text.replace(" ", "T") + "Z")
    command = [os.environ["DIGEST"], "run"]
    if form == "faketime":
        del environment["DIGEST_NOW"]
        environment["TZ"] = "UTC"
        command = ["faketime", text] + command
    subprocess.run(command, env=environment, check=False, capture_output=True)


def dates():
    found = [re.match(r".*/(\d{8})\.", path)[1] for path in glob.glob(home + "/mail/*.eml")]
    assert len(found) == len(set(found)), sorted(found)
    return set(found)


begin = datetime.datetime.combine(first, datetime.time(12), zone).astimezone(UTC)
now = begin
run(now)
end = begin + datetime.timedelta(14)
while now < end:
    hours = random.choice([1, 3, 5, 7, 11, 26, 50, 75])
    now = min(now + datetime.timedelta(seconds=random.randrange(1, hours * 3600)), end)
    run(now)
    if random.random() < 0.3:
        run(now)
    if random.random() < 0.3:
        run(now - datetime.timedelta(seconds=random.randrange(2 * 86400)))
    dates()
local = end.astimezone(zone)
last = local.date() if local.strftime("%H:%M") >= hour else local.date() - datetime.timedelta(1)
wanted = {(first + datetime.timedelta(i)).strftime("%Y%m%d") for i in range((last - first).days + 1)}
# A day that the zone leaves out has no noon.
wanted = {day for day in wanted if datetime.datetime.combine(
    datetime.datetime.strptime(day, "%Y%m%d").date(), datetime.time(12), zone).astimezone(UTC).astimezone(
    zone).strftime("%Y%m%d") == day}
assert dates() == wanted, (form, str(zone), sorted(dates() ^ wanted))
print(form, zone, len(wanted), "days")
PY
}

live_everywhere() {
    live "$1" Europe/Berlin 02:30 2026-03-22
    live "$1" America/St_Johns 01:30 2026-10-25
    live "$1" Australia/Lord_Howe 02:00 2026-09-27
    live "$1" Africa/Casablanca 02:30 2026-02-08
    live "$1" Asia/Kathmandu 00:00 2026-06-01
    live "$1" Asia/Beirut 00:00 2026-03-22
    live "$1" America/Nuuk 23:30 2026-03-21
    live "$1" Pacific/Apia 08:30 2011-12-23
}

@test "by DIGEST_NOW, every local date has its one issue" {
    live_everywhere now
}

@test "by faketime, every local date has its one issue" {
    command -v faketime >/dev/null || skip "there is no faketime"
    live_everywhere faketime
}
