"""The kinds of problems that the API reports; each has a place in its documentation."""

from __future__ import annotations

from dataclasses import dataclass

DOCS_PATH = "/api/v1/docs"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem: ``title`` as programs get it, and what to do, for people."""

    status: int
    slug: str
    title: str
    title_vi: str
    mend: str
    mend_vi: str

    @property
    def uri(self) -> str:
        """The ``type`` of its problem documents: where it is explained."""
        return f"{DOCS_PATH}#problem-{self.slug}"


PROBLEM_TYPES = (
    ProblemType(
        400,
        "bad-parameter",
        "Bad parameter",
        "Tham số không hợp lệ",
        "`field` names the parameter and `detail` says what it should be.",
        "`field` nêu tên tham số, `detail` cho biết cần sửa thế nào.",
    ),
    ProblemType(
        404,
        "not-found",
        "Not found",
        "Không tìm thấy",
        "There is no such document or path; ids come from search answers, as they are.",
        "Không có tài liệu hay đường dẫn này; hãy lấy nguyên mã tài liệu từ kết quả tìm.",
    ),
    ProblemType(
        405,
        "method-not-allowed",
        "Method not allowed",
        "Phương thức không được hỗ trợ",
        "Everything is read with GET; `Allow` lists what a path takes.",
        "Mọi thao tác đều đọc bằng GET; tiêu đề `Allow` liệt kê phương thức được nhận.",
    ),
    ProblemType(
        410,
        "cursor-gone",
        "Cursor gone",
        "Con trỏ đã hết hạn",
        "The index that the cursor reads was replaced more than once; begin again without it.",
        "Chỉ mục mà con trỏ đang đọc đã bị thay; hãy bắt đầu lại, không gửi con trỏ.",
    ),
    ProblemType(
        414,
        "address-too-long",
        "Address too long",
        "Địa chỉ quá dài",
        "Shorten the query.",
        "Hãy rút ngắn câu tìm.",
    ),
    ProblemType(
        500,
        "fault",
        "Server fault",
        "Lỗi máy chủ",
        "Not your mistake: tell who runs the service the `request_id`.",
        "Không phải lỗi của bạn: hãy báo `request_id` cho người vận hành.",
    ),
    ProblemType(
        503,
        "no-index",
        "No index",
        "Chưa có chỉ mục",
        "Nothing has been indexed yet, or the index can't be trusted; `detail` says what to run.",
        "Chưa lập chỉ mục, hoặc chỉ mục không dùng được; `detail` cho biết lệnh cần chạy.",
    ),
)
_BY_STATUS = {one.status: one for one in PROBLEM_TYPES}


def problem_type(status: int) -> ProblemType | None:
    """The kind of problem that a status means; None for those of HTTP alone."""
    return _BY_STATUS.get(status)
