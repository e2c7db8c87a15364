"""More like this: the query that a document makes by its own telling words."""

from __future__ import annotations

import math
from collections import Counter

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import View
from searchapp.documents import Document
from searchapp.engines.base import Searcher
from searchapp.engines.bm25 import idf
from searchapp.query.nodes import And, AtLeast, HasId, Not, Query, Scored, Term

_READ_CHARS = 20_000  # of a long document: enough to know what it is about
_TITLE_TIMES = 3  # a word of the title counts like three of the text
_CANDIDATES = 80  # words looked up, the frequent ones first
_TERMS = 25
_LEAST_SHARE = 0.15  # of what the words tell: less is no relation
_COMMON_SHARE = 0.2  # of all documents: a word in more of them says nothing of one


def telling_query(document: Document, analyzer: Analyzer, searcher: Searcher) -> Query | None:
    """What finds documents like one, and never itself; None if nothing in it tells.

    Words are chosen by tf·idf, with tf dampened as ln(1 + tf).
    """
    texts = analyzer.analyze_batch([document.title, document.text[:_READ_CHARS]])
    counts: Counter[str] = Counter()
    for times, start, end in zip(
        (_TITLE_TIMES, 1), texts.word_bounds[:-1], texts.word_bounds[1:], strict=True
    ):
        for number in texts.words[start:end].tolist():
            term = texts.word_terms[number]
            if len(term) > 1 and not term.isdigit():
                counts[term] += times
    total = searcher.document_count
    weights: dict[str, float] = {}
    # Words of several syllables first: single ones are mostly particles, as frequent as they are.
    ordered = sorted(counts, key=lambda term: (-counts[term] * (1 + term.count("_")), term))
    for term in ordered[:_CANDIDATES]:
        df = searcher.document_frequency(View.WORDS, term)
        if 2 <= df <= max(2.0, total * _COMMON_SHARE):
            weights[term] = math.log1p(counts[term]) * idf(df, total)
    chosen = sorted(weights, key=lambda term: (-weights[term], term))[:_TERMS]
    if not chosen:
        return None
    terms = [Term(View.WORDS, term) for term in chosen]
    return Query(
        And((AtLeast(tuple(terms), _LEAST_SHARE), Not(HasId(document.id)))),
        tuple(Scored(term, math.log1p(counts[term.text])) for term in terms),
    )
