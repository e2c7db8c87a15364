"""What each operation answers. Offsets are code points from 0, ends excluded.

Descriptions have two lines, Vietnamese and English. The examples of a type make an answer that
holds together: they are what the documentation shows.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from searchapp.contract.corpus import AnalysisAnswer, Columns, ColumnStats, StatsAnswer, Token
from searchapp.contract.hits import (
    TITLE_SPANS,
    Author,
    Category,
    Count,
    Hit,
    Id,
    Language,
    Published,
    ScorePart,
    Shortened,
    Snippet,
    Source,
    Span,
    Spans,
    Tags,
    Term,
    Title,
    Url,
    View,
    Weight,
)
from searchapp.contract.requests import QUERY, SortName
from searchapp.contract.state import DocumentFault, Health, Problem, Ready
from searchapp.contract.writing import WriteAnswer, Written

__all__ = [
    "AnalysisAnswer",
    "ColumnStats",
    "Columns",
    "Completion",
    "Correction",
    "DocumentAnswer",
    "DocumentFault",
    "FacetValue",
    "Facets",
    "Health",
    "Hit",
    "Interpretation",
    "Note",
    "Problem",
    "Ready",
    "RelatedAnswer",
    "ScorePart",
    "ScoredTerm",
    "SearchAnswer",
    "Snippet",
    "Span",
    "StatsAnswer",
    "SuggestAnswer",
    "Token",
    "Understood",
    "WriteAnswer",
    "Written",
]


class Correction(Struct, frozen=True, kw_only=True):
    """Another reading of the query."""

    query: Annotated[str, Meta(examples=[QUERY])]
    kind: Annotated[
        Literal["marks", "keys", "spelling"],
        Meta(
            description="Thêm dấu, đọc phím Telex hoặc VNI, hay sửa lỗi gõ.\n"
            "Marks restored, raw Telex or VNI keys read, or a slip mended.",
            examples=["marks"],
        ),
    ]


class FacetValue(Struct, frozen=True, kw_only=True):
    """A value and how many documents have it; null counts those without any."""

    value: Annotated[str | None, Meta(examples=["Tin tức"])]
    count: Annotated[Count, Meta(examples=[7])]


def _facet(value: str) -> Meta:
    return Meta(examples=[[{"value": value, "count": 7}, {"value": None, "count": 5}]])


class Facets(Struct, frozen=True, kw_only=True):
    """Counts by value, the most frequent first; each respects the query and all filters but its
    own.
    """

    source: Annotated[list[FacetValue], _facet("Báo Sông Thương")]
    category: Annotated[list[FacetValue], _facet("Tin tức")]
    author: Annotated[list[FacetValue], _facet("Nguyễn Thu Lam")]
    tag: Annotated[list[FacetValue], _facet("nông thôn")]
    year: Annotated[list[FacetValue], _facet("2024")]


class Note(Struct, frozen=True, kw_only=True):
    """A part of the query that was not taken as it stands; null offsets concern all of it."""

    code: Annotated[str, Meta(examples=["unknown_name"])]
    text: Annotated[str, Meta(examples=["foo is no field; taken as words"])]
    start: Annotated[int | None, Meta(examples=[0])]
    end: Annotated[int | None, Meta(examples=[3])]


class Interpretation(Struct, frozen=True, kw_only=True):
    """How the query that was answered was understood."""

    query: Annotated[
        str,
        Meta(
            description="Câu tìm ở dạng chuẩn.\nThe query in canonical form.",
            examples=[QUERY],
        ),
    ]
    notes: Annotated[
        list[Note],
        Meta(
            description="Những chỗ không hiểu được đúng như đã gõ.\n"
            "Parts that were not taken as they stand.",
            examples=[[]],
        ),
    ]


class ScoredTerm(Struct, frozen=True, kw_only=True):
    """A term and what it counts."""

    view: View
    term: Term
    weight: Weight


class Understood(Struct, frozen=True, kw_only=True):
    """The query as the engine gets it, in terms."""

    match: Annotated[str, Meta(examples=["words:nông_thôn"])]
    first: Annotated[str | None, Meta(examples=[None])]
    score: list[ScoredTerm]


class SearchAnswer(Struct, frozen=True, kw_only=True):
    """One page of hits."""

    query: Annotated[str, Meta(description="Đúng như đã gửi.\nAs it was sent.", examples=[QUERY])]
    total: Annotated[
        Count, Meta(description="Số tài liệu tìm thấy.\nDocuments found.", examples=[12])
    ]
    total_is_exact: Annotated[bool, Meta(examples=[True])]
    partial: Annotated[
        bool,
        Meta(
            description="Một phần chỉ mục không trả lời kịp: có thể còn kết quả khác.\n"
            "A part of the index did not answer in time: there may be more.",
            examples=[False],
        ),
    ]
    page: Annotated[int, Meta(ge=1, examples=[1])]
    size: Annotated[int, Meta(ge=1, examples=[10])]
    took_ms: Annotated[
        float,
        Meta(
            ge=0,
            description="Thời gian trả lời, mili giây.\nMilliseconds spent answering.",
            examples=[3.1],
        ),
    ]
    hits: list[Hit]
    suggestion: Annotated[
        Correction | None,
        Meta(
            description="Câu có lẽ người ta muốn tìm.\nWhat the query may have been meant to be.",
            examples=[None],
        ),
    ]
    corrected: Annotated[
        Correction | None,
        Meta(
            description="Câu đã được trả lời thay cho câu gửi đến.\n"
            "What was answered in place of the query.",
            examples=[None],
        ),
    ]
    facets: Facets
    sort: Annotated[SortName, Meta(examples=["relevance"])]
    interpretation: Interpretation
    next_cursor: Annotated[
        str | None,
        Meta(
            description="Gửi lại trong `cursor` để đọc tiếp; null khi đã hết.\n"
            "Goes on behind the last hit; null if there are no more.",
            examples=["MjAyNjExMjNUMDMxNjU0LTlmYWYgMTAgNWMxZjA5ZDNhYjQy"],
        ),
    ]
    understood: Annotated[
        Understood | None,
        Meta(
            description="null nếu không gửi `explain=1`.\nNull unless `explain` is 1.",
            examples=[None],
        ),
    ]


class Completion(Struct, frozen=True, kw_only=True):
    """A way to go on typing."""

    text: Annotated[str, Meta(examples=[QUERY])]
    matched: Annotated[
        Spans,
        Meta(
            description="Các đoạn của `text` đã được gõ.\nSpans of `text` that were typed.",
            examples=[[[0, 5]]],
        ),
    ]
    kind: Annotated[
        Literal["title", "phrase"],
        Meta(
            description="Tiêu đề tài liệu hay cụm từ.\nA title or a phrase of the corpus.",
            examples=["phrase"],
        ),
    ]
    count: Annotated[
        int,
        Meta(
            ge=1,
            description="Số tài liệu có nó.\nDocuments that have it.",
            examples=[12],
        ),
    ]


class SuggestAnswer(Struct, frozen=True, kw_only=True):
    """Completions, the one that matters most first."""

    query: Annotated[str, Meta(examples=["xây d"])]
    completions: list[Completion]


class DocumentAnswer(Struct, frozen=True, kw_only=True):
    """A document, and its text or a part of it."""

    id: Id
    title: Title
    title_highlights: Annotated[
        Spans,
        Meta(
            description="Các đoạn của `title`; rỗng nếu không gửi `q`.\n"
            "Spans of `title`; empty without `q`.",
            examples=TITLE_SPANS,
        ),
    ]
    text: Annotated[
        str,
        Meta(
            description="Từ `start` đến `end`.\nThe text from `start` to `end`.",
            examples=["Cả huyện chung tay xây dựng nông thôn mới từ con đường làng."],
        ),
    ]
    highlights: Annotated[
        Spans,
        Meta(
            description="Các đoạn của `text`, tính từ đầu `text` này; rỗng nếu không có câu tìm.\n"
            "Spans of this `text`, counted from its beginning; empty without a query.",
            examples=[[[19, 41]]],
        ),
    ]
    url: Url
    source: Source
    category: Category
    author: Author
    tags: Tags
    published: Published
    language: Language
    shortened: Shortened
    start: Annotated[Count, Meta(description="Chỗ bắt đầu.\nWhere this text begins.", examples=[0])]
    end: Annotated[
        Count, Meta(description="Chỗ kết thúc.\nWhere it ends, excluded.", examples=[60])
    ]
    chars: Annotated[
        Count, Meta(description="Độ dài toàn văn.\nLength of the whole text.", examples=[60])
    ]
    next_start: Annotated[
        int | None,
        Meta(
            description="`start` để đọc tiếp; null khi hết.\nGoes on here; null at the end.",
            examples=[None],
        ),
    ]


class RelatedAnswer(Struct, frozen=True, kw_only=True):
    """The documents most like one, without itself."""

    id: Annotated[str, Meta(examples=["tin-tuc/duong-hoa.md"])]
    hits: list[Hit]
