"""The parameters of each operation, with their limits. All are of the query string."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

QUERY = "xây dựng nông thôn mới"

Flag = Literal[0, 1]
SortName = Literal["relevance", "newest", "oldest", "title"]

# A query of nothing but white space says nothing; the limit of its length is a setting.
Query = Annotated[
    str,
    Meta(
        min_length=1,
        pattern=r"\S",
        description="What to search for, in the query language: words with or without marks,"
        ' "phrases", AND OR NOT, field:value, beginnings* and more.',
        examples=[QUERY, '"an toàn giao thông" -taxi', "nguồn:VnExpress ngày:>=2024"],
    ),
]
OptionalQuery = Annotated[
    str, Meta(description="A query whose words are marked in the text.", examples=["sông hồng"])
]


class NoParameters(Struct, frozen=True, kw_only=True):
    """An operation that takes none."""


class SearchParameters(Struct, frozen=True, kw_only=True):
    """Of `/search`."""

    q: Query
    page: Annotated[int, Meta(ge=1, description="The page of hits, from 1 on.")] = 1
    size: Annotated[int, Meta(ge=1, description="Hits on a page.")] | UnsetType = UNSET
    filter: Annotated[
        list[Annotated[str, Meta(min_length=1)]],
        Meta(
            description="Only documents with a value: `field:value` with source, category, author,"
            " tag, year or published (dates and ranges of them). Several of one field widen each"
            " other, those of different fields narrow. Nothing behind the colon asks for documents"
            " without a value.",
            examples=[["category:Giáo dục"], ["year:2024", "year:2023"]],
        ),
    ] = field(default_factory=list)
    from_: (
        Annotated[
            str,
            Meta(
                description="Published on this day or later: a day, month or year.",
                examples=["2024-03"],
            ),
        ]
        | UnsetType
    ) = field(default=UNSET, name="from")
    to: (
        Annotated[
            str,
            Meta(
                description="Published on this day or before: a day, month or year.",
                examples=["2024"],
            ),
        ]
        | UnsetType
    ) = UNSET
    sort: Annotated[
        SortName,
        Meta(
            description="The order of hits; titles in the order of a Vietnamese dictionary,"
            " documents without a date last."
        ),
    ] = "relevance"
    facet_size: Annotated[
        int, Meta(ge=0, description="Most values counted for a facet; 0 counts none.")
    ] = 20
    cursor: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=400,
                description="`next_cursor` of an answer, to go on behind it; all other parameters"
                " stay as they were, `page` does not count.",
            ),
        ]
        | UnsetType
    ) = UNSET
    verbatim: Annotated[
        Flag, Meta(description="1 answers the query as typed, whatever it may have been meant.")
    ] = 0
    explain: Annotated[
        Flag, Meta(description="1 adds how the query was understood and each score is made up.")
    ] = 0


class SuggestParameters(Struct, frozen=True, kw_only=True):
    """Of `/suggest`."""

    q: Annotated[
        str,
        Meta(
            description="What was typed so far; from two letters on.", examples=["xây d", "ha no"]
        ),
    ]
    size: Annotated[int, Meta(ge=1, le=20, description="Most completions.")] = 8


class DocumentParameters(Struct, frozen=True, kw_only=True):
    """Of `/documents/{id}`."""

    q: OptionalQuery = ""


class RelatedParameters(Struct, frozen=True, kw_only=True):
    """Of `/documents/{id}/related`."""

    size: Annotated[int, Meta(ge=1, le=50, description="Most documents.")] = 5


class AnalyzeParameters(Struct, frozen=True, kw_only=True):
    """Of `/analyze`."""

    text: Annotated[
        str,
        Meta(description="The text to take apart.", examples=["Xây dựng Đảng trong sạch"]),
    ]
