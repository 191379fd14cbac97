"""A mail server for tests, on 127.0.0.1: it keeps what it gets, and fails where it is told to.

    smtp_server.py --port-file FILE --folder FOLDER [OPTION...]

FILE gets the port number once the server listens. FOLDER gets two files per message it accepted:
N.eml, the bytes as they came but without the stuffed dots, and N.json, the envelope:

    {"sender": "a@x", "recipients": ["b@y"], "parameters": ["SIZE=20"], "helo": "me", "user": null,
     "tls": true, "peer": 1}

N counts messages from 1; "peer" counts connections. Options:

    --log FILE            every line said: seconds since the start, connection, "C" or "S", the line
    --tls KIND            none (default), starttls, or implicit
    --cert KIND           good (default): for localhost, signed by FOLDER/../ca.pem
                          wrong: signed likewise, but for another host;  self: signed by itself
    --ca FILE             where that ca.pem is written instead
    --auth USER:PASSWORD  a login is required, by PLAIN or LOGIN; with --tls only after TLS
    --auth-words TEXT     what EHLO says behind "AUTH" (default " PLAIN LOGIN"), "\\t" for a TAB
    --auth-once           AUTH is no more on offer after the login, as some servers do
    --lmtp                LMTP instead of SMTP
    --socket PATH         there instead of at a port
    --room N              no more than N recipients in a transaction, and 452 for the others
    --offer WORDS         other capabilities in EHLO, comma-separated (default PIPELINING,8BITMIME)
    --fault STAGE=ACTION  repeatable, see below
    --times N             each fault happens N times, then all is well (default 0: always)

A STAGE is greeting, ehlo, helo, starttls, auth, mail, rcpt, data, body (after 354, before the client's
bytes are read), dot, rset, or quit; "rcpt:ADDRESS" is for one recipient only,
and so is, in LMTP, "dot:ADDRESS". An ACTION is

    TEXT     say this instead; "\\r\\n", "\\t" and "\\x1b" are understood, a line end is added. A reply
             that starts with 2 is an agreement as usual, and 421 ends the session
    cut:TEXT say this without a line end and close
    close    close the connection (at dot: after keeping the message)
    drop     close the connection (at dot: without keeping the message)
    reset    close it so that the other side gets ECONNRESET
    stall    say nothing more (at dot: the message is kept)
    drip     say one byte of an endless reply line every 50 ms
    endless  say continuation lines without end
    lines:N  say N continuation lines, then the usual reply
    late:N   say nothing for N seconds, then the usual reply
    loop:TEXT  say this to every line that comes, for ever
    inject   (starttls) say one reply more before the handshake

So 'rcpt=550 5.1.1 no such user', 'dot=close', 'mail=4346 x', 'ehlo=502 what?', 'dot=250-a\\r\\n451 b'.
"""
import argparse
import base64
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

START = time.monotonic()


class Closed(Exception):
    """The connection is over."""


