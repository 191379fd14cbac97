#!/usr/bin/env python3
"""Copies feeds so that each item has a name, without which it would not be shown: named_feeds.py FROM TO."""
import os
import re
import sys

for number, name in enumerate(sorted(os.listdir(sys.argv[1]))):
    with open(os.path.join(sys.argv[1], name), "rb") as file:
        feed = file.read()
    if b"<guid" not in feed and b"<id" not in feed:
        feed = re.sub(rb"<item>", b"<item><guid>case-%d</guid>" % number, feed, count=1)
        feed = re.sub(rb"<entry>", b"<entry><id>urn:case:%d</id>" % number, feed, count=1)
    with open(os.path.join(sys.argv[2], name), "wb") as file:
        file.write(feed)
