"""The pages: the search box, the results, a document."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from searchapp.errors import SearchappError
from searchapp.search.planner import Remark
from searchapp.search.service import SearchService
from searchapp.search.snippets import Snippet
from searchapp.web.parameters import flag, whole_number

_PAGES_AROUND = 2  # page numbers shown on each side of the current one


def make_blueprint(service: SearchService) -> Blueprint:
    """The routes for people."""
    blueprint = Blueprint("pages", __name__)
    blueprint.add_app_template_filter(marked_html, "marked")
    blueprint.add_app_template_filter(marked_paragraphs, "marked_paragraphs")
    blueprint.add_app_template_filter(vietnamese_number, "number")
    blueprint.add_app_template_filter(vietnamese_date, "date")
    blueprint.add_app_template_filter(vietnamese_remark, "remark")

    @blueprint.get("/")
    def home() -> str:
        try:
            manifest = service.generation().manifest
        except SearchappError as error:
            return render_template("home.html", manifest=None, why=str(error))
        return render_template("home.html", manifest=manifest, why=None)

    @blueprint.get("/search")
    def search() -> str | Response:
        query = request.args.get("q", "")
        if not query.strip():
            return redirect(url_for("pages.home"))
        verbatim = flag("verbatim")
        answer = service.search(query, whole_number("page", 1), verbatim=verbatim)
        last = min(answer.pages, service.settings.result_window // answer.size)
        first_shown = max(1, min(answer.page - _PAGES_AROUND, last - 2 * _PAGES_AROUND))
        page_numbers = range(first_shown, min(last, first_shown + 2 * _PAGES_AROUND) + 1)
        return render_template(
            "results.html",
            query=query,
            answered=answer.corrected.query if answer.corrected else query,
            verbatim=1 if verbatim else None,
            answer=answer,
            page_numbers=page_numbers,
            last=last,
        )

    @blueprint.get("/documents/<anything:document_id>")
    def document(document_id: str) -> str:
        query = request.args.get("q", "")
        found = service.document(document_id, query)
        return render_template(
            "document.html", query=query, document=found.document, text=found.text
        )

    return blueprint


# What the planner and the parser remark, in the words of the page.
_REMARKS = {
    "unclosed_quote": "Thiếu một dấu ngoặc kép nên không tìm nguyên cụm.",
    "unbalanced_parenthesis": "Thiếu một dấu ngoặc đơn.",
    "too_deep": "Ngoặc đơn lồng nhau quá nhiều lớp; các lớp trong cùng bị bỏ qua.",
    "unknown_name": "Không có trường nào tên như vậy nên coi đó là từ thường.",
    "empty_condition": "Sau dấu hai chấm chưa có gì nên coi đó là từ thường.",
    "bad_date": "Không hiểu ngày này. Hãy viết 2024-03-05, 5/3/2024, 2024-03 hoặc 2024.",
    "dangling_operator": "VÀ, HOẶC, KHÔNG cần có từ ở bên cạnh nên ở đây được coi là từ thường.",
    "all_capitals": "Câu tìm viết hoa toàn bộ nên VÀ, HOẶC, KHÔNG được coi là từ thường.",
    "number_capped": "Con số lớn quá mức cho phép nên đã được giảm bớt.",
    "expansion_cut": "Có quá nhiều từ khớp nên chỉ tìm theo những từ hay gặp nhất.",
    "no_such_value": "Không có tài liệu nào mang giá trị này.",
}


def vietnamese_remark(remark: Remark) -> str:
    """A remark on the query in Vietnamese; in English where there are no words for it yet."""
    return _REMARKS.get(remark.code, remark.text)


def marked_html(snippet: Snippet) -> Markup:
    """A snippet's HTML, which is escaped by construction."""
    return Markup(snippet.html)  # noqa: S704  # Snippet.html escapes all but its own marks


def marked_paragraphs(snippet: Snippet) -> list[Markup]:
    """The lines of a marked text that say something, each as HTML."""
    paragraphs, start = [], 0
    highlights = list(snippet.highlights)
    for line in snippet.text.split("\n"):
        end = start + len(line)
        inside = []
        while highlights and highlights[0][0] < end:
            a, b = highlights.pop(0)
            inside.append((a - start, min(b, end) - start))
        if line.strip():
            paragraphs.append(marked_html(Snippet(line, tuple(inside), start, end)))
        start = end + 1
    return paragraphs


def vietnamese_number(value: float, digits: int = 0) -> str:
    """1234.5 as 1.234,5."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def vietnamese_date(value: Any) -> str:
    """2024-03-05 as 5/3/2024, 2024-03 as 3/2024; anything else as it is."""
    parts = str(value).split("-")
    if not all(part.isdigit() for part in parts):
        return str(value)
    return "/".join(str(int(part)) for part in reversed(parts))
