"""Made searches and clicks, and a log of them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from searchapp.usage.records import Click, Search, new_id
from searchapp.usage.store import Store

NOON = 1_780_000_000.0 // 86400 * 86400 + 43200
"""A noon in UTC, in seconds since 1970."""
DAY_S = 86400


def search(query: str, now: float = NOON, **more: object) -> Search:
    values: dict[str, object] = {
        "id": new_id(now),
        "kind": "page",
        "query": query,
        "filters": (),
        "sort": "relevance",
        "page": 1,
        "size": 10,
        "total": 3,
        "shown": ("a", "b", "c"),
        "suggestion": None,
        "corrected": None,
        "verbatim": False,
        "before": None,
        "generation": "g1",
        "took_ms": 4.5,
    }
    return Search(**{**values, **more})  # type: ignore[arg-type]


def write(file: Path, *entries: Search | Click, now: float = NOON, lost: int = 0) -> None:
    store = Store(file)
    store.write(entries, lost, now)
    store.close()


def rows(file: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()
