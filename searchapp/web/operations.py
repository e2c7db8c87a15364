"""Every operation of the API: what it takes, what it answers, and what it calls.

The routes, the OpenAPI description and its page are made from this table, and from the one of
`writing.py` for what changes the index.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, Struct

from searchapp.contract import answers as said
from searchapp.contract import requests as asked
from searchapp.errors import NotFoundError, QueryError
from searchapp.query.filters import Sort
from searchapp.search import answers
from searchapp.search.service import SearchService
from searchapp.web.observing import see_answer, see_query
from searchapp.web.parameters import read_parameters

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Body:
    """What an operation is sent: any of ``shapes`` as JSON; ``lines`` are of JSON Lines.

    ``[kind]`` is a list of them; the first shape is the one that is shown.
    """

    shapes: tuple[type[Struct] | list[type[Struct]], ...]
    lines: type[Struct] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """``path`` is the one of OpenAPI; ``{id}`` in it stands for any characters.

    ``call`` gets the service, the parameters, and the id where the path has one.
    """

    name: str
    path: str
    title_vi: str
    title: str
    about_vi: str
    about: str
    parameters: type[Struct]
    answer: type[Struct]
    call: Callable[[SearchService, Any, str], Any]
    errors: tuple[int, ...]
    example: dict[str, str]
    """Values that answer something on the sample corpus."""
    example_id: str | None = None
    method: str = "GET"
    body: Body | None = None


def _search(service: SearchService, asks: asked.SearchParameters, _: str) -> Struct:
    see_query(asks.q)
    found = service.search(
        asks.q,
        asks.page,
        None if asks.size is UNSET else asks.size,
        filters=asks.filter,
        published_from=None if asks.from_ is UNSET else asks.from_,
        published_to=None if asks.to is UNSET else asks.to,
        sort=Sort(asks.sort),
        cursor=None if asks.cursor is UNSET else asks.cursor,
        facet_size=asks.facet_size,
        verbatim=bool(asks.verbatim),
        explain=bool(asks.explain),
    )
    see_answer(found)
    return answers.search_answer(found, explain=bool(asks.explain))


def _suggest(service: SearchService, asks: asked.SuggestParameters, _: str) -> Struct:
    _check_length("q", asks.q, service.settings.query_max_chars)
    return answers.suggest_answer(asks.q, service.suggest(asks.q, asks.size))


def _document(service: SearchService, asks: asked.DocumentParameters, document_id: str) -> Struct:
    _check_length("q", asks.q, service.settings.query_max_chars)
    most = service.settings.document_max_chars
    max_chars = most if asks.max_chars is UNSET else asks.max_chars
    if max_chars > most:
        raise QueryError(f"max_chars is {max_chars}, it may be 1 to {most}", "max_chars")
    return answers.document_answer(
        service.document(document_id, asks.q, start=asks.start, max_chars=max_chars)
    )


def _related(service: SearchService, asks: asked.RelatedParameters, document_id: str) -> Struct:
    try:
        return answers.related_answer(document_id, service.related(document_id, asks.size))
    except NotFoundError:
        # An id may end like this path: then it is that document that was asked for.
        with contextlib.suppress(NotFoundError):
            longer = read_parameters(asked.DocumentParameters)
            return _document(service, longer, f"{document_id}/related")
        raise


def _stats(service: SearchService, _: Struct, __: str) -> Struct:
    return answers.stats_answer(service.stats())


def _analyze(service: SearchService, asks: asked.AnalyzeParameters, _: str) -> Struct:
    _check_length("text", asks.text, service.settings.analyze_max_chars)
    return answers.analysis_answer(asks.text, service.analyze(asks.text))


def _check_length(name: str, text: str, most: int) -> None:
    if len(text) > most:
        raise QueryError(f"{name} has {len(text)} characters, at most {most} are taken", name)


_DOCUMENT = "ls-001"

OPERATIONS = (
    Operation(
        "search",
        f"{PREFIX}/search",
        "Tìm tài liệu",
        "Search for documents",
        "Kết quả kèm đoạn trích có tô sáng, số đếm theo trường và con trỏ để đọc tiếp. Gõ có dấu,"
        " không dấu, Unicode dựng sẵn hay tổ hợp, hoặc phím Telex đều được.",
        "Hits with highlighted passages, facets, and where to go on. Words may be typed with or"
        " without marks, in any Unicode form, or as raw Telex keys.",
        asked.SearchParameters,
        said.SearchAnswer,
        _search,
        (400, 410, 414, 429, 503),
        {"q": "sông hồng", "size": "3"},
    ),
    Operation(
        "suggest",
        f"{PREFIX}/suggest",
        "Gợi ý khi đang gõ",
        "Complete what is being typed",
        "Tiêu đề, từ và cụm từ có trong kho, tiếp nối phần đã gõ, có dấu hay không; gợi ý nào cũng"
        " tìm ra tài liệu.",
        "Titles, words and phrases of the corpus that go on from what was typed, with or without"
        " marks; each of them finds something.",
        asked.SuggestParameters,
        said.SuggestAnswer,
        _suggest,
        (400, 414, 429, 503),
        {"q": "con đ"},
    ),
    Operation(
        "document",
        f"{PREFIX}/documents/{{id}}",
        "Đọc một tài liệu",
        "Read a document",
        "Mọi trường và toàn văn của một tài liệu; nếu gửi `q` thì kèm vị trí các từ của câu tìm."
        " Văn bản dài được đọc từng phần: gửi lại với `start` bằng `next_start` cho đến khi nó là"
        " null.",
        "All fields and the text of a document; with `q`, where the words of the query stand. A"
        " long text is read part by part: ask again with `next_start` as `start` until it is null.",
        asked.DocumentParameters,
        said.DocumentAnswer,
        _document,
        (400, 404, 414, 429, 503),
        {"q": "thủy triều"},
        _DOCUMENT,
    ),
    Operation(
        "related",
        f"{PREFIX}/documents/{{id}}/related",
        "Tài liệu liên quan",
        "Documents like one",
        "Những tài liệu giống tài liệu này nhất, xét theo các từ đặc trưng của nó. Nếu mã tài liệu"
        " kết thúc bằng `/related`, đường dẫn này đọc chính tài liệu đó, khi không có tài liệu nào"
        " mang phần mã đứng trước.",
        "The documents most like one, by its own telling words; never itself. The path of a"
        " document whose id ends in `/related` is read as that document where no document has the"
        " id before it.",
        asked.RelatedParameters,
        said.RelatedAnswer,
        _related,
        (400, 404, 414, 429, 503),
        {"size": "3"},
        _DOCUMENT,
    ),
    Operation(
        "stats",
        f"{PREFIX}/stats",
        "Trong chỉ mục có gì",
        "What the index holds",
        "Số tài liệu, số giá trị từng trường, khoảng ngày đăng, chỉ mục được lập khi nào, ra sao.",
        "Documents, values, the span of dates, and how and when the live index was built.",
        asked.NoParameters,
        said.StatsAnswer,
        _stats,
        (429, 503),
        {},
    ),
    Operation(
        "analyze",
        f"{PREFIX}/analyze",
        "Phân tích một đoạn văn",
        "Take a text apart",
        "Các từ và tiếng mà bộ phân tích thấy trong đoạn văn, kèm vị trí và dạng lưu.",
        "The words and syllables that the analyzer sees in a text, with their offsets and terms.",
        asked.AnalyzeParameters,
        said.AnalysisAnswer,
        _analyze,
        (400, 414, 429, 503),
        {"text": "Xây dựng Đảng trong sạch"},
    ),
)
