#!/usr/bin/env python3
"""arXiv for tests, on 127.0.0.1: its daily feeds, its API and its OAI-PMH of one small world, and faults.

    arxiv_server.py --world FILE [--faults FILE] [--log FILE] [--port-file FILE]

  GET /rss/CAT+CAT, /atom/CAT+CAT   the announcements of one day; 400 with a feed for a category that is none
  GET /api/query?search_query=…     cat:, submittedDate:[A TO B], start, max_results, sortOrder; or id_list
  GET /oai?verb=ListRecords&…       metadataPrefix arXivRaw or arXiv, set, from, until; or a resumptionToken

The world is a JSON object, read again for each request:

  "today"    the listing day: what is announced later does not exist yet
  "papers"   [{"id", "title", "categories", "submitted": instants of its versions, the first one first,
               "announced": listing day, "crossed": {day: category}, "replaced": [days of version 2 and on],
               "changed": a later datestamp, "withdrawn": true, "deleted": true}]
  "batch"    the day whose announcements the feed has, today's when missing: a stale feed
  "dated"    the day that the feed names, today when missing
  "half"     only so many items of the feed
  "oai_page" records of a page (2), "epoch": tokens of another epoch have expired

Faults, the log and the port file are replay_server.py's. It serves until it is killed.
"""
import json
import re
import sys
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

import replay_server
from replay_server import Answer

ARCHIVES = {"cs", "math", "hep-th", "stat"}
XML = "<?xml version='1.0' encoding='UTF-8'?>\n"
NEW_YORK_SUMMER = timezone(timedelta(hours=-4))


