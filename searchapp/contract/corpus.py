"""What is said of the index as a whole, and of a text taken apart."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from searchapp.contract.hits import Count


class ColumnStats(Struct, frozen=True, kw_only=True):
    """How many different values there are, and how many documents have none."""

    values: Annotated[Count, Meta(examples=[14])]
    missing: Annotated[Count, Meta(examples=[5])]


class Columns(Struct, frozen=True, kw_only=True):
    """What can be filtered by."""

    source: ColumnStats
    category: ColumnStats
    author: ColumnStats
    tag: ColumnStats
    year: ColumnStats


_Day = Annotated[
    str | None,
    Meta(description="Một ngày, ISO 8601.\nA day, ISO 8601.", examples=["2024-03-05"]),
]


class StatsAnswer(Struct, frozen=True, kw_only=True):
    """What the live index holds."""

    documents: Annotated[Count, Meta(examples=[51])]
    generation: Annotated[
        str,
        Meta(
            description="Tên bản chỉ mục; mỗi lần lập chỉ mục là một bản mới.\n"
            "The name of this index; every build makes a new one.",
            examples=["20240305T081500-9faf"],
        ),
    ]
    engine: Annotated[str, Meta(examples=["whoosh"])]
    built: Annotated[
        str,
        Meta(description="ISO 8601.", examples=["2024-03-05T08:15:00+00:00"]),
    ]
    build_s: Annotated[
        float,
        Meta(
            ge=0,
            description="Thời gian lập chỉ mục, giây.\nSeconds that the build took.",
            examples=[0.64],
        ),
    ]
    bytes: Annotated[
        Count, Meta(description="Dung lượng trên đĩa.\nSize on disk.", examples=[3_802_245])
    ]
    analyzer_version: Annotated[int, Meta(examples=[2])]
    pyvi_version: Annotated[str, Meta(examples=["0.1.1"])]
    sources: Annotated[
        list[str],
        Meta(
            description="Các tệp và thư mục đã lập chỉ mục.\nFiles and folders it was built from.",
            examples=[["seeds"]],
        ),
    ]
    first_published: _Day
    last_published: _Day
    columns: Annotated[
        Columns,
        Meta(
            description="Số giá trị khác nhau, và số tài liệu không có giá trị.\n"
            "Different values, and documents without any."
        ),
    ]


class Token(Struct, frozen=True, kw_only=True):
    """A piece of the text and its term."""

    text: Annotated[str, Meta(examples=["Xây dựng"])]
    term: Annotated[str, Meta(examples=["xây_dựng"])]
    start: Annotated[Count, Meta(examples=[0])]
    end: Annotated[Count, Meta(examples=[8])]
    position: Annotated[
        Count,
        Meta(description="Đếm theo tiếng.\nCounted in syllables.", examples=[0]),
    ]


class AnalysisAnswer(Struct, frozen=True, kw_only=True):
    """A text through every view of the analyzer."""

    text: Annotated[str, Meta(examples=["Xây dựng"])]
    words: Annotated[list[Token], Meta(description="Từ của pyvi.\nWords, as pyvi cuts them.")]
    codes: Annotated[
        list[Token],
        Meta(
            description="Số hiệu như 100/2019/NĐ-CP.\nCodes such as 100/2019/NĐ-CP.", examples=[[]]
        ),
    ]
    exact: Annotated[
        list[Token],
        Meta(
            description="Tiếng, đủ dấu.\nSyllables with their marks.",
            examples=[
                [
                    {"text": "Xây", "term": "xây", "start": 0, "end": 3, "position": 0},
                    {"text": "dựng", "term": "dựng", "start": 4, "end": 8, "position": 1},
                ]
            ],
        ),
    ]
    folded: Annotated[
        list[Token],
        Meta(
            description="Tiếng, bỏ dấu.\nSyllables without.",
            examples=[
                [
                    {"text": "Xây", "term": "xay", "start": 0, "end": 3, "position": 0},
                    {"text": "dựng", "term": "dung", "start": 4, "end": 8, "position": 1},
                ]
            ],
        ),
    ]
    pairs: Annotated[
        list[str],
        Meta(
            description="Cặp tiếng liền nhau, bỏ dấu.\nNeighbouring syllables without marks.",
            examples=[["xay_dung"]],
        ),
    ]
