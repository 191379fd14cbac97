"""Whether the issues of listings fit into a mail, whatever the day: by each template, read as a stranger
would.

    days.py PROGRAM TEMPLATES LISTING[=MINUTES]...

For each listing and template: the HTML part has at most 90,000 bytes; its titles are numbered from 1 on
without a gap, are those of the issue, and what is missing is counted; the footer is whole; every link of
it, and every paper's own, stands in the text part. With MINUTES the text part also keeps to so many, at
238 words each. Says what is wrong, a line each, and exits 1; else prints how many issues it read.
"""
import concurrent.futures
import email
import email.policy
import html.parser
import json
import re
import subprocess
import sys

BYTES = 90000
WORDS = 238
OVER = 1.1  # so much more is not worth taking an issue apart for


class Page(html.parser.HTMLParser):
    """The numbered titles, links and texts of a page."""

    def __init__(self, source):
        super().__init__()
        self.links, self.titles, self.notes, self.footer = set(), [], [], ''
        self.open, self.text = [], ''
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if attributes.get('href', '').startswith('http'):
            self.links.add(attributes['href'])
        if tag in ('h2', 'h3', 'p', 'footer'):
            self.open.append((tag, attributes.get('class', '')))
            self.text = ''

    def handle_data(self, data):
        self.text += data
        if any(tag == 'footer' for tag, _ in self.open):
            self.footer += data

    def handle_endtag(self, tag):
        if not self.open or tag != self.open[-1][0]:
            return
        _, kind = self.open.pop()
        if (tag in ('h2', 'h3') or kind == 'x') and re.match(r'\d+\. ', self.text):
            self.titles.append(' '.join(self.text.split()))
        if 'note' in kind.split():
            self.notes.append(self.text)


def run(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, check=False)
    # A captured day that is no listing has no issue.
    return done.stdout if done.returncode != 65 else b''


def judge(page, source, text, entries):
    if len(source.encode()) > BYTES:
        yield f'the HTML part has {len(source.encode())} bytes'
    for number, (title, entry) in enumerate(zip(page.titles, entries), 1):
        wanted = f'{number}. {" ".join(entry["title"].split())}'
        plain = re.search(r'[$\\^_{}*`~]|--|\'\'|``', wanted) is None
        if not title.startswith(f'{number}. ') or (plain and title != wanted):
            yield f'{title!r} is not {wanted!r}'
    missing = len(entries) - len(page.titles)
    counted = [int(count) for note in page.notes for count in re.findall(r'^And (\d+) more', note)]
    if counted != ([missing] if missing else []):
        yield f'{missing} titles are missing, {counted} are counted'
    if 'nobody learns what you read' not in page.footer or not source.rstrip().endswith('</html>'):
        yield 'the footer is cut'
    told = set(re.findall(r'https?://\S+', text))
    lost = [link for link in page.links | {entry['url'] for entry in entries} if link not in told]
    if lost:
        yield f'not in the text part: {lost[:3]}'


def findings(program, listing, minutes, template):
    options = ['--source', listing, '-o', f'list.daily.template={template}']
    if minutes:
        options += ['-o', f'list.daily.minutes={minutes}']
    preview = run(program, '--preview=json', *options)
    entries = json.loads(preview)['entries'] if preview else []
    if not entries:
        return
    message = email.message_from_bytes(run(program, '--preview=eml', *options), policy=email.policy.default)
    text, source = (message.get_body((kind,)).get_content() for kind in ('plain', 'html'))
    yield from judge(Page(source), source, text, entries)
    if minutes and len(text.split()) > OVER * minutes * WORDS:
        yield f'{len(text.split())} words for {minutes} minutes'


def main(program, templates, *listings):
    work = [(template, *listing.partition('=')[::2]) for listing in listings for template in templates.split(',')]
    failed = False
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda one: list(findings(program, one[1], int(one[2] or 0), one[0])), work)
        for (template, listing, _), said in zip(work, found):
            for finding in said:
                failed = True
                print(f'{listing}: {template}: {finding}')
    print(f'{len(work)} issues')
    return failed


sys.exit(main(*sys.argv[1:]))
