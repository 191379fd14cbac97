"""The two servers that a day of the program needs, inside the torture's own process, so that it knows
what came and when, and can strike at each step of a conversation.

A Listing answers /api/daily_papers?date=DAY&p=N from a dict of days, and /feed.xml with those of another
up to `today`, both with an ETag. A Mailbox keeps every message it was given, by recipient, with the time
(CLOCK_MONOTONIC). Both call hook(event) at each step: http:asked http:answered connect EHLO MAIL RCPT
DATA 354 dot kept replied QUIT.
"""
import hashlib
import http.server
import json
import socketserver
import threading
import time
import urllib.parse


class Quiet:
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that was killed is no error."""


class Listing(Quiet, http.server.ThreadingHTTPServer):
    def __init__(self, days, feed, hook):
        self.days, self.feed, self.hook, self.today = days, feed, hook, ''
        super().__init__(('127.0.0.1', 0), ListingHandler)


class ListingHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def body(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path == '/feed.xml':
            days = sorted(day for day in self.server.feed if day <= self.server.today)
            return 'application/atom+xml', ('<feed xmlns="http://www.w3.org/2005/Atom"><title>Feed</title>' + ''.join(
                entry for day in reversed(days) for entry in self.server.feed[day]) + '</feed>').encode()
        query = urllib.parse.parse_qs(url.query)
        is_first = query.get('p', ['0'])[0] == '0'
        items = self.server.days.get(query.get('date', [''])[0], []) if is_first else []
        return 'application/json', json.dumps(items).encode()

    def do_GET(self):
        self.server.hook('http:asked')
        kind, body = self.body()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        is_known = self.headers.get('If-None-Match') == etag
        self.send_response(304 if is_known else 200)
        self.send_header('ETag', etag)
        self.send_header('Content-Type', kind)
        if not is_known:
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if not is_known:
            self.wfile.write(body)
        self.server.hook('http:answered')

    def log_message(self, format, *args):
        pass


class Mailbox(Quiet, socketserver.ThreadingTCPServer):
    def __init__(self, hook, port=0):
        self.hook = hook
        self.lock = threading.Lock()
        self.idle = threading.Condition()
        self.talking = 0
        self.forget()
        super().__init__(('127.0.0.1', port), MailHandler)

    def forget(self):
        """Forgets all messages; a conversation that still goes on adds to the old ones."""
        with self.lock:
            self.messages = {}

    def talk(self, change):
        with self.idle:
            self.talking += change
            self.idle.notify_all()

    def wait_until_idle(self):
        """What a client that was killed had said to the end is kept by then."""
        with self.idle:
            self.idle.wait_for(lambda: self.talking == 0, timeout=10)

    def keep(self, messages, recipients, body):
        with self.lock:
            for recipient in recipients:
                messages.setdefault(recipient, []).append((time.monotonic_ns(), body))


class MailHandler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def say(self, line):
        self.wfile.write(line.encode() + b'\r\n')

    def body(self):
        """The message behind DATA, or None when the client went away before its end."""
        lines = []
        for line in self.rfile:
            if line == b'.\r\n':
                return b''.join(lines)
            lines.append(line[1:] if line.startswith(b'.') else line)
        return None

    def handle(self):
        self.server.talk(1)
        try:
            self.converse()
        finally:
            self.server.talk(-1)

    def converse(self):
        box, messages = self.server, self.server.messages
        recipients = []
        box.hook('connect')
        self.say('220 mailbox.example ESMTP')
        for line in self.rfile:
            verb = line[:4].upper().decode('ascii', 'replace').strip()
            box.hook(verb)
            if verb == 'EHLO':
                self.say('250-mailbox.example\r\n250-PIPELINING\r\n250 8BITMIME')
            elif verb == 'RCPT':
                recipients.append(line.decode().partition('<')[2].partition('>')[0])
                self.say('250 2.1.5 fine')
            elif verb == 'DATA':
                self.say('354 go on')
                box.hook('354')
                body = self.body()
                if body is None:
                    return
                box.hook('dot')
                box.keep(messages, recipients, body)
                box.hook('kept')
                self.say('250 2.0.0 kept')
                box.hook('replied')
            elif verb == 'QUIT':
                self.say('221 2.0.0 bye')
                return
            else:
                if verb in ('MAIL', 'RSET'):
                    recipients = []
                self.say('250 2.0.0 fine')


def start(server):
    threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05}, daemon=True).start()
    return server.server_address[1]
