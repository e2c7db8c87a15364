"""A document found, and the pieces that several answers have in common."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Span = Annotated[list[Annotated[int, Meta(ge=0)]], Meta(min_length=2, max_length=2)]
Spans = Annotated[
    list[Span],
    Meta(
        description="Các đoạn được tô sáng: đầu và cuối, theo thứ tự.\n"
        "Marked spans: start and end, in order.",
        examples=[[[9, 17]]],
    ),
]
Count = Annotated[int, Meta(ge=0)]

_TITLE = "Cả huyện xây dựng nông thôn mới"
TITLE_SPANS = [[[9, 31]]]
Id = Annotated[str, Meta(description="Mã tài liệu.\nThe id.", examples=["tin-tuc/nong-thon.md"])]
Title = Annotated[str, Meta(examples=[_TITLE])]
TitleSpans = Annotated[
    Spans, Meta(description="Các đoạn của `title`.\nSpans of `title`.", examples=TITLE_SPANS)
]
Url = Annotated[str | None, Meta(examples=["https://vi.example/nong-thon"])]
Source = Annotated[str | None, Meta(description="Nguồn.", examples=["Báo Sông Thương"])]
Category = Annotated[str | None, Meta(description="Chuyên mục.", examples=["Tin tức"])]
Author = Annotated[str | None, Meta(description="Tác giả.", examples=["Nguyễn Thu Lam"])]
Tags = Annotated[list[str], Meta(description="Các thẻ.", examples=[["nông thôn", "làng nghề"]])]
Published = Annotated[
    str | None,
    Meta(
        description="Ngày đăng theo ISO 8601, hoặc phần biết được của nó.\n"
        "ISO 8601, or as much as is known of it.",
        examples=["2024-03-05", "2024-03", "2024"],
    ),
]
Language = Annotated[
    str | None,
    Meta(
        description="Ngôn ngữ của tài liệu theo BCP 47, như trong tệp.\n"
        "The language that the document says it is in, BCP 47.",
        examples=["vi"],
    ),
]
Shortened = Annotated[
    list[Literal["title", "url", "source", "category", "author", "tags", "language"]],
    Meta(
        description="Những trường quá dài nên không đủ ở đây: bị cắt, cuối là “…”; địa chỉ, ngôn"
        " ngữ và thẻ thì bị bỏ.\n"
        "Fields that are too long to be whole here: cut, with … at their end; an address, a"
        " language and tags are left out.",
        examples=[[]],
    ),
]
View = Annotated[
    str, Meta(description="Cách phân tích: words, exact, folded hoặc pairs.", examples=["words"])
]
Term = Annotated[str, Meta(examples=["nông_thôn"])]
Weight = Annotated[float, Meta(examples=[1.0])]


class Snippet(Struct, frozen=True, kw_only=True):
    """A passage of a document."""

    text: Annotated[
        str, Meta(examples=["Cả huyện chung tay xây dựng nông thôn mới từ con đường làng."])
    ]
    highlights: Annotated[
        Spans, Meta(description="Các đoạn của `text`.\nSpans of `text`.", examples=[[[19, 41]]])
    ]
    html: Annotated[
        str,
        Meta(
            description="`text` đã thoát ký tự HTML, có <mark> quanh mỗi đoạn và không gì khác.\n"
            "`text` escaped, with <mark> around each highlight and nothing else.",
            examples=["Cả huyện chung tay <mark>xây dựng nông thôn mới</mark> từ con đường làng."],
        ),
    ]
    page: Annotated[
        int | None,
        Meta(
            description="Trang có đoạn được tô sáng đầu tiên, tính từ 1; null nếu tài liệu không"
            " chia trang.\n"
            "The page of the first highlight, from 1 on; null for documents without pages.",
            examples=[3],
            extra_json_schema={"minimum": 1},
        ),
    ]


class ScorePart(Struct, frozen=True, kw_only=True):
    """What one term adds to a score: `weight` times `value`."""

    view: View
    term: Term
    weight: Weight
    value: Annotated[float, Meta(examples=[4.25])]
    score: Annotated[float, Meta(examples=[4.25])]
    document_frequency: Annotated[
        Count,
        Meta(description="Số tài liệu có từ này.\nDocuments that have the term.", examples=[7]),
    ]


class Hit(Struct, frozen=True, kw_only=True):
    """A document found."""

    id: Id
    title: Title
    title_highlights: TitleSpans
    score: Annotated[
        float, Meta(description="Càng lớn càng liên quan.\nMore is better.", examples=[15.25])
    ]
    url: Url
    source: Source
    category: Category
    author: Author
    tags: Tags
    published: Published
    language: Language
    shortened: Shortened
    snippets: list[Snippet]
    explanation: Annotated[
        list[ScorePart] | None,
        Meta(
            description="Cách tính điểm; null nếu không gửi `explain=1`.\n"
            "What the score is made of; null unless `explain` is 1.",
            examples=[None],
        ),
    ]
