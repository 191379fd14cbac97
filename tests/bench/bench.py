#!/usr/bin/env python3
"""Measures a day's work of digest beside other programs, and prints one table of ratios.

Both sides of a ratio are measured in turn in the same run, so that it means something on a machine
that has other things to do. Times decide nothing here: the exit status is 0 unless something could
not be measured. tests/bench/run prepares what this needs and starts it.
"""

import contextlib
import glob
import hashlib
import http.server
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import sys
import tempfile
import threading
import time

import known_items
import readers

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIGEST = os.environ.get('DIGEST_BIN', os.path.join(TOP, 'build/digest'))
KEPT = os.path.join(TOP, 'build/bench')
FILL = os.path.join(KEPT, 'fill')
READ_LISTING, BARE_SAX = os.path.join(KEPT, 'read_listing'), os.path.join(KEPT, 'bare_sax')
SINK = os.path.join(TOP, 'build/postfix/smtp-sink')
SOURCE = os.path.join(TOP, 'build/postfix/usr/sbin/smtp-source')

ROUNDS = int(os.environ.get('BENCH_ROUNDS', '15'))
FEW, MANY = 1000, int(os.environ.get('BENCH_ENTRIES', '1000000'))
LINES = int(os.environ.get('BENCH_LINES', '100000'))
SEARCHED = int(os.environ.get('BENCH_SEARCHED', '2700000'))
PAPERS = int(os.environ.get('BENCH_PAPERS', '50000'))
LIKING_READERS = int(os.environ.get('BENCH_READERS', '300'))
QUERIES = int(os.environ.get('BENCH_QUERIES', '400'))

YESTERDAY, TODAY, TOMORROW = '2026-07-26', '2026-07-27', '2026-07-28'
FEED_URL = 'http://papers.example/feed.xml'


class Skipped(Exception):
    """The other program is not here."""


class NotMeasured(Exception):
    """What was to be measured did not happen."""


# --- the table --------------------------------------------------------------------------------------

WIDTHS = (52, 12, 26, 7, 7, 6)


def print_cells(*cells):
    line = ''.join(cell.ljust(width) + ' ' for cell, width in zip(cells, WIDTHS))
    print(line.rstrip(), flush=True)


def show_ratio(ratio):
    return f'1/{1 / ratio:.1f}' if ratio <= 0.5 else f'{ratio:.2f}x'


def show_ms(seconds):
    return f'{seconds * 1000:.1f} ms'


def show_count(count):
    return f'{count:,.0f}'


def row(name, ours, peer, theirs, show, aim=None):
    """One line: ours and theirs in their own unit, the ratio, and the ratio that is aimed at."""
    if ours <= 0 or theirs <= 0:
        raise NotMeasured(f'{ours} and {theirs} have no ratio')
    ratio = ours / theirs
    is_part = aim is not None and aim <= 0.5 and abs(1 / aim - round(1 / aim)) < 0.01
    aim_text = '-' if aim is None else '<=' + (f'1/{round(1 / aim)}' if is_part else f'{aim}x')
    verdict = '' if aim is None else 'ok' if ratio <= aim else 'MISSED'
    print_cells(name, show(ours), f'{peer} {show(theirs)}', show_ratio(ratio), aim_text, verdict)


# --- a feed of our own ------------------------------------------------------------------------------

SUBJECTS = ('A sparse encoder', 'The small model', 'Our scheduler', 'A two-stage retriever',
            'The learned index', 'This proof', 'A linear probe', 'The planner', 'Careful pruning')
VERBS = ('learns', 'recovers', 'predicts', 'compresses', 'bounds', 'explains', 'ranks')
OBJECTS = ('long documents', 'noisy labels', 'rare events', 'molecular graphs', 'spoken questions',
           'protein folds', 'city traffic', 'old manuscripts')
ENDS = ('with half the memory', 'without any supervision', 'at a tenth of the cost',
        'where earlier work fails', 'on four public collections', 'in a single pass')
PEOPLE = ('Ada Example', 'Bo Muster', 'Chen Sample', 'Dana Beispiel', 'Eve Voorbeeld')


def sentence(number):
    """One of the sentences that the words above make; neighbours differ in every part."""
    return ' '.join(words[(number * step) % len(words)]
                    for words, step in ((SUBJECTS, 1), (VERBS, 3), (OBJECTS, 5), (ENDS, 1)))


def make_feed(day, count=50, sentences=16):
    """RSS of about two kilobytes an entry, as arXiv's feeds have."""
    items = []
    for i in range(count):
        link = f'http://papers.example/{day}/{i}'
        text = ' '.join(sentence(i * 31 + j) + '.' for j in range(sentences))
        authors = ''.join(f'<dc:creator>{PEOPLE[(i + j) % len(PEOPLE)]}</dc:creator>' for j in range(3))
        items.append(f'<item><title>{sentence(i * 7)}, part {i}</title><link>{link}</link>'
                     f'<guid isPermaLink="true">{link}</guid>{authors}'
                     f'<pubDate>{time.strftime("%a, %d %b %Y", time.strptime(day, "%Y-%m-%d"))}'
                     f' 06:00:00 GMT</pubDate><description>{text}</description></item>\n')
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
            '<title>Papers</title><link>http://papers.example/</link>'
            '<description>Papers of our own</description>\n'
            + ''.join(items) + '</channel></rss>\n').encode()


class Feed(http.server.ThreadingHTTPServer):
    """Serves its bytes whatever is asked for; with `has_etag`, 304 to who has them."""

    daemon_threads = True

    def __init__(self):
        super().__init__(('127.0.0.1', 0), FeedRequest)
        self.body, self.has_etag, self.statuses = b'', False, []
        self.base = f'http://127.0.0.1:{self.server_port}'
        self.url = self.base + '/feed.xml'
        threading.Thread(target=self.serve_forever, daemon=True).start()


