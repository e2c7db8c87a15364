"""What is said where nothing is answered: problems, and whether the service is up."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


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
        Meta(description="Tham số sai đầu tiên.\nThe first parameter at fault.", examples=["page"]),
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
    """Requests can be answered, or why not; then generation and documents are null."""

    status: Annotated[Literal["ready", "unavailable"], Meta(examples=["ready"])]
    generation: Annotated[str | None, Meta(examples=["20240305T081500-9faf"])]
    documents: Annotated[int | None, Meta(examples=[51])]
    detail: Annotated[str | None, Meta(examples=[None])]
