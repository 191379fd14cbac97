#!/usr/bin/env python3
"""A server for tests that answers by the protocols of the papers' APIs, from records of the test's own.

    api_server.py --records FILE [--faults FILE] [--log FILE] [--port-file FILE]

FILE is a JSON object, read again for each request:

  "hf"          [{"id", "title", "day", "votes"?, "trends"?}]     /api/daily_papers?date= week= month= sort=trending
                                                                  and /api/papers/search?q=, words in the title
  "biorxiv"     [{"doi", "title", "day", "version"?, "server"?, "category"?}]    /details/SERVER/FROM/TO/CURSOR/json
  "openreview"  [{"id", "title", "invitation"}]                   /notes?invitation=&limit=&offset=
  "s2"          [{"id", "title", "day"?}]                         /graph/v1/paper/search and …/search/bulk
  "crossref"    [{"doi", "title", "day"}]                         /works?filter=from-created-date:…&cursor=
  "feed"        [{"id", "title", "day"}]                          /feed.json: a JSON Feed, three items a page
  "page"        how many records of biorxiv, openreview, s2 and crossref make a page (3), whatever is asked for

Numbers and field names are as the real servers write them. --faults, --log and --port-file are replay_server.py's.
"""
import argparse
import datetime
import json
import os
import threading
from http.server import ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from replay_server import Answer, Faults, Handler, number, read_file

JSON = {"Content-Type": "application/json"}
SUMMARY = "What this paper says, in a sentence of ours."


def answer(value, status=200):
    return Answer(status, json.dumps(value).encode(), JSON)


def day_of(text):
    return datetime.date.fromisoformat(text)


# --- Hugging Face --------------------------------------------------------------------------------


def hf_item(record):
    day = record["day"] + "T00:00:00.000Z"
    paper = {"id": record["id"], "title": record["title"], "summary": SUMMARY, "authors": [{"name": "Ada Example"}]}
    paper.update({"publishedAt": day, "submittedOnDailyAt": day, "upvotes": record.get("votes", 1)})
    return {"paper": paper, "title": record["title"], "numComments": 0}


def hf_daily(records, query):
    asked = {name: query[name][0] for name in ("date", "week", "month", "sort") if name in query}

    def fits(record):
        day = day_of(record["day"])
        year, week, _ = day.isocalendar()
        if "sort" in asked:
            return record.get("trends", False)
        return record["day"] == asked.get("date") or "%04d-W%02d" % (year, week) == asked.get("week") or (
            day.strftime("%Y-%m") == asked.get("month")
        )

    found = [hf_item(record) for record in records if fits(record)]
    limit, page = number(query, "limit", 50), number(query, "p", 0)
    return answer(found[page * limit : (page + 1) * limit])


def hf_search(records, query):
    words = query.get("q", [""])[0].lower().split()
    found = [hf_item(record) for record in records if all(word in record["title"].lower() for word in words)]
    return answer(found[: number(query, "limit", 120)])


# --- preprints, venues, works --------------------------------------------------------------------


def biorxiv(records, parts, query, size):
    server, first, last, cursor = parts[0], parts[1], parts[2], int(parts[3])
    category = query.get("category", [""])[0].replace("_", " ")
    found = [
        record
        for record in records
        if first <= record["day"] <= last
        and record.get("server", "biorxiv") == server
        and category in ("", record.get("category", "neuroscience"))
    ]
    chosen = found[cursor : cursor + size]
    if not chosen:
        return answer({"messages": [{"status": "no posts found"}], "collection": []})
    message = {"status": "ok", "interval": f"{first}:{last}", "cursor": str(cursor)}
    message.update({"count": len(chosen), "count_new_papers": str(len(found)), "total": str(len(found))})
    rows = [
        {
            "doi": record["doi"],
            "title": record["title"],
            "authors": "Example, A.; Sample, B. C.",
            "author_corresponding": "Ada Example",
            "date": record["day"],
            "version": str(record.get("version", 1)),
            "type": "new results",
            "license": "cc_by",
            "category": record.get("category", "neuroscience"),
            "jatsxml": "",
            "abstract": SUMMARY,
            "published": "NA",
            "server": record.get("server", "biorxiv"),
        }
        for record in chosen
    ]
    return answer({"messages": [message], "collection": rows})