class FeedRequest(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        feed = self.server
        etag = '"' + hashlib.sha256(feed.body).hexdigest()[:16] + '"'
        is_known = feed.has_etag and self.headers.get('If-None-Match') == etag
        feed.statuses.append(304 if is_known else 200)
        self.send_response(feed.statuses[-1])
        if feed.has_etag:
            self.send_header('ETag', etag)
        self.send_header('Content-Type', 'application/rss+xml; charset=utf-8')
        self.send_header('Content-Length', '0' if is_known else str(len(feed.body)))
        self.end_headers()
        self.wfile.write(b'' if is_known else feed.body)

    def log_message(self, *_):
        pass


# --- running programs -------------------------------------------------------------------------------

class Bench:
    """A folder that goes away, an environment without the user, and what runs meanwhile."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='digest-bench.')
        self.environment = {'PATH': '/usr/bin:/bin:/usr/sbin:/sbin', 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC',
                            'HOME': self.folder}
        self.output = os.path.join(self.folder, 'output')
        self.feed = Feed()
        self.servers = []

    def close(self):
        for pid in self.servers:
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), 'w', encoding='utf-8') as file:
            file.write(text)
        os.chmod(self.path(name), 0o600)
        return self.path(name)

    def start(self, arguments, **variables):
        actions = [(os.POSIX_SPAWN_OPEN, 0, '/dev/null', os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_OPEN, 1, self.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
                   (os.POSIX_SPAWN_DUP2, 1, 2)]
        return os.posix_spawnp(arguments[0], arguments, {**self.environment, **variables},
                               file_actions=actions)

    def said(self):
        with open(self.output, encoding='utf-8', errors='replace') as file:
            return file.read()

    def run(self, arguments, **variables):
        """Runs a program to its end; gives CPU seconds of it and its children, and wall seconds."""
        start = time.monotonic()
        _, status, usage = os.wait4(self.start(arguments, **variables), 0)
        wall = time.monotonic() - start
        if status != 0:
            code = os.waitstatus_to_exitcode(status)
            raise NotMeasured(f'{" ".join(arguments[:3])}: status {code}: {self.said()[-500:]}')
        return usage.ru_utime + usage.ru_stime, wall

    def digest(self, *arguments, day=TODAY, home='ours'):
        folder = self.path(home)
        return self.run([DIGEST, *arguments], DIGEST_NOW=f'{day}T12:00:00Z', HOME=folder,
                        XDG_STATE_HOME=f'{folder}/state', XDG_CONFIG_HOME=f'{folder}/config')

    def restore(self, home):
        """Puts a folder back to what keep() saw."""
        shutil.rmtree(self.path(home))
        shutil.copytree(self.path(home + '.kept'), self.path(home))

    def keep(self, home):
        shutil.rmtree(self.path(home + '.kept'), ignore_errors=True)
        shutil.copytree(self.path(home), self.path(home + '.kept'))

    def start_sink(self, *options):
        """smtp-sink on a port of its own."""
        need(SINK)
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        as_root = ['-u', 'root'] if os.getuid() == 0 else []
        pid = self.start([SINK, *as_root, *options, f'127.0.0.1:{port}', '100'])
        self.servers.append(pid)
        for _ in range(200):
            try:
                socket.create_connection(('127.0.0.1', port), 1).close()
                return port
            except OSError:
                time.sleep(0.02)
        raise NotMeasured(f'smtp-sink does not answer: {self.said()}')


def in_turn(rounds, *measurements):
    """The median of each, measured in turn."""
    results = [[] for _ in measurements]
    for _ in range(rounds):
        for measure, result in zip(measurements, results):
            result.append(measure())
    return [statistics.median(result) for result in results]


def need(*programs):
    for program in programs:
        if not shutil.which(program) and not os.access(program, os.X_OK):
            raise Skipped(f'{os.path.basename(program)} is not installed')


def ask(path, question):
    """One value from a store."""
    with sqlite3.connect(f'file:{path}?mode=ro', uri=True) as database:
        return database.execute(question).fetchone()[0]


def demand(condition, what):
    if not condition:
        raise NotMeasured(what)


# --- the others -------------------------------------------------------------------------------------

def prepare_rss2email(bench, port):
    need('r2e')
    bench.write('r2e/config', f'''[DEFAULT]
from = digest@example.org
to = list@example.com
digest = True
html-mail = True
email-protocol = smtp
smtp-auth = False
smtp-server = 127.0.0.1
smtp-port = {port}
smtp-ssl = False

[feed.bench]
url = {bench.feed.url}
''')
    bench.write('r2e/data.json', '{"version": 2, "feeds": []}')


def rss2email(bench):
    cpu, _ = bench.run(['r2e', '-c', bench.path('r2e/config'), '-d', bench.path('r2e/data.json'), 'run'])
    demand('rror' not in bench.said(), f'rss2email: {bench.said()}')
    return cpu


def rss2email_seen(bench):
    with open(bench.path('r2e/data.json'), encoding='utf-8') as file:
        return len(json.load(file)['feeds'][0]['seen'])


def prepare_sfeed(bench):
    need('sfeed_update', 'curl')
    bench.write('sfeed/sfeedrc', f'sfeedpath="{bench.path("sfeed/feeds")}"\n'
                                 f'feeds() {{\n\tfeed bench {bench.feed.url}\n}}\n')


def sfeed(bench):
    cpu, _ = bench.run(['sfeed_update', bench.path('sfeed/sfeedrc')])
    return cpu


def sfeed_seen(bench):
    with open(bench.path('sfeed/feeds/bench'), encoding='utf-8') as file:
        return len(file.readlines())


# --- a no-op day ------------------------------------------------------------------------------------

def ours(bench, transport='null:', day=TOMORROW):
    cpu, _ = bench.digest('--send-to', 'list@example.com', '--source', bench.feed.url,
                          '--transport', transport, day=day)
    return cpu


def store_of(bench, home='ours'):
    return bench.path(f'{home}/state/digest/digest.db')


def begin_ours(bench):
    os.makedirs(bench.path('ours'), exist_ok=True)
    ours(bench, day=TODAY)
    demand(ask(store_of(bench), 'SELECT count(*) FROM issue_entry') == 50, 'the first issue holds not 50')


def is_noop(bench):
    """Everybody asked, and nothing was new."""
    demand(ask(store_of(bench), 'SELECT count(*) FROM issue') == 1, 'the no-op day made an issue')
    demand(ask(store_of(bench), 'SELECT max(last_success) FROM source') > 0, 'nothing was fetched')


def noop_beside_rss2email(bench):
    prepare_rss2email(bench, bench.start_sink())
    bench.feed.body = make_feed(TODAY)
    begin_ours(bench)
    rss2email(bench)
    bench.feed.statuses.clear()
    mine, theirs = in_turn(ROUNDS, lambda: ours(bench), lambda: rss2email(bench))
    demand(bench.feed.statuses == [200] * 2 * ROUNDS, 'not everybody read the feed each time')
    demand(rss2email_seen(bench) == 50, 'rss2email does not know the 50 entries')
    is_noop(bench)
    row('no-op day, 50-entry feed: CPU', mine, 'rss2email', theirs, show_ms, 1 / 15)


def noop_beside_sfeed(bench):
    prepare_sfeed(bench)
    bench.feed.body = make_feed(TODAY)
    begin_ours(bench)
    sfeed(bench)
    bench.feed.statuses.clear()
    mine, theirs = in_turn(ROUNDS, lambda: ours(bench), lambda: sfeed(bench))
    demand(bench.feed.statuses == [200] * 2 * ROUNDS, 'not everybody read the feed each time')
    demand(sfeed_seen(bench) == 50, 'sfeed does not know the 50 entries')
    is_noop(bench)
    row('no-op day, 50-entry feed: CPU', mine, 'sfeed_update', theirs, show_ms, 1 / 4)


def noop_unchanged(bench):
    prepare_rss2email(bench, bench.start_sink())
    bench.feed.body, bench.feed.has_etag = make_feed(TODAY), True
    begin_ours(bench)
    ours(bench)
    rss2email(bench)
    bench.feed.statuses.clear()
    mine, theirs = in_turn(ROUNDS, lambda: ours(bench), lambda: rss2email(bench))
    demand(bench.feed.statuses == [304] * 2 * ROUNDS, 'not everybody asked for what is new alone')
    is_noop(bench)
    row('no-op day, answered 304: CPU', mine, 'rss2email', theirs, show_ms)


# --- 50 new entries ---------------------------------------------------------------------------------

def new_to_message(bench):
    mails = bench.path('mails')
    os.mkdir(mails)
    port = bench.start_sink('-d', f'{mails}/%Y%m%d%H%M%S.')
    prepare_rss2email(bench, port)
    bench.feed.body = make_feed(TODAY)
    begin_ours(bench)
    rss2email(bench)
    bench.keep('ours')
    bench.keep('r2e')
    bench.feed.body = make_feed(TOMORROW)

    def new_for(home, measure):
        bench.restore(home)
        for name in os.listdir(mails):
            os.unlink(os.path.join(mails, name))
        cpu = measure()
        demand(len(os.listdir(mails)) == 1, f'{home}: {len(os.listdir(mails))} messages instead of one')
        return cpu

    mine, theirs = in_turn(
        ROUNDS, lambda: new_for('ours', lambda: ours(bench, f'smtp://127.0.0.1:{port}')),
        lambda: new_for('r2e', lambda: rss2email(bench)))
    demand(ask(store_of(bench), 'SELECT count(*) FROM delivery WHERE state = 3') == 2, 'not all delivered')
    demand(rss2email_seen(bench) == 100, 'rss2email does not know the 100 entries')
    row('50 new entries to one message: CPU', mine, 'rss2email digest', theirs, show_ms, 1 / 15)


# --- a small and a large store ----------------------------------------------------------------------

def configure(bench, home, subscribers, transport):
    bench.write(f'{home}/config/digest/digest.conf', f'''
smtp {{ from = "Paper Digest <digest@example.org>"  url = "{transport}" }}
source bench {{ provider = feed  url = "{FEED_URL}"  base_url = "{bench.feed.base}" }}
list bench {{ title = "Bench"  sources = {{bench}}  timezone = UTC  subscribers = {{{subscribers}}} }}
''')


def filled_store(count):
    """A store with that many entries, kept from one run to the next."""
    parts = [os.path.join(TOP, path) for path in ('tests/bench/fill.c', 'src/store/schema.c')]
    content = b''.join(open(part, 'rb').read() for part in parts)
    path = os.path.join(KEPT, f'{count}-{hashlib.sha256(content).hexdigest()[:12]}.db')
    if os.path.exists(path):
        return path
    need(FILL)
    for name in os.listdir(KEPT):
        if name.startswith(f'{count}-'):
            os.unlink(os.path.join(KEPT, name))
    print(f'filling a store with {count:,} entries', file=sys.stderr, flush=True)
    work = path + '.new'
    arguments = [FILL, work, str(count), 'bench', 'bench', FEED_URL, 'reader@example.com', YESTERDAY]
    if os.spawnv(os.P_WAIT, FILL, arguments) != 0:
        raise NotMeasured(f'cannot fill a store with {count} entries')
    os.rename(work, path)
    return path


def counted_run(bench, home, day):
    """Instructions by callgrind, and what the database says of itself, for one `digest run`."""
    variables = {'DIGEST_NOW': f'{day}T12:00:00Z', 'HOME': bench.path(home),
                 'XDG_STATE_HOME': bench.path(home + '/state'),
                 'XDG_CONFIG_HOME': bench.path(home + '/config')}
    bench.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null',
               DIGEST, '-v', 'run'], **variables)
    said = bench.said()
    collected = re.search(r'Collected : (\d+)', said)
    steps = re.findall(r'db: .*steps=(\d+) pages_read=(\d+)', said)
    demand(collected and steps, f'callgrind or the database tell nothing: {said[-500:]}')
    return int(collected[1]), sum(int(s) for s, _ in steps), sum(int(p) for _, p in steps)


def days_over(bench, count):
    """A day with 50 new entries and a day with none, over a store of that many entries."""
    home = f'store{count}'
    configure(bench, home, 'reader@example.com', 'null:')
    os.makedirs(bench.path(f'{home}/state/digest'))
    shutil.copyfile(filled_store(count), store_of(bench, home))
    issues = ask(store_of(bench, home), 'SELECT count(*) FROM issue')
    bench.feed.body = make_feed(TODAY)
    new = counted_run(bench, home, TODAY)
    demand(ask(store_of(bench, home), 'SELECT count(*) FROM issue') == issues + 1, 'no issue was made')
    noop = counted_run(bench, home, TOMORROW)
    demand(ask(store_of(bench, home), 'SELECT count(*) FROM issue') == issues + 1, 'an issue was made')
    demand(ask(store_of(bench, home), 'SELECT max(id) FROM entry') == count + 50, 'entries are missing')
    shutil.rmtree(bench.path(home))
    return new, noop


def small_and_large(bench):
    need('valgrind')
    small, large = days_over(bench, FEW), days_over(bench, MANY)
    for day, name in enumerate(('50 new entries', 'no-op day')):
        for i, what, aim in ((0, 'instructions', 1.1), (1, 'SQLite steps', 1.1), (2, 'pages read', None)):
            row(f'{name} over {MANY:,} stored: {what}', large[day][i], f'{FEW:,}:', small[day][i],
                show_count, aim)


# --- reading ----------------------------------------------------------------------------------------

LISTING_BYTES = 20_000_000


def as_atom(rss):
    """The same entries as Atom."""
    text = rss.decode()
    for old, new in ((r'<rss .*?<description>[^<]*</description>',
                      '<feed xmlns="http://www.w3.org/2005/Atom"><title>Papers</title>'),
                     (r'</channel></rss>', '</feed>'), (r'<item>', '<entry>'), (r'</item>', '</entry>'),
                     (r'<link>(.*?)</link>', r'<link rel="alternate" href="\1"/>'),
                     (r'<guid[^>]*>(.*?)</guid>', r'<id>\1</id>'),
                     (r'<dc:creator>(.*?)</dc:creator>', r'<author><name>\1</name></author>'),
                     (r'<pubDate>.*?</pubDate>', f'<updated>{TODAY}T06:00:00Z</updated>'),
                     (r'description>', 'summary>')):
        text = re.sub(old, new, text, flags=re.S)
    return text.encode()


FEEDPARSER = 'import sys, feedparser; sys.exit(not feedparser.parse(sys.argv[1]).entries)'


def read_xml(bench):
    """CPU to read 20 MB: ours mends, names and dates entries; bare libxml2 only copies fields."""
    few = make_feed(TODAY, count=50)
    count = 50 * LISTING_BYTES // len(few)
    rss = make_feed(TODAY, count=count)
    has_feedparser = shutil.which('python3') and os.system(
        "/usr/bin/python3 -c 'import feedparser' 2>/dev/null") == 0
    for name, listing in (('Atom', as_atom(rss)), ('RSS', rss)):
        path = bench.path(name + '.xml')
        with open(path, 'wb') as file:
            file.write(listing)

        def cpu(*arguments, path=path):
            return bench.run([*arguments, path])[0]

        mine, bare = in_turn(ROUNDS, lambda: cpu(READ_LISTING), lambda: cpu(BARE_SAX))
        demand(f' {count} entries' in bench.said() or bench.said().startswith(f'{count} entries'),
               bench.said())
        what = f'read {name} of {len(listing) / 1e6:.0f} MB: CPU'
        row(what, mine, 'bare libxml2', bare, show_ms, 1.25)
        if shutil.which('sfeed'):
            mine, theirs = in_turn(ROUNDS, lambda: cpu(READ_LISTING),
                                   lambda: cpu('sh', '-c', 'sfeed <"$0"'))
            row(what, mine, 'sfeed', theirs, show_ms)
        if has_feedparser:
            row(what, cpu(READ_LISTING), 'feedparser',
                cpu('/usr/bin/python3', '-c', FEEDPARSER), show_ms)


# --- start-up and sending ---------------------------------------------------------------------------

def start_up(bench):
    need('sqlite3')

    def cpu(*arguments):
        return bench.run(list(arguments))[0]

    mine, theirs, nothing = in_turn(4 * ROUNDS, lambda: cpu(DIGEST, '--version'),
                                    lambda: cpu('sqlite3', '-version'), lambda: cpu('true'))
    row('digest --version: CPU', mine, 'sqlite3 -version', theirs, show_ms)
    row('digest --version: CPU', mine, 'true', nothing, show_ms)


def rate_of(count):
    return lambda seconds: f'{count / seconds:,.0f}/s'


# (entries, sentences of each) of a day whose message has about 5, 50 and 100 kilobytes, and readers.
SIZES = ((1, 1, 10000), (25, 8, 2000), (52, 8, 2000))
MEMORY = '/dev/shm'


def write_readers(bench, count):
    """A file of all but the first, who is in the configuration."""
    return bench.write('readers.txt', ''.join(f'reader{i}@example.com\n' for i in range(1, count)))


def begin_sending(bench, entries, sentences, readers):
    """A store whose readers wait for tomorrow's message; gives the size of today's, which is like it."""
    files = bench.path('files')
    for home in ('ours', 'ours.kept', 'files'):
        shutil.rmtree(bench.path(home), ignore_errors=True)
    configure(bench, 'ours', '"reader0@example.com"', f'file:{files}')
    bench.digest('subscribers', 'import', write_readers(bench, readers), '--list', 'bench')
    bench.feed.body = make_feed(TODAY, entries, sentences)
    bench.digest('run')
    bench.keep('ours')
    bench.feed.body = make_feed(TOMORROW, entries, sentences)
    return max(file.stat().st_size for file in os.scandir(files))


def send(bench, port, sessions, store):
    """CPU and wall seconds of a whole run: the fetch and the ledger are in it."""
    spent = bench.digest('run', '--db', store, '--transport', f'smtp://127.0.0.1:{port}', '-o',
                         f'smtp.connections={sessions}', day=TOMORROW)
    demand(ask(store, 'SELECT count(*) FROM delivery WHERE is_open') == 0, 'not all were delivered')
    return spent


def send_from_disk(bench, port, sessions):
    bench.restore('ours')
    return send(bench, port, sessions, store_of(bench))


def send_from_memory(bench, port, sessions):
    """The same, where a commit waits for no disk."""
    with tempfile.TemporaryDirectory(prefix='digest-bench.', dir=MEMORY) as folder:
        store = os.path.join(folder, 'digest.db')
        bench.restore('ours')
        for suffix in ('', '-wal'):
            if os.path.exists(store_of(bench) + suffix):
                shutil.copyfile(store_of(bench) + suffix, store + suffix)
        return send(bench, port, sessions, store)


def medians(rounds, *measurements):
    """Of pairs, measured in turn."""
    results = [[] for _ in measurements]
    for _ in range(rounds):
        for measure, result in zip(measurements, results):
            result.append(measure())
    return [[statistics.median(side) for side in zip(*result)] for result in results]


def sending(bench):
    need(SOURCE)
    libraries = re.search(r"LD_LIBRARY_PATH='([^']*)'", open(SINK, encoding='utf-8').read())[1]
    port, rounds = bench.start_sink(), max(3, ROUNDS // 5)
    for entries, sentences, readers in SIZES:
        size, show = begin_sending(bench, entries, sentences, readers), rate_of(readers)
        for sessions in (1, 2, 5, 10, 20):
            name = f'{readers:,} messages of {size / 1000:.1f} kB, sessions: {sessions}'
            (cpu, wall), (their_cpu, their_wall) = medians(
                rounds, lambda: send_from_disk(bench, port, sessions),
                lambda: bench.run([SOURCE, '-d', '-s', str(sessions), '-m', str(readers), '-l', str(size),
                                   f'127.0.0.1:{port}'], LD_LIBRARY_PATH=libraries))
            aim = 1 / 1.3 if entries == 1 and sessions == 10 else 1.0
            row(f'{name}: time', wall, 'smtp-source -d', their_wall, show,
                round(aim, 2) if sessions >= 5 else None)
            row(f'{name}: CPU', cpu, 'smtp-source -d', their_cpu, show_ms, 0.6)
            is_middle = entries == SIZES[1][0] and sessions == 10
            if os.access(MEMORY, os.W_OK) and (sessions <= 2 or is_middle):
                (_, kept), (_, loose) = medians(rounds, lambda: send_from_disk(bench, port, sessions),
                                                lambda: send_from_memory(bench, port, sessions))
                row('  … with the disk', kept, 'its store in memory', loose, show,
                    1.1 if is_middle else None)


# --- other senders ----------------------------------------------------------------------------------

CURL_MAIL, NODEMAILER = os.path.join(KEPT, 'curl_mail'), os.path.join(TOP, 'build/nodemailer')
SMTPLIB_MAIL, NODEMAILER_MAIL = (os.path.join(TOP, 'tests/bench', name)
                                 for name in ('smtplib_mail.py', 'nodemailer_mail.js'))
# One program for each message, as a loop in a shell has it.
MSMTP_LOOP = ('i=0; while [ $i -lt $2 ]; do msmtp -C /dev/null --host=127.0.0.1 --port=$1 --auth=off --tls=off'
              ' -f digest@example.com reader$i@example.com <$3 || exit; i=$((i+1)); done')


def others(port, message, readers):
    """Those that are here, with the sessions they have: none of them keeps a record."""
    count = str(readers)
    yield 'msmtp for each', 1, ['msmtp'], ['sh', '-c', MSMTP_LOOP, 'sh', str(port), count, message]
    yield 'smtplib', 1, [], ['/usr/bin/python3', SMTPLIB_MAIL, str(port), message, count]
    yield ('nodemailer, pooled', 10, ['node', os.path.join(NODEMAILER, 'node_modules/nodemailer')],
           ['node', NODEMAILER_MAIL, NODEMAILER, str(port), message, count, '10'])
    yield 'libcurl', 1, [CURL_MAIL], [CURL_MAIL, str(port), message, count, '1']
    yield 'libcurl', 10, [CURL_MAIL], [CURL_MAIL, str(port), message, count, '10']


def senders(bench):
    port, rounds = bench.start_sink(), max(1, ROUNDS // 15)
    readers = SIZES[1][-1]
    size, show = begin_sending(bench, *SIZES[1]), rate_of(readers)
    message = max((file.path for file in os.scandir(bench.path('files'))), key=os.path.getsize)
    for name, sessions, programs, command in others(port, message, readers):
        try:
            need(*programs)
        except Skipped as why:
            print_cells(f'senders: skipped: {why}')
            continue
        (cpu, wall), (their_cpu, their_wall) = medians(
            rounds, lambda: send_from_disk(bench, port, sessions), lambda: bench.run(command))
        title = f'{readers:,} messages of {size / 1000:.1f} kB, sessions: {sessions}'
        row(f'{title}: time', wall, name, their_wall, show)
        row(f'{title}: CPU', cpu, name, their_cpu, show_ms)


# --- many readers -----------------------------------------------------------------------------------

MAILED, MAILED_SESSIONS, MAILED_MEMORY = int(os.environ.get('BENCH_MAILED', '100000')), 10, 64 << 20


def mailing(bench):
    """A message with a token of its own for each of many readers: rate, and the most memory."""
    port, folder = bench.start_sink(), bench.path('ours')
    configure(bench, 'ours', '"reader0@example.com"', f'smtp://127.0.0.1:{port}')
    bench.digest('subscribers', 'import', write_readers(bench, MAILED), '--list', 'bench')
    bench.feed.body = make_feed(TODAY, *SIZES[0][:2])
    start = time.monotonic()
    pid = bench.start([DIGEST, 'run', '-o', f'smtp.connections={MAILED_SESSIONS}'],
                      DIGEST_NOW=f'{TODAY}T12:00:00Z', HOME=folder, XDG_STATE_HOME=f'{folder}/state',
                      XDG_CONFIG_HOME=f'{folder}/config')
    _, status, usage = os.wait4(pid, 0)
    took = time.monotonic() - start
    demand(status == 0, f'the run fails: {bench.said()[-500:]}')
    demand(ask(store_of(bench), 'SELECT count(*) FROM delivery WHERE state = 3') == MAILED,
           'not all were delivered')
    peak = usage.ru_maxrss * 1024
    print_cells(f'{MAILED:,} personal messages, sessions: {MAILED_SESSIONS}', f'{MAILED / took:,.0f}/s',
                f'CPU {(usage.ru_utime + usage.ru_stime) / MAILED * 1e6:.0f} us each')
    print_cells('  … most memory', f'{peak / 1e6:.1f} MB', '', '', '<=64 MiB',
                'ok' if peak <= MAILED_MEMORY else 'MISSED')


# --- a dump -----------------------------------------------------------------------------------------

def snapshot_line(number):
    """A record of about 1.5 kilobytes, as Kaggle's snapshot has them."""
    year, month, serial = 15 + number // 120000, 1 + number // 10000 % 12, number % 10000 + 1
    return json.dumps({
        'id': f'{year:02d}{month:02d}.{serial:05d}', 'submitter': PEOPLE[0],
        'authors': ', '.join(PEOPLE[:3]), 'title': f'{sentence(number * 7)}, part {number}',
        'comments': f'{number % 40} pages, 3 figures', 'journal-ref': None,
        'doi': f'10.1000/ours.{number}' if number % 2 else None, 'report-no': None,
        'categories': 'cs.CL cs.LG', 'license': 'http://arxiv.org/licenses/nonexclusive-distrib/1.0/',
        'abstract': '  ' + '.\n'.join(sentence(number * 31 + i) for i in range(14)) + '.\n',
        'versions': [{'version': 'v1', 'created': 'Mon, 2 Apr 2012 19:18:42 GMT'}],
        'update_date': '2012-11-26', 'authors_parsed': [person.split()[::-1] + [''] for person in PEOPLE[:3]]})


def importing(bench):
    bare = os.path.join(KEPT, 'bare_import')
    need(bare)
    one, lines = bench.path('one.json'), bench.path('lines.json')
    with open(lines, 'w', encoding='utf-8') as file:
        file.writelines(snapshot_line(number) + '\n' for number in range(LINES))
    with open(one, 'w', encoding='utf-8') as file:
        file.write(snapshot_line(LINES) + '\n')

    def begin(home):
        """A store that holds one entry, so that both fill the same tables."""
        shutil.rmtree(bench.path(home), ignore_errors=True)
        os.makedirs(bench.path(home))
        bench.digest('import', one, home=home)

    def check(home):
        demand(ask(store_of(bench, home), 'SELECT count(*) FROM entry') == LINES + 1, f'{home}: entries are missing')
        demand(ask(store_of(bench, home), 'SELECT count(*) FROM sighting') == LINES + 1, f'{home}: sightings are missing')

    def ours_of(is_new):
        if is_new:
            begin('imported')
        cpu, _ = bench.digest('import', lines, home='imported')
        check('imported')
        return cpu

    def bare_of(is_new):
        if is_new:
            begin('bare')
        cpu, _ = bench.run([bare, store_of(bench, 'bare'), lines])
        check('bare')
        return cpu

    for what, is_new in (('new', True), ('all seen', False)):
        mine, theirs = in_turn(max(1, ROUNDS // 5), lambda n=is_new: ours_of(n), lambda n=is_new: bare_of(n))
        # Rates are the inverse of times, so more is better and the ratio is turned over.
        ratio = theirs / mine
        print_cells(f'import of {LINES:,} Kaggle lines, {what}: entries per CPU second', show_count(LINES / mine),
                    f'cJSON + SQLite {show_count(LINES / theirs)}', show_ratio(ratio), '>=0.8x',
                    'ok' if ratio >= 0.8 else 'MISSED')


# --- what readers like -------------------------------------------------------------------------------

def made_papers(count, liked_most=60):
    """Lines "label TAB text" of papers made of sentences of real abstracts; those liked are about one thing."""
    data = os.environ.get('DIGEST_TEST_DATA', os.path.join(TOP, '..', 'shared', 'data'))
    papers = {}
    for path in sorted(glob.glob(os.path.join(data, 'hf_daily', '2*.json'))):
        with open(path, encoding='utf-8') as file:
            listing = json.load(file)
        for item in listing if isinstance(listing, list) else []:
            paper = item.get('paper', item) if isinstance(item, dict) else {}
            text = ' '.join((paper.get('summary') or '').split())
            if text:
                papers[' '.join((paper.get('title') or '').split())] = re.split(r'(?<=[.!?]) ', text)
    if not papers:
        raise Skipped(f"no listings in '{data}' (DIGEST_TEST_DATA)")
    titles = sorted(papers)
    subject = [title for title in titles if 'diffusion' in title.lower()]
    chance = random.Random(7)
    liked = 0
    for _ in range(count):
        is_subject = chance.random() < 0.1
        two = chance.sample(subject if is_subject else titles, 2)
        sentences = papers[two[0]] + papers[two[1]]
        chance.shuffle(sentences)
        is_liked = is_subject and liked < liked_most and chance.random() < 0.05
        liked += is_liked
        yield f'{int(is_liked)}\t{two[0]} {" ".join(sentences[:7])}\n'


def measured(arguments, out):
    """CPU seconds and the most memory, in bytes, of a program whose output goes to a file."""
    process = os.posix_spawn(arguments[0], arguments, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)])
    _, status, usage = os.wait4(process, 0)
    demand(status == 0, f'{os.path.basename(arguments[-2])} failed')
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def first_of(path, count):
    with open(path, encoding='utf-8') as file:
        scores = [float(line.split('\t')[0]) for line in file]
    return set(sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:count])


