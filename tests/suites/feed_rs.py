"""feed-rs's fixtures: feeds beside its model of them. What it makes up (identifiers) is not compared."""
import glob
import json
import os

from common import Case, Wanted, has_name, instant, person

SUITE = "feed_rs"


def text_of(value, name):
    return value.get(name) if value else None


def wanted(item, source):
    want = Wanted()
    want.title = text_of(item.get("title"), "content")
    want.summary = text_of(item.get("summary"), "content")
    want.content = text_of(item.get("content"), "body")
    want.id = item["id"] if item["id"] in source else None
    want.links = [link["href"] for link in item["links"] if link["rel"] in (None, "alternate")]
    names = [person(author["name"]) for author in item["authors"]]
    want.authors = [name for name in dict.fromkeys(names) if name] or None
    want.categories = list(dict.fromkeys(tag["term"] or tag["label"] for tag in item["categories"])) or None
    want.published, want.updated = instant(item["published"]), instant(item["updated"])
    return want


def check(expected, source):
    def differences(listing):
        if listing.get("error"):
            return [f"error: {listing['error']}"]
        want = Wanted()
        want.title = text_of(expected.get("title"), "content")
        found = ["feed " + text for text in want.differences({"title": listing["title"], "authors": []})]
        if len(listing["entries"]) != len(expected["entries"]):
            return found + [f"entries: ours {len(listing['entries'])}, theirs {len(expected['entries'])}"]
        for entry, item in zip(listing["entries"], expected["entries"]):
            found += [f"{entry['place']} {text}" for text in wanted(item, source).differences(entry)]
        return found

    return differences


def refused(listing):
    return [] if listing.get("error") else ["is read, though it is no feed"]


def cases(data):
    folder = os.path.join(data, "suite_feed_rs")
    for path in sorted(glob.glob(os.path.join(folder, "*.xml")) + glob.glob(os.path.join(folder, "*.json"))):
        if path.endswith(".serde.json"):
            continue
        expected = os.path.splitext(path)[0] + ".serde.json"
        with open(path, "rb") as file:
            source = file.read().decode("utf-8", "replace")
        if not os.path.exists(expected):
            yield Case(SUITE, path, refused)
            continue
        with open(expected, encoding="utf-8") as file:
            yield Case(SUITE, path, check(json.load(file), source))
