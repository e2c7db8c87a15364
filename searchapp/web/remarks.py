"""How a query was understood, in the words of the page."""

from __future__ import annotations

from searchapp.query.parser import parse_query
from searchapp.query.printer import ENGLISH, VIETNAMESE, to_text
from searchapp.search.plan import Remark
from searchapp.web.languages import N_, gettext, language

REMARKS = {
    "unclosed_quote": N_("Thiếu một dấu ngoặc kép nên không tìm nguyên cụm."),
    "unbalanced_parenthesis": N_("Thiếu một dấu ngoặc đơn."),
    "too_deep": N_("Ngoặc đơn lồng nhau quá nhiều lớp; các lớp trong cùng bị bỏ qua."),
    "unknown_name": N_("Không có trường nào tên như vậy nên coi đó là từ thường."),
    "empty_condition": N_("Sau dấu hai chấm chưa có gì nên coi đó là từ thường."),
    "bad_date": N_("Không hiểu ngày này. Hãy viết 2024-03-05, 5/3/2024, 2024-03 hoặc 2024."),
    "dangling_operator": N_(
        "VÀ, HOẶC, KHÔNG cần có từ ở bên cạnh nên ở đây được coi là từ thường."
    ),
    "all_capitals": N_("Câu tìm viết hoa toàn bộ nên VÀ, HOẶC, KHÔNG được coi là từ thường."),
    "number_capped": N_("Con số lớn quá mức cho phép nên đã được giảm bớt."),
    "expansion_cut": N_("Có quá nhiều từ khớp nên chỉ tìm theo những từ hay gặp nhất."),
    "no_such_value": N_("Không có tài liệu nào mang giá trị này."),
}
"""The words for each code of a remark."""


def remark_text(remark: Remark) -> str:
    """A remark in the reader's language."""
    return gettext(REMARKS[remark.code])


def worded(query: str) -> str:
    """A query with the operators and names of the query language in the reader's language."""
    top = parse_query(query).expression
    if top is None:
        return query
    return to_text(top, VIETNAMESE if language() == "vi" else ENGLISH)