def liked(bench):
    learn, peer = os.path.join(KEPT, 'learn_likes'), os.path.join(TOP, 'tests/bench/learn_likes.py')
    need(learn)
    if os.system('/usr/bin/python3 -c "import sklearn" 2>/dev/null') != 0:
        raise Skipped('python3-sklearn is not installed')
    papers, mine, theirs = bench.path('papers.tsv'), bench.path('mine'), bench.path('theirs')
    with open(papers, 'w', encoding='utf-8') as file:
        file.writelines(made_papers(PAPERS))
    cpu, memory = measured([learn, papers], mine)
    peer_cpu, peer_memory = measured(['/usr/bin/python3', '-B', peer, papers], theirs)
    what = f'liked, {PAPERS:,} papers'
    row(f'{what}: CPU', cpu, 'scikit-learn', peer_cpu, show_ms, 0.4)
    row(f'{what}: memory', memory, 'scikit-learn', peer_memory, lambda n: f'{n / 1e6:.0f} MB', 0.3)
    same = len(first_of(mine, 100) & first_of(theirs, 100))
    print_cells(f'{what}: of its first 100', str(same), 'scikit-learn 100', '-', '>=95', 'ok' if same >= 95 else 'MISSED')


def held_out(bench):
    """nDCG@10 of what readers will like, by what they have liked."""
    learn = os.path.join(KEPT, 'learn_likes')
    need(learn)
    if os.system('/usr/bin/python3 -c "import sklearn" 2>/dev/null') != 0:
        raise Skipped('python3-sklearn is not installed')
    papers = readers.read_papers(os.environ.get('DIGEST_TEST_DATA', os.path.join(TOP, '../shared/data')))
    if not papers:
        raise Skipped('no real listings (DIGEST_TEST_DATA)')
    past, people = readers.make_readers(papers, LIKING_READERS)
    known, later, scores = bench.path('known'), bench.path('later'), bench.path('scores')

    def write(path, some, liked=()):
        with open(path, 'w', encoding='utf-8') as file:
            file.writelines(f'{int(number in liked)}\t{paper["text"]}\n' for number, paper in enumerate(some))

    def ours_of(liked):
        write(known, papers[:past], liked)
        measured([learn, known, later], scores)
        with open(scores, encoding='utf-8') as file:
            return [float(line.split('\t')[0]) for line in file]

    write(later, papers[past:])
    rankings = {'ours': ours_of, 'scikit-learn': readers.sanity(papers, past),
                'votes': lambda _: [paper['votes'] for paper in papers[past:]],
                'recency': lambda _: range(len(papers) - past)}
    values = {name: [readers.ndcg(rank(liked), wanted, past) for liked, wanted in people]
              for name, rank in rankings.items()}
    for peer in ('scikit-learn', 'votes', 'recency'):
        gains = [mine - theirs for mine, theirs in zip(values['ours'], values[peer])]
        low, high = readers.interval(gains)
        print_cells(f'nDCG@10 of what {len(people)} readers will like', f'{readers.mean(values["ours"]):.3f}',
                    f'{peer} {readers.mean(values[peer]):.3f}', f'{readers.mean(gains):+.3f}', '>0',
                    'ok' if low > 0 else 'MISSED')
        print_cells('  with 95 % certainty', '', f'{low:+.3f} to {high:+.3f}')


