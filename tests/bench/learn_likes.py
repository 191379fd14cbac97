#!/usr/bin/env python3
"""What learn_likes does, by scikit-learn with arxiv-sanity-lite's parameters: learn_likes.py FILE."""

import sys

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

labels, texts = [], []
with open(sys.argv[1], encoding='utf-8') as papers:
    for line in papers:
        label, text = line.rstrip('\n').split('\t', 1)
        labels.append(int(label == '1'))
        texts.append(text)
features = TfidfVectorizer(
    strip_accents='unicode', stop_words='english', token_pattern=r'(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b', ngram_range=(1, 2),
    max_features=20000, sublinear_tf=True, max_df=0.1, min_df=5).fit_transform(texts)
machine = LinearSVC(class_weight='balanced', max_iter=10000, tol=1e-6, C=0.01)
machine.fit(features, labels)
for score in machine.decision_function(features):
    print(f'{score:.9f}')