def openreview(records, query, size):
    invitation, offset = query.get("invitation", [""])[0], number(query, "offset", 0)
    found = [record for record in records if record["invitation"] == invitation]
    if not found:
        message = f"The Invitation {invitation} was not found"
        return answer({"name": "NotFoundError", "message": message, "status": 404}, 404)
    notes = [
        {
            "id": record["id"],
            "forum": record["id"],
            "number": place + 1,
            "cdate": 1785000000000,
            "invitations": [invitation],
            "content": {
                "title": {"value": record["title"]},
                "authors": {"value": ["Ada Example"]},
                "abstract": {"value": SUMMARY},
                "pdf": {"value": "/pdf/%s.pdf" % record["id"]},
            },
        }
        for place, record in enumerate(found)
    ]
    return answer({"notes": notes[offset : offset + min(size, number(query, "limit", 1000))], "count": len(notes)})


def s2_paper(record):
    paper = {"paperId": record["id"], "title": record["title"], "abstract": SUMMARY, "externalIds": {}}
    paper.update({"url": "https://www.semanticscholar.org/paper/" + record["id"], "authors": [{"name": "Ada Example"}]})
    paper["publicationDate"] = record.get("day")
    return paper


def s2(records, query, size, is_bulk):
    start = number(query, "token" if is_bulk else "offset", 0)
    size = size if is_bulk else min(size, number(query, "limit", 100))
    value = {"total": len(records), "data": [s2_paper(record) for record in records[start : start + size]]}
    if is_bulk:
        value["token"] = str(start + size) if start + size < len(records) else None
        return answer(value)
    value["offset"] = start
    if start + size < len(records):
        value["next"] = start + size
    return answer(value)


def crossref(records, query, size):
    filters = dict(part.split(":", 1) for part in query.get("filter", [""])[0].split(",") if ":" in part)
    first, last = filters.get("from-created-date", ""), filters.get("until-created-date", "9")
    cursor = query.get("cursor", ["*"])[0]
    start = 0 if cursor == "*" else int(cursor.split("==")[1])
    found = [record for record in records if first <= record["day"] <= last]
    items = []
    for record in found[start : start + min(size, number(query, "rows", 20))]:
        year, month, day = (int(part) for part in record["day"].split("-"))
        items.append(
            {
                "DOI": record["doi"],
                "title": [record["title"]],
                "abstract": f"<jats:p>{SUMMARY}</jats:p>",
                "author": [{"given": "Ada", "family": "Example", "sequence": "first"}],
                "created": {"date-parts": [[year, month, day]]},
                "issued": {"date-parts": [[year]]},
                "URL": "https://doi.org/" + record["doi"],
                "type": "journal-article",
            }
        )
    message = {"total-results": len(found), "items": items, "items-per-page": size}
    # The cursor never ends: behind the last page comes an empty one.
    message["next-cursor"] = "AoJ/+==%d" % (start + len(items))
    return answer({"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message})


def feed(records, query, base):
    start = number(query, "start", 0)
    value = {"version": "https://jsonfeed.org/version/1.1", "title": "Our feed", "items": []}
    for record in records[start : start + 3]:
        item = {"id": record["id"], "url": "https://example.org/" + record["id"], "title": record["title"]}
        value["items"].append({**item, "content_text": SUMMARY, "date_published": record["day"] + "T08:00:00Z"})
    if start + 3 < len(records):
        value["next_url"] = f"{base}/feed.json?start={start + 3}"
    return answer(value)


# --- the server ----------------------------------------------------------------------------------


class ApiHandler(Handler):
    def good_answer(self):
        records = json.loads(read_file(self.server.options.records))
        parts = urlsplit(self.path)
        query, size = parse_qs(parts.query, keep_blank_values=True), records.get("page", 3)
        if parts.path.startswith("/details/"):
            return biorxiv(records.get("biorxiv", []), unquote(parts.path).split("/")[2:], query, size)
        if parts.path.startswith("/graph/v1/paper/search"):
            return s2(records.get("s2", []), query, size, parts.path.endswith("/bulk"))
        if parts.path == "/feed.json":
            return feed(records.get("feed", []), query, "http://127.0.0.1:%d" % self.server.server_address[1])
        ways = {
            "/api/daily_papers": lambda: hf_daily(records.get("hf", []), query),
            "/api/papers/search": lambda: hf_search(records.get("hf", []), query),
            "/notes": lambda: openreview(records.get("openreview", []), query, size),
            "/works": lambda: crossref(records.get("crossref", []), query, size),
        }
        way = ways.get(parts.path)
        return way() if way else Answer(404, b"not found\n", {"Content-Type": "text/plain"})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", required=True)
    for name in ("faults", "log", "port-file"):
        parser.add_argument("--" + name)
    options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), ApiHandler)
    server.daemon_threads = True
    server.options, server.log, server.lock = options, options.log, threading.Lock()
    server.faults = Faults(options.faults)
    if options.port_file:
        with open(options.port_file + ".new", "w", encoding="ascii") as file:
            file.write("%d\n" % server.server_address[1])
        os.rename(options.port_file + ".new", options.port_file)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
