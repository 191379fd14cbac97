#!/usr/bin/env python3
"""A listing server for tests: replays saved listings on 127.0.0.1, and misbehaves where it is told to.

    replay_server.py [--hf DIR] [--arxiv DIR] [--files DIR] [--faults FILE] [--cert FILE] [--log FILE]
                     [--port-file FILE]

  --hf DIR         GET /api/daily_papers?date=YYYY-MM-DD&limit=N&p=N from DIR/YYYY-MM-DD.json: entries p*limit and
                   on (limit 50 when not given, as on the real server), [] for a day without a file or behind the last.
                   Without date: the newest file. A file that is no JSON array is sent as it is.
  --arxiv DIR      GET /api/query from saved Atom answers in DIR. The file is found by
                     DIR/map.json   {"search_query=… or id_list=…": "FILE"}, keys as asked but decoded, and then
                                    start and max_results cut the file's entries; or
                     the names of recorded answers: q_WORDS_sSTART_mMAX_….xml for search_query (its letters and
                     digits; "all:testing" is "testing"), id_ID_ID_sSTART_mMAX_….xml for id_list; a page
                     that was not recorded is cut from the recorded ones; http400 in a name is its status.
                   A query that nothing fits gets a valid feed with 0 entries.
  --files DIR      GET /anything from DIR/anything, with ETag and Last-Modified, 304 when they match.
  --cert FILE      speaks https with the key and certificate in FILE (PEM).
  --log FILE       one JSON object per request and line, written when it comes in:
                   {"method": "GET", "path": "/api/…?…", "headers": {"user-agent": "…"}}, names in lower case.
  --port-file FILE the port, written once the server listens (in one piece).

Faults: a JSON array in --faults FILE, read again for each request; the first rule that fits acts.

    [{"path": "/api/daily_papers?date=2026-07-28", "times": 1, "status": 503, "headers": {"Retry-After": "1"}},
     {"path": "/feed.xml", "do": "bomb", "bytes": 67108864}]

  "path"     what the target begins with; "" or missing: every request. "match": a regular expression instead.
  "times"    how often the rule acts; then it is passed over (503 and then 200 is a rule with times 1).
  "after"    the first so many requests that fit are let through.
  "status", "headers", "body"   what is sent instead: status 200, no headers, "" when missing
  "do"       a way to misbehave with what would have been sent (or with "body"):
    "truncate"   Content-Length tells more than "keep" (half) bytes that come
    "cut"        the document itself ends after "keep" (half) bytes; HTTP is well
    "gzip"       Content-Encoding: gzip, in good order
    "bad-gzip"   Content-Encoding: gzip over bytes that are none
    "bomb"       gzip of "bytes" (64 MiB) zero bytes
    "chunked"    Transfer-Encoding: chunked in good order; "bad-chunk": with a broken size
    "drip"       "rate" (1) bytes a second
    "stall"      the first "keep" bytes (0), then nothing
    "endless"    white space without end
    "redirect"   to "to" with "status" (302); "{base}" in it is this server; a chain is several rules
    "loop"       redirects to itself
    "html"       a login page with status 200
    "empty"      status 200 and no body
    "close"      closes without a byte
    "big-headers" half a megabyte of headers
    "delay"      "seconds" (1), then the good answer
    "well"       the good answer, with the "headers" added; a Date among them replaces the true one

It serves until it is killed. Only the standard library is used.
"""
import argparse
import gzip
import hashlib
import json
import os
import re
import ssl
import sys
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

HTML = b"<!doctype html><html><head><title>Log in</title></head><body><p>Please log in.</p></body></html>\n"
EMPTY_FEED = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">\n'
    "  <id>urn:none</id><title>arXiv Query: {query}</title><updated>2026-01-01T00:00:00Z</updated>\n"
    "  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>\n"
    "  <opensearch:totalResults>0</opensearch:totalResults>\n"
    "  <opensearch:startIndex>{start}</opensearch:startIndex>\n</feed>\n"
)


class Answer:
    def __init__(self, status=200, body=b"", headers=None):
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def number(query, name, default):
    try:
        return max(0, int(query.get(name, [""])[0]))
    except ValueError:
        return default


def read_file(path):
    with open(path, "rb") as file:
        return file.read()


# --- what is replayed --------------------------------------------------------------------------


def answer_hf(folder, query):
    days = sorted(name[:-5] for name in os.listdir(folder) if re.fullmatch(r"\d{4}-\d\d-\d\d\.json", name))
    day = query.get("date", days[-1:] or [""])[0]
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        return Answer(400, b'{"error":"Invalid date"}', headers)
    if day not in days:
        return Answer(200, b"[]", headers)
    body = read_file(os.path.join(folder, day + ".json"))
    try:
        entries = json.loads(body)
    except ValueError:
        return Answer(200, body, headers)
    if not isinstance(entries, list):
        return Answer(200, body, headers)
    limit, page = number(query, "limit", 50), number(query, "p", 0)
    chosen = entries[page * limit : (page + 1) * limit]
    return Answer(200, json.dumps(chosen, ensure_ascii=False, separators=(",", ":")).encode(), headers)


