"""The parameters of each operation, with their limits. All are of the query string.

Descriptions have two lines, Vietnamese and English. What can't be checked here, such as whether a
date is in the calendar, the service checks; ``extra_json_schema`` tells callers what it takes.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

QUERY = "xây dựng nông thôn mới"

Flag = Literal[0, 1]
SortName = Literal["relevance", "newest", "oldest", "title"]

_FILTER = r"^\s*(source|category|author|tag|year|published)\s*:"
_DATE = (
    r"^([0-9]{4}(-[0-9]{1,2}(-[0-9]{1,2})?)?"
    r"|([0-9]{1,2}[/.-])?[0-9]{1,2}[/.-][0-9]{4})$"
)

# A query of nothing but white space says nothing; the limit of its length is a setting.
Query = Annotated[
    str,
    Meta(
        min_length=1,
        pattern=r"\S",
        description='Câu cần tìm, theo ngôn ngữ truy vấn: từ có dấu hoặc không dấu, "nguyên cụm",'
        " AND OR NOT, trường:giá_trị, phần_đầu* và nhiều cách khác.\n"
        'What to search for, in the query language: words with or without marks, "phrases",'
        " AND OR NOT, field:value, beginnings* and more.",
        examples=[QUERY, '"an toàn giao thông" -taxi', "nguồn:VnExpress ngày:>=2024"],
    ),
]
OptionalQuery = Annotated[
    str,
    Meta(
        description="Câu tìm có các từ cần tô sáng trong văn bản.\n"
        "A query whose words are marked in the text.",
        examples=["sông hồng"],
    ),
]


class NoParameters(Struct, frozen=True, kw_only=True):
    """An operation that takes none."""


Page = Annotated[
    int, Meta(ge=1, description="Trang kết quả, tính từ 1.\nThe page of hits, from 1 on.")
]
Size = Annotated[
    int, Meta(ge=1, description="Số kết quả trên một trang.\nHits on a page.", examples=[5])
]
Filters = Annotated[
    list[Annotated[str, Meta(min_length=1, extra_json_schema={"pattern": _FILTER})]],
    Meta(
        max_length=50,
        description="Chỉ lấy tài liệu có giá trị này: `trường:giá trị`, với source, category,"
        " author, tag, year hoặc published (ngày, khoảng ngày). Lặp lại được: cùng trường thì"
        " lấy một trong các giá trị, khác trường thì phải đủ. Để trống sau dấu hai chấm là tìm"
        " tài liệu không có giá trị.\n"
        "Only documents with a value: `field:value` with source, category, author, tag, year or"
        " published (dates and ranges of them). Several of one field widen each other, those of"
        " different fields narrow. Nothing behind the colon asks for documents without a"
        " value.",
        examples=[["category:Giáo dục"], ["year:2024", "year:2023"]],
    ),
]
FromDate = Annotated[
    str,
    Meta(
        description="Đăng từ ngày này trở đi: một ngày, tháng hoặc năm.\n"
        "Published on this day or later: a day, month or year.",
        examples=["2024-03"],
        extra_json_schema={"pattern": _DATE},
    ),
]
ToDate = Annotated[
    str,
    Meta(
        description="Đăng đến hết ngày này: một ngày, tháng hoặc năm.\n"
        "Published on this day or before: a day, month or year.",
        examples=["2025"],
        extra_json_schema={"pattern": _DATE},
    ),
]
Order = Annotated[
    SortName,
    Meta(
        description="Thứ tự kết quả: liên quan nhất, mới nhất, cũ nhất, hoặc theo tiêu đề như trong"
        " từ điển tiếng Việt; tài liệu không có ngày đứng cuối.\n"
        "The order of hits; titles in the order of a Vietnamese dictionary, documents without a"
        " date last.",
        examples=["newest"],
    ),
]
FacetSize = Annotated[
    int,
    Meta(
        ge=0,
        description="Số giá trị nhiều nhất được đếm cho mỗi trường; 0 là không đếm.\n"
        "Most values counted for a facet; 0 counts none.",
    ),
]
Cursor = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=400,
        description="`next_cursor` của câu trả lời trước, để đọc tiếp; các tham số khác giữ"
        " nguyên, `page` không có tác dụng.\n"
        "`next_cursor` of an answer, to go on behind it; all other parameters stay as they"
        " were, `page` does not count.",
        extra_json_schema={"pattern": "^[A-Za-z0-9_-]+$"},
    ),
]
Prefix = Annotated[
    str,
    Meta(
        description="Phần đã gõ, có dấu hay không; có gợi ý từ chữ cái thứ hai.\n"
        "What was typed so far, with or without marks; from two letters on.",
        examples=["xây d", "ha no"],
    ),
]
SuggestSize = Annotated[
    int, Meta(ge=1, le=20, description="Số gợi ý nhiều nhất.\nMost completions.")
]
Start = Annotated[
    int,
    Meta(
        ge=0,
        description="Đọc từ ký tự này, tính từ 0; đọc tiếp thì lấy `next_start` của câu trả lời"
        " trước.\n"
        "The first character to read, from 0 on; `next_start` of an answer goes on behind it.",
    ),
]
MaxChars = Annotated[
    int, Meta(ge=1, description="Số ký tự nhiều nhất được đọc.\nMost characters to read.")
]
RelatedSize = Annotated[
    int, Meta(ge=1, le=50, description="Số tài liệu nhiều nhất.\nMost documents.")
]


class SearchParameters(Struct, frozen=True, kw_only=True):
    """Of `/search`."""

    q: Query
    page: Page = 1
    size: Size | UnsetType = UNSET
    filter: Filters = field(default_factory=list)
    from_: FromDate | UnsetType = field(default=UNSET, name="from")
    to: ToDate | UnsetType = UNSET
    sort: Order = "relevance"
    facet_size: FacetSize = 20
    cursor: Cursor | UnsetType = UNSET
    verbatim: Annotated[
        Flag,
        Meta(
            description="1: tìm đúng như đã gõ, không đoán ý.\n"
            "1 answers the query as typed, whatever it may have been meant."
        ),
    ] = 0
    explain: Annotated[
        Flag,
        Meta(
            description="1: kèm theo cách hiểu câu tìm và cách tính điểm.\n"
            "1 adds how the query was understood and what each score is made of."
        ),
    ] = 0


class SuggestParameters(Struct, frozen=True, kw_only=True):
    """Of `/suggest`."""

    q: Prefix
    size: SuggestSize = 8


class DocumentParameters(Struct, frozen=True, kw_only=True):
    """Of `/documents/{id}`."""

    q: OptionalQuery = ""
    start: Start = 0
    max_chars: MaxChars | UnsetType = UNSET


class RelatedParameters(Struct, frozen=True, kw_only=True):
    """Of `/documents/{id}/related`."""

    size: RelatedSize = 5


class AnalyzeParameters(Struct, frozen=True, kw_only=True):
    """Of `/analyze`."""

    text: Annotated[
        str,
        Meta(
            description="Đoạn văn cần phân tích.\nThe text to take apart.",
            examples=["Xây dựng Đảng trong sạch"],
        ),
    ]
