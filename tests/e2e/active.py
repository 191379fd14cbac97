#!/usr/bin/env python3
"""Fails when a page could do more than be read: active.py PAGE.html...

Elements, attributes, URL schemes and styles are held against what our templates need; everything else
came from outside.
"""
import html.parser
import re
import sys

ELEMENTS = set("html head meta title style body div span table tbody thead tr td th h1 h2 h3 h4 p a ul ol li "
               "em strong b i code sub sup br hr small nav section article header footer main details summary "
               "blockquote center font s del h5 h6 abbr address caption col time".split())
ATTRIBUTES = set("lang dir class style href id name role align valign width height border cellpadding cellspacing "
                 "bgcolor content charset http-equiv title scope xmlns hidden start value color face size".split())
SCHEMES = ("http://", "https://", "mailto:", "#")


class Judge(html.parser.HTMLParser):
    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.faults = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in ELEMENTS:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            value = value or ""
            if name not in ATTRIBUTES and not name.startswith(("aria-", "data-")):
                self.faults.append(f"<{tag} {name}>")
            if name == "href" and not value.lower().startswith(SCHEMES):
                self.faults.append(f"href={value!r}")
            if name == "style" and re.search(r"url\(|expression|@import|position:|javascript|behaviou?r", value, re.I):
                self.faults.append(f"style={value!r}")
            if name == "http-equiv" and value.lower() not in ("content-type", "x-ua-compatible"):
                self.faults.append(f"http-equiv={value!r}")

    def handle_comment(self, data):
        if not data.startswith("[if") and "endif" not in data:
            self.faults.append(f"<!--{data[:40]}-->")


status = 0
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        page = file.read()
    faults = Judge(page).faults
    controls = re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    for fault in (faults + [ascii(c) for c in controls])[:20]:
        print(f"{name}: {fault}")
        status = 1
sys.exit(status)
