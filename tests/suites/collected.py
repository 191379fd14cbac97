"""Feeds as they were found: each must give as many items as Python's feedparser 6.0.10 gives (counts.tsv),
and where it parses strictly, the titles, links and identifiers that ElementTree finds.
"""
import glob
import os

import elements
from common import Case, html_text, has_name, plain_link, same_text, squash

SUITE = "collected"
HERE = os.path.dirname(os.path.abspath(__file__))


def read_counts():
    counts = {}
    with open(os.path.join(HERE, "counts.tsv"), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                name, count = line.rstrip("\n").split("\t")
                counts[name] = int(count)
    return counts


def own_text(item, name, space):
    """The text of the item's one element of this name; None when there is none or there are more."""
    found = elements.children_of(item, name, space)
    if len(found) != 1 or len(found[0]) > 0:
        return None
    return (found[0].text or "").strip()


def item_differences(entry, item):
    found = []
    space = elements.space(item)
    title = own_text(item, "title", space)
    if title and squash(html_text(title)) and not same_text(entry["title"], title) and \
            squash(entry["title"]) != squash(title) and "(arXiv:" not in title and not entry["title"].endswith("…"):
        found.append(f"title: ours {entry['title']!r}, theirs {title!r}")
    link = own_text(item, "link", space)
    is_plain = link and link.lower().startswith("http") and " " not in link
    if is_plain and not any("origlink" == elements.local(child) for child in item) and \
            not entry["aliases"][0].startswith("arxiv:") and plain_link(entry["url"]) != plain_link(link):
        found.append(f"link: ours {entry['url']!r}, theirs {link!r}")
    guid = own_text(item, "guid", space) or own_text(item, "id", space)
    if guid and not has_name(entry, guid):
        found.append(f"id: ours {entry['aliases']!r}, theirs {guid!r}")
    return found


def check(path, count):
    with open(path, "rb") as file:
        source = file.read()
    root = elements.parse(source)

    def differences(listing):
        if root is not None and not elements.is_feed(root) and not count:
            return [] if listing.get("error") else [f"read as {listing['format']}, though it is no feed"]
        if listing.get("error"):
            return [f"error: {listing['error']}"] if root is not None or count else []
        found = []
        items = elements.items_of(root) if root is not None else None
        expected = count if count is not None else len(items) if items is not None else None
        if expected is not None and listing["items"] != expected:
            found.append(f"items: ours {listing['items']}, theirs {expected}")
        if items is not None and len(items) == listing["items"]:
            for entry in listing["entries"]:
                found += [f"{entry['place']} {text}" for text in item_differences(entry, items[entry["place"] - 1])]
        return found

    return differences


def cases(data):
    counts = read_counts()
    paths = glob.glob(os.path.join(data, "feeds_*", "*")) + glob.glob(os.path.join(data, "feed_snapshots", "*.xml"))
    paths += glob.glob(os.path.join(data, "arxiv_rss", "*.xml"))
    for path in sorted(paths):
        if not path.endswith((".json", ".html", ".gz")):
            yield Case(SUITE, path, check(path, counts.get("/".join(path.split("/")[-2:]))))
