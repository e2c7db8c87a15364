"""What programs send to add and delete documents, and what they are told.

Descriptions have two lines, Vietnamese and English. ``extra_json_schema`` tells callers what is
checked behind these types.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from searchapp.contract.hits import Count

ID_MAX_CHARS = 512
EXAMPLE_ID = "tin-tuc/song-huong.md"

_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
_LANGUAGE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$"

DocumentId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=ID_MAX_CHARS,
        description="Mã tài liệu: bất kỳ ký tự nào, không có khoảng trắng ở hai đầu.\n"
        "The document's id: any characters, without white space at its ends.",
        examples=[EXAMPLE_ID],
        extra_json_schema={"pattern": r"^\S([\s\S]*\S)?$"},
    ),
]


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document as it is sent; title or text must say something, null stands for unknown."""

    id: DocumentId
    title: Annotated[
        str | None, Meta(description="Tiêu đề.", examples=["Sông Hương mùa nước cạn"])
    ] = None
    text: Annotated[
        str | None,
        Meta(
            description="Toàn văn.",
            examples=["Nước sông Hương xuống thấp, thuyền rồng nằm chờ ở bến Tòa Khâm."],
        ),
    ] = None
    url: Annotated[str | None, Meta(examples=["https://vi.example/song-huong"])] = None
    source: Annotated[str | None, Meta(description="Nguồn.", examples=["Báo Sông Thương"])] = None
    category: Annotated[str | None, Meta(description="Chuyên mục.", examples=["Tin tức"])] = None
    author: Annotated[str | None, Meta(description="Tác giả.", examples=["Nguyễn Thu Lam"])] = None
    tags: Annotated[
        list[str] | None, Meta(description="Các thẻ.", examples=[["sông nước", "Huế"]])
    ] = None
    published: Annotated[
        str | None,
        Meta(
            description="Ngày đăng theo ISO 8601, hoặc phần biết được của nó.\n"
            "ISO 8601, or as much as is known of it.",
            examples=["2024-03-05", "2024-03", "2024"],
            extra_json_schema={"pattern": _DATE},
        ),
    ] = None
    language: Annotated[
        str | None,
        Meta(
            description="Ngôn ngữ của văn bản theo BCP 47.\nThe language of the text, BCP 47.",
            examples=["vi", "en-GB"],
            extra_json_schema={"pattern": _LANGUAGE},
        ),
    ] = None


class RecordAtId(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document whose id is in the path; one in the body, if any, has to be the same."""

    id: DocumentId | UnsetType = UNSET  # type: ignore[assignment]  # optional here, and only here


class Records(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Documents to create or replace, each id once."""

    documents: Annotated[list[Record], Meta(min_length=1)]


class Ids(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Documents to delete, each id once."""

    ids: Annotated[
        list[Annotated[str, Meta(min_length=1, examples=[EXAMPLE_ID])]],
        Meta(min_length=1, extra_json_schema={"uniqueItems": True}),
    ]


class Written(Struct, frozen=True, kw_only=True):
    """What became of one document."""

    id: Annotated[str, Meta(examples=[EXAMPLE_ID])]
    result: Annotated[
        Literal["created", "updated", "unchanged", "deleted", "absent"],
        Meta(
            description="Mới, đã thay, không đổi, đã xóa, hay vốn không có.\n"
            "New, replaced, the same as before, deleted, or not there to delete.",
            examples=["created"],
        ),
    ]
    notes: Annotated[
        list[str],
        Meta(
            description="Những gì đã được chuyển đổi, như bảng mã TCVN3.\n"
            "What was converted in it, such as text in TCVN3.",
            examples=[[]],
        ),
    ]


class WriteAnswer(Struct, frozen=True, kw_only=True):
    """What a call changed; all of it can be searched by now."""

    generation: Annotated[
        str,
        Meta(
            description="Bản chỉ mục đang dùng; không đổi nếu không có gì mới.\n"
            "The live index; the same as before where nothing has changed.",
            examples=["20240305T081500-9faf"],
        ),
    ]
    documents: Annotated[
        Count,
        Meta(description="Số tài liệu trong chỉ mục.\nDocuments in the index.", examples=[52]),
    ]
    results: Annotated[
        list[Written],
        Meta(description="Theo thứ tự đã gửi.\nIn the order that they were sent in."),
    ]
    took_ms: Annotated[
        float,
        Meta(
            ge=0,
            description="Thời gian thực hiện, mili giây.\nMilliseconds that it took.",
            examples=[412.5],
        ),
    ]
