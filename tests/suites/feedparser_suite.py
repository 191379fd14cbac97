"""Python's feedparser: each feed of its tests has its expectation, a Python expression, in a comment.

Of the expressions, what is about fields that we keep is compared; of a feed about whose fields we are
told nothing we ask only that it can be read.
"""
import ast
import glob
import os
import re
from urllib.parse import urljoin

import elements
from common import Case, has_name, html_text, instant, person, plain_link, same_text, squash

SUITE = "feedparser"
BASE = "http://127.0.0.1:8097/tests/feed.xml"
NOTHING = {"title": "", "abstract": "", "url": "", "license": "", "published": "", "updated": "", "authors": [],
           "categories": [], "aliases": []}


# --- the expressions -----------------------------------------------------------------------------


def path_of(node):
    """entries[0]['title'], entries[0].title: ("entries", 0, "title"); None for what is no such thing."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        rest = path_of(node.value)
        return rest and rest + (node.attr,)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        rest = path_of(node.value)
        return rest and rest + (node.slice.value,)
    return None


def comparisons(expression):
    """The (path, value) that are said to be equal and must be for the expression to be true."""
    found = []
    for node in ast.walk(expression):
        if not isinstance(node, ast.Compare) or not all(isinstance(op, ast.Eq) for op in node.ops):
            continue
        *paths, value = [node.left, *node.comparators]
        if isinstance(value, (ast.Constant, ast.Tuple)):
            found += [(path_of(path), ast.literal_eval(value)) for path in paths if path_of(path)]
    return found


# --- fields --------------------------------------------------------------------------------------


def is_text(ours, value):
    return same_text(ours, value) or squash(ours) == squash(value)


def is_person(entry, value):
    return squash(person(value)) in [squash(author["name"]) for author in entry["authors"]] or not person(value)


def is_date(entry, value):
    if isinstance(value, tuple):
        value = "%04d-%02d-%02dT%02d:%02d:%02dZ" % value[:6]
    return (instant(value) or value) in (entry["published"], entry["updated"])


FIELDS = {
    ("title",): lambda entry, value: is_text(entry["title"], value),
    ("title_detail", "value"): lambda entry, value: is_text(entry["title"], value),
    ("summary",): lambda entry, value: is_text(entry["abstract"], value),
    ("summary_detail", "value"): lambda entry, value: is_text(entry["abstract"], value),
    ("description",): lambda entry, value: is_text(entry["abstract"], value),
    ("content", 0, "value"): lambda entry, value: is_text(entry["abstract"], value),
    ("link",): lambda entry, value: plain_link(entry["url"]) == plain_link(value),
    ("id",): has_name,
    ("guid",): has_name,
    ("author",): is_person,
    ("author_detail", "name"): is_person,
    ("category",): lambda entry, value: value in entry["categories"][:1],
    ("published",): is_date,
    ("published_parsed",): is_date,
    ("updated",): is_date,
    ("updated_parsed",): is_date,
    ("created",): is_date,
    ("created_parsed",): is_date,
    ("modified_parsed",): is_date,
    ("license",): lambda entry, value: entry["license"] == value,
    ("rights",): lambda entry, value: is_text(entry["license"], value),
    ("copyright",): lambda entry, value: is_text(entry["license"], value),
}


def entry_field(path):
    if path[:1] == ("tags",) and path[2:] == ("term",):
        return lambda entry, value: value in entry["categories"][path[1]:path[1] + 1]
    if path[:1] == ("authors",) and path[2:] == ("name",):
        return is_person
    return FIELDS.get(path)


def feed_field(path):
    if path in (("title",), ("title_detail", "value")):
        return lambda listing, value: is_text(listing["title"], value)
    if path in (("updated",), ("updated_parsed",), ("modified",), ("modified_parsed",)):
        return lambda listing, value: is_date({"published": "", "updated": listing["generated"]}, value)
    if path == ("ttl",):
        return lambda listing, value: listing["fresh_s"] == int(value) * 60
    return None


def kept(comparison):
    """What compares the field with the listing, or None when we do not keep it."""
    path, value = comparison
    if path[0] == "entries" and len(path) > 2 and path[1] in (0, 1):
        field = entry_field(path[2:])
        return field and (lambda listing: field(entry_at(listing, path[1]), value))
    if path[0] == "feed" and feed_field(path[1:]):
        return lambda listing: feed_field(path[1:])(listing, value)
    return None


def entry_at(listing, index):
    """Of an item with nothing to show, which is left out, every field is empty."""
    return next((entry for entry in listing["entries"] if entry["place"] == index + 1), NOTHING)


# --- encodings -----------------------------------------------------------------------------------


def decoded_texts(source, encoding):
    """The titles and descriptions of the feed, when it is decoded as the test says."""
    text = source.decode(encoding, "replace").lstrip("\ufeff")
    root = elements.parse(re.sub(r"^\s*<\?xml.*?\?>", "", text, flags=re.S))
    if root is None:
        return None
    return [element.text or "" for element in root.iter() if elements.local(element) == "title"]


def encoding_differences(listing, source, encoding):
    titles = decoded_texts(source, encoding)
    ours = [listing["title"]] + [entry["title"] for entry in listing["entries"]]
    return [f"title {title!r} is not among {ours!r}" for title in titles or []
            if html_text(title).strip() and not any(same_text(text, title) for text in ours)]


# --- cases ---------------------------------------------------------------------------------------


def expectation(source):
    """The expression and the headers in the comment of a test."""
    text = source.decode("utf-16" if source[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    if "\0" in text:
        text = text.replace("\0", "")
    expect = re.search(r"Expect:\s*(.*)", text)
    headers = dict(re.findall(r"Header:\s*([\w-]+):\s*(.*)", text))
    return expect.group(1).strip() if expect else "1", {name.lower(): value.strip() for name, value in headers.items()}


def check(source, expression):
    try:
        compared = comparisons(ast.parse(expression, mode="eval"))
    except SyntaxError:
        compared = []
    fields = [(comparison, kept(comparison)) for comparison in compared]
    encodings = [value for path, value in compared if path == ("encoding",)]
    root = elements.parse(source)
    may_fail = "bozo" in expression.replace("not bozo", "") or (root is not None and not elements.is_feed(root))

    def differences(listing):
        if listing.get("error"):
            return [] if may_fail and not any(field for _, field in fields) else [f"error: {listing['error']}"]
        found = [f"{comparison}: ours {entry_at(listing, 0)!r} of {listing['title']!r}"
                 for comparison, field in fields if field and not field(listing)]
        for encoding in encodings:
            found += encoding_differences(listing, source, encoding)
        return found

    return differences, bool(encodings) or any(field for _, field in fields)


def cases(data):
    for path in sorted(glob.glob(os.path.join(data, "suite_feedparser", "*.xml"))):
        with open(path, "rb") as file:
            source = file.read()
        expression, headers = expectation(source)
        base = urljoin(BASE, headers.get("content-location", ""))
        charset = re.search(r"charset=[\"']?([\w-]+)", headers.get("content-type", ""))
        differences, case_is_kept = check(source, expression)
        case = Case(SUITE, path, differences, base, charset.group(1) if charset else "")
        case.is_kept = case_is_kept
        yield case


def group_of(case):
    kind = case.name.partition("_")[0]
    return f"{SUITE} {kind}" if case.is_kept else f"{SUITE} {kind} (read)"
