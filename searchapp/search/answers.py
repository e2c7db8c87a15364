"""Answers as plain values, the same for the JSON endpoint and for ``search --json``."""

from __future__ import annotations

from typing import Any

from searchapp.analysis.base import Analysis, Token
from searchapp.language.correct import Correction
from searchapp.query.describe import describe, text_of
from searchapp.query.nodes import Query
from searchapp.search.service import Answer, AnswerHit
from searchapp.search.snippets import Snippet


def answer_json(answer: Answer, *, explain: bool = False) -> dict[str, Any]:
    """The fixed shape of an answer; what is unknown is null, never absent.

    ``explain`` adds how the query was understood and what each score is made of.
    """
    values = {
        "query": answer.query,
        "total": answer.total,
        "total_is_exact": True,
        "page": answer.page,
        "size": answer.size,
        "took_ms": answer.took_ms,
        "hits": [_hit_json(hit) for hit in answer.hits],
        "suggestion": _correction_json(answer.suggestion),
        "corrected": _correction_json(answer.corrected),
        "facets": {},
    }
    if explain:
        values["understood"] = understood_json(answer.plan.query)
    return values


def understood_json(query: Query) -> dict[str, Any]:
    """A query as the engine gets it: what has to match, what comes first, and what counts."""
    return {
        "match": describe(query.match),
        "first": None if query.first is None else describe(query.first),
        "score": [
            {
                "view": scored.node.view,
                "term": text_of(scored.node),
                "weight": scored.weight,
            }
            for scored in query.score
        ],
    }


def _correction_json(correction: Correction | None) -> dict[str, str] | None:
    if correction is None:
        return None
    return {"query": correction.query, "kind": correction.kind.value}


def _hit_json(hit: AnswerHit) -> dict[str, Any]:
    document = hit.document
    values = {
        "id": document.id,
        "title": document.title,
        "title_highlights": [list(span) for span in hit.title.highlights],
        "score": hit.score,
        "url": document.url,
        "source": document.source,
        "category": document.category,
        "author": document.author,
        "tags": list(document.tags),
        "published": document.published,
        "snippets": [_snippet_json(snippet) for snippet in hit.snippets],
    }
    if hit.explanation is not None:
        values["explanation"] = [
            {
                "view": part.view,
                "term": part.text,
                "weight": part.weight,
                "value": round(part.value, 6),
                "score": round(part.weight * part.value, 6),
                "document_frequency": part.document_frequency,
            }
            for part in hit.explanation
        ]
    return values


def _snippet_json(snippet: Snippet) -> dict[str, Any]:
    return {
        "text": snippet.text,
        "highlights": [list(span) for span in snippet.highlights],
        "html": snippet.html,
    }


def analysis_json(text: str, analysis: Analysis) -> dict[str, Any]:
    """Tokens of each view with their offsets into ``text``, in code points."""
    return {
        "text": text,
        "words": [_token_json(token) for token in analysis.words],
        "codes": [_token_json(token) for token in analysis.codes],
        "exact": [_token_json(token) for token in analysis.exact],
        "folded": [_token_json(token) for token in analysis.folded],
        "pairs": list(analysis.pairs),
    }


def _token_json(token: Token) -> dict[str, Any]:
    return {
        "text": token.surface,
        "term": token.text,
        "start": token.start,
        "end": token.end,
        "position": token.position,
    }
