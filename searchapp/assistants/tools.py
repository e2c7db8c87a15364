"""Every tool: what it takes, what it answers, what it calls, and how its answer reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, Struct

from searchapp.assistants import reading
from searchapp.assistants.parts import document_part
from searchapp.contract import answers as said
from searchapp.contract import tools as asked
from searchapp.errors import QueryError
from searchapp.query.filters import Sort
from searchapp.search import answers
from searchapp.search.service import SearchService


@dataclass(frozen=True, slots=True)
class Tool:
    """``read`` makes blocks of text of an answer; a block holds our words or a document's."""

    name: str
    title: str
    about: str
    parameters: type[Struct]
    answer: type[Struct]
    call: Callable[[SearchService, Any], Struct]
    read: Callable[[Any], list[str]]


def _search(service: SearchService, asks: asked.SearchCall) -> Struct:
    found = service.search(
        asks.query,
        asks.page,
        None if asks.size is UNSET else asks.size,
        filters=asks.filters,
        published_from=None if asks.from_ is UNSET else asks.from_,
        published_to=None if asks.to is UNSET else asks.to,
        sort=Sort(asks.sort),
        cursor=None if asks.cursor is UNSET else asks.cursor,
        facet_size=asks.facet_size,
        verbatim=asks.verbatim,
    )
    return answers.search_answer(found)


def _document(service: SearchService, asks: asked.DocumentCall) -> Struct:
    _check_length(asks.query, service.settings.query_max_chars)
    found = service.document(
        asks.id, asks.query, start=asks.start, max_chars=asks.max_chars, find=True
    )
    return document_part(found)


def _related(service: SearchService, asks: asked.RelatedCall) -> Struct:
    return answers.related_answer(asks.id, service.related(asks.id, asks.size))


def _suggest(service: SearchService, asks: asked.SuggestCall) -> Struct:
    _check_length(asks.query, service.settings.query_max_chars)
    return answers.suggest_answer(asks.query, service.suggest(asks.query, asks.size))


def _check_length(query: str, most: int) -> None:
    if len(query) > most:
        raise QueryError(f"query has {len(query)} characters, at most {most} are taken", "query")


TOOLS = (
    Tool(
        "search",
        "Tìm tài liệu · Search the collection",
        "Find documents by words, phrases, conditions, filters and dates. Each hit has its title,"
        " id, source, date, url and passages; read a document with `document` before relying on"
        " more than its passages.",
        asked.SearchCall,
        said.SearchAnswer,
        _search,
        reading.read_search,
    ),
    Tool(
        "document",
        "Đọc một tài liệu · Read a document",
        "The fields and the text of one document by the id of a hit, part by part: go on with"
        " `next_start`. With `query`, tells where its words stand in the text.",
        asked.DocumentCall,
        asked.DocumentPart,
        _document,
        reading.read_part,
    ),
    Tool(
        "related",
        "Tài liệu liên quan · Documents like one",
        "The documents most like one, by its own telling words, with how they begin.",
        asked.RelatedCall,
        said.RelatedAnswer,
        _related,
        reading.read_related,
    ),
    Tool(
        "suggest",
        "Gợi ý · Complete a word or phrase",
        "Titles, words and phrases of the collection that begin like this, with or without marks;"
        " for the spelling of a name, or what there is.",
        asked.SuggestCall,
        said.SuggestAnswer,
        _suggest,
        reading.read_suggestions,
    ),
)