def at(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def utc(text):
    return at(text).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def midnight(day):
    return datetime.fromisoformat(day).replace(tzinfo=NEW_YORK_SUMMER)


def is_there(world, paper):
    return paper["announced"] <= world["today"]


def versions(world, paper):
    """How many versions have been announced by today."""
    return 1 + sum(day <= world["today"] for day in paper.get("replaced", []))


def categories(world, paper):
    crossed = [name for day, name in paper.get("crossed", {}).items() if day <= world["today"]]
    return paper["categories"] + crossed


# --- feeds -------------------------------------------------------------------------------------


def announcements(world, asked, day):
    """[(paper, type, version)] of one listing day."""
    found = []
    for paper in world["papers"]:
        mine, own = asked & set(categories(world, paper)), paper["categories"][0] in asked
        if not mine or paper.get("deleted"):
            continue
        if paper["announced"] == day:
            found.append((paper, "new" if own else "cross", 1))
        elif day in paper.get("replaced", []):
            found.append((paper, "replace" if own else "replace-cross", 2 + paper["replaced"].index(day)))
        elif paper.get("crossed", {}).get(day) in asked:
            found.append((paper, "cross", versions(world, paper)))
    order = ["new", "cross", "replace", "replace-cross"]
    return sorted(found, key=lambda row: order.index(row[1]))


def abstract(paper):
    return "What %s says." % paper["title"]


def rss_item(paper, kind, version, date):
    return (
        f"<item><title>{escape(paper['title'])}</title><link>https://arxiv.org/abs/{paper['id']}</link>"
        f"<description>arXiv:{paper['id']}v{version} Announce Type: {kind} \nAbstract: {escape(abstract(paper))}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{paper["id"]}v{version}</guid>'
        + "".join(f"<category>{name}</category>" for name in paper["categories"])
        + f"<pubDate>{format_datetime(date)}</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        "<dc:creator>Ada Example, Bo Sample</dc:creator></item>\n"
    )


def atom_entry(paper, kind, version, date):
    return (
        f"<entry><id>oai:arXiv.org:{paper['id']}v{version}</id><title>{escape(paper['title'])}</title>"
        f"<updated>{date.isoformat()}</updated>"
        f'<link href="https://arxiv.org/abs/{paper["id"]}" rel="alternate" type="text/html"/>'
        f"<summary>arXiv:{paper['id']}v{version} Announce Type: {kind} \nAbstract: {escape(abstract(paper))}</summary>"
        + "".join(f'<category term="{name}"/>' for name in paper["categories"])
        + f"<published>{date.isoformat()}</published><arxiv:announce_type>{kind}</arxiv:announce_type>"
        "<dc:creator>Ada Example, Bo Sample</dc:creator></entry>\n"
    )


def answer_feed(world, kind, words):
    asked = set(words.split("+"))
    bad = sorted(name for name in asked if name.split(".")[0] not in ARCHIVES or name.endswith("XX"))
    day = world.get("batch", world["today"])
    date = midnight(world.get("dated", world["today"]))
    rows = [] if bad else announcements(world, asked, day)[: world.get("half", 1 << 30)]
    title = f"Feed error for query: {'+'.join(bad)}" if bad else f"{words} updates on arXiv.org"
    spaces = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    if kind == "atom":
        body = f'{XML}<feed {spaces} xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us"><id>urn:{words}</id><title>{title}</title>'
        body += f"<updated>{date.isoformat()}</updated>\n" + "".join(atom_entry(*row, date) for row in rows) + "</feed>\n"
        return Answer(400 if bad else 200, body.encode(), {"Content-Type": "application/atom+xml"})
    body = f'{XML}<rss {spaces} version="2.0"><channel><title>{title}</title><link>http://rss.arxiv.org/rss/{words}</link>'
    body += f"<lastBuildDate>{format_datetime(date)}</lastBuildDate><pubDate>{format_datetime(date)}</pubDate>"
    body += "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>\n"
    body += "".join(rss_item(*row, date) for row in rows) + "</channel></rss>\n"
    return Answer(400 if bad else 200, body.encode(), {"Content-Type": "application/rss+xml"})


# --- the API -----------------------------------------------------------------------------------


def api_entry(world, paper):
    count = versions(world, paper)
    return (
        f"<entry><id>http://arxiv.org/abs/{paper['id']}v{count}</id><title>{escape(paper['title'])}</title>"
        f"<updated>{utc(paper['submitted'][count - 1])}</updated>"
        f'<link href="https://arxiv.org/abs/{paper["id"]}v{count}" rel="alternate" type="text/html"/>'
        f"<summary>{escape(abstract(paper))}</summary>"
        + "".join(f'<category term="{name}"/>' for name in categories(world, paper))
        + f"<published>{utc(paper['submitted'][0])}</published>"
        f'<arxiv:primary_category term="{paper["categories"][0]}"/>'
        "<author><name>Ada Example</name></author><author><name>Bo Sample</name></author></entry>\n"
    )


def answer_api(world, query):
    text, ids = query.get("search_query", [""])[0], query.get("id_list", [""])[0]
    start, size = int(query.get("start", ["0"])[0]), int(query.get("max_results", ["10"])[0])
    headers = {"Content-Type": "application/atom+xml; charset=utf-8"}
    if start + size > 30000 or size > 2000:
        return Answer(400, b"max_results is too large\n", {"Content-Type": "text/plain"})
    papers = [paper for paper in world["papers"] if is_there(world, paper) and not paper.get("deleted")]
    asked = set(re.findall(r"cat:([\w.-]+)", text))
    if asked:
        papers = [paper for paper in papers if asked & set(categories(world, paper))]
    if ids:
        papers = [paper for paper in papers if paper["id"] in ids.split(",")]
    window = re.search(r"submittedDate:\[(\d{12}) TO (\d{12})\]", text)
    if window:
        key = lambda paper: at(paper["submitted"][0]).astimezone(timezone.utc).strftime("%Y%m%d%H%M")
        papers = [paper for paper in papers if window[1] <= key(paper) <= window[2]]
    is_descending = query.get("sortOrder", [""])[0] == "descending"
    papers.sort(key=lambda paper: at(paper["submitted"][0]), reverse=is_descending)
    body = f'{XML}<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'
    body += f"<id>urn:api</id><title>arXiv Query: {escape(text)}</title><updated>{world['today']}T08:00:00Z</updated>"
    body += f"<opensearch:itemsPerPage>{size}</opensearch:itemsPerPage><opensearch:totalResults>{len(papers)}</opensearch:totalResults>"
    body += f"<opensearch:startIndex>{start}</opensearch:startIndex>\n"
    body += "".join(api_entry(world, paper) for paper in papers[start : start + size]) + "</feed>\n"
    return Answer(200, body.encode(), headers)


# --- OAI-PMH -----------------------------------------------------------------------------------


def datestamp(world, paper):
    days = [paper["announced"]] + [day for day in paper.get("replaced", []) if day <= world["today"]]
    if paper.get("changed", "9999") <= world["today"]:
        days.append(paper["changed"])
    return max(days)


def is_in_set(paper, name):
    parts = name.split(":")
    if parts[0] == "physics":
        parts = parts[1:]
    wanted = f"{parts[1]}.{parts[2]}" if len(parts) == 3 else parts[-1]
    return any(category == wanted or category.split(".")[0] == wanted for category in paper["categories"])


def header(world, paper):
    status = ' status="deleted"' if paper.get("deleted") else ""
    return (
        f"<header{status}><identifier>oai:arXiv.org:{paper['id']}</identifier>"
        f"<datestamp>{datestamp(world, paper)}</datestamp></header>"
    )


def record(world, paper, schema):
    if paper.get("deleted"):
        return f"<record>{header(world, paper)}</record>\n"
    instants = [at(text) for text in paper["submitted"][: versions(world, paper)]]
    text = f"<title>{escape(paper['title'])}</title><categories>{' '.join(categories(world, paper))}</categories>"
    text += f"<abstract>  {escape(abstract(paper))}\n</abstract>"
    if schema == "arXivRaw":
        rows = ""
        for number, instant in enumerate(instants, 1):
            size = "0kb" if paper.get("withdrawn") and number == len(instants) else "12kb"
            date = format_datetime(instant.astimezone(timezone.utc), usegmt=True)
            rows += f'<version version="v{number}"><date>{date}</date><size>{size}</size></version>'
        text = f"<submitter>Ada Example</submitter>{rows}<authors>Ada Example and Bo Sample</authors>{text}"
    else:
        dates = f"<created>{instants[0].date()}</created>"
        dates += f"<updated>{instants[-1].date()}</updated>" if len(instants) > 1 else ""
        people = "".join(
            f"<author><keyname>{last}</keyname><forenames>{first}</forenames></author>"
            for first, last in (("Ada", "Example"), ("Bo", "Sample"))
        )
        text = f"{dates}<authors>{people}</authors>{text}"
    body = f'<{schema} xmlns="http://arxiv.org/OAI/{schema}/"><id>{paper["id"]}</id>{text}</{schema}>'
    return f"<record>{header(world, paper)}<metadata>{body}</metadata></record>\n"


def answer_oai(world, query):
    def reply(text):
        body = f'{XML}<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>{world["today"]}T12:00:00Z</responseDate>'
        return Answer(200, (body + f"<request>http://oaipmh.arxiv.org/oai</request>{text}</OAI-PMH>\n").encode(), {"Content-Type": "text/xml"})

    given = {name: values[0] for name, values in query.items()}
    token, epoch, size = given.get("resumptionToken"), str(world.get("epoch", 1)), world.get("oai_page", 2)
    if token is not None:
        given = {name: values[0] for name, values in parse_qs(unquote(token)).items()}
        if len(query) != 2 or given.get("epoch") != epoch:
            return reply('<error code="badResumptionToken">The token is unknown or has expired</error>')
    if given.get("metadataPrefix") not in ("arXivRaw", "arXiv"):
        return reply('<error code="cannotDisseminateFormat">No such schema here</error>')
    if given.get("set", "cs").split(":")[0] not in ARCHIVES | {"physics"}:
        return reply('<error code="badArgument">There is no such set</error>')
    papers = [
        paper
        for paper in world["papers"]
        if is_there(world, paper)
        and given.get("from", "") <= datestamp(world, paper) <= given.get("until", "9999")
        and ("set" not in given or is_in_set(paper, given["set"]))
    ]
    papers.sort(key=lambda paper: (datestamp(world, paper), paper["id"]))
    if not papers:
        return reply('<error code="noRecordsMatch"/>')
    skip = int(given.get("skip", "0"))
    text = "".join(record(world, paper, given["metadataPrefix"]) for paper in papers[skip : skip + size])
    if skip + size < len(papers):
        rest = {**given, "skip": str(skip + size), "epoch": epoch}
        text += "<resumptionToken>%s</resumptionToken>" % escape(quote("&".join(f"{k}={v}" for k, v in rest.items())))
    elif skip > 0:
        text += "<resumptionToken/>"
    return reply(f"<ListRecords>\n{text}</ListRecords>")


class Handler(replay_server.Handler):
    world = None

    def good_answer(self):
        parts = urlsplit(self.path)
        world = json.loads(replay_server.read_file(self.world))
        query = parse_qs(parts.query, keep_blank_values=True)
        feed = re.fullmatch(r"/(rss|atom)/([^/]+)", parts.path)
        if feed:
            return answer_feed(world, feed[1], unquote(feed[2]))
        if parts.path == "/api/query":
            return answer_api(world, query)
        if parts.path == "/oai":
            return answer_oai(world, query)
        return Answer(404, b"not found\n", {"Content-Type": "text/plain"})


def main():
    place = sys.argv.index("--world")
    Handler.world = sys.argv[place + 1]
    del sys.argv[place : place + 2]
    replay_server.Handler = Handler
    replay_server.main()


if __name__ == "__main__":
    main()