# --- rendering --------------------------------------------------------------------------------------

def write_papers(path, count):
    """Papers of the captured listings, or of our own words: title, authors, abstract."""
    data = os.environ.get('DIGEST_TEST_DATA', os.path.join(TOP, '../shared/data'))
    papers = [paper['text'] for paper in readers.read_papers(data)]
    lines = []
    for i in range(count):
        words = (papers[i % len(papers)] if papers
                 else ' '.join(sentence(i * 31 + j) + '.' for j in range(24))).split()
        lines.append(f'{" ".join(words[:9])}\t{", ".join(PEOPLE)}\t{" ".join(words[9:])}\n')
    with open(path, 'w', encoding='utf-8') as file:
        file.writelines(lines)


def rendering(bench):
    """Ours renders the parts and encodes them; the others are given the parts and encode them."""
    render, etpan = os.path.join(KEPT, 'render_issue'), os.path.join(KEPT, 'write_mail')
    others = os.path.join(TOP, 'tests/bench/write_mail.py')
    need(render, etpan)
    papers, message, out = bench.path('papers.tsv'), bench.path('message'), bench.path('out')

    def seconds(*arguments):
        measured([*arguments], out)
        with open(out, encoding='utf-8') as file:
            return float(file.read())

    write_papers(papers, 50)
    peers = [('libetpan', 1 / 4, [etpan, message, '60']),
             ('Python email', 1 / 25, ['/usr/bin/python3', '-B', others, 'email', message, '20'])]
    if os.system("/usr/bin/python3 -c \"import ctypes; ctypes.CDLL('libgmime-3.0.so.0')\" 2>/dev/null") == 0:
        peers.append(('GMime', 3 / 10, ['/usr/bin/python3', '-B', others, 'gmime', message, '60']))
    for name, aim, command in peers:
        mine, theirs = in_turn(3, lambda: seconds(render, papers, '60', message), lambda: seconds(*command))
        row('render and encode 50 papers: CPU', mine, name, theirs, show_ms, aim)
    write_papers(papers, 2000)
    print_cells('render and encode 2,000 papers: CPU', show_ms(seconds(render, papers, '5', message)))


