#!/usr/bin/env python3
"""Writes listings that are broken, hostile or odd, one file a case: bad_listings.py json|xml FOLDER.

Those that must be large are made here rather than kept. Only the standard library is used.
"""
import json
import os
import sys


def write(folder, name, text):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode("utf-8"))


# --- JSON, as Hugging Face lists papers ----------------------------------------------------------


def paper(number, title="", text=None, **more):
    """One item; `title` and the members of `more` are JSON texts as they are."""
    members = {
        "id": '"2607.%05d"' % number,
        "title": title or '"Paper %d"' % number,
        "summary": '"A sentence of ours."',
        "authors": '[{"name":"Ada Example","hidden":false}]',
        "publishedAt": '"2026-07-26T00:00:00.000Z"',
        "submittedOnDailyAt": '"2026-07-27T00:00:00.000Z"',
    }
    members.update(more)
    inside = ",".join('"%s":%s' % member for member in members.items())
    return '{"paper":{%s%s}}' % (inside, text or "")


def array(*items):
    return "[%s]" % ",".join(items)


def write_json(folder):
    first, last = paper(1), paper(9)
    whole = array(first, last)
    dates = ["0000-00-00", "2038-01-20T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30", "soon"]
    cases = {
        "empty": "",
        "blank": " \t\r\n ",
        "cut": whole[:-30],
        "cut-between": "[%s," % first,
        "trailing-words": whole + " and so on",
        "trailing-array": whole + whole,
        "trailing-nul": whole + "\0",
        "mark": b"\xef\xbb\xbf" + whole.encode(),
        "utf-16": whole.encode("utf-16"),
        "no-utf-8": whole.encode().replace(b"Paper 9", b"Paper \xff\xc0"),
        "surrogate": array(paper(2, '"Half \\ud800 a pair"'), last),
        "deep": "[" * 100000 + "]" * 100000,
        "deep-member": array(first, paper(2, more="[" * 100000 + "]" * 100000), last),
        "numbers": array(
            paper(2, upvotes="1e999"), paper(3, upvotes="-0"), paper(4, upvotes="1" * 400), paper(5, upvotes="7")
        ),
        "twice": array(paper(2, text=',"id":"2607.00003","title":"The other"')),
        "nan": array(first, paper(2, upvotes="NaN")),
        "object": '{"papers":%s}' % whole,
        "bare-item": first,
        "error": '{"error":"No such day"}',
        "scalar": "17",
        "string": '"Try again later"',
        "no-id": array(first, '{"paper":{"title":"Nameless"}}', last),
        "odd-ids": array(first, paper(2, id="null"), paper(3, id="2607.5"), paper(4, id='["2607.00004"]'), last),
        "odd-items": array("null", '"a string"', "[]", "{}", '{"paper":17}', last),
        "only-odd": array("null", "17"),
        "no-titles": array(paper(2, '""'), paper(3, "null"), paper(4, '" \\n\\t "'), paper(5, "[]")),
        "long-title": array(paper(2, '"%s"' % ("word " * 210000)), last),
        "nul": array(paper(2, '"Before\\u0000after"'), last),
        "raw-nul": whole.replace("Paper 9", "Paper\0 9"),
        "dates": array(*(paper(10 + i, publishedAt='"%s"' % date) for i, date in enumerate(dates))),
        "same-twice": array(first, paper(1, '"Paper 1 again"'), last),
        "versions": array(paper(1, id='"2607.00001v1"'), paper(1, '"As revised"', id='"arXiv:2607.00001V2"'), last),
        "huge-item": array(first, paper(2, summary='"%s"' % ("word " * 1800000)), last),
        "many-authors": array(paper(2, authors=array(*('{"name":"Person %d"}' % i for i in range(20000))))),
        "tags": '{"version":"https://jsonfeed.org/version/1.1","title":"Ours","items":[{"id":"1","title":"All of it",'
        '"url":"https://example.org/1","tags":%s}]}' % json.dumps(["tag %d" % i for i in range(50000)]),
    }
    for name, text in cases.items():
        write(folder, name, text)


# --- feeds ---------------------------------------------------------------------------------------

DATE = "Mon, 27 Jul 2026 06:00:00 GMT"


def item(number, title=None, link=True, guid=True, date=DATE, text="A sentence of ours.", more=""):
    url = "https://example.org/%d" % number
    return "<item><title>%s</title>%s%s<pubDate>%s</pubDate><description>%s</description>%s</item>\n" % (
        title or "Item %d" % number,
        "<link>%s</link>" % url if link else "",
        "<guid>%s</guid>" % url if guid else "",
        date,
        text,
        more,
    )


def rss(*items, head="", encoding=""):
    declaration = '<?xml version="1.0"%s?>\n' % (' encoding="%s"' % encoding if encoding else "")
    return '%s%s<rss version="2.0"><channel><title>Ours</title><link>https://example.org/</link>\n%s</channel></rss>\n' % (
        declaration,
        head,
        "".join(items),
    )


def atom(*entries, more=""):
    return '<feed xmlns="http://www.w3.org/2005/Atom"%s><title>Ours</title>%s</feed>\n' % (more, "".join(entries))


def entry(number, title, inside="", more=""):
    return "<entry%s><id>urn:ours:%d</id><title>%s</title>%s</entry>\n" % (more, number, title, inside)


def oai(code):
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-07-27T03:10:00Z</responseDate>'
        '<request verb="ListRecords">https://repository.example.org/oai</request>'
        '<error code="%s">Words of ours</error></OAI-PMH>' % code
    )


def doctype(inside):
    return "<!DOCTYPE rss [%s]>\n" % inside


