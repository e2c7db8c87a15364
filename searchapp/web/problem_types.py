"""The kinds of problems that the API reports; each has a place in its documentation."""

from __future__ import annotations

from dataclasses import dataclass

DOCS_PATH = "/api/v1/docs"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem: what it is called, what to do about it, and a ``detail`` it may have.

    ``response`` names it among the responses of the OpenAPI description; empty for those that no
    described request leads to.
    """

    status: int
    slug: str
    response: str
    title: str
    title_vi: str
    mend: str
    mend_vi: str
    example: str
    example_field: str | None = None

    @property
    def uri(self) -> str:
        """The ``type`` of its problem documents: where it is explained."""
        return f"{DOCS_PATH}#problem-{self.slug}"


PROBLEM_TYPES = (
    ProblemType(
        400,
        "bad-parameter",
        "BadParameter",
        "Bad parameter",
        "Tham số không hợp lệ",
        "`detail` says of each what it should be; `field` names the first.",
        "`detail` cho biết từng tham số cần sửa thế nào; `field` nêu tên tham số đầu tiên.",
        "page is '0', it should be a whole number from 1 on",
        "page",
    ),
    ProblemType(
        404,
        "not-found",
        "NotFound",
        "Not found",
        "Không tìm thấy",
        "There is no such document or path; ids come from search answers, as they are.",
        "Không có tài liệu hay đường dẫn này; hãy lấy nguyên mã tài liệu từ kết quả tìm.",
        "no document has the id 'tin-tuc/khong-co.md'",
    ),
    ProblemType(
        405,
        "method-not-allowed",
        "",
        "Method not allowed",
        "Phương thức không được hỗ trợ",
        "Everything is read with GET; `Allow` lists what a path takes.",
        "Mọi thao tác đều đọc bằng GET; tiêu đề `Allow` liệt kê phương thức được nhận.",
        "POST is not taken here; use GET, HEAD or OPTIONS",
    ),
    ProblemType(
        410,
        "cursor-gone",
        "CursorGone",
        "Cursor gone",
        "Con trỏ đã hết hạn",
        "The index that the cursor reads was replaced; begin again without it.",
        "Chỉ mục mà con trỏ đang đọc đã bị thay; hãy bắt đầu lại, không gửi con trỏ.",
        "the index that this cursor reads was replaced and is gone; begin again without a cursor",
    ),
    ProblemType(
        414,
        "address-too-long",
        "AddressTooLong",
        "Address too long",
        "Địa chỉ quá dài",
        "Shorten the query or the text.",
        "Hãy rút ngắn câu tìm hoặc đoạn văn.",
        "the address is too long; shorten the query or the text",
    ),
    ProblemType(
        500,
        "fault",
        "Fault",
        "Server fault",
        "Lỗi máy chủ",
        "Not your mistake: tell who runs the service the `request_id`.",
        "Không phải lỗi của bạn: hãy báo `request_id` cho người vận hành.",
        "the server made a mistake; it has been logged",
    ),
    ProblemType(
        503,
        "no-index",
        "NoIndex",
        "No index",
        "Chưa có chỉ mục",
        "Nothing has been indexed yet, or the index can't be trusted; `detail` says what to run."
        " Try again after `Retry-After` seconds.",
        "Chưa lập chỉ mục, hoặc chỉ mục không dùng được; `detail` cho biết lệnh cần chạy. Thử lại"
        " sau số giây trong `Retry-After`.",
        "there is no index in index yet; build one with: searchapp index [PATH…]",
    ),
)
_BY_STATUS = {one.status: one for one in PROBLEM_TYPES}


def problem_type(status: int) -> ProblemType | None:
    """The kind of problem that a status means; None for those of HTTP alone."""
    return _BY_STATUS.get(status)
