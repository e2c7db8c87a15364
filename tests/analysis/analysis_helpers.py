"""Assertions on analysis, in the shape of Lucene's BaseTokenStreamTestCase."""

import itertools
import unicodedata


def nfd(text):
    return unicodedata.normalize("NFD", text)


def assert_analyzes_to(analyzer, text, terms, starts=None, ends=None, *, view="exact"):
    """One view of ``text`` has these terms, at these raw offsets."""
    tokens = getattr(analyzer.analyze(text), view)
    assert [t.text for t in tokens] == list(terms)
    if starts is not None:
        assert [t.start for t in tokens] == list(starts)
    if ends is not None:
        assert [t.end for t in tokens] == list(ends)


def views(analyzer, text):
    """The terms of each view as `analyze` gives them; codes stand behind the words."""
    analysis = analyzer.analyze(text)
    return {
        "words": [t.text for t in (*analysis.words, *analysis.codes)],
        "exact": [t.text for t in analysis.exact],
        "folded": [t.text for t in analysis.folded],
        "pairs": list(analysis.pairs),
    }


def batch_views(analyzer, texts):
    """The terms of each view of each text as `analyze_batch` gives them."""
    batch = analyzer.analyze_batch(texts)
    found = []
    for k in range(len(texts)):
        syllables = batch.syllables[slice(*batch.syllable_bounds[k : k + 2])].tolist()
        words = batch.words[slice(*batch.word_bounds[k : k + 2])].tolist()
        folded = [batch.folded_terms[i] for i in syllables]
        found.append(
            {
                "words": [batch.word_terms[i] for i in words],
                "exact": [batch.exact_terms[i] for i in syllables],
                "folded": folded,
                "pairs": [f"{a}_{b}" for a, b in itertools.pairwise(folded)],
            }
        )
    return found
