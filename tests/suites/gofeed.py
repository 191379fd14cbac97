"""gofeed's test data: a feed beside what its parser (of Atom, of RSS) or its translator makes of it."""
import glob
import json
import os

from common import Case, Wanted, instant, person

SUITE = "gofeed"
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def text_of(value):
    return value.get("value") if isinstance(value, dict) else value


def links_of(item):
    links = item.get("links") or []
    if links and isinstance(links[0], dict):
        links = [link.get("href") for link in links if link.get("rel", "alternate") == "alternate"]
    return [link for link in links + [item.get("link")] if link]


def authors_of(item):
    names = [person(author.get("name", "")) for author in item.get("authors") or []]
    if not names and isinstance(item.get("author"), str):
        names = [person(item["author"])]
    names = [name for name in names if name]
    return list(dict.fromkeys(names)) or None


def categories_of(item):
    terms = []
    for category in item.get("categories") or []:
        if isinstance(category, dict):
            category = category.get("term") or category.get("label") or category.get("value")
        if category:
            terms.append(category)
    return terms or None


def wanted(item):
    want = Wanted()
    want.title = item.get("title")
    want.summary = item.get("summary") or item.get("description")
    want.content = text_of(item.get("content"))
    want.id = item.get("id") or text_of(item.get("guid"))
    want.links, want.authors = links_of(item), authors_of(item)
    want.categories = categories_of(item)
    want.license = item.get("rights")
    want.published = instant(item.get("publishedParsed") or item.get("pubDateParsed"))
    want.updated = instant(item.get("updatedParsed"))
    return want


def is_named(item):
    """Whether there is anything to show of the item."""
    want = wanted(item)
    return any(vars(want).values())


def listing_differences(feed, listing):
    found = []
    want = Wanted()
    want.title = feed.get("title")
    found += ["feed " + text for text in want.differences({"title": listing["title"], "authors": []})]
    for name in ("updatedParsed", "lastBuildDateParsed"):
        if feed.get(name) and listing["generated"] != instant(feed[name]):
            found.append(f"{name}: ours {listing['generated']!r}, theirs {feed[name]!r}")
    hours = sum({1 << int(hour) % 24 for hour in feed.get("skipHours") or []})
    days = sum({1 << DAYS.index(day.lower()) for day in feed.get("skipDays") or []})
    if listing["skip_hours"] != hours or listing["skip_weekdays"] != days:
        found.append(f"skips: ours {listing['skip_hours']} {listing['skip_weekdays']}, theirs {hours} {days}")
    if feed.get("ttl") and listing["fresh_s"] != int(feed["ttl"]) * 60:
        found.append(f"ttl: ours {listing['fresh_s']}, theirs {feed['ttl']}")
    return found


def check(expected):
    def differences(listing):
        items = expected.get("entries") or expected.get("items") or []
        if listing.get("error"):
            return [f"error: {listing['error']}"]
        found = listing_differences(expected, listing)
        if listing["items"] != len(items):
            return found + [f"items: ours {listing['items']}, theirs {len(items)}"]
        places = {entry["place"]: entry for entry in listing["entries"]}
        for place, item in enumerate(items, 1):
            if place in places:
                found += wanted(item).differences(places[place])
            elif is_named(item):
                found.append(f"item {place}: left out")
        return found

    return differences


def cases(data):
    for path in sorted(glob.glob(os.path.join(data, "suite_gofeed", "*.xml"))):
        if os.path.exists(path[:-4] + ".json"):
            with open(path[:-4] + ".json", encoding="utf-8") as file:
                yield Case(SUITE, path, check(json.load(file)))
