#!/usr/bin/env python3
"""An HTTP server that breaks the protocol itself: what replay_server.py is too well-behaved for.

    bad_http.py [--bind ADDRESS] [--hf FILE] [--cert FILE] [--tls-max 1.1] [--log FILE] [--port-file FILE]

The first part of the path says how to misbehave, whatever stands behind it; each is one function below.
/listing gives FILE for the first page and [] for the others. It serves until it is killed. Only the
standard library is used.
"""
import argparse
import os
import re
import socketserver
import ssl
import sys
import threading
import warnings

OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
NONE = b"Content-Length: 0\r\n\r\n"
FEED = (
    b'<rss version="2.0"><channel><title>Ours</title><item><title>One</title>'
    b"<link>https://example.org/1</link></item></channel></rss>"
)


def listing(server, target):
    """What a good server says."""
    page = re.search(r"[?&]p=(\d+)", target)
    if page and page[1] != "0":
        return b"[]"
    with open(server.options.hf, "rb") as file:
        return file.read()


class Ways:
    """One way to answer each: bytes, or a generator of them; all end with the connection's close."""

    @staticmethod
    def listing(server, target):
        return OK + b"Content-Type: application/json\r\n\r\n" + listing(server, target)

    @staticmethod
    def as_picture(server, target):
        return OK + b"Content-Type: image/png; charset=koi8-r\r\n\r\n" + listing(server, target)

    @staticmethod
    def short(_server, _target):
        return OK + b'Content-Length: 1000\r\n\r\n[{"paper":'

    @staticmethod
    def chunk_cut(_server, _target):
        return OK + b'Transfer-Encoding: chunked\r\n\r\n400\r\n[{"paper":'

    @staticmethod
    def chunk_garbage(_server, _target):
        return OK + b"Transfer-Encoding: chunked\r\n\r\nbanana\r\n[]\r\n0\r\n\r\n"

    @staticmethod
    def chunk_huge(_server, _target):
        return OK + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffffffff\r\n[]\r\n0\r\n\r\n"

    @staticmethod
    def chunks_without_end(_server, _target):
        yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
        while True:
            yield b"10000\r\n" + b" " * 65536 + b"\r\n"

    @staticmethod
    def strange_encoding(_server, _target):
        return OK + b"Content-Encoding: rot13\r\nContent-Length: 2\r\n\r\n[]"

    @staticmethod
    def large_headers(_server, _target):
        return OK + b"".join(b"X-Padding-%d: %s\r\n" % (at, b"x" * 1000) for at in range(400)) + NONE

    @staticmethod
    def headers_without_end(_server, _target):
        yield OK
        while True:
            yield b"X-Padding: " + b"x" * 1000 + b"\r\n"

    @staticmethod
    def no_http(_server, _target):
        return b"SSH-2.0-OpenSSH_9.2p1\r\n"

    @staticmethod
    def nothing(_server, _target):
        return b""

    @staticmethod
    def unasked_304(_server, _target):
        return b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"

    @staticmethod
    def retry_negative(_server, _target):
        return b"HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: -5\r\n" + NONE

    @staticmethod
    def odd_validators(_server, _target):
        fields = b'ETag: "a\x00b"\r\nLast-Modified: x\rX-Evil: y\r\n'
        return OK + fields + b"Content-Length: %d\r\n\r\n" % len(FEED) + FEED

    @staticmethod
    def long_etag(_server, _target):
        return OK + b'ETag: "%s"\r\nContent-Length: %d\r\n\r\n' % (b"e" * 5000, len(FEED)) + FEED

    @staticmethod
    def tomorrow(server, target):
        return OK + b"Date: Fri, 31 Dec 2049 23:59:59 GMT\r\n\r\n" + listing(server, target)


def answer_status(target):
    """/status/CODE and /to/URL-in-hex"""
    parts = target.split("?")[0].split("/")
    if parts[1] == "status":
        return b"HTTP/1.1 %d Whatever\r\nConnection: close\r\n" % int(parts[2]) + NONE
    where = bytes.fromhex(parts[2])
    return b"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: " + where + b"\r\n" + NONE


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            self.answer()
        except OSError:
            pass

    def answer(self):
        head = b""
        while b"\r\n\r\n" not in head:
            more = self.request.recv(4096)
            if not more:
                return
            head += more
        target = head.split(b" ")[1].decode("latin-1")
        options = self.server.options
        if options.log:
            with self.server.lock, open(options.log, "ab") as file:
                file.write(head.replace(b"\r\n", b"\n").rstrip() + b"\n\n")
        way = target.split("?")[0].split("/")[1].replace("-", "_")
        if way in ("status", "to"):
            answer = answer_status(target)
        else:
            answer = getattr(Ways, way)(self.server, target)
        for part in [answer] if isinstance(answer, bytes) else answer:
            self.request.sendall(part)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--tls-max", choices=["1.1"])
    for name in ("hf", "cert", "log", "port-file"):
        parser.add_argument("--" + name)
    options = parser.parse_args()
    server = Server((options.bind, 0), Handler)
    server.options, server.lock = options, threading.Lock()
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert)
        if options.tls_max:
            warnings.simplefilter("ignore")
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    if options.port_file:
        with open(options.port_file + ".new", "w", encoding="ascii") as file:
            file.write("%d\n" % server.server_address[1])
        os.rename(options.port_file + ".new", options.port_file)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
