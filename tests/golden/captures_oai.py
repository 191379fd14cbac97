#!/usr/bin/env python3
"""What the records of OAI-PMH answers hold, read by ElementTree, against what digest read in the same files.

    captures_oai.py LISTING_JSON FILE...

Prints the Test Anything Protocol, one result a file. Nothing here knows how digest reads: the schemas of arXiv and
of Dublin Core are walked by their own element names. Raw TeX and HTML are compared by their letters alone.
"""
import html
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LISTS = ("ListRecords", "GetRecord", "ListIdentifiers")


def local(node):
    return node.tag.split("}")[-1]


def texts(node, name):
    found = (" ".join("".join(child.itertext()).split()) for child in node.iter() if local(child) == name)
    return [text for text in found if text]


def first(node, name):
    return (texts(node, name) or [""])[0]


def instant(text):
    if not text:
        return ""
    if re.match(r"\w{3},", text):
        at = parsedate_to_datetime(text)
    elif re.fullmatch(r"\d{4}", text):
        if int(text) < 1900:
            return ""  # the book's own year, which no feed's date is
        at = datetime(int(text), 1, 1)
    else:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def letters(text):
    text = html.unescape(html.unescape(text))
    return re.sub(r"[\W_]+", "", re.sub(r"<[^>]*>", "", text)).lower()


def person(author):
    parts = [first(author, name) for name in ("forenames", "keyname", "suffix")]
    return " ".join(part for part in parts if part)


def creator(text):
    parts = [part.strip() for part in text.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 else text


def names_of(identifier, metadata):
    """The arXiv identifier and the DOIs that a record names, as aliases."""
    found = []
    for text in [identifier] + (texts(metadata, "id") if metadata is not None else []):
        match = re.search(r"(?:oai:arXiv\.org:)?((?:[a-z-]+(?:\.[A-Z]{2})?/\d{7})|(?:\d{4}\.\d{4,5}))$", text)
        if match and (text.startswith("oai:arXiv") or text == match[1]):
            found.append("arxiv:" + match[1])
    if metadata is not None:
        for text in texts(metadata, "doi") + texts(metadata, "identifier"):
            for word in text.split():
                word = word.removeprefix("doi:")
                if word.startswith("10."):
                    found.append("doi:" + word.lower())
    return sorted(set(found))


def of_metadata(metadata, row):
    row["title"] = letters(first(metadata, "title"))
    people = [child for child in metadata.iter() if local(child) == "author"]
    if people:
        row["authors"] = [name for name in map(person, people) if letters(name)]
        row["affiliations"] = ["; ".join(texts(one, "affiliation")) for one in people if letters(person(one))]
    elif texts(metadata, "authors"):
        line = re.sub(r"\([^)]*\)", "", first(metadata, "authors"))
        row["authors"] = [name.strip() for name in re.split(r",| and ", line) if name.strip()]
    else:
        row["authors"] = [creator(text) for text in texts(metadata, "creator")]
    versions = [child for child in metadata.iter() if local(child) == "version" and child.get("version")]
    if versions:
        row["version"] = int(versions[-1].get("version")[1:])
        row["published"], row["updated"] = (instant(first(versions[at], "date")) for at in (0, -1))
    elif texts(metadata, "created"):
        row["published"], row["updated"] = instant(first(metadata, "created")), instant(first(metadata, "updated"))
    else:
        row["published"] = instant(first(metadata, "date"))
    if texts(metadata, "categories"):
        row["categories"] = first(metadata, "categories").split()
    else:
        row["subjects"] = texts(metadata, "subject")
    descriptions = texts(metadata, "description")
    row["abstract"] = letters((texts(metadata, "abstract") or descriptions or [""])[0])
    comments = [text.removeprefix("Comment: ") for text in descriptions if text.startswith("Comment: ")]
    row["comment"] = (texts(metadata, "comments") or comments or [""])[0]
    if texts(metadata, "categories"):
        row["journal"] = first(metadata, "journal-ref")


def expected(path):
    """A row for the answer and one for each of its records; None when it lists none or is no XML."""
    with open(path, "rb") as file:
        body = CONTROLS.sub(b"", file.read())
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return None
    nodes = [root] if local(root) in ("record", "dc") else None
    errors = [child for child in root.iter() if local(child) == "error"]
    if nodes is None:
        if not errors and not any(local(child) in LISTS for child in root):
            return None
        nodes = [child for child in root.iter() if local(child) == "record"]
        nodes = nodes or [child for child in root.iter() if local(child) == "header"]
    token = next((child for child in root.iter() if local(child) == "resumptionToken"), None)
    answer = {
        "next": (token.text or "").strip() if token is not None else "",
        "total": int(token.get("completeListSize", -1)) if token is not None else -1,
        "first": int(token.get("cursor", -1)) if token is not None else -1,
        "fault": errors[0].get("code") if errors else "",
        "generated": instant(first(root, "responseDate")),
    }
    rows = []
    for node in nodes:
        header = next((child for child in node.iter() if local(child) == "header"), None)
        metadata = next((child for child in node.iter() if local(child) in ("metadata", "dc")), None)
        identifier = first(header, "identifier") if header is not None else ""
        row = {"names": names_of(identifier, metadata)}
        is_deleted = header is not None and header.get("status") == "deleted"
        if is_deleted and not identifier:
            continue
        row["announce"] = 4 if is_deleted else 0
        if metadata is not None:
            of_metadata(metadata, row)
        rows.append(row)
    return answer, rows


def got(entry, wanted):
    row = {"names": sorted(name for name in entry["aliases"] if name.startswith(("arxiv:", "doi:")))}
    for name in ("announce", "version", "published", "updated", "categories", "comment", "journal"):
        row[name] = entry[name]
    row["title"], row["abstract"] = letters(entry["title"]), letters(entry["abstract"])
    row["authors"] = [author["name"] for author in entry["authors"]]
    row["affiliations"] = [author["affiliation"] for author in entry["authors"]]
    row["subjects"] = entry["categories"][: len(wanted.get("subjects", []))]
    return {name: row[name] for name in wanted}


def compare(listing, wanted):
    if wanted is None:
        return [] if "error" in listing else ["was read, though there is no list in it"]
    if "error" in listing:
        return [f"was refused: {listing['error']}"]
    answer, rows = wanted
    differences = []
    fault = listing["fault"].split(":")[0]
    for name, value in answer.items():
        have = fault if name == "fault" else listing[name]
        if have != value:
            differences.append(f"{name}: {have!r}, not {value!r}")
    if len(listing["entries"]) != len(rows):
        return differences + [f"{len(listing['entries'])} entries, not {len(rows)}"]
    for place, (entry, row) in enumerate(zip(listing["entries"], rows), 1):
        have = got(entry, row)
        differences += [
            f"[{place}] {name}: {have[name]!r}, not {row[name]!r}" for name in row if have[name] != row[name]
        ]
    return differences


def main():
    reader, paths = sys.argv[1], sys.argv[2:]
    print(f"1..{len(paths)}")
    lines = subprocess.run([reader], input="".join(path + "\n" for path in paths), capture_output=True, text=True)
    listings = [json.loads(line) for line in lines.stdout.splitlines()]
    for number, (path, listing) in enumerate(zip(paths, listings), 1):
        differences = compare(listing, expected(path))
        print(f"{'not ok' if differences else 'ok'} {number} - oai: {path.split('/')[-1]}")
        for line in differences[:6]:
            print("# " + line[:300])


main()