# --- personal issues --------------------------------------------------------------------------------

PERSONAL, PERSONAL_FEW, DAY_PAPERS = int(os.environ.get('BENCH_PERSONAL', '10000')), 100, 1000


def personal(bench):
    """Picking of one day's papers for many readers, each with wishes of its own."""
    pick, papers = os.path.join(KEPT, 'pick_readers'), bench.path('papers.tsv')
    need(pick)
    os.makedirs(bench.path('ours'))
    captured = captured_papers(bench)
    chance = random.Random(DAY_PAPERS)
    with open(papers, 'w', encoding='utf-8') as file:
        for number in range(DAY_PAPERS):
            paper = captured[number % len(captured)]
            cells = (chance.randrange(200), paper['title'], ','.join(paper['authors']), paper['abstract'])
            file.write('\t'.join(' '.join(str(cell).split()) for cell in cells) + '\n')

    def cpu(readers, *how):
        return bench.run([pick, papers, str(readers), *how])[0]

    few, alone = in_turn(3, lambda: cpu(PERSONAL_FEW), lambda: cpu(PERSONAL_FEW, 'alone'))
    many = cpu(PERSONAL)
    demand(f'{DAY_PAPERS} papers, {PERSONAL} readers' in bench.said(), bench.said())
    what = f'picking {DAY_PAPERS:,} papers'
    row(f'{what} for {PERSONAL_FEW} readers: CPU', few, 'nothing shared', alone, show_ms)
    row(f'{what} for {PERSONAL:,}: CPU', many, f'{PERSONAL // PERSONAL_FEW} x {PERSONAL_FEW}',
        few * PERSONAL / PERSONAL_FEW, show_ms, 1.1)