def run_openssl(*arguments):
    subprocess.run(['openssl', *arguments], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def make_certificate(folder, kind, ca_file):
    """Makes a certificate and its key in folder, and a CA that signs it; gives their two names."""
    def path(name):
        return os.path.join(folder, name)

    def make_key(name):
        run_openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', path(name))

    names = 'DNS:mail.evil.example' if kind == 'wrong' else 'DNS:localhost,IP:127.0.0.1'
    with open(path('extensions'), 'w') as file:
        file.write(f'subjectAltName={names}\n')
    make_key('ca.key')
    run_openssl('req', '-x509', '-new', '-key', path('ca.key'), '-subj', '/CN=test authority', '-days', '2',
                '-out', path('ca.new'))
    os.replace(path('ca.new'), ca_file)
    make_key('server.key')
    run_openssl('req', '-new', '-key', path('server.key'), '-subj', '/CN=mail server', '-out', path('server.csr'))
    signer = ['-signkey', path('server.key')]
    if kind != 'self':
        signer = ['-CA', ca_file, '-CAkey', path('ca.key'), '-CAcreateserial', '-CAserial', path('serial')]
    run_openssl('x509', '-req', '-in', path('server.csr'), *signer, '-days', '2', '-extfile', path('extensions'),
                '-out', path('server.pem'))
    return path('server.pem'), path('server.key')


class Server:
    def __init__(self, options):
        self.options = options
        self.lock = threading.Lock()
        self.log_file = open(options.log, 'a', buffering=1, encoding='utf-8') if options.log else None
        self.message_count = 0
        self.tls = None
        self.faults = []
        for text in options.fault:
            stage, _, action = text.partition('=')
            self.faults.append([stage, action.encode().decode('unicode_escape'), options.times])

    def log(self, peer, who, data):
        if self.log_file:
            line = data.decode('utf-8', 'backslashreplace').rstrip('\r\n')
            with self.lock:
                self.log_file.write(f'{time.monotonic() - START:.6f} {peer} {who} {line}\n')

    def take_fault(self, stage, address=''):
        """The action for this stage, or None; counts down how often it still happens."""
        with self.lock:
            for fault in self.faults:
                if fault[0] not in (stage, f'{stage}:{address}') or fault[2] < 0:
                    continue
                if fault[2] > 0:
                    fault[2] = fault[2] - 1 or -1
                return fault[1]
        return None

    def listen(self):
        if self.options.socket:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(self.options.socket)
            listener.listen(100)
            return listener
        return socket.create_server(('127.0.0.1', 0), backlog=100)

    def keep(self, body, envelope):
        with self.lock:
            self.message_count += 1
            stem = os.path.join(self.options.folder, str(self.message_count))
        for suffix, data in (('.json', json.dumps(envelope).encode() + b'\n'), ('.eml', body)):
            with open(stem + '.new', 'wb') as file:
                file.write(data)
            os.replace(stem + '.new', stem + suffix)

    def run(self):
        with self.listen() as listener:
            name = self.options.port_file
            with open(name + '.new', 'w') as file:
                file.write(f'{self.options.socket or listener.getsockname()[1]}\n')
            os.replace(name + '.new', name)
            peer = 0
            while True:
                connection, _ = listener.accept()
                peer += 1
                if not self.options.socket:
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=Session(self, connection, peer).run, daemon=True).start()


