"""The kinds of problems that the API reports; each has a place in its documentation."""

from __future__ import annotations

from dataclasses import dataclass

DOCS_PATH = "/api/v1/docs"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem: what it is called, what to do about it, and a ``detail`` it may have.

    ``response`` names it among the responses of the OpenAPI description; empty for those that no
    described request leads to, and for those whose status is described by another kind.
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
    headers: tuple[str, ...] = ()
    """Those that come with it, beside X-Request-ID."""
    example_errors: bool = False
    """Whether it lists faults of documents."""

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
        "`detail` says of each what it should be; `field` names the first. Or the body can't be"
        " read as what it should be.",
        "`detail` cho biết từng tham số cần sửa thế nào; `field` nêu tên tham số đầu tiên. Cũng có"
        " khi phần thân của lời gọi không đọc được.",
        "page is '0', it should be a whole number from 1 on",
        "page",
    ),
    ProblemType(
        401,
        "no-token",
        "NoToken",
        "Token needed",
        "Cần mã truy cập",
        "Send `Authorization: Bearer` and a token of the service; `WWW-Authenticate` says"
        " `invalid_token` if one was sent that is not valid, or no longer.",
        "Hãy gửi `Authorization: Bearer` kèm mã truy cập của dịch vụ; `WWW-Authenticate` ghi"
        " `invalid_token` nếu mã đã gửi là sai hoặc hết hạn.",
        "the token is missing; send it as Authorization: Bearer and the token",
        headers=("WWW-Authenticate",),
    ),
    ProblemType(
        403,
        "not-allowed",
        "NotAllowed",
        "Not allowed",
        "Không được phép",
        "The token lacks the scope that `WWW-Authenticate` names, with `insufficient_scope`; or no"
        " token has it, and nobody may: `detail` says how whoever runs the service changes that.",
        "Mã truy cập thiếu quyền ghi trong `WWW-Authenticate` (`insufficient_scope`); hoặc chưa mã"
        " nào có quyền ấy: `detail` cho biết người vận hành cần làm gì.",
        "the token lacks the scope write; ask who runs the service for one that has it",
        headers=("WWW-Authenticate",),
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
        "`Allow` lists what a path takes.",
        "Header `Allow` liệt kê các phương thức được nhận.",
        "POST is not taken here; use GET, HEAD or OPTIONS",
    ),
    ProblemType(
        409,
        "busy",
        "Busy",
        "Another build is running",
        "Chỉ mục đang được lập",
        "Nothing was written; try again after `Retry-After` seconds.",
        "Chưa ghi gì; hãy thử lại sau số giây trong `Retry-After`.",
        "another build is running; wait for it to end",
        headers=("Retry-After",),
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
        413,
        "too-much",
        "TooMuch",
        "Too much in one call",
        "Quá nhiều trong một lời gọi",
        "Send several calls; the settings `write_max_documents` and `write_max_mb` say how much one"
        " takes.",
        "Hãy chia thành nhiều lời gọi; giới hạn nằm ở thiết lập `write_max_documents` và"
        " `write_max_mb`.",
        "the body is over 20 MB, the most that one call may send (write_max_mb); send several",
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
        415,
        "unknown-kind",
        "UnknownKind",
        "Kind of body not taken",
        "Kiểu nội dung không được nhận",
        "Send JSON, or JSON Lines where they are taken, in UTF-8; plain or gzip.",
        "Hãy gửi JSON, hoặc JSON Lines ở nơi được nhận, mã hóa UTF-8; để nguyên hoặc nén gzip.",
        "Content-Type is 'text/plain'; send one of application/json, in UTF-8",
    ),
    ProblemType(
        422,
        "wrong-documents",
        "WrongDocuments",
        "Wrong documents",
        "Tài liệu không hợp lệ",
        "Nothing was written; `errors` says of each wrong document what to mend.",
        "Chưa ghi gì; `errors` cho biết mỗi tài liệu sai cần sửa gì.",
        "1 of 3 are wrong and nothing was written: document 2 ('tin-tuc/song-huong.md'): published"
        " is '5/3/2024', it should be a date like 2024-03-05, 2024-03 or 2024",
        "published",
        example_errors=True,
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
        429,
        "too-often",
        "TooOften",
        "Too many requests",
        "Quá nhiều yêu cầu",
        "One address may ask so often and no more (`rate_per_minute`); wait as many seconds as"
        " `Retry-After` says.",
        "Mỗi địa chỉ chỉ được gửi một số yêu cầu nhất định (`rate_per_minute`); hãy đợi số giây"
        " trong `Retry-After`.",
        "you ask more often than one client may; wait as long as Retry-After says",
        headers=("Retry-After",),
    ),
    ProblemType(
        503,
        "no-index",
        "NoIndex",
        "The index can't be searched",
        "Chưa tìm được trong chỉ mục",
        "Nothing has been indexed yet, or the index can't be trusted; `detail` says which, and what"
        " to do. Try again after `Retry-After` seconds. The same status comes with the three kinds"
        " below.",
        "Chưa lập chỉ mục, hoặc chỉ mục không dùng được; `detail` cho biết lý do và việc cần làm."
        " Thử lại sau số giây trong `Retry-After`. Ba loại dưới đây cũng có mã trạng thái này.",
        "there is no index in index yet; build one with: searchapp index [PATH…]",
        headers=("Retry-After",),
    ),
    ProblemType(
        503,
        "too-busy",
        "",
        "Too busy",
        "Máy chủ đang quá bận",
        "More is asked for than can be answered now; try again after `Retry-After` seconds.",
        "Có nhiều yêu cầu hơn mức có thể trả lời lúc này; thử lại sau số giây trong `Retry-After`.",
        "more is asked for than can be answered now; try again in a moment",
        headers=("Retry-After",),
    ),
    ProblemType(
        503,
        "out-of-time",
        "",
        "Out of time",
        "Câu tìm mất quá nhiều thời gian",
        "It would not be known in time what is found (`search_timeout_ms`): use fewer wildcards and"
        " rarer words, or add filters.",
        "Chưa biết tìm thấy gì thì đã hết giờ (`search_timeout_ms`): hãy bớt ký tự đại diện, dùng"
        " từ ít gặp hơn, hoặc thêm bộ lọc.",
        "the question takes too long; use fewer wildcards or rarer words",
        headers=("Retry-After",),
    ),
    ProblemType(
        503,
        "unavailable",
        "",
        "Unavailable",
        "Tạm thời không tìm được",
        "The service or the server that holds the index does not answer; try again after"
        " `Retry-After` seconds.",
        "Dịch vụ hoặc máy chủ giữ chỉ mục chưa trả lời; thử lại sau số giây trong `Retry-After`.",
        "OpenSearch does not answer at http://127.0.0.1:9200",
        headers=("Retry-After",),
    ),
)
_BY_SLUG = {one.slug: one for one in PROBLEM_TYPES}
_BY_STATUS = {one.status: one for one in reversed(PROBLEM_TYPES)}


def problem_type(status: int, slug: str | None = None) -> ProblemType | None:
    """The kind of problem of a name, or the usual one of a status; None for those of HTTP alone."""
    return _BY_STATUS.get(status) if slug is None else _BY_SLUG[slug]
