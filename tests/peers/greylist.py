"""A greylisting policy server for Postfix (SMTPD_POLICY_README): the first try of a sender and
recipient is put off, every later one is let through.

    greylist.py PORT
"""
import socketserver
import sys

seen = set()


class Policy(socketserver.StreamRequestHandler):
    def handle(self):
        request = {}
        for line in self.rfile:
            name, _, value = line.decode('utf-8', 'replace').rstrip('\n').partition('=')
            if name:
                request[name] = value
                continue
            key = (request.get('sender'), request.get('recipient'))
            action = 'dunno' if key in seen else 'defer 4.7.1 Greylisted, try again'
            seen.add(key)
            self.wfile.write(f'action={action}\n\n'.encode())
            request = {}


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(('127.0.0.1', int(sys.argv[1])), Policy).serve_forever()