def structure_cases(first, last):
    laughs = "".join('<!ENTITY l%d "%s">' % (i, ("&l%d;" % (i - 1)) * 10) for i in range(1, 10))
    netscape = (
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd">\n'
    )
    return {
        "empty": "",
        "cut": rss(first, last)[:-60],
        "junk": "<rss <<<< >>>>",
        "words-before": "Notice: undefined index\n" + rss(first),
        "nesting": rss(first, item(2, "A <b>bold <i>move</b> & more"), last),
        "file-entity": rss(item(2, "&x;"), head=doctype('<!ENTITY x SYSTEM "file:///proc/version">')),
        "parameter-entity": rss(first, head=doctype('<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;')),
        "laughs": rss(item(2, "&l9;"), head=doctype('<!ENTITY l0 "lol">' + laughs)),
        "quadratic": rss(item(2, "&a;" * 100000), head=doctype('<!ENTITY a "%s">' % ("a" * 50000))),
        "quadratic-large": rss(item(2, "&a;" * 100000), head=doctype('<!ENTITY a "%s">' % ("a" * 100000))),
        "default-attributes": rss(first, head=doctype('<!ATTLIST item lang CDATA "en">')),
        "netscape": rss(first, head=netscape),
        "file-dtd": rss(first, head='<!DOCTYPE rss SYSTEM "file:///proc/version">\n'),
        "deep": "<rss><channel>" + "<a>" * 100000,
        "deep-item": rss(first, item(2, text="<a>" * 100000 + "</a>" * 100000), last),
        "huge-text": rss(first, item(2, text="word " * 2500000), last),
        "huge-attribute": rss(first, '<item a="%s"/>' % ("v" * 12000000), last),
        "huge-name": rss(first, "<%s/>" % ("n" * 12000000), last),
        "many-attributes": rss(first, "<item %s/>" % " ".join('a%d="1"' % i for i in range(300))),
        "many-categories": rss(item(2, more="".join("<category>c%d</category>" % i for i in range(50000))), last),
        "many-authors": rss(item(2, more="".join("<author>Person %d</author>" % i for i in range(20000))), last),
        "comments": rss(first, "<!--->%s--->" % (" --\n" * 40000), last, head="<!-->%s-->" % ("-" * 20000)),
        "cdata": rss(item(2, "<![CDATA[One ]] > two ]]]]><![CDATA[> three]]>"), item(3, "Bare ]]> here"), last),
        "open-cdata": rss("<item><title><![CDATA[Never ended</title></item>", last),
        "html-entities": rss(item(2, "a&nbsp;b &bogus; &eacute; &mdash; AT&T"), last),
    }


def encoding_cases():
    cafe = item(2, "Café")
    return {
        "unknown-encoding": rss(cafe, encoding="x-klingon"),
        "unknown-encoding-latin": rss(cafe, encoding="x-klingon").encode("latin-1"),
        "says-latin": rss(cafe, encoding="ISO-8859-1"),
        "says-utf-8": rss(item(2, "Café “x”"), encoding="UTF-8").encode("cp1252"),
        "says-utf-16": rss(cafe, encoding="UTF-16"),
        "utf-16le": rss(cafe, encoding="UTF-16").encode("utf-16-le"),
        "utf-16be": rss(cafe, encoding="UTF-16").encode("utf-16-be"),
    }


def meaning_cases(first, last):
    one = '<link href="%s"/>'
    dates = ["Mon, 30 Feb 2026 06:00:00 GMT", "yesterday", "Mon, 27 Jul 2026 25:61:00 GMT", "27 Jul 26 06:00 EST"]
    guids = ["tag:example.org,2026:1", "not a URL", "javascript:alert(1)"]
    return {
        "no-prefix": rss("<item><dc:title>Undeclared</dc:title><guid>https://example.org/2</guid></item>", last),
        "prefixes": '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Ours</a:title><a:entry><a:id>urn:ours:1</a:id>'
        '<b:title xmlns:b="http://example.org/b">Another</b:title><a:title>Prefixed</a:title></a:entry></a:feed>',
        "wrong-space": '<feed xmlns="http://example.org/wrong"><entry><id>urn:ours:1</id></entry></feed>',
        "no-space": "<feed><entry><id>urn:ours:1</id><title>No namespace</title></entry></feed>",
        "no-names": rss(item(2, link=False, guid=False), "<item><description>Only words</description></item><item/>", last),
        "nothing": rss("<item/>", "<item></item>"),
        "bases": atom(
            entry(1, "One", one % "../one.html", ' xml:base="c/"'),
            entry(2, "Two", one % "//example.com/two"),
            entry(3, "Three", one % "javascript:alert(1)"),
            more=' xml:base="https://example.org/a/b/"',
        ),
        "guids": rss(*("<item><title>G%d</title><guid>%s</guid></item>" % pair for pair in enumerate(guids))),
        "dates": rss(*(item(10 + i, date=date) for i, date in enumerate(dates))),
        "arxiv-error": atom(
            "<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_x</id><title>Error</title>"
            "<summary>incorrect id format for x</summary></entry>"
        ),
        "oai-nothing": oai("noRecordsMatch"),
        "oai-token": oai("badResumptionToken"),
        "oai-argument": oai("badArgument"),
    }


def write_xml(folder):
    first, last = item(1), item(9)
    cases = structure_cases(first, last)
    cases.update(encoding_cases())
    cases.update(meaning_cases(first, last))
    for name, text in cases.items():
        write(folder, name, text)


def main():
    {"json": write_json, "xml": write_xml}[sys.argv[1]](sys.argv[2])


if __name__ == "__main__":
    main()
