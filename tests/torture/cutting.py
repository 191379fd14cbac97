"""A conversation with a real mail server, Postfix's smtp-sink, that is cut at each of its bytes.

A Proxy stands between the program and the server. It cuts the first connection behind the k-th byte of
what the client says or of what the server says: it closes it, resets it, or lets nothing more through that
way ('closed', 'reset', 'silent'). Later connections go through untouched, and so does the next run.

A message goes to each of two readers, or one to both together. Held to, of each cut:

  - the run ends, whatever phase it was in, and says why; it exits 0 only when both were accepted, 69 when
    the server never introduced itself, else 75
  - who is accepted has the message, who is deferred or queued has it not; who is in doubt had the first
    byte of the dot on its way, and so nobody is in doubt before the server asked for the message
  - the next run exits 0; everybody has the message then, as often as doubts are counted more than once,
    and always the same bytes
"""
import json
import os
import re
import selectors
import shutil
import socket
import sqlite3
import struct
import subprocess
import threading
import time

from promises import Failure, demand, read_deliveries

READERS = ('ann@example.com', 'bob@example.com')
PROTOCOLS = ('smtp', 'lmtp', 'smtp, together', 'lmtp, together')
WAYS = ('closed', 'reset', 'silent')
FROZEN, STRUCK, LATER = ('2026-07-27T20:00:00Z', '2026-07-27T21:00:00Z', '2026-07-27T22:00:00Z')
HANG_S = 60
SILENCE_S = 2  # after which the program gives up; for the body it is three times that, for DATA twice
CLIENT, SERVER = 'client', 'server'


class Wire:
    """A connection through the proxy: what both sides said, and what was let through."""

    def __init__(self, client, server, cut):
        self.sockets = {CLIENT: client, SERVER: server}
        self.said = {CLIENT: b'', SERVER: b''}
        self.mute, self.ended = set(), set()
        self.cut = cut

    def other(self, side):
        return self.sockets[SERVER if side == CLIENT else CLIENT]

    def end(self, side):
        """Tells `side` that nothing more comes."""
        try:
            self.sockets[side].shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def strike(self, side, how):
        if how == 'silent':
            self.mute.add(side)
            return
        self.mute |= {CLIENT, SERVER}
        if how == 'reset':
            self.sockets[CLIENT].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            self.sockets[CLIENT].close()
            self.ended.add(CLIENT)
        else:
            self.end(CLIENT)
        self.end(SERVER)

    def pass_on(self, side, data):
        before = len(self.said[side])
        self.said[side] += data
        room = self.cut[1] - before if self.cut and self.cut[0] == side else len(data) + 1
        if side not in self.mute:
            try:
                self.other(side).sendall(data[:room])
            except OSError:
                self.mute.add(side)
        if room <= len(data):
            how, self.cut = self.cut[2], None
            self.strike(side, how)

    def hear(self, side):
        try:
            data = self.sockets[side].recv(65536)
        except OSError:
            data = b''
        if data:
            self.pass_on(side, data)
            return
        self.ended.add(side)
        self.end(SERVER if side == CLIENT else CLIENT)

    def run(self):
        """Until both sides have ended: the server has worked through all that it got by then."""
        with selectors.DefaultSelector() as selector:
            for side, end in self.sockets.items():
                selector.register(end, selectors.EVENT_READ, side)
            while self.ended != {CLIENT, SERVER}:
                for key, _ in selector.select():
                    if key.data not in self.ended:
                        self.hear(key.data)
                for side in self.ended & {key.data for key in selector.get_map().values()}:
                    selector.unregister(self.sockets[side])
        for end in self.sockets.values():
            end.close()


