#!/usr/bin/env python3
"""What stands in a feed, by a reader that shares nothing with ours: the link of each item, a line each.

    feed_items.py FILE [OLDER...]     without the items that stand in an older file
"""
import json
import sys
import xml.etree.ElementTree as ElementTree


def items_of_json(text):
    return {item["id"]: item.get("url") or item["id"] for item in json.loads(text)["items"]}


def local(element):
    return element.tag.rpartition("}")[2]


def items_of_xml(text):
    items = {}
    for item in ElementTree.fromstring(text).iter():
        if local(item) in ("item", "entry"):
            parts = {local(child): (child.get("href") or child.text or "").strip() for child in item}
            name = parts.get("guid") or parts.get("id") or parts["link"]
            items.setdefault(name, parts["link"].replace(" ", "%20"))
    return items


def items_of(path):
    with open(path, "rb") as file:
        text = file.read()
    return items_of_json(text) if text.lstrip()[:1] == b"{" else items_of_xml(text)


older = {name for path in sys.argv[2:] for name in items_of(path)}
for name, link in items_of(sys.argv[1]).items():
    if name not in older:
        print(link)
