"""Answers as plain values, the same for the JSON endpoint and for ``search --json``."""

from __future__ import annotations

from typing import Any

from searchapp.analysis.base import Analysis, Token
from searchapp.search.service import Answer, AnswerHit
from searchapp.search.snippets import Snippet


def answer_json(answer: Answer) -> dict[str, Any]:
    """The fixed shape of an answer; what is unknown is null, never absent."""
    return {
        "query": answer.query,
        "total": answer.total,
        "total_is_exact": True,
        "page": answer.page,
        "size": answer.size,
        "took_ms": answer.took_ms,
        "hits": [_hit_json(hit) for hit in answer.hits],
        "suggestion": None,
        "facets": {},
    }


def _hit_json(hit: AnswerHit) -> dict[str, Any]:
    document = hit.document
    return {
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