ENTRY = re.compile(r"<entry\b.*?</entry>\s*", re.S)


def cut_feed(text, first, size):
    """The feed with its entries from place `first` on, `size` of them, and what it says about itself set right."""
    entries = ENTRY.findall(text)
    offset = number({"": re.findall(r"startIndex[^>]*>(\d+)<", text)[:1]}, "", 0)
    chosen = entries[max(0, first - offset) : max(0, first - offset + size)]
    head, tail = text[: text.find("<entry")] if entries else text, "</feed>\n"
    if not entries:
        head = text[: text.rfind("</feed>")]
    head = re.sub(r"(startIndex[^>]*>)\d+(<)", rf"\g<1>{first}\g<2>", head)
    head = re.sub(r"(itemsPerPage[^>]*>)\d+(<)", rf"\g<1>{size}\g<2>", head)
    return head + "".join(chosen) + tail


def recorded(folder, kind, words):
    """Recorded answers to a question: [(start, size, status, path)], the largest first."""
    found = []
    for name in os.listdir(folder):
        parts = re.fullmatch(rf"{kind}_(.*)_s(\d+)_m(\d+)(_.*)?\.xml", name)
        if parts and parts[1] == words:
            status = re.search(r"http(\d{3})", name)
            found.append((int(parts[2]), int(parts[3]), int(status[1]) if status else 200, os.path.join(folder, name)))
    return sorted(found, key=lambda row: (-row[1], row[0]))


def answer_arxiv(folder, query):
    start, size = number(query, "start", 0), number(query, "max_results", 10)
    search, ids = query.get("search_query", [""])[0], query.get("id_list", [""])[0]
    headers = {"Content-Type": "application/atom+xml; charset=utf-8"}
    mapping = os.path.join(folder, "map.json")
    if os.path.exists(mapping):
        name = json.loads(read_file(mapping)).get(f"search_query={search}" if search else f"id_list={ids}")
        if name:
            text = read_file(os.path.join(folder, name)).decode("utf-8")
            return Answer(200, cut_feed(text, start, size).encode(), headers)
    if ids:
        rows = recorded(folder, "id", re.sub(r"[^\w.-]", "_", ids.replace(",", "_")))
    else:
        rows = recorded(folder, "q", "_".join(re.findall(r"\w+", re.sub(r"\b(all|cat|ti|au|abs):", "", search))))
    for row in rows:
        if row[:2] == (start, size):
            return Answer(row[2], read_file(row[3]), headers)
    for first, count, status, path in rows:
        if first <= start < first + count or status != 200:
            return Answer(status, cut_feed(read_file(path).decode("utf-8"), start, size).encode(), headers)
    return Answer(200, EMPTY_FEED.format(query="", size=size, start=start).encode(), headers)


def answer_file(folder, path, asked):
    whole = os.path.realpath(os.path.join(folder, unquote(path).lstrip("/")))
    if not whole.startswith(os.path.realpath(folder) + os.sep) or not os.path.isfile(whole):
        return Answer(404, b"not found\n", {"Content-Type": "text/plain"})
    body = read_file(whole)
    etag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
    modified = formatdate(int(os.stat(whole).st_mtime), usegmt=True)
    headers = {"ETag": etag, "Last-Modified": modified}
    is_same = asked.get("If-None-Match") == etag or (
        "If-None-Match" not in asked and asked.get("If-Modified-Since") == modified
    )
    return Answer(304, b"", headers) if is_same else Answer(200, body, headers)


# --- faults ------------------------------------------------------------------------------------


