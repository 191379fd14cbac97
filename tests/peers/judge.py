"""What independent programs think of a received message.

    judge.py sound FILE...           parses without defects in Python's email package and in GMime, and
                                     keeps the limits of RFC 5322 and RFC 2045
    judge.py parts FILE TEXT HTML [JPEG...]
                                     its decoded parts are these files, read by both (of text the ends of
                                     lines aside)
    judge.py fields list|person FILE its fields, in order, are those that such a recipient gets
    judge.py original FILE           prints it without the trace fields of the servers on the way, with LF
    judge.py id FILE                 prints its message identification
    judge.py part TYPE FILE          prints its first part of that type, decoded

Says what is wrong, a line each, and exits 1; exits 0 when nothing is.
"""
import email.parser
import email.policy
import email.utils
import re
import sys

import gmime

TRACE = {'return-path', 'delivered-to', 'received', 'x-original-to', 'x-envelope-from'}
ALWAYS = ['date', 'from', 'to', 'subject', 'message-id', 'mime-version', 'content-type']
# RFC 2369, 2919 and 3834: what only a subscriber's own copy carries.
PERSONAL = ['list-id', 'list-unsubscribe', 'auto-submitted', 'precedence']
ORDER = ['date', 'from', 'sender', 'reply-to', 'to', 'subject', 'message-id', 'list-id', 'list-unsubscribe',
         'list-unsubscribe-post', 'list-subscribe', 'list-help', 'list-owner', 'list-archive', 'list-post', 'archived-at',
         'feedback-id', 'auto-submitted', 'precedence', 'mime-version', 'content-type', 'content-transfer-encoding']


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def original(raw):
    """The message as it was handed in: without the fields that servers put on top."""
    lines = raw.replace(b'\r\n', b'\n').split(b'\n')
    at = 0
    while lines[at][:1] in (b' ', b'\t') or lines[at].split(b':')[0].decode('ascii').lower() in TRACE:
        at += 1
    return b'\n'.join(lines[at:])


def parse_python(raw):
    return email.parser.BytesParser(policy=email.policy.default).parsebytes(raw)


def judge_python(raw):
    message = parse_python(raw)
    for part in message.walk():
        yield from (f'python: {part.get_content_type()}: {defect!r}' for defect in part.defects)
        for name, value in part.items():
            yield from (f'python: {name}: {defect!r}' for defect in getattr(value, 'defects', ()))
    if message.get_content_type() != 'multipart/alternative':
        yield f'python: the message is {message.get_content_type()}'


def judge_gmime(raw):
    message, warnings = gmime.parse(raw)
    if message is None:
        yield 'gmime: no message'
    yield from (f'gmime: {warning}' for warning in warnings)


def judge_limits(raw):
    body = original(raw)
    head, _, _ = body.partition(b'\n\n')
    for number, line in enumerate(body.split(b'\n'), 1):
        if len(line) > 998:
            yield f'line {number} has {len(line)} bytes (RFC 5322 section 2.1.1)'
        if any(byte > 126 or (byte < 32 and byte != 9) for byte in line):
            yield f'line {number} has bytes that are no printable ASCII: {line!r}'
    for line in head.split(b'\n'):
        if len(line) > 78 and b' ' in line.partition(b': ')[2].strip():
            yield f'a field line has {len(line)} bytes and could be folded: {line!r}'
    for part in parse_python(raw).walk():
        if part.is_multipart():
            continue
        encoding = 'quoted-printable' if part.get_content_maintype() == 'text' else 'base64'
        if part['content-transfer-encoding'] != encoding:
            yield f'{part.get_content_type()} is {part["content-transfer-encoding"]}'
        for line in part.get_payload().splitlines():
            if len(line) > 76 or line.endswith((' ', '\t')):
                yield f'{encoding} line {line!r} (RFC 2045 sections 6.7 and 6.8)'


def sound(*paths):
    for path in paths:
        raw = read(path)
        for judge in judge_python, judge_gmime, judge_limits:
            yield from (f'{path}: {finding}' for finding in judge(raw))


def decoded_by_python(raw):
    return [part.get_payload(decode=True) for part in parse_python(raw).walk() if not part.is_multipart()]


def decoded_by_gmime(raw):
    return list(gmime.parts(gmime.parse(raw)[0]))


def same_lines(content):
    return content if content.startswith(b'\xff\xd8') else content.replace(b'\r\n', b'\n').rstrip(b'\n')


def parts(path, *expected):
    raw = read(path)
    types = [part.get_content_type() for part in parse_python(raw).walk()]
    pictures = ['image/jpeg'] * (len(expected) - 2)
    page = ['multipart/related', 'text/html'] if pictures else ['text/html']
    if types != ['multipart/alternative', 'text/plain', *page, *pictures]:
        yield f'the parts are {types}'
        return
    for reader in decoded_by_python, decoded_by_gmime:
        for got, file in zip(reader(raw), expected, strict=True):
            got, want = same_lines(got), same_lines(read(file))
            if got != want:
                at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b), min(len(got), len(want)))
                yield (f'{reader.__name__}: differs from {file} at byte {at} of {len(want)}: '
                       f'{got[max(at - 20, 0):at + 40]!r} is not {want[max(at - 20, 0):at + 40]!r}')


def fields(kind, path):
    message = parse_python(original(read(path)))
    names = [name.lower() for name in message.keys()]
    for name in ALWAYS + (PERSONAL if kind == 'person' else []):
        if names.count(name) != 1:
            yield f'{names.count(name)} fields {name}'
    yield from (f'the unknown field {name}' for name in names if name not in ORDER)
    yield from (f'{name} twice' for name in set(names) if names.count(name) > 1)
    known = [name for name in names if name in ORDER]
    if known != sorted(known, key=ORDER.index):
        yield f'the order is {known}'
    if kind == 'list':
        yield from (f'{name}, which list servers drop or relay' for name in names
                    if name.startswith('list-') or name in PERSONAL)
    else:
        yield from person_fields(message)
    if not re.fullmatch(r'<[^<>@\s]+@[^<>@\s]+>', message['message-id']):
        yield f'message-id {message["message-id"]}'
    if len(message['to'].addresses) != 1:
        yield f'to {message["to"]}'
    if email.utils.parsedate_to_datetime(message['date']).tzinfo is None:
        yield f'date {message["date"]}'


def person_fields(message):
    if message['auto-submitted'] != 'auto-generated':
        yield f'auto-submitted {message["auto-submitted"]}'
    if message['precedence'] != 'list':
        yield f'precedence {message["precedence"]}'
    unsubscribe = message['list-unsubscribe'] or ''
    if not re.search(r'<mailto:[^<>]+>', unsubscribe):
        yield f'list-unsubscribe {unsubscribe}'
    # RFC 8058: one click needs an HTTPS address.
    if ('<https:' in unsubscribe) != ('list-unsubscribe-post' in message):
        yield f'list-unsubscribe {unsubscribe} and list-unsubscribe-post {message["list-unsubscribe-post"]}'


def main(command, *words):
    if command == 'original':
        sys.stdout.buffer.write(original(read(words[0])))
        return 0
    if command == 'id':
        print(parse_python(read(words[0]))['message-id'])
        return 0
    if command == 'part':
        kind, path = words
        sys.stdout.write(next(part for part in parse_python(read(path)).walk()
                              if part.get_content_type() == kind).get_content())
        return 0
    findings = list({'sound': sound, 'parts': parts, 'fields': fields}[command](*words))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


sys.exit(main(*sys.argv[1:]))