# --- search -----------------------------------------------------------------------------------------

def captured_sentences():
    """Titles and sentences of real listings, so that words are as common as they are."""
    data = os.environ.get('DIGEST_TEST_DATA', os.path.join(TOP, '../shared/data'))
    titles, sentences = [], []
    for path in sorted(glob.glob(os.path.join(data, 'hf_daily', '*.json'))):
        with open(path, encoding='utf-8') as file:
            papers = [item['paper'] for item in json.load(file) if isinstance(item, dict)]
        for paper in papers:
            if isinstance(paper, dict):
                titles.append(paper['title'])
                sentences += re.split(r'(?<=[.!?]) ', paper.get('summary') or '')
    if not titles:
        raise Skipped(f'no real listings in {data} (DIGEST_TEST_DATA)')
    return titles, sentences


def searched_store():
    """A store of papers put together from those sentences, kept from one run to the next."""
    titles, sentences = captured_sentences()
    with open(os.path.join(TOP, 'src/store/schema.c'), 'rb') as schema:
        mark = hashlib.sha256(schema.read() + ''.join(titles).encode()).hexdigest()[:12]
    path = os.path.join(KEPT, f'search-{SEARCHED}-{mark}.db')
    if os.path.exists(path):
        return path
    for name in glob.glob(os.path.join(KEPT, f'search-{SEARCHED}-*')):
        os.unlink(name)
    print(f'filling a store with {SEARCHED:,} papers', file=sys.stderr, flush=True)
    draw = random.Random(SEARCHED)
    lines, work = path + '.lines', path + '.new'
    for first in range(0, SEARCHED, 100000):
        with open(lines, 'w', encoding='utf-8') as file:
            for number in range(first, min(first + 100000, SEARCHED)):
                record = json.loads(snapshot_line(number))
                half = [title.split(' ') for title in draw.sample(titles, 2)]
                record['title'] = ' '.join(half[0][:len(half[0]) // 2] + half[1][len(half[1]) // 2:])
                record['abstract'] = ' '.join(draw.sample(sentences, 7)) + f' Run {number}.'
                file.write(json.dumps(record) + '\n')
        if os.spawnv(os.P_WAIT, DIGEST, [DIGEST, 'import', '--db', work, lines]) != 0:
            raise NotMeasured(f'cannot fill a store with {SEARCHED} papers')
    os.unlink(lines)
    os.unlink(work + '.lock')
    os.rename(work, path)
    return path


def searching(bench):
    store = searched_store()
    os.makedirs(bench.path('ours'))

    def search(*arguments):
        return bench.digest('search', '--db', store, '--json', *arguments)[0]

    for what, most, arguments in (
            ('newest ten of a common word', 0.001, ('model', '--sort', 'new')),
            ('newest ten of two words', 0.001, ('diffusion model', '--sort', 'new')),
            ('ranked ten of a common word', 0.05, ('model',)),
            ('ranked ten of three words', 0.05, ('language model reasoning',)),
            ('ranked ten of a rare phrase', 0.05, ('"chain of thought" distillation',)),
            ('one of them', 0.05, (f'"run {SEARCHED // 2}"',))):
        # What starting, and opening the store, costs is not search.
        mine, start = in_turn(ROUNDS, lambda a=arguments: search(*a),
                              lambda: bench.digest('issues', 'list', '--db', store)[0])
        took = mine - start
        print_cells(f'{SEARCHED:,} papers, {what}: CPU', show_ms(took), f'start {show_ms(start)}', '-',
                    f'<={most * 1000:.0f} ms', 'ok' if took <= most else 'MISSED')


# --- what is found ----------------------------------------------------------------------------------

def captured_papers(bench):
    """The papers of all captured listings and pages that have an abstract, as our importer reads them."""
    data = os.environ.get('DIGEST_TEST_DATA', os.path.join(TOP, '../shared/data'))
    files = glob.glob(os.path.join(data, 'hf_daily', '*.json')) + glob.glob(os.path.join(data, '../pages/*.txt'))
    if not files:
        raise Skipped(f'no real listings in {data} (DIGEST_TEST_DATA)')
    store = bench.path('captured.db')
    bench.digest('import', '--db', store, *sorted(files))
    return [{'title': entry['title_raw'], 'authors': entry['authors'], 'abstract': entry['abstract']}
            for entry in searched_entries(bench, store, '0', '') if entry['abstract']]


def searched_entries(bench, store, limit, query):
    bench.digest('search', '--db', store, '--json', '--limit', limit, '--', query)
    answers = [line for line in bench.said().splitlines() if line.startswith('{')]
    return json.loads(answers[-1])['entries'] if answers else []


def show_figures(figures):
    return '/'.join(f'{figure:.1f}' for figure in figures)


def finding(bench):
    """success@1/success@10/MRR of known-item search, in percent."""
    if os.system('/usr/bin/python3 -c "import sklearn" 2>/dev/null') != 0:
        raise Skipped('python3-sklearn is not installed')
    os.makedirs(bench.path('ours'))
    papers = captured_papers(bench)
    queries = known_items.make_queries(papers, QUERIES)
    store, lines = bench.path('found.db'), bench.path('found.jsonl')
    known_items.write_papers(papers, lines)
    bench.digest('import', '--db', store, lines)

    def ours(words):
        return [int(entry['key'].split('.')[1]) - 1
                for entry in searched_entries(bench, store, str(known_items.DEPTH), ' '.join(words))]

    print_cells(f'finding 1 of {len(papers):,} papers: success@1/success@10/MRR')
    for (kind, half), (mine, *theirs) in sorted(known_items.measure(papers, queries, ours).items()):
        best = max(figures[0] for figures in theirs)
        aim = ('>=+5', 'ok' if mine[0] >= best + 5 else 'MISSED') if kind == known_items.ALL else ('-', '')
        print_cells(f'  {known_items.KINDS[kind]}, {known_items.HALVES[half]}', show_figures(mine), 'best of these',
                    f'{mine[0] - best:+.1f}', *aim)
        for peer, figures in zip(known_items.PEERS, theirs):
            print_cells('', '', f'{peer} {show_figures(figures)}')


# --- the scheduler ----------------------------------------------------------------------------------

LISTS, SUBSCRIBERS = 1000, 100_000
IDLE_S = int(os.environ.get('BENCH_IDLE', '10'))


def write_lists(bench, home, count):
    lists = '\n'.join(
        f'list l{number} {{ sources = {{hf}} timezone = Europe/Berlin schedule = "08:30 weekdays" '
        f'subscribers = {{reader{number}@example.com}} }}' for number in range(count))
    bench.write(f'{home}/config/digest/digest.conf', f'''
smtp {{ from = "digest@example.org"  url = "null:" }}
source hf {{ provider = hf_daily  base_url = "{bench.feed.base}" }}
{lists}
''')


def let_sleep(bench, home, subscribers):
    """Makes the lists known, with that many subscribers, and today done."""
    bench.digest('run', '--offline', home=home)
    with contextlib.closing(sqlite3.connect(store_of(bench, home))) as database, database:
        lists = database.execute('SELECT count(*) FROM list').fetchone()[0]
        database.execute("UPDATE audience SET done_at = unixepoch(?)", (f'{TODAY}T11:00:00Z',))
        database.executemany(
            "INSERT INTO recipient (list, address, mailbox, kind, state, origin, token, since)"
            " VALUES (?1, ?2, ?2, 0, 'active', 'command', ?3, 0)",
            ((1 + number % lists, f'subscriber{number}@example.com', f'token{number}')
             for number in range(subscribers - lists)))


def instructions_of_tick(bench, home, *options):
    folder = bench.path(home)
    bench.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null', *options, DIGEST, 'run'],
              DIGEST_NOW=f'{TODAY}T12:00:00Z', HOME=folder, XDG_STATE_HOME=f'{folder}/state',
              XDG_CONFIG_HOME=f'{folder}/config')
    return int(re.search(r'Collected : (\d+)', bench.said())[1])


def idle_daemon(bench, home):
    """Wake-ups and CPU seconds of a daemon that has nothing to do."""
    folder = bench.path(home)
    daemon = bench.start([DIGEST, 'daemon'], DIGEST_NOW=f'{TODAY}T12:00:00Z', HOME=folder,
                         XDG_STATE_HOME=f'{folder}/state', XDG_CONFIG_HOME=f'{folder}/config')
    bench.servers.append(daemon)

    def used():
        with open(f'/proc/{daemon}/status', encoding='ascii') as file:
            switches = re.findall(r'voluntary_ctxt_switches:\s(\d+)', file.read())
        with open(f'/proc/{daemon}/schedstat', encoding='ascii') as file:
            return int(switches[0]), int(file.read().split()[0]) / 1e9

    time.sleep(2)
    before = used()
    time.sleep(IDLE_S)
    return [after - was for was, after in zip(before, used())]


def scheduler(bench):
    need('valgrind')
    for home, lists, subscribers in (('many', LISTS, SUBSCRIBERS), ('one', 1, 1)):
        write_lists(bench, home, lists)
        let_sleep(bench, home, subscribers)
    bench.feed.statuses.clear()
    mine, theirs = in_turn(ROUNDS, lambda: bench.digest('run', home='many')[0],
                           lambda: bench.digest('run', home='one')[0])
    demand(not bench.feed.statuses, 'a source was asked although nothing was due')
    row(f'nothing due, {LISTS:,} lists, {SUBSCRIBERS:,} readers: CPU', mine, 'one list', theirs, show_ms)
    share = instructions_of_tick(bench, 'many', '--toggle-collect=run') / instructions_of_tick(bench, 'many')
    print_cells('  … of which to decide, behind the configuration', show_ms(mine * share), '', '', '<=10 ms',
                'ok' if mine * share <= 0.01 else 'MISSED')
    wakes, cpu = idle_daemon(bench, 'many')
    print_cells(f'idle daemon, {IDLE_S} s: wake-ups; CPU', f'{wakes}; {show_ms(cpu)}', '', '', '<=1',
                'ok' if wakes <= 1 else 'MISSED')
    # It looks once an hour, whether or not something is due.
    looked, of_looks = wakes * 3600 / IDLE_S + 1, cpu * 3600 / IDLE_S + mine
    print_cells('  … reckoned for an hour, its look included', f'{looked:.0f}; {show_ms(of_looks)}')


# --- all of it --------------------------------------------------------------------------------------

MEASUREMENTS = (noop_beside_rss2email, noop_beside_sfeed, noop_unchanged, new_to_message,
                small_and_large, read_xml, start_up, sending, senders, mailing, importing, rendering, personal, liked,
                held_out, searching, finding, scheduler)


def main():
    wanted = sys.argv[1:]
    status = 0
    os.makedirs(KEPT, exist_ok=True)
    print_cells('what', 'digest', 'beside', 'ratio', 'aim', '')
    for measurement in MEASUREMENTS:
        if wanted and measurement.__name__ not in wanted:
            continue
        bench = Bench()
        try:
            measurement(bench)
        except Skipped as why:
            print_cells(f'{measurement.__name__}: skipped: {why}')
        except NotMeasured as why:
            print_cells(f'{measurement.__name__}: NOT MEASURED: {why}')
            status = 1
        finally:
            bench.close()
    return status


if __name__ == '__main__':
    sys.exit(main())
