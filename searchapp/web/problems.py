"""Errors as people and programs get them: a page, or a problem document (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

import msgspec
from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from searchapp.contract.answers import DocumentFault, Problem
from searchapp.errors import (
    InputError,
    NoIndexError,
    OutOfTimeError,
    SearchappError,
    UnavailableError,
    WrongDocument,
    WrongDocumentsError,
)
from searchapp.web.exchange import request_id
from searchapp.web.languages import N_, gettext, language
from searchapp.web.observing import see_fault
from searchapp.web.problem_types import DOCS_PATH, ProblemType, problem_type
from searchapp.web.refusals import TooBusyError

_API = "/api/"
_FOR_PROGRAMS = ("/api", "/healthz", "/readyz", "/metrics", "/usage/searches")
_RETRY_AFTER_S = {
    503: 30,  # an index is on its way, or somebody has to build it
    409: 5,  # another build is running
}
_UNAVAILABLE_RETRY_S = 5  # a server that went away is often back soon

# For people, by status: what happened, and what to do.
_PAGES = {
    400: (
        N_("Yêu cầu không hợp lệ"),
        N_("Hãy rút ngắn câu tìm, xem lại ngày và bộ lọc, hoặc quay lại trang kết quả đầu tiên."),
    ),
    401: (
        N_("Cần mã truy cập"),
        N_("Hãy tải lại trang rồi dán mã vào ô mật khẩu; ô tên người dùng ghi gì cũng được."),
    ),
    403: (
        N_("Không có quyền xem trang này"),
        N_("Mã truy cập đã gửi không mở được trang này. Hãy hỏi người vận hành dịch vụ."),
    ),
    404: (
        N_("Không tìm thấy trang này"),
        N_("Đường dẫn có thể đã cũ hoặc gõ nhầm. Hãy thử tìm lại."),
    ),
    405: (N_("Phương thức không được hỗ trợ"), N_("Hãy quay về trang đầu và tìm lại.")),
    414: (N_("Câu tìm quá dài"), N_("Hãy rút ngắn câu tìm rồi thử lại.")),
    429: (
        N_("Bạn tìm quá nhanh"),
        N_("Có quá nhiều yêu cầu từ địa chỉ của bạn. Xin đợi một lát rồi thử lại."),
    ),
    503: (N_("Chưa có gì để tìm"), N_("Chỉ mục chưa được lập hoặc đang không dùng được.")),
}
# The same, by kinds that have their status in common with others.
_KINDS = {
    "unavailable": (
        N_("Tạm thời không tìm được"),
        N_("Máy chủ giữ chỉ mục chưa trả lời. Xin thử lại sau ít phút."),
    ),
    "out-of-time": (
        N_("Câu tìm này mất quá nhiều thời gian"),
        N_("Hãy bớt các dấu * và ~, dùng từ ít gặp hơn, hoặc thêm bộ lọc rồi thử lại."),
    ),
    "too-busy": (
        N_("Máy chủ đang quá bận"),
        N_("Có quá nhiều người cùng tìm một lúc. Xin thử lại sau vài giây."),
    ),
}
_TRY_AGAIN = (429, 503)
# What to do about a parameter that is wrong.
_FIELDS = {
    "q": N_("Câu tìm trống hoặc quá dài. Hãy sửa lại trong ô tìm kiếm."),
    "page": N_("Không có trang kết quả nào số này. Hãy tìm lại từ trang đầu."),
    "filter": N_("Bộ lọc không đúng. Hãy tìm lại rồi chọn bộ lọc bên cạnh kết quả."),
    "from": N_("Ngày bắt đầu không đúng. Hãy viết như 2024-03-05, 2024-03 hoặc 2024."),
    "to": N_("Ngày kết thúc không đúng. Hãy viết như 2024-03-05, 2024-03 hoặc 2024."),
    "sort": N_("Không có thứ tự nào tên như vậy. Hãy tìm lại rồi chọn thứ tự trên trang kết quả."),
}
# In our words, for programs; the braces stand for the method and those that are taken.
_DETAILS = {
    404: f"nothing is at this address; {DOCS_PATH} lists what there is",
    405: "{} is not taken here; use {}",
    414: "the address is too long; shorten the query or the text",
}
_OTHER_PAGE = (
    N_("Có lỗi ở phía máy chủ"),
    N_("Lỗi đã được ghi lại. Xin thử lại sau ít phút."),
)


def register(app: Flask) -> None:
    """Translate every error of the product and of HTTP, here and nowhere else."""
    app.register_error_handler(SearchappError, _product_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def _product_error(error: SearchappError) -> Response:
    see_fault(type(error).__name__)
    field = error.field if isinstance(error, InputError) else None
    faults = error.wrong if isinstance(error, WrongDocumentsError) else ()
    kind = None
    if isinstance(error, UnavailableError):
        kind = "unavailable"
    elif isinstance(error, OutOfTimeError):
        kind = "out-of-time"
    response = _answer(
        error.http_status,
        str(error),
        field,
        faults,
        kind=kind,
        no_index=isinstance(error, NoIndexError),
    )
    if kind is not None:
        response.headers["Retry-After"] = str(_UNAVAILABLE_RETRY_S)
    elif error.http_status in _RETRY_AFTER_S:
        response.headers["Retry-After"] = str(_RETRY_AFTER_S[error.http_status])
    return response


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return Response(error.get_body(), error.code or 500, error.get_headers())
    see_fault(f"http_{error.code}")
    said = _DETAILS.get(error.code)
    detail = error.description or error.name
    if said is not None:
        detail = said.format(request.method, _methods(error))
    kind = "too-busy" if isinstance(error, TooBusyError) else None
    response = _answer(error.code, detail, None, kind=kind)
    for name, value in error.get_headers(request.environ):
        if name != "Content-Type":
            response.headers[name] = value
    return response


def _methods(error: HTTPException) -> str:
    taken = sorted(getattr(error, "valid_methods", None) or ("GET",))
    return " or ".join(filter(None, (", ".join(taken[:-1]), taken[-1])))


def _fault(error: Exception) -> Response:
    see_fault("fault")
    if current_app.testing:
        raise error
    # As a literal: a path can hold line breaks, and lines of a log that never happened.
    current_app.logger.exception("fault in %r, request %s", request.path, request_id())
    return _answer(500, "the server made a mistake; it has been logged", None)


def _answer(
    status: int,
    detail: str,
    field: str | None,
    faults: Sequence[WrongDocument] = (),
    *,
    kind: str | None = None,
    no_index: bool = False,
) -> Response:
    if request.path.startswith(_API) or request.path in _FOR_PROGRAMS:
        response = _problem(problem_type(status, kind), status, detail, field, faults)
        response.headers["Cache-Control"] = "no-store"
        return response
    usual = _PAGES.get(status, _PAGES[400] if status < 500 else _OTHER_PAGE)
    title, help_text = usual if kind is None else _KINDS[kind]
    if status == HTTPStatus.BAD_REQUEST and field in _FIELDS:
        help_text = _FIELDS[field]
    page = render_template(
        "error.html",
        status=status,
        title=gettext(title),
        help_text=gettext(help_text),
        # In English, for who runs the service: readers are told above what to do.
        detail=detail if status >= 500 or language() == "en" else None,
        no_index=no_index,
        try_again=status in _TRY_AGAIN and not no_index,
        query=request.args.get("q", ""),
    )
    return Response(page, status)


def _problem(
    kind: ProblemType | None,
    status: int,
    detail: str,
    field: str | None,
    faults: Sequence[WrongDocument],
) -> Response:
    problem = Problem(
        type="about:blank" if kind is None else request.script_root + kind.uri,
        title=HTTPStatus(status).phrase if kind is None else kind.title,
        status=status,
        detail=detail,
        field=field,
        errors=[
            DocumentFault(index=one.index, id=one.id, field=one.field, detail=one.detail)
            for one in faults
        ],
        request_id=request_id(),
    )
    return Response(msgspec.json.encode(problem), status, content_type="application/problem+json")
