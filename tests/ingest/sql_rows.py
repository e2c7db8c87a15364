"""Rows of databases as documents, and a password that nothing may tell."""

from __future__ import annotations

from searchapp.documents import Document
from searchapp.ingest.base import Problem
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.sql import SqlSource, read_query

PASSWORD = "bí mật/@:?#%41"
IN_URL = "b%C3%AD%20m%E1%BA%ADt%2F%40%3A%3F%23%2541"


def rows(url: str, query: str, names: str = "") -> tuple[list[Document], list[Problem]]:
    items = list(read_query(SqlSource(url, query, FieldMap.parse(names) if names else FieldMap())))
    return (
        [item for item in items if isinstance(item, Document)],
        [item for item in items if isinstance(item, Problem)],
    )


def assert_secret(message: str) -> None:
    assert "\n" not in message
    for secret in (PASSWORD, IN_URL, "bí mật", "m%E1%BA%ADt"):
        assert secret not in message
