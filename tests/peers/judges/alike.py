"""Whether a page as w3m shows it says what the text part says: the same titles behind the same numbers,
and the same links, in the same order.

    alike.py JSON-PREVIEW TEXT DUMP    the dump with the list of links that -o display_link_number=1 gives
"""
import json
import re
import sys

preview, text, dump = (open(path, encoding='utf-8').read() for path in sys.argv[1:])
dump, _, references = dump.rpartition('References:')
# But for titles with TeX, which each part sets in its own way.
headings = [''.join(f'{number}. {entry["title"]}'.split())
            for number, entry in enumerate(json.loads(preview)['entries'], 1) if '$' not in entry['title']]


def places(page):
    """Where each heading stands last: contents come before."""
    page = ''.join(re.sub(r'\[\d+\]', '', page).split())
    return [page.rfind(heading) for heading in headings]


def links(page):
    """Each web address once, where it stands last: abstracts name some, and rows of links follow."""
    found = [url.rstrip('.,)') for url in re.findall(r'https?://\S+', page)]
    return sorted(set(found), key=lambda url: len(found) - 1 - found[::-1].index(url))


for page in text, dump:
    assert -1 not in places(page), [h for h, place in zip(headings, places(page)) if place < 0]
    assert places(page) == sorted(places(page)), 'another order of titles'
assert len(headings) >= 6
assert links(references) == links(text), (links(references), links(text))
