"""A mail server that dies while it takes an issue for very many readers, again and again.

Run as a program, it is that server: dying.py PORT RECORD appends a line "ADDRESS SHA256" to RECORD for each
message it has, and says so two milliseconds later, as one that syncs does. outlive() has the program send by it, kills it at random moments and
starts it again, at once or after the run; at last nothing is queued or deferred any more. Then

  - with on_doubt = hold each reader has the message once, or its delivery is in doubt and may have
  - with on_doubt = resend each has it at least once, and once more than that only for a doubt that is counted
  - what a reader got twice is the same bytes
"""
import collections
import hashlib
import json
import os
import random
import socket
import subprocess
import sys
import time

import servers
from promises import demand, read_deliveries

RUNS_MOST = 60
TIMEOUT_S = 300


class Mortal(servers.Mailbox):
    def __init__(self, port, record):
        self.record = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        super().__init__(lambda event: None, port)

    def keep(self, messages, recipients, body):
        for recipient in recipients:
            os.write(self.record, f'{recipient} {hashlib.sha256(body).hexdigest()}\n'.encode())
        time.sleep(0.002)


class Ward:
    """The server as a process that can be killed and started again, on one port."""

    def __init__(self, root):
        with socket.create_server(('127.0.0.1', 0)) as listener:
            self.port = listener.getsockname()[1]
        self.record = os.path.join(root, 'record')
        self.process = None
        self.deaths = 0

    def start(self):
        self.process = subprocess.Popen([sys.executable, __file__, str(self.port), self.record])
        while True:
            try:
                socket.create_connection(('127.0.0.1', self.port)).close()
                return
            except OSError:
                time.sleep(0.01)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def count(self):
        """How many messages it has had in all its lives."""
        try:
            with open(self.record, 'rb') as file:
                return file.read().count(b'\n')
        except FileNotFoundError:
            return 0

    def copies(self):
        """{reader: [what it got]}"""
        got = collections.defaultdict(list)
        with open(self.record) as file:
            for line in file:
                reader, digest = line.split()
                got[reader].append(digest)
        return got


def configure(root, port, policy, count):
    with open(os.path.join(root, 'listing.json'), 'w') as file:
        json.dump([{'paper': {'id': '2607.00001', 'title': 'On deaths', 'summary': 'What it says. ' * 40, 'upvotes': 1,
                              'authors': [{'name': 'Ada Example', 'hidden': False}],
                              'publishedAt': '2026-07-27T00:00:00.000Z',
                              'submittedOnDailyAt': '2026-07-27T00:00:00.000Z'}}], file)
    with open(os.path.join(root, 'readers'), 'w') as file:
        file.writelines(f'r{number}@example.com\n' for number in range(count))
    with open(os.path.join(root, 'digest.conf'), 'w') as file:
        file.write(f'''
smtp {{ from = "d@example.com"  url = "smtp://127.0.0.1:{port}"  timeout = 5s  dot_timeout = 5s  expire = 60d
       on_doubt = {policy} }}
source hf {{ provider = file  path = "{root}/listing.json" }}
list l {{ sources = {{hf}}  timezone = UTC }}
''')
    os.chmod(os.path.join(root, 'digest.conf'), 0o600)


class Sender:
    def __init__(self, program, root):
        self.program, self.root, self.hour = program, root, 0
        os.mkdir(os.path.join(root, 'store'), 0o700)
        self.db = os.path.join(root, 'store', 'digest.db')

    def start(self, *words):
        """Two hours later each time: all that was put off is due."""
        now = f'2026-07-{27 + self.hour // 24:02}T{self.hour % 24:02}:00:00Z' if self.hour < 120 else None
        demand(now, f'still not done after {RUNS_MOST} runs')
        self.hour += 2
        environment = {'PATH': '/usr/bin:/bin', 'HOME': self.root, 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'DIGEST_NOW': now}
        return subprocess.Popen([self.program, *words, '-c', os.path.join(self.root, 'digest.conf'), '--db', self.db],
                                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)


def watch(run, ward, moments, chance):
    """Kills the server when it has as many messages as `moments` say, until the run ends."""
    until = time.monotonic() + TIMEOUT_S
    while run.poll() is None:
        demand(time.monotonic() < until, f'a run did not end within {TIMEOUT_S} s')
        if moments and ward.count() >= moments[0]:
            time.sleep(chance.random() / 50)
            ward.kill()
            ward.deaths += 1
            del moments[0]
            if chance.random() < 0.5:
                ward.start()
        time.sleep(0.002)


def judge(policy, deliveries, copies):
    for reader, (state, doubts) in deliveries.items():
        got = copies[reader]
        demand(len(set(got)) <= 1, f'{reader} got other bytes the second time')
        demand(len(got) <= 1 + doubts, f'{reader} got {len(got)} messages, {doubts} doubts are counted')
        demand(state in ('accepted', 'doubt'), f'{reader} is {state}')
        demand(state == 'doubt' or got, f'{reader} has nothing and is accepted')
        demand(policy == 'resend' or len(got) <= 1, f'{reader} got {len(got)} messages')


def outlive(program, root, policy, count, deaths):
    """What became of it, in a line; Failure when a promise was broken."""
    chance = random.Random(f'{policy} {count}')
    ward, sender = Ward(root), Sender(program, root)
    configure(root, ward.port, policy, count)
    moments = sorted(chance.randrange(count * 95 // 100) for _ in range(deaths))
    _, err = sender.start('subscribers', 'import', os.path.join(root, 'readers'), '--list', 'l').communicate()
    demand(err == '', err)
    ward.start()
    runs, states = 0, {'queued'}
    try:
        while runs == 0 or states & {'queued', 'deferred', 'attempt', 'dot'} or (policy == 'resend' and 'doubt' in states):
            if ward.process.poll() is not None:
                ward.start()
            run = sender.start('run', *(['--offline'] if runs > 0 else []), '--wait=0s')
            runs += 1
            watch(run, ward, moments, chance)
            err = run.stderr.read()
            states = {state for state, _ in read_deliveries(sender.db).values()}
            demand(run.returncode in (0, 69, 75), f'exit {run.returncode}: {err}')
            demand(run.returncode or states == {'accepted'}, f'exit 0, and deliveries are {states}')
    finally:
        ward.kill()
    deliveries, copies = read_deliveries(sender.db), ward.copies()
    demand(ward.deaths == deaths, f'{ward.deaths} deaths and not {deaths}')
    demand(len(deliveries) == count, f'{len(deliveries)} deliveries')
    judge(policy, deliveries, copies)
    twice = sum(len(got) - 1 for got in copies.values() if got)
    held = sum(state == 'doubt' for state, _ in deliveries.values())
    return (f'{deaths} deaths, {runs} runs, {ward.count()} messages for {count} readers, '
            f'{sum(doubts for _, doubts in deliveries.values())} doubts counted, {held} held, {twice} came twice')


if __name__ == '__main__':
    Mortal(int(sys.argv[1]), sys.argv[2]).serve_forever()
