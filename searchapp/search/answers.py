"""Answers of the service in the words of the contract; the command line prints the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import Any, cast

import msgspec

from searchapp.analysis.base import Analysis
from searchapp.analysis.base import Token as AnalysisToken
from searchapp.contract import answers as said
from searchapp.documents import Document
from searchapp.language.completions import Completion
from searchapp.language.correct import Correction
from searchapp.query.describe import describe, text_of
from searchapp.query.filters import Column
from searchapp.query.nodes import Node, Query
from searchapp.search.results import Answer, AnswerHit, MarkedDocument, Stats
from searchapp.search.shown import shortened
from searchapp.search.snippets import Snippet

_EXPLAINED_TERMS = 200  # of a hit, those that count most; and of a query, the first ones
_DESCRIBED_CHARS = 20_000
_SOURCES = 100


def plain(answer: msgspec.Struct) -> Any:
    """An answer as dictionaries and lists."""
    return msgspec.to_builtins(answer)


def search_answer(answer: Answer, *, explain: bool = False) -> said.SearchAnswer:
    """One page of hits. ``explain`` adds how the query was understood."""
    remarks = answer.plan.remarks
    return said.SearchAnswer(
        query=answer.query,
        total=answer.total,
        total_is_exact=not answer.partial,
        partial=answer.partial,
        page=answer.page,
        size=answer.size,
        took_ms=answer.took_ms,
        hits=[hit(one) for one in answer.hits],
        suggestion=_correction(answer.suggestion),
        corrected=_correction(answer.corrected),
        facets=_by_column(
            said.Facets,
            {
                column: [said.FacetValue(value=v.value, count=v.count) for v in values]
                for column, values in answer.facets.items()
            },
        ),
        sort=cast("Any", answer.sort.value),
        interpretation=said.Interpretation(
            query=answer.plan.understood,
            notes=[said.Note(code=r.code, text=r.text, start=r.start, end=r.end) for r in remarks],
        ),
        next_cursor=answer.next_cursor,
        understood=_understood(answer.plan.query) if explain else None,
    )


def _understood(query: Query) -> said.Understood:
    return said.Understood(
        match=_described(query.match),
        first=None if query.first is None else _described(query.first),
        score=[
            said.ScoredTerm(view=one.node.view.value, term=text_of(one.node), weight=one.weight)
            for one in query.score[:_EXPLAINED_TERMS]
        ],
    )


def _described(node: Node) -> str:
    return shortened(describe(node), _DESCRIBED_CHARS)


def _correction(correction: Correction | None) -> said.Correction | None:
    if correction is None:
        return None
    return said.Correction(query=correction.query, kind=correction.kind.value)


def _by_column(kind: type[Any], values: dict[Column, Any]) -> Any:
    return kind(**{column.value: value for column, value in values.items()})


def hit(one: AnswerHit) -> said.Hit:
    """A document found."""
    document = one.document
    explanation = None
    if one.explanation is not None:
        parts = one.explanation
        if len(parts) > _EXPLAINED_TERMS:
            parts = tuple(nlargest(_EXPLAINED_TERMS, parts, lambda p: abs(p.weight * p.value)))
        explanation = [
            said.ScorePart(
                view=part.view.value,
                term=part.text,
                weight=part.weight,
                value=round(part.value, 6),
                score=round(part.weight * part.value, 6),
                document_frequency=part.document_frequency,
            )
            for part in parts
        ]
    return said.Hit(
        id=document.id,
        title=document.title,
        title_highlights=_spans(one.title.highlights),
        score=one.score,
        url=document.url,
        source=document.source,
        category=document.category,
        author=document.author,
        tags=list(document.tags),
        published=document.published,
        language=document.language,
        shortened=list(one.shortened),
        snippets=[_snippet(snippet, document) for snippet in one.snippets],
        explanation=explanation,
    )


def _snippet(snippet: Snippet, document: Document) -> said.Snippet:
    return said.Snippet(
        text=snippet.text,
        highlights=_spans(snippet.highlights),
        html=snippet.html,
        page=document.page_at(snippet.at),
    )


def _spans(spans: Iterable[tuple[int, int]]) -> list[list[int]]:
    return [list(span) for span in spans]


def suggest_answer(query: str, completions: Iterable[Completion]) -> said.SuggestAnswer:
    """Completions of what was typed."""
    return said.SuggestAnswer(
        query=query,
        completions=[
            said.Completion(
                text=one.text, matched=_spans(one.matched), kind=one.kind, count=one.count
            )
            for one in completions
        ],
    )


def document_answer(found: MarkedDocument) -> said.DocumentAnswer:
    """A document, and the part of its text that was read."""
    document, part = found.document, found.text
    return said.DocumentAnswer(
        id=document.id,
        title=document.title,
        title_highlights=_spans(found.title.highlights),
        text=part.text,
        highlights=_spans(part.highlights),
        url=document.url,
        source=document.source,
        category=document.category,
        author=document.author,
        tags=list(document.tags),
        published=document.published,
        language=document.language,
        shortened=list(found.shortened),
        start=part.start,
        end=part.end,
        chars=len(document.text),
        next_start=part.end if part.end < len(document.text) else None,
    )


def related_answer(document_id: str, hits: Sequence[AnswerHit]) -> said.RelatedAnswer:
    """The documents most like one."""
    return said.RelatedAnswer(id=document_id, hits=[hit(one) for one in hits])


def stats_answer(stats: Stats) -> said.StatsAnswer:
    """What the live index holds."""
    return said.StatsAnswer(
        documents=stats.documents,
        generation=stats.generation,
        engine=stats.engine,
        built=stats.built,
        build_s=stats.build_s,
        bytes=stats.bytes,
        analyzer_version=stats.analyzer_version,
        pyvi_version=stats.pyvi_version,
        sources=list(stats.sources[:_SOURCES]),
        first_published=None if stats.first_published is None else str(stats.first_published),
        last_published=None if stats.last_published is None else str(stats.last_published),
        columns=_by_column(
            said.Columns,
            {
                column: said.ColumnStats(values=one.values, missing=one.missing)
                for column, one in stats.columns.items()
            },
        ),
    )


def analysis_answer(text: str, analysis: Analysis) -> said.AnalysisAnswer:
    """Tokens of each view with their offsets into ``text``."""
    return said.AnalysisAnswer(
        text=text,
        words=[_token(token) for token in analysis.words],
        codes=[_token(token) for token in analysis.codes],
        exact=[_token(token) for token in analysis.exact],
        folded=[_token(token) for token in analysis.folded],
        pairs=list(analysis.pairs),
    )


def _token(token: AnalysisToken) -> said.Token:
    return said.Token(
        text=token.surface,
        term=token.text,
        start=token.start,
        end=token.end,
        position=token.position,
    )