class Session:
    def __init__(self, server, connection, peer):
        self.server, self.options = server, server.options
        self.connection, self.peer = connection, peer
        self.buffer = b''
        self.helo = ''
        self.user = None
        self.has_tls = False
        self.forget()

    def forget(self):
        self.sender, self.recipients, self.parameters = None, [], []

    # --- bytes

    def send(self, data):
        try:
            self.connection.sendall(data)
        except OSError:
            raise Closed from None

    def say(self, text):
        data = text.encode('latin-1')
        if not data.endswith(b'\n'):
            data += b'\r\n'
        for line in data.splitlines():
            self.server.log(self.peer, 'S', line)
        self.send(data)

    def receive(self):
        try:
            data = self.connection.recv(65536)
        except OSError:
            data = b''
        if not data:
            raise Closed
        self.buffer += data

    def read_line(self):
        while b'\n' not in self.buffer:
            self.receive()
        line, _, self.buffer = self.buffer.partition(b'\n')
        self.server.log(self.peer, 'C', line)
        return line.rstrip(b'\r')

    def read_body(self):
        """The message up to its final dot, without the dots that were stuffed."""
        self.buffer = b'\r\n' + self.buffer
        while b'\r\n.\r\n' not in self.buffer:
            self.receive()
        body, _, self.buffer = self.buffer.partition(b'\r\n.\r\n')
        self.server.log(self.peer, 'C', b'.')
        return (body + b'\r\n').replace(b'\r\n..', b'\r\n.')[2:]

    # --- faults

    def fail(self, stage, address=''):
        """Does what was asked for at this stage: True when the usual reply is not to be said."""
        return self.act(stage, self.server.take_fault(stage, address))

    def act(self, stage, action):
        if action is None:
            return False
        if action in ('close', 'drop'):
            raise Closed
        if action == 'reset':
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            self.connection.close()
            raise Closed
        if action == 'stall':
            while stage == 'body':
                time.sleep(3600)
            while True:
                self.receive()
        if action == 'drip':
            self.send(b'250-')
            while True:
                self.send(b'x')
                time.sleep(0.05)
        if action == 'endless':
            while True:
                self.send(b'250-still here\r\n' * 100)
        if action.startswith('lines:'):
            self.send(b'250-still here\r\n' * int(action[6:]))
            return False
        if action.startswith('late:'):
            time.sleep(int(action[5:]))
            return False
        if action.startswith('loop:'):
            while True:
                self.say(action[5:])
                self.read_line()
        if action.startswith('cut:'):
            self.send(action[4:].encode('latin-1'))
            raise Closed
        self.say(action)
        if action.startswith('421'):
            raise Closed
        return True

    def agree(self, stage, reply, address=''):
        """Says the fault's reply or the usual one; whether it is an agreement."""
        action = self.server.take_fault(stage, address)
        if self.act(stage, action):
            return action.startswith('2')
        self.say(reply)
        return True

    def peek(self, stage, address=''):
        with self.server.lock:
            for fault in self.server.faults:
                if fault[0] in (stage, f'{stage}:{address}') and fault[2] >= 0:
                    return fault[1]
        return ''

    # --- commands

    def offers_auth(self):
        if not self.options.auth or (self.user and self.options.auth_once):
            return False
        return self.has_tls or self.options.tls == 'none'

    def ehlo(self, argument):
        self.helo = argument
        self.forget()
        if self.fail('ehlo'):
            return
        lines = ['test.example'] + [word for word in self.options.offer.split(',') if word]
        if self.options.tls == 'starttls' and not self.has_tls:
            lines.append('STARTTLS')
        if self.offers_auth():
            lines.append('AUTH' + self.options.auth_words)
        lines.append('HELP')
        for line in lines[:-1]:
            self.say('250-' + line)
        self.say('250 ' + lines[-1])

    def helo_command(self, argument):
        self.helo = argument
        self.forget()
        self.agree('helo', '250 test.example')

    def starttls(self, _):
        if self.options.tls != 'starttls' or self.has_tls:
            self.say('502 not here')
            return
        action = self.peek('starttls')
        if action == 'inject':
            self.server.take_fault('starttls')
            self.say('220 go on\r\n250 injected')
        elif not self.agree('starttls', '220 go on'):
            return
        self.start_tls()
        self.helo = ''

    def start_tls(self):
        try:
            self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        except OSError as error:
            self.server.log(self.peer, 'S', f'(no TLS: {error})'.encode())
            raise Closed from None
        self.buffer = b''
        self.has_tls = True
        self.server.log(self.peer, 'S', b'(TLS)')

    def ask(self, question):
        self.say('334 ' + base64.b64encode(question.encode()).decode())
        return base64.b64decode(self.read_line() or b'')

    def auth(self, argument):
        mechanism, _, initial = argument.partition(' ')
        if not self.offers_auth():
            self.say('502 not here')
            return
        if mechanism.upper() == 'PLAIN':
            answer = base64.b64decode(initial) if initial else self.ask('')
            _, user, password = (answer.split(b'\0') + [b'', b''])[:3]
        elif mechanism.upper() == 'LOGIN':
            user = base64.b64decode(initial) if initial else self.ask('Username:')
            password = self.ask('Password:')
        else:
            self.say('504 unknown mechanism')
            return
        if self.fail('auth'):
            return
        if (user + b':' + password).decode() != self.options.auth:
            self.say('535 5.7.8 wrong')
            return
        self.user = user.decode()
        self.say('235 2.7.0 welcome')

    @staticmethod
    def path_of(argument, prefix):
        """The address between "<" and ">" and the words behind it, or None."""
        if not argument.upper().startswith(prefix):
            return None
        rest = argument[len(prefix):].lstrip()
        end = rest.rfind('>')
        if not rest.startswith('<') or end < 0:
            return None
        return rest[1:end], rest[end + 1:].split()

    def mail(self, argument):
        path = self.path_of(argument, 'FROM:')
        if path is None:
            self.say('501 MAIL FROM:<address>')
        elif self.sender is not None:
            self.say('503 one at a time')
        elif self.options.auth and not self.user:
            self.say('530 5.7.0 log in first')
        elif self.agree('mail', '250 2.1.0 fine'):
            self.sender, self.parameters = path

    def rcpt(self, argument):
        path = self.path_of(argument, 'TO:')
        if path is None:
            self.say('501 RCPT TO:<address>')
        elif self.sender is None:
            self.say('503 MAIL first')
        elif 0 < self.options.room <= len(self.recipients):
            self.say('452 4.5.3 too many recipients')
        elif self.agree('rcpt', '250 2.1.5 fine', path[0]):
            self.recipients.append(path[0])

    def data(self, _):
        if not self.recipients:
            self.say('554 5.5.1 no valid recipients' if self.sender is not None else '503 MAIL first')
            return
        action = self.peek('data')
        if self.fail('data'):
            if not action.startswith('354'):
                return
        else:
            self.say('354 go on')
        if self.peek('body') == 'reset':
            self.receive()
        self.fail('body')
        body = self.read_body()
        envelope = {'sender': self.sender, 'recipients': self.recipients, 'parameters': self.parameters,
                    'helo': self.helo, 'user': self.user, 'tls': self.has_tls, 'peer': self.peer}
        # In LMTP each recipient has a reply (RFC 2033 section 4.2).
        answered = self.recipients if self.options.lmtp else ['']
        # Taken here, since what is kept and what is said have to agree while others take theirs.
        actions = [self.server.take_fault('dot', recipient) for recipient in answered]
        kept = [recipient for recipient, action in zip(answered, actions) if self.keeps(action)]
        if self.options.lmtp:
            envelope['recipients'] = kept
        self.forget()
        if kept:
            self.server.keep(body, envelope)
        for action in actions:
            if not self.act('dot', action):
                self.say('250 2.0.0 kept')

    @staticmethod
    def keeps(action):
        return (not action or action.startswith('2') or action in ('close', 'stall', 'drip', 'reset')
                or action.startswith('late:'))

    def rset(self, _):
        self.forget()
        self.agree('rset', '250 2.0.0 fine')

    def quit(self, _):
        self.agree('quit', '221 2.0.0 bye')
        raise Closed

    def obey(self, line):
        text = line.decode('utf-8', 'surrogateescape')
        verb, _, argument = text.partition(' ')
        hello = {'LHLO': self.ehlo} if self.options.lmtp else {'EHLO': self.ehlo, 'HELO': self.helo_command}
        commands = {**hello, 'STARTTLS': self.starttls, 'AUTH': self.auth,
                    'MAIL': self.mail, 'RCPT': self.rcpt, 'DATA': self.data, 'RSET': self.rset,
                    'NOOP': lambda _: self.say('250 fine'), 'QUIT': self.quit}
        command = commands.get(verb.upper())
        if command is None:
            self.say('500 unknown command')
        else:
            command(argument.strip())

    def run(self):
        self.server.log(self.peer, 'S', b'(connected)')
        try:
            if self.options.tls == 'implicit':
                self.start_tls()
            self.agree('greeting', '220 test.example ESMTP')
            while True:
                self.obey(self.read_line())
        except Closed:
            pass
        self.server.log(self.peer, 'S', b'(closed)')
        self.connection.close()


