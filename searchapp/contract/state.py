"""What is said where nothing is answered: problems, and whether the service is up."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class DocumentFault(Struct, frozen=True, kw_only=True):
    """Why a document that was sent can't be taken."""

    index: Annotated[
        int,
        Meta(
            ge=0,
            description="Vị trí trong lời gọi, tính từ 0.\nIts place in the call, from 0 on.",
            examples=[2],
        ),
    ]
    id: Annotated[
        str | None,
        Meta(
            description="null nếu không có mã dùng được.\nNull where it has no usable one.",
            examples=["tin-tuc/song-huong.md"],
        ),
    ]
    field: Annotated[
        str | None,
        Meta(description="Trường sai.\nThe field at fault.", examples=["published"]),
    ]
    detail: Annotated[
        str,
        Meta(
            description="Điều gì sai và cách sửa.\nWhat is wrong and how to mend it.",
            examples=["published is '5/3/2024', it should be a date like 2024-03-05"],
        ),
    ]


class Problem(Struct, frozen=True, kw_only=True):
    """What went wrong (RFC 9457)."""

    type: Annotated[
        str,
        Meta(
            description="Địa chỉ của phần giải thích.\nWhere it is explained.",
            examples=["/api/v1/docs#problem-bad-parameter"],
        ),
    ]
    title: Annotated[str, Meta(examples=["Bad parameter"])]
    status: Annotated[int, Meta(ge=400, le=599, examples=[400])]
    detail: Annotated[
        str,
        Meta(
            description="Điều gì sai và cách sửa, trong một dòng.\n"
            "What is wrong and how to mend it, in one line.",
            examples=["page is '0', it should be a whole number from 1 on"],
        ),
    ]
    field: Annotated[
        str | None,
        Meta(
            description="Tham số hoặc trường sai đầu tiên.\nThe first parameter or field at fault.",
            examples=["page"],
        ),
    ]
    errors: Annotated[
        list[DocumentFault],
        Meta(
            description="Mỗi chỗ sai trong các tài liệu đã gửi; rỗng với lỗi khác.\n"
            "Each fault of the documents that were sent; empty for other problems.",
            examples=[[]],
        ),
    ]
    request_id: Annotated[
        str,
        Meta(
            description="`X-Request-ID`, nêu mã này khi cần hỏi người vận hành.\n"
            "`X-Request-ID`, to be named when asking for help.",
            examples=["5c1f09d3ab424cd5a0b2a1f44c5d2f1e"],
        ),
    ]


class Health(Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: Annotated[Literal["ok"], Meta(examples=["ok"])]


class Ready(Struct, frozen=True, kw_only=True):
    """Requests can be answered, or why not; then generation and documents are null.

    Where a part of the index does not answer, requests are answered from the rest of it.
    """

    status: Annotated[Literal["ready", "partial", "unavailable"], Meta(examples=["ready"])]
    generation: Annotated[str | None, Meta(examples=["20240305T081500-9faf"])]
    documents: Annotated[int | None, Meta(examples=[51])]
    detail: Annotated[str | None, Meta(examples=[None])]
