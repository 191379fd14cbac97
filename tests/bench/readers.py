"""Readers who like papers of their subjects, and how well what they will like is ranked for them.

A subject is a word of the keywords that the captured listings give each paper, which no ranking
sees. A reader has two of them, and has liked a few of the papers of the first three fifths of all
that time; what they will like are all of those subjects in the rest.
"""

import collections
import glob
import json
import math
import os
import random
import re

DEPTH = 10
LIKES = (5, 10, 20)


def read_papers(data):
    """Papers of the captures in the order of their days: text, keywords, votes."""
    papers = {}
    for path in sorted(glob.glob(os.path.join(data, 'hf_daily', '2*.json'))):
        with open(path, encoding='utf-8') as file:
            listing = json.load(file)
        for item in listing if isinstance(listing, list) else []:
            paper = item.get('paper') if isinstance(item, dict) else None
            if not paper or not paper.get('summary') or paper['id'] in papers:
                continue
            names = ' '.join(author['name'] for author in paper.get('authors', []))
            papers[paper['id']] = {
                'text': ' '.join(f'{paper["title"]} {paper["summary"]} {names}'.split()),
                'keywords': [word.lower() for word in paper.get('ai_keywords') or []],
                'votes': paper.get('upvotes') or 0, 'day': os.path.basename(path)}
    return sorted(papers.values(), key=lambda paper: paper['day'])


def make_readers(papers, count):
    """Gives how many papers are past, and readers as (liked past ones, wanted later ones)."""
    past = len(papers) * 3 // 5
    subjects = collections.defaultdict(set)
    for number, paper in enumerate(papers):
        for word in re.findall('[a-z0-9]{2,}', ' '.join(paper['keywords'])):
            subjects[word.rstrip('s')].add(number)
    usual = [subject for subject, numbers in sorted(subjects.items())
             if 12 <= len(numbers) <= 100 and sum(number >= past for number in numbers) >= 3]
    readers = []
    for number in range(count):
        draw = random.Random(f'reader {number}')
        wanted = set().union(*(subjects[subject] for subject in draw.sample(usual, 2)))
        known = sorted(number for number in wanted if number < past)
        if known:
            readers.append((draw.sample(known, min(draw.choice(LIKES), len(known))),
                            {number for number in wanted if number >= past}))
    return past, readers


def ndcg(scores, wanted, past):
    """nDCG@10 of the later papers, by their scores."""
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:DEPTH]
    gain = sum(1 / math.log2(place + 2) for place, i in enumerate(order) if past + i in wanted)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(DEPTH, len(wanted))))


def sanity(papers, past):
    """arxiv-sanity-lite's ranking by scikit-learn: from liked papers to scores of the later ones."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC
    vectorizer = TfidfVectorizer(
        strip_accents='unicode', stop_words='english', token_pattern=r'(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b',
        ngram_range=(1, 2), max_features=20000, sublinear_tf=True, max_df=0.1, min_df=5)
    known = vectorizer.fit_transform(paper['text'] for paper in papers[:past])
    later = vectorizer.transform(paper['text'] for paper in papers[past:])

    def scores(liked):
        machine = LinearSVC(class_weight='balanced', max_iter=10000, tol=1e-6, C=0.01)
        machine.fit(known, [int(number in liked) for number in range(past)])
        return machine.decision_function(later)

    return scores


def mean(values):
    return sum(values) / len(values)


def interval(differences, rounds=2000):
    """The 95 % interval of a mean, by resampling."""
    draw = random.Random(95)
    means = sorted(mean(draw.choices(differences, k=len(differences))) for _ in range(rounds))
    return means[rounds // 40], means[rounds - 1 - rounds // 40]
