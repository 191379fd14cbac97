"""What the suites share: reading captures with our formats, and comparing what was read.

Nothing here knows how digest reads a feed: HTML becomes text by Python's own parser, and texts are
compared without their white space, since where a paragraph breaks is a matter of taste.
"""
import html.parser
import json
import os
import re
import subprocess
import unicodedata
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

HIDDEN = {"audio", "head", "iframe", "object", "script", "style", "svg", "template", "title", "video"}


class Case:
    """A capture, how it is read, and check(listing) that gives the differences, a text each."""

    def __init__(self, suite, path, check, base="", charset=""):
        self.suite, self.path, self.check = suite, path, check
        self.name, self.base, self.charset = os.path.basename(path), base, charset


def read_all(program, cases):
    """The listings of all cases, by one run of the program that writes them as JSON."""
    lines = "".join(f"{case.path}\t{case.base}\t{case.charset}\n" for case in cases)
    result = subprocess.run([program], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in result.stdout.decode().splitlines()]


# --- text ----------------------------------------------------------------------------------------


class TextOfHtml(html.parser.HTMLParser):
    def __init__(self, has_images):
        super().__init__(convert_charrefs=True)
        self.text, self.hidden, self.bullet, self.has_images = [], 0, "", has_images

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in HIDDEN
        if tag == "li" and not self.hidden:
            self.bullet = "- "
        if tag == "img" and self.has_images:
            self.text.append(dict(attrs).get("alt") or "")

    def handle_startendtag(self, tag, attrs):
        if tag == "img":
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        self.hidden -= tag in HIDDEN and self.hidden > 0

    def handle_data(self, data):
        if not self.hidden and data.strip():
            self.text.append(self.bullet)
            self.bullet = ""
        if not self.hidden:
            self.text.append(data)


def html_text(markup, has_images=False):
    parser = TextOfHtml(has_images)
    parser.feed(markup)
    parser.close()
    return "".join(parser.text)


def squash(text):
    """The text without white space, what cannot be seen, and what stands for cells and quotations."""
    text = unicodedata.normalize("NFC", text or "")
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf") and c not in "|“”")


def readings(value):
    """What a text may mean that is HTML, or plain, or was escaped once too often."""
    once = html_text(value)
    found = {squash(once), squash(html_text(once)), squash(html_text(value, has_images=True))}
    if not re.search(r"<[a-zA-Z/!]|&#?\w+;", value):
        found.add(squash(value))
    return found


def is_cut(ours, whole):
    """Whether ours is the beginning of a longer text."""
    return ours.endswith("…") and len(ours) > 60 and whole.startswith(ours[:-1])


def same_text(ours, value):
    return squash(ours) in readings(value) or any(is_cut(squash(ours), whole) for whole in readings(value))


def same_texts(ours, values):
    return len(ours) == len(values) and all(map(same_text, ours, values))


# --- dates ---------------------------------------------------------------------------------------


def instant(text):
    """As digest writes it; None when it is no date."""
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        try:
            when = parsedate_to_datetime(text.strip())
        except (TypeError, ValueError, IndexError):
            return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    return when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- names ---------------------------------------------------------------------------------------


def plain_link(link):
    """Without what two spellings of one address differ in."""
    link = re.sub(r"^https?://", "", unquote((link or "").strip()), flags=re.I)
    link = re.sub(r"(?<=[?&])(utm_\w+=[^&]*|dgcid=\w+|track=rss|af=r|rss=1)(&|$)", "", link, flags=re.I)
    host, _, rest = re.sub(r"[?#]+$", "", link).partition("/")
    return (re.sub(r":(80|443)?$", "", host.lower()) + "/" + rest).rstrip("/").replace("/?", "?").replace("/#", "#")


def has_name(entry, name):
    """Whether one of the entry's aliases is this identifier."""
    name = squash(name)
    for alias in entry["aliases"]:
        kind, _, rest = alias.partition(":")
        if kind == "guid":
            rest = rest.partition(":")[2]
        if squash(rest).lower() == name.lower() or plain_link(rest) == plain_link(name):
            return True
        if kind in ("arxiv", "doi", "pmid") and rest.lower().split("v")[0] in name.lower():
            return True
    return False


def person(text):
    """The name in what RSS calls an author: "mail (Name)", "Name (mail)", "Name <mail>", "mail"."""
    text = " ".join(html_text(text or "").split())
    if "@" not in text:
        return text
    match = re.fullmatch(r"(.*?)\s*[(<](.*?)[)>]\s*", text)
    parts = [part for part in match.groups() if "@" not in part] if match else []
    return parts[0] if parts else ""


# --- entries -------------------------------------------------------------------------------------


class Wanted:
    """What another reader says an entry holds. What it leaves empty is not compared."""

    def __init__(self):
        self.title = self.summary = self.content = self.id = self.published = self.updated = None
        self.license = None
        self.links, self.authors, self.categories = [], None, None

    def differences(self, entry):
        found = []

        def differ(field, ours, theirs):
            found.append(f"{field}: ours {ours!r}, theirs {theirs!r}")

        if self.title is not None and squash(html_text(self.title)) and not same_text(entry["title"], self.title):
            differ("title", entry["title"], self.title)
        texts = [text for text in (self.summary, self.content) if text and squash(html_text(text))]
        if texts and not self.has_abstract(entry, texts):
            differ("abstract", entry["abstract"], texts)
        if self.links and plain_link(entry["url"]) not in map(plain_link, self.links):
            differ("link", entry["url"], self.links)
        if self.id and not has_name(entry, self.id):
            differ("id", entry["aliases"], self.id)
        names = [author["name"] for author in entry["authors"]]
        if self.authors is not None and not same_texts(names, self.authors):
            differ("authors", names, self.authors)
        if self.categories is not None and not same_texts(entry["categories"], self.categories):
            differ("categories", entry["categories"], self.categories)
        if self.published and entry["published"] != self.published:
            differ("published", entry["published"], self.published)
        if self.updated and self.updated not in (entry["updated"], entry["published"]):
            differ("updated", entry["updated"], self.updated)
        if self.license and not same_text(entry["license"], self.license):
            differ("license", entry["license"], self.license)
        return found

    @staticmethod
    def has_abstract(entry, texts):
        """The summary, or the text when there is none, or when the summary is but its beginning."""
        if same_text(entry["abstract"], texts[0]):
            return True
        return len(texts) > 1 and same_text(entry["abstract"], texts[1]) and any(
            whole.startswith(re.sub(r"(…|\.\.\.|\[…\]|\[\.\.\.\])+$", "", part))
            for part in readings(texts[0]) for whole in readings(texts[1]))
