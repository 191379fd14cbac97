"""What independent code reads in captures of JSON: a line for each item, as format_dump writes it, but
only its place, key, title, authors and date of publication; or its place and "skipped".

  captures_json.py FORMAT <FILE
"""
import email.utils
import datetime
import html
import json
import re
import sys

UTC = datetime.timezone.utc


def line(text):
    return " ".join((text or "").split())


def strip(text):
    """The words of a text with tags."""
    text = re.sub(r"<script.*?</script>", "", text or "")
    return line(html.unescape(re.sub(r"</?[A-Za-z][^<>]*>", "", text)))


def instant(text):
    """An RFC 3339 or RFC 5322 date, UTC when it does not say."""
    if not text:
        return ""
    try:
        when = datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
    except ValueError:
        when = email.utils.parsedate_to_datetime(text)
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def doi(text):
    return "doi:" + text.lower()


def crossref(body):
    message = body["message"]
    for work in message["items"] if "items" in message else [message]:
        title = strip((work.get("title") or [""])[0])
        authors = []
        for author in work.get("author") or []:
            parts = [author.get("name"), author.get("given"), author.get("family"), author.get("suffix")]
            authors.append(strip(" ".join(part for part in parts if part)))
        published = ""
        for name in "published", "issued":
            parts = (work.get(name) or {}).get("date-parts", [[None]])[0]
            if not published and parts and parts[0]:
                published = "%04d-%02d-%02dT00:00:00Z" % tuple((parts + [1, 1])[:3])
        if not published:
            published = instant((work.get("created") or {}).get("date-time"))
        yield doi(work["DOI"]), title or doi(work["DOI"]), authors, published


def semantic_scholar(body):
    if isinstance(body, dict):
        body = body.get("data", [body] if "paperId" in body else [])
    for paper in body:
        if paper is None:
            yield None
            continue
        ids = paper.get("externalIds") or {}
        key = "s2:" + paper["paperId"]
        if "DOI" in ids:
            key = doi(ids["DOI"])
        if "ArXiv" in ids:
            key = "arxiv:" + ids["ArXiv"]
        date = paper.get("publicationDate") or paper.get("year") and "%d-01-01" % paper["year"]
        authors = [line(author["name"]) for author in paper.get("authors") or []]
        yield key, line(paper.get("title")) or key, authors, instant(date)


def datacite(body):
    for row in body["data"]:
        of = row["attributes"]
        authors = [
            line(creator["givenName"] + " " + creator["familyName"])
            if creator.get("givenName") and creator.get("familyName")
            else line(creator["name"])
            for creator in of["creators"]
        ]
        yield doi(of["doi"]), line(of["titles"][0]["title"]), authors, "%d-01-01T00:00:00Z" % of["publicationYear"]


def people(holder):
    """Those of either version of the format, each once."""
    all_of_them = [holder.get("author") or {}] + (holder.get("authors") or [])
    return list(dict.fromkeys(line(one["name"]) for one in all_of_them if one.get("name")))


def jsonfeed(body):
    for item in body["items"]:
        key = str(item.get("id") or item.get("url"))
        paper = re.fullmatch(r"https://huggingface.co/papers/(\d{4}\.\d{5})", key)
        if paper:
            key = "arxiv:" + paper[1]
        elif key.startswith("http"):
            key = "url:https:" + key.split(":", 1)[1]
            key = key.rstrip("/") + ("/" if key.rstrip("/").count("/") == 2 else "")
        else:
            key = "guid:golden:" + key
        title = strip(item.get("title") or item.get("content_html"))
        published = instant(item.get("date_published") or item.get("date_modified"))
        yield key, title, people(item) or people(body), published


def kaggle(body):
    for record in body:
        authors = [line(" ".join([name[1], name[0], name[2]])) for name in record["authors_parsed"]]
        published = instant(record["versions"][0]["created"])
        yield "arxiv:" + record["id"], line(record["title"]), authors, published


text = sys.stdin.read()
if sys.argv[1] == "kaggle":
    parsed = [json.loads(record) for record in text.splitlines()]
else:
    parsed = json.loads(text)
for place, found in enumerate(globals()[sys.argv[1]](parsed), 1):
    row = [place, "skipped"] if found is None else [place, *found]
    print(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