class Faults:
    """The rules of a file; how often each has fitted and acted is kept by what it says."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.fitted = {}

    def choose(self, target):
        if not self.path or not os.path.exists(self.path):
            return None
        with self.lock:
            for place, rule in enumerate(json.loads(read_file(self.path))):
                if "match" in rule:
                    fits = re.search(rule["match"], target)
                else:
                    fits = target.startswith(rule.get("path", ""))
                if not fits:
                    continue
                key = (place, json.dumps(rule, sort_keys=True))
                count = self.fitted[key] = self.fitted.get(key, 0) + 1
                after = rule.get("after", 0)
                if count > after and count - after <= rule.get("times", 1 << 60):
                    return rule
        return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass

    def log_request_line(self):
        if not self.server.log:
            return
        line = {"method": self.command, "path": self.path}
        line["headers"] = {name.lower(): value for name, value in self.headers.items()}
        with self.server.lock, open(self.server.log, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def good_answer(self):
        parts, options = urlsplit(self.path), self.server.options
        query = parse_qs(parts.query, keep_blank_values=True)
        if parts.path.endswith("/api/daily_papers") and options.hf:
            return answer_hf(options.hf, query)
        if parts.path.endswith("/api/query") and options.arxiv:
            return answer_arxiv(options.arxiv, query)
        if options.files:
            return answer_file(options.files, parts.path, self.headers)
        return Answer(404, b"not found\n", {"Content-Type": "text/plain"})

    def do_GET(self):
        self.log_request_line()
        rule = self.server.faults.choose(self.path)
        try:
            if rule is None:
                self.send(self.good_answer())
            else:
                self.misbehave(rule)
        except OSError:
            self.close_connection = True

    do_HEAD = do_GET

    def send_head(self, answer, **more):
        self.send_response_only(answer.status)
        self.send_header("Server", self.version_string())
        if "Date" not in answer.headers:
            self.send_header("Date", self.date_time_string())
        for name, value in {**answer.headers, **more}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, answer):
        self.send_head(answer, **({} if answer.status == 304 else {"Content_Length": str(len(answer.body))}))
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def misbehave(self, rule):
        answer = Answer(rule.get("status", 200), rule.get("body", "").encode(), rule.get("headers"))
        way = rule.get("do")
        if way is None:
            return self.send(answer)
        if "body" not in rule and way in WAYS_WITH_A_GOOD_BODY:
            answer = self.good_answer()
            answer.headers.update(rule.get("headers", {}))
        return getattr(self, "do_" + way.replace("-", "_"))(rule, answer)

    def do_truncate(self, rule, answer):
        keep = rule.get("keep", len(answer.body) // 2)
        self.send_head(answer, Content_Length=str(len(answer.body)), Connection="close")
        self.wfile.write(answer.body[:keep])
        self.close_connection = True

    def do_cut(self, rule, answer):
        answer.body = answer.body[: rule.get("keep", len(answer.body) // 2)]
        self.send(answer)

    def do_gzip(self, _rule, answer):
        answer.body = gzip.compress(answer.body)
        answer.headers["Content-Encoding"] = "gzip"
        self.send(answer)

    def do_bad_gzip(self, _rule, answer):
        answer.headers["Content-Encoding"] = "gzip"
        self.send(answer)

    def do_bomb(self, rule, answer):
        answer.body = bytes(rule.get("bytes", 64 << 20))
        self.do_gzip(rule, answer)

    def send_chunks(self, answer, size_of):
        self.send_head(answer, Transfer_Encoding="chunked")
        for at in range(0, len(answer.body), 1000):
            chunk = answer.body[at : at + 1000]
            self.wfile.write(size_of(len(chunk)) + b"\r\n" + chunk + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def do_chunked(self, _rule, answer):
        self.send_chunks(answer, lambda size: b"%x" % size)

    def do_bad_chunk(self, _rule, answer):
        self.send_chunks(answer, lambda size: b"zz")
        self.close_connection = True

    def do_drip(self, rule, answer):
        self.send_head(answer, Content_Length=str(len(answer.body)))
        for at in range(len(answer.body)):
            self.wfile.write(answer.body[at : at + 1])
            self.wfile.flush()
            time.sleep(1 / rule.get("rate", 1))

    def do_stall(self, rule, answer):
        if rule.get("keep", 0) > 0:
            self.send_head(answer, Content_Length=str(len(answer.body)))
            self.wfile.write(answer.body[: rule["keep"]])
            self.wfile.flush()
        self.connection.settimeout(3600)
        while self.connection.recv(4096):
            pass
        self.close_connection = True

    def do_endless(self, _rule, answer):
        self.send_head(answer, Connection="close")
        while True:
            self.wfile.write(b" " * 65536)

    def do_redirect(self, rule, answer):
        base = "http://127.0.0.1:%d" % self.server.server_address[1]
        answer.status = rule.get("status", 302)
        answer.headers["Location"] = rule["to"].replace("{base}", base)
        self.send(answer)

    def do_loop(self, rule, answer):
        self.do_redirect({"to": self.path, **rule}, answer)

    def do_html(self, _rule, answer):
        answer.body = HTML
        answer.headers.setdefault("Content-Type", "text/html")
        self.send(answer)

    def do_empty(self, _rule, answer):
        answer.body = b""
        self.send(answer)

    def do_close(self, _rule, _answer):
        self.close_connection = True

    def do_big_headers(self, _rule, answer):
        for at in range(500):
            answer.headers["X-Padding-%d" % at] = "x" * 1000
        self.send(answer)

    def do_well(self, _rule, answer):
        self.send(answer)

    def do_delay(self, rule, answer):
        time.sleep(rule.get("seconds", 1))
        self.send(answer)


WAYS_WITH_A_GOOD_BODY = {"truncate", "cut", "gzip", "bad-gzip", "chunked", "bad-chunk", "drip", "stall", "big-headers", "delay", "well"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("hf", "arxiv", "files", "faults", "cert", "log", "port-file"):
        parser.add_argument("--" + name)
    options = parser.parse_args()
    for folder in (options.hf, options.arxiv, options.files):
        if folder and not os.path.isdir(folder):
            sys.exit(f"replay_server.py: '{folder}' is no folder")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
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
