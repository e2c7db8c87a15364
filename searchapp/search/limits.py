"""What one call may ask for."""

from __future__ import annotations

from searchapp.config import Settings
from searchapp.errors import QueryError


def check_asked(
    limits: Settings, query: str, page: int, size: int, offset: int | None, facet_size: int
) -> None:
    """Raises QueryError for a query, a page or a number of facet values that is not answered."""
    if not query.strip():
        raise QueryError("the query is empty; type some words", "q")
    if len(query) > limits.query_max_chars:
        raise QueryError(
            f"the query has {len(query)} characters, at most {limits.query_max_chars} are taken",
            "q",
        )
    if page < 1:
        raise QueryError(f"page is {page}, the first page is 1", "page")
    if offset is not None and offset < 0:
        raise QueryError(f"offset is {offset}, the first hit is 0", "offset")
    if not 1 <= size <= limits.page_size_max:
        raise QueryError(f"size is {size}, it may be 1 to {limits.page_size_max}", "size")
    last = page * size if offset is None else offset + size
    if last > limits.result_window:
        raise QueryError(
            f"the page ends at hit {last}, paging reaches {limits.result_window};"
            " narrow the query, or go on with next_cursor",
            "page" if offset is None else "offset",
        )
    if not 0 <= facet_size <= limits.facet_size_max:
        raise QueryError(
            f"facet_size is {facet_size}, it may be 0 to {limits.facet_size_max}", "facet_size"
        )
