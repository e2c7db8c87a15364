"""What people who asked this may ask next: words that its hits share, and others lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from searchapp.analysis.analyzer import Analyzer, word_term
from searchapp.analysis.base import View
from searchapp.analysis.clean import clean_text
from searchapp.analysis.terms import folded_term
from searchapp.engines.base import Searcher
from searchapp.engines.bm25 import idf

_COMMON_SHARE = 0.2  # of all documents: a word in more of them says nothing of these hits
_LEAST_DOCUMENTS = 2  # a search with a single result is no search


@dataclass(slots=True)
class _Word:
    passages: int = 0
    spellings: Counter[str] = field(default_factory=Counter)


def shared_words(
    query: str,
    passages: Sequence[str],
    analyzer: Analyzer,
    searcher: Searcher,
    most: int,
    least_passages: int = 2,
) -> tuple[str, ...]:
    """Words of several syllables that stand in the passages and are rare elsewhere, best first.

    Each is written as it mostly is there. A word counts by the passages that hold it times its idf;
    what the query says already is left out. ``passages`` has one text a hit; a word in fewer than
    ``least_passages`` of them may stand there by chance.
    """
    asked = {folded_term(syllable) for syllable in query.split()}
    texts = [clean_text(passage) for passage in passages]
    words: dict[str, _Word] = {}
    for text, spans in zip(texts, analyzer.word_spans(texts), strict=True):
        seen = set()
        for start, end in spans:
            syllables = text[start:end].split()
            term = word_term(syllables) if len(syllables) > 1 else None
            if term is not None and not asked.issuperset(map(folded_term, term.split("_"))):
                words.setdefault(term, _Word()).spellings[" ".join(syllables)] += 1
                seen.add(term)
        for term in seen:
            words[term].passages += 1
    total = searcher.document_count
    worth: dict[str, float] = {}
    for term, word in words.items():
        if word.passages < least_passages:
            continue
        df = searcher.document_frequency(View.WORDS, term)
        if _LEAST_DOCUMENTS <= df <= max(_LEAST_DOCUMENTS, total * _COMMON_SHARE):
            worth[term] = word.passages * idf(df, total)
    best = sorted(worth, key=lambda term: (-worth[term], term))[:most]
    # The spelling in small letters where both are there: a capital may only begin a sentence.
    return tuple(
        min(words[term].spellings, key=lambda text: (text != text.lower(), text)) for term in best
    )