class Proxy:
    def __init__(self, target):
        self.target = target
        self.listener = socket.create_server(('127.0.0.1', 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.changed = threading.Condition()
        self.reset(None)
        threading.Thread(target=self.serve, daemon=True).start()

    def reset(self, cut):
        """A new record; the next connection is the one that is cut: (side, bytes, way)."""
        self.wires, self.talking, self.cut = [], 0, cut

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            with self.changed:
                wire = Wire(client, socket.create_connection(('127.0.0.1', self.target)), self.cut)
                self.cut = None
                self.wires.append(wire)
                self.talking += 1
            threading.Thread(target=self.carry, args=(wire,), daemon=True).start()

    def carry(self, wire):
        wire.run()
        with self.changed:
            self.talking -= 1
            self.changed.notify_all()

    def wait_until_idle(self):
        with self.changed:
            demand(self.changed.wait_for(lambda: self.talking == 0, timeout=HANG_S), 'the server does not hang up')


def find_sink():
    """smtp-sink(1), or None."""
    for name in (os.environ.get('SMTP_SINK'), os.path.join('build', 'postfix', 'smtp-sink'), shutil.which('smtp-sink')):
        if name and os.access(name, os.X_OK):
            return os.path.abspath(name)
    return None


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as listener:
        return listener.getsockname()[1]


class Sink:
    """A server of its own, which puts each whole message into a file."""

    def __init__(self, program, folder, protocol):
        self.folder = folder
        os.mkdir(folder)
        os.chmod(folder, 0o777)
        user = subprocess.run(['id', '-un'], capture_output=True, text=True, check=True).stdout.strip()
        self.port = free_port()
        self.process = subprocess.Popen(
            [program, '-u', user, *(['-L'] if protocol.startswith('lmtp') else []), '-d', os.path.join(folder, 'm.'),
             f'127.0.0.1:{self.port}', '64'], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                self.greet()
                return
            except OSError:
                time.sleep(0.05)
        raise OSError('smtp-sink does not answer')

    def forget(self):
        self.greet()
        for name in os.listdir(self.folder):
            os.unlink(os.path.join(self.folder, name))

    def greet(self):
        """It does one thing at a time: who is greeted knows that all it did before is done."""
        with socket.create_connection(('127.0.0.1', self.port)) as connection:
            connection.recv(100)

    def received(self):
        """{reader: the messages}, without what the server put before them."""
        self.greet()
        got = {reader: [] for reader in READERS}
        for name in sorted(os.listdir(self.folder)):
            with open(os.path.join(self.folder, name), 'rb') as file:
                head, _, body = file.read().partition(b'\nReceived: ')
            for reader in re.findall(rb'^X-Rcpt-Args: <(.*?)>', head, re.M):
                got[reader.decode()].append(re.sub(rb'^.*\n(\t.*\n)*', b'', body, count=1))
        return got

    def stop(self):
        self.process.kill()
        self.process.wait()


class Post:
    """A folder with a store in which an issue waits for two readers, a server, and a proxy before it."""

    def __init__(self, program, sink, root, protocol):
        self.program, self.root = program, root
        self.scheme = protocol[:4]
        self.is_together = protocol.endswith('together')
        self.sink = Sink(sink, os.path.join(root, 'mail'), protocol)
        self.proxy = Proxy(self.sink.port)
        self.db = os.path.join(root, 'store', 'digest.db')
        self.configure()
        # Nobody is there: it is made, and waits.
        port, self.proxy.port = self.proxy.port, free_port()
        self.configure()
        os.mkdir(os.path.join(root, 'store'), 0o700)
        if self.is_together:
            self.subscribe_lists()
        code, err = self.run(FROZEN)
        demand(code == 69, f'without a server: exit {code}: {err}')
        shutil.move(os.path.join(root, 'store'), os.path.join(root, 'frozen'))
        self.proxy.port = port
        self.configure()

    def configure(self):
        """A template that says little: every byte of it is a place to cut at."""
        folder = os.path.join(self.root, 'templates')
        os.makedirs(folder, exist_ok=True)
        for suffix, text in (('subject', '{{list}}\n'), ('txt', '{{#groups}}{{#entries}}{{url}}{{/entries}}{{/groups}} {{unsubscribe}}\n'),
                             ('html', '<p>{{#groups}}{{#entries}}{{url}}{{/entries}}{{/groups}} {{unsubscribe}}</p>\n')):
            with open(os.path.join(folder, f'short.{suffix}'), 'w') as file:
                file.write(text)
        with open(os.path.join(self.root, 'listing.json'), 'w') as file:
            json.dump([{'paper': {'id': '2607.00001', 'title': 'On cuts', 'summary': '', 'upvotes': 1,
                                  'authors': [{'name': 'Ada Example', 'hidden': False}],
                                  'publishedAt': '2026-07-27T00:00:00.000Z',
                                  'submittedOnDailyAt': '2026-07-27T00:00:00.000Z'}}], file)
        path = os.path.join(self.root, 'digest.conf')
        readers = 'together = true' if self.is_together else f'subscribers = {{{", ".join(READERS)}}}'
        with open(path, 'w') as file:
            file.write(f'''
digest {{ templates = "{folder}" }}
smtp {{ from = "d@example.com"  url = "{self.scheme}:{'//' if self.scheme == 'smtp' else ''}127.0.0.1:{self.proxy.port}"
       helo = "me.example" }}
source hf {{ provider = file  path = "{self.root}/listing.json" }}
list l {{ sources = {{hf}}  timezone = UTC  template = short  {readers} }}
''')
        os.chmod(path, 0o600)

    def command(self, *words):
        return [self.program, *words, '-c', os.path.join(self.root, 'digest.conf'), '--db', self.db]

    def environment(self, now):
        return {'PATH': '/usr/bin:/bin', 'HOME': self.root, 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'DIGEST_NOW': now}

    def subscribe_lists(self):
        """The readers, as mailing lists: what they get is not their own."""
        table = ''.join(f'{reader},list\n' for reader in READERS)
        subprocess.run(self.command('subscribers', 'import', '-'), env=self.environment(FROZEN), check=True,
                       input=f'address,kind\n{table}'.encode(), stdout=subprocess.DEVNULL)

    def run(self, now, deadline_s=HANG_S // 2):
        """Who is not cut off has time enough, however busy the machine is."""
        offline = [] if now == FROZEN else ['--offline']
        process = subprocess.Popen(self.command('run', *offline, '--wait=0s', '-o', f'smtp.timeout={deadline_s}s', '-o',
                                                f'smtp.dot_timeout={deadline_s}s'), env=self.environment(now),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            _, err = process.communicate(timeout=HANG_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failure(f'did not end within {HANG_S} s') from None
        return process.returncode, err.decode('utf-8', 'replace').strip()

    def reset(self, cut):
        shutil.rmtree(os.path.dirname(self.db), ignore_errors=True)
        shutil.copytree(os.path.join(self.root, 'frozen'), os.path.dirname(self.db))
        self.sink.forget()
        self.proxy.reset(cut)

    def survey(self):
        """An undisturbed run: what both sides say."""
        self.reset(None)
        code, err = self.run(STRUCK)
        self.proxy.wait_until_idle()
        demand(code == 0 and len(self.proxy.wires) == 1, f'the undisturbed run exits {code}: {err}')
        self.expected = self.sink.received()
        demand(all(len(messages) == 1 for messages in self.expected.values()), 'the undisturbed run sends once')
        self.said = self.proxy.wires[0].said
        self.introduced = re.search(rb'^250 .*\r\n', self.said[SERVER], re.M).end()
        self.windows = self.find_windows()
        demand(len(self.windows) == len(READERS), 'the undisturbed conversation is understood')

    def find_windows(self):
        """For each reader, between which bytes of the server's the dot and its answer are."""
        said, windows = self.said[SERVER], []
        for match in re.finditer(rb'(?<=\n)354.*\r\n(2.*\r\n)(2.*\r\n)?', said):
            asked = said.index(b'\n', match.start()) + 1
            windows.append((asked, match.end(1)))
            if self.is_together:
                windows.append((asked, match.end(2 if self.scheme == 'lmtp' else 1)))
        return windows

    def judge_cut(self, cut, code, err):
        """What the struck run left behind. Gives {reader: doubts}."""
        side, place, how = cut
        received, doubts, wires = self.sink.received(), {}, self.proxy.wires
        begun = sum(len(re.findall(rb'\r\n\.\r\n', wire.said[CLIENT])) for wire in wires)
        for number, (reader, (state, count)) in enumerate(sorted(read_deliveries(self.db).items())):
            has_it = len(received[reader])
            demand(has_it <= 1, f'{reader} has {has_it} messages after one run')
            demand(state in ('queued', 'accepted', 'deferred', 'doubt'), f'{reader} is {state}')
            demand(state == 'doubt' or has_it == (state == 'accepted'), f'{reader} is {state} and has {has_it} messages')
            demand(count == (state == 'doubt'), f'{reader} is {state} and {count} doubts are counted')
            if state == 'doubt':
                demand(side == CLIENT or self.windows[number][0] <= place <= self.windows[number][1], f'{reader} is in doubt')
                demand(begun or how == 'reset', f'{reader} is in doubt and no dot was sent')
            doubts[reader] = count
        states = {state for state, _ in read_deliveries(self.db).values()}
        wanted = 0 if states == {'accepted'} else 75
        if states == {'queued'}:
            wanted = 75 if 'hangs up before any message' in err else 69
        demand(side == CLIENT or place >= self.introduced or states == {'queued'}, f'{states} before EHLO was answered')
        demand(code == wanted, f'exit {code} and not {wanted}: {err}')
        demand((err == '') == (code == 0) and all(line.startswith('digest: ') for line in err.splitlines()),
               f'exit {code}: {err}')
        return doubts

    def try_cut(self, cut):
        """How the struck run ended, and whose messages came twice."""
        self.reset(cut)
        code, err = self.run(STRUCK, *([SILENCE_S] if cut[2] == 'silent' else []))
        self.proxy.wait_until_idle()
        demand(self.proxy.cut is None and self.proxy.wires[0].cut is None, 'the conversation is not the usual one')
        doubts = self.judge_cut(cut, code, err)
        code_later, err = self.run(LATER)
        self.proxy.wait_until_idle()
        demand(code_later == 0, f'the second run exits {code_later}: {err}')
        twice = []
        for reader, messages in self.sink.received().items():
            demand(1 <= len(messages) <= 1 + doubts[reader], f'{reader} has {len(messages)} messages, {doubts[reader]} doubts')
            demand(set(messages) == set(self.expected[reader]), f'{reader} has other bytes')
            twice += [reader] * (len(messages) - 1)
        demand({state for state, _ in read_deliveries(self.db).values()} == {'accepted'}, 'not all are accepted in the end')
        database = sqlite3.connect(self.db)
        demand(database.execute('PRAGMA integrity_check').fetchall() == [('ok',)], 'integrity_check')
        database.close()
        return f'exit {code}' + (', in doubt' if any(doubts.values()) else ''), twice

    def cuts(self):
        for side in (CLIENT, SERVER):
            for place in range(len(self.said[side]) + 1):
                for how in WAYS:
                    yield side, place, how