def read_options(arguments):
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument('--port-file', required=True)
    parser.add_argument('--folder', required=True)
    parser.add_argument('--log')
    parser.add_argument('--lmtp', action='store_true')
    parser.add_argument('--socket')
    parser.add_argument('--tls', choices=['none', 'starttls', 'implicit'], default='none')
    parser.add_argument('--cert', choices=['good', 'wrong', 'self'], default='good')
    parser.add_argument('--ca')
    parser.add_argument('--auth')
    parser.add_argument('--auth-words', default=' PLAIN LOGIN', type=lambda text: text.replace('\\t', '\t'))
    parser.add_argument('--auth-once', action='store_true')
    parser.add_argument('--room', type=int, default=0)
    parser.add_argument('--offer', default='PIPELINING,8BITMIME')
    parser.add_argument('--fault', action='append', default=[])
    parser.add_argument('--times', type=int, default=0)
    return parser.parse_args(arguments)


def main():
    options = read_options(sys.argv[1:])
    os.makedirs(options.folder, exist_ok=True)
    server = Server(options)
    if options.tls != 'none':
        ca_file = options.ca or os.path.join(options.folder, os.pardir, 'ca.pem')
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            server.tls.load_cert_chain(*make_certificate(folder, options.cert, ca_file))
    server.run()


if __name__ == '__main__':
    main()
