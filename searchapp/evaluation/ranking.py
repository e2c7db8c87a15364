"""The one door through which evaluation searches."""

from __future__ import annotations

from searchapp.search.service import SearchService


def rank(service: SearchService, query: str, limit: int) -> list[tuple[str, float]]:
    """Ids and scores of the best ``limit`` documents for ``query``, best first.

    Raises NoIndexError or IndexRefusedError.
    """
    return service.rank(query, limit)
