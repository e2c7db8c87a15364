"""Documents as they are shown: passages with the words of a query marked."""

from __future__ import annotations

from collections.abc import Sequence

from searchapp.analysis.analyzer import Analyzer
from searchapp.config import Settings
from searchapp.engines.base import Hit, Searcher
from searchapp.engines.bm25 import idf
from searchapp.observation import Stage, stage
from searchapp.query.nodes import Phrase, Query, Term
from searchapp.search.live import Live
from searchapp.search.plan import Plan
from searchapp.search.results import AnswerHit
from searchapp.search.shown import bounded, shown
from searchapp.search.snippets import Highlighter, Snippet

_PHRASE_WEIGHT = 10.0  # of a syllable in a phrase: about that of a rare word


def shown_hits(
    live: Live, settings: Settings, planned: Plan, explained: Query | None, found: Sequence[Hit]
) -> tuple[AnswerHit, ...]:
    """Hits as they are shown; with explanations of their scores by a query, if one is given."""
    documents, cuts = (
        zip(*(shown(hit.document) for hit in found), strict=True) if found else ((), ())
    )
    with live.analyzer() as analyzer, stage(Stage.SNIPPET):
        highlighter = make_highlighter(planned, live.searcher, analyzer, settings)
        titles, snippets = highlighter.hits(
            [d.title for d in documents], [d.text for d in documents]
        )
    return tuple(
        AnswerHit(
            document,
            cut,
            round(hit.score, 6),
            title,
            tuple(bounded(text, settings.snippet_max_chars) for text in texts),
            tuple(live.searcher.explain(explained, document.id)) if explained else None,
        )
        for hit, document, cut, title, texts in zip(
            found, documents, cuts, titles, snippets, strict=True
        )
    )


def make_highlighter(
    planned: Plan, searcher: Searcher, analyzer: Analyzer, settings: Settings
) -> Highlighter:
    """What marks the words of a query; a word that few documents have weighs more."""
    count = searcher.document_count
    weights: dict[Term | Phrase, float] = {}
    for term in planned.wanted.syllables:
        df = searcher.document_frequency(term.view, term.text)
        weights[term] = idf(df, count)
    for phrase in planned.wanted.phrases:
        weights[phrase] = _PHRASE_WEIGHT * len(phrase.terms)
    return Highlighter(
        analyzer=analyzer,
        wanted=planned.wanted,
        weights=weights,
        max_chars=settings.snippet_max_chars,
        most=settings.snippets_per_hit,
    )


def unmarked(text: str) -> Snippet:
    """A text whole, with nothing marked."""
    return Snippet(text, (), 0, len(text))
