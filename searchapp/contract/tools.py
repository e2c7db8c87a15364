"""What the tools of `searchapp mcp` take, and a part of a document; all else is as over HTTP."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from searchapp.contract import requests as asked
from searchapp.contract.answers import DocumentAnswer
from searchapp.contract.hits import Count

DOCUMENT_CHARS = 6_000
DOCUMENT_MAX_CHARS = 50_000

_Id = Annotated[
    str,
    Meta(
        min_length=1,
        description="Mã tài liệu, đúng như trong kết quả tìm.\nThe id, exactly as a hit has it.",
        examples=["tin-tuc/nong-thon.md"],
    ),
]


class SearchCall(Struct, frozen=True, kw_only=True):
    """Of the tool `search`."""

    query: asked.Query
    filters: asked.Filters = field(default_factory=list)
    from_: asked.FromDate | UnsetType = field(default=UNSET, name="from")
    to: asked.ToDate | UnsetType = UNSET
    sort: asked.Order = "relevance"
    size: asked.Size | UnsetType = UNSET
    page: asked.Page = 1
    cursor: asked.Cursor | UnsetType = UNSET
    facet_size: asked.FacetSize = 0
    verbatim: Annotated[
        bool,
        Meta(
            description="Tìm đúng như đã gõ, không đoán ý.\n"
            "Answer the query as typed, whatever it may have been meant to be."
        ),
    ] = False


class DocumentCall(Struct, frozen=True, kw_only=True):
    """Of the tool `document`."""

    id: _Id
    query: asked.OptionalQuery = ""
    start: asked.Start = 0
    max_chars: Annotated[asked.MaxChars, Meta(le=DOCUMENT_MAX_CHARS)] = DOCUMENT_CHARS


class RelatedCall(Struct, frozen=True, kw_only=True):
    """Of the tool `related`."""

    id: _Id
    size: asked.RelatedSize = 5


class SuggestCall(Struct, frozen=True, kw_only=True):
    """Of the tool `suggest`."""

    query: asked.Prefix
    size: asked.SuggestSize = 8


class DocumentPart(DocumentAnswer, frozen=True, kw_only=True):
    """A document with a part of its text, and where to read on."""

    page: Annotated[
        int | None,
        Meta(
            description="Trang của `start`, tính từ 1; null nếu tài liệu không chia trang.\n"
            "The page of `start`, from 1 on; null for documents without pages."
        ),
    ]
    matches: Annotated[
        list[Count],
        Meta(
            description="Chỗ các từ của câu tìm đứng trong cả tài liệu: nhiều nhất 20 chỗ,"
            " cách nhau ít nhất 500 ký tự.\n"
            "Where in the whole text the words of the query stand: at most 20 places, at least 500"
            " characters apart."
        ),
    ]
