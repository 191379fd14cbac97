"""Known-item search: queries made of real papers, and how far down the paper stands that each is of.

Four kinds of query: words that somebody remembers of an abstract, some words of it in a row, a
mistyped author with two words, and a word of the title as one says it that the title has in TeX.
Beside digest stand SQLite's bm25 on the same three columns, as strict as ours and with OR, and the
cosine of scikit-learn's TF-IDF. What is typed is drawn from a fixed seed. One half of the papers
may be looked at to make search better; the other is held back, to see whether it got so for all.
"""

import json
import random
import re
import sqlite3

KINDS = ('words of the abstract', 'words in a row', 'mistyped author', 'TeX in the title', 'all')
ALL = len(KINDS) - 1
HALVES = ('looked at', 'held back')
PEERS = ('SQLite bm25', 'SQLite bm25, any word', 'scikit-learn TF-IDF')
DEPTH = 10

ACCENTS = {'a': r'\"{a}', 'e': r"\'e", 'o': r'{\"o}', 'u': r'\"u', 'i': r"\'{\i}", 'c': r'\c{c}', 'n': r'\~n'}
WRAPPERS = ('$\\text{%s}$', '\\textbf{%s}', '{\\em %s}', '\\emph{%s}', '$\\mathrm{%s}$', '{%s}')
GREEK = ('alpha', 'beta', 'gamma', 'tau', 'lambda', 'mu', 'sigma', 'epsilon')


def words_of(text, least=5):
    """The plain words of a text, each once, in their order."""
    found = re.findall(r"(?<![\w$\\{-])[A-Za-z]{%d,}(?![\w$}-])" % least, text)
    return list(dict.fromkeys(word.lower() for word in found))


def mistype(word, draw):
    """One slip behind the first letter: two letters swapped, one left out, doubled or another."""
    while True:
        place = draw.randrange(1, len(word) - 1)
        before, letter, after = word[:place], word[place], word[place + 1:]
        other = draw.choice((before + after[0] + letter + after[1:], before + after,
                             before + letter + letter + after,
                             before + draw.choice('aeioustrnl') + after))
        if other != word:
            return other


def put_tex(title, draw):
    """The title with one of its words in TeX, and how one types that word."""
    words = words_of(title)
    if not words or '$' in title or '\\' in title:
        return title, None
    word = draw.choice(words)
    written = re.search(r'(?<![\w-])%s(?![\w-])' % re.escape(word), title, re.I)
    if not written:
        return title, None
    how = draw.randrange(3)
    if how == 0:
        letters = [i for i, letter in enumerate(word) if letter in ACCENTS and i > 0]
        if letters:
            place = draw.choice(letters)
            tex = written[0][:place] + ACCENTS[word[place]] + written[0][place + 1:]
            return title[:written.start()] + tex + title[written.end():], word
    if how == 1:
        letter = draw.choice(GREEK)
        tex = f'$\\{letter}$-{written[0]}'
        return title[:written.start()] + tex + title[written.end():], f'{letter}-{word}'
    tex = draw.choice(WRAPPERS) % written[0]
    return title[:written.start()] + tex + title[written.end():], word


def make_queries(papers, most):
    """Puts TeX into a fifth of the titles; gives queries as (kind, half, number of the paper, words)."""
    queries = []
    for number, paper in enumerate(papers):
        draw = random.Random(f'{paper["title"]}{number}')
        half, abstract = draw.randrange(2), words_of(paper['abstract'])
        if len(abstract) < 12:
            continue
        queries.append((0, half, number, draw.sample(abstract, 3)))
        row = re.findall(r'[A-Za-z0-9]+', paper['abstract'])
        start = draw.randrange(len(row) - 5)
        if {'AND', 'OR', 'NOT', 'NEAR'}.isdisjoint(row[start:start + 5]):
            queries.append((1, half, number, row[start:start + 5]))
        names = [name.split()[-1] for name in paper['authors']]
        names = [name for name in names if re.fullmatch('[A-Za-z]{5,}', name)]
        if names:
            name = mistype(draw.choice(names).lower(), draw)
            queries.append((2, half, number, [name] + draw.sample(abstract, 2)))
        if draw.random() < 0.2:
            title, said = put_tex(paper['title'], draw)
            others = [word for word in words_of(title) if said and word not in said]
            if said and others:
                paper['title'] = title
                queries.append((3, half, number, [said, draw.choice(others)]))
    random.Random(most).shuffle(queries)
    kept = []
    for kind in range(ALL):
        kept += [query for query in queries if query[0] == kind][:most]
    return kept


def write_papers(papers, path):
    """The papers as a snapshot; the number of each is its identifier's."""
    with open(path, 'w', encoding='utf-8') as file:
        for number, paper in enumerate(papers):
            file.write(json.dumps({
                'id': f'2601.{number + 1:05d}', 'title': paper['title'], 'abstract': paper['abstract'],
                'authors': ', '.join(paper['authors']), 'categories': 'cs.CL',
                'authors_parsed': [[*name.rsplit(' ', 1)[::-1], '', ''][:3] for name in paper['authors']],
                'versions': [{'version': 'v1', 'created': 'Thu, 1 Jan 2026 00:00:00 GMT'}],
                'update_date': '2026-01-01'}) + '\n')


class Bm25:
    """SQLite's full-text search as it comes."""

    def __init__(self, papers, joint):
        self.joint = joint
        self.database = sqlite3.connect(':memory:')
        self.database.execute('CREATE VIRTUAL TABLE paper USING fts5 (title, abstract, authors)')
        self.database.executemany('INSERT INTO paper (rowid, title, abstract, authors) VALUES (?, ?, ?, ?)', (
            (number, paper['title'], paper['abstract'], ', '.join(paper['authors']))
            for number, paper in enumerate(papers)))

    def find(self, words):
        expression = self.joint.join(f'"{word}"' for word in words)
        return [row[0] for row in self.database.execute(
            'SELECT rowid FROM paper WHERE paper MATCH ? ORDER BY bm25(paper), rowid LIMIT ?', (expression, DEPTH))]


class Cosine:
    """scikit-learn's TF-IDF as it comes."""

    def __init__(self, papers):
        from sklearn.feature_extraction.text import TfidfVectorizer
        self.vectorizer = TfidfVectorizer()
        self.matrix = self.vectorizer.fit_transform(
            f'{paper["title"]} {paper["abstract"]} {", ".join(paper["authors"])}' for paper in papers)

    def find(self, words):
        scores = (self.matrix @ self.vectorizer.transform([' '.join(words)]).T).toarray().ravel()
        return [i for i in sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:DEPTH] if scores[i] > 0]


def figures(places):
    """success@1, success@10 and MRR, in percent, of places from 1; 0 for not among the first."""
    return (100 * sum(place == 1 for place in places) / len(places),
            100 * sum(place > 0 for place in places) / len(places),
            100 * sum(1 / place for place in places if place > 0) / len(places))


def place_of(number, found):
    return found.index(number) + 1 if number in found else 0


def measure(papers, queries, ours):
    """By (kind, half), the figures of each: ours first, then the peers in their order; and of ALL kinds."""
    finders = [ours, Bm25(papers, ' AND ').find, Bm25(papers, ' OR ').find, Cosine(papers).find]
    places = {}
    for kind, half, number, words in queries:
        for i, find in enumerate(finders):
            place = place_of(number, find(words))
            for key in ((kind, half), (ALL, half)):
                places.setdefault(key, [[] for _ in finders])[i].append(place)
    return {key: [figures(one) for one in each] for key, each in places.items()}
