"""A typed client of the HTTP API.

::

    from searchapp.client import Client

    with Client("http://127.0.0.1:8000") as client:
        answer = client.search("xây dựng nông thôn mới", filters=["year:2024"])
        for hit in client.every_hit("nguồn:VnExpress", sort="newest"):
            print(hit.published, hit.title)

Answers are the types of `searchapp.contract.answers`. Everything is a GET, so what fails on the way
is tried again: connections that break, and 429, 502, 503 and 504, with growing pauses or the one
that `Retry-After` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec
import urllib3

from searchapp import __version__
from searchapp.contract.answers import (
    AnalysisAnswer,
    DocumentAnswer,
    Hit,
    Problem,
    RelatedAnswer,
    SearchAnswer,
    StatsAnswer,
    SuggestAnswer,
)
from searchapp.contract.requests import SortName

__all__ = ["Client", "ClientError", "ProblemError", "UnreachableError"]

_RETRIED = (429, 502, 503, 504)
_API = "/api/v1"

Answer = TypeVar("Answer", bound=msgspec.Struct)


class ClientError(Exception):
    """What a call can fail with; ``str(error)`` is one line for a person."""


class UnreachableError(ClientError):
    """No answer came, or none that could be read, also after all retries."""


class ProblemError(ClientError):
    """The service answered with a problem document, which is ``problem``."""

    def __init__(self, problem: Problem) -> None:
        where = f" ({problem.field})" if problem.field else ""
        super().__init__(f"{problem.status} {problem.title}{where}: {problem.detail}")
        self.problem = problem


class Client:
    """Calls one service. Safe to share between threads; connections are kept and used again.

    ``timeout_s`` bounds connecting and each wait for data; ``retries`` are tries after the first,
    with pauses of ``pause_s``, twice as long each time.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        timeout_s: float = 10.0,
        retries: int = 3,
        pause_s: float = 0.2,
        headers: dict[str, str] | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"searchapp-client/{__version__}",
                **(headers or {}),
            },
            timeout=urllib3.Timeout(connect=timeout_s, read=timeout_s),
            retries=urllib3.Retry(
                total=retries,
                backoff_factor=pause_s,
                status_forcelist=_RETRIED,
                allowed_methods=("GET",),
                redirect=False,
                raise_on_status=False,  # the last answer is a problem document: worth reading
            ),
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def search(
        self,
        query: str,
        *,
        page: int = 1,
        size: int | None = None,
        filters: Iterable[str] = (),
        published_from: str | None = None,
        published_to: str | None = None,
        sort: SortName = "relevance",
        facet_size: int = 20,
        cursor: str | None = None,
        verbatim: bool = False,
        explain: bool = False,
    ) -> SearchAnswer:
        """One page of hits; see `/api/v1/search`."""
        return self._get(
            f"{_API}/search",
            SearchAnswer,
            [
                ("q", query),
                ("page", page),
                ("size", size),
                *(("filter", one) for one in filters),
                ("from", published_from),
                ("to", published_to),
                ("sort", sort),
                ("facet_size", facet_size),
                ("cursor", cursor),
                ("verbatim", int(verbatim)),
                ("explain", int(explain)),
            ],
        )

    def every_hit(
        self,
        query: str,
        *,
        size: int = 100,
        filters: Iterable[str] = (),
        published_from: str | None = None,
        published_to: str | None = None,
        sort: SortName = "relevance",
        verbatim: bool = False,
    ) -> Iterator[Hit]:
        """All hits in order, page after page of ``size``; none is skipped or comes twice, whatever
        is indexed meanwhile.
        """
        filters, cursor = tuple(filters), None
        while True:
            answer = self.search(
                query,
                size=size,
                filters=filters,
                published_from=published_from,
                published_to=published_to,
                sort=sort,
                facet_size=0,
                cursor=cursor,
                verbatim=verbatim,
            )
            yield from answer.hits
            cursor = answer.next_cursor
            if cursor is None:
                return

    def suggest(self, prefix: str, *, size: int = 8) -> SuggestAnswer:
        """Ways to go on from what was typed."""
        return self._get(f"{_API}/suggest", SuggestAnswer, [("q", prefix), ("size", size)])

    def document(self, document_id: str, *, query: str = "") -> DocumentAnswer:
        """A document, with the words of ``query`` marked. ProblemError 404 if there is none."""
        return self._get(self._path(document_id), DocumentAnswer, [("q", query)])

    def related(self, document_id: str, *, size: int = 5) -> RelatedAnswer:
        """The documents most like one. ProblemError 404 if there is no such document."""
        return self._get(f"{self._path(document_id)}/related", RelatedAnswer, [("size", size)])

    def stats(self) -> StatsAnswer:
        """What the live index holds."""
        return self._get(f"{_API}/stats", StatsAnswer, [])

    def analyze(self, text: str) -> AnalysisAnswer:
        """A text through every view of the analyzer."""
        return self._get(f"{_API}/analyze", AnalysisAnswer, [("text", text)])

    @staticmethod
    def _path(document_id: str) -> str:
        return f"{_API}/documents/{quote(document_id, safe='')}"

    def _get(self, path: str, kind: type[Answer], parameters: Iterable[tuple[str, Any]]) -> Answer:
        query = urlencode([(name, value) for name, value in parameters if value is not None])
        try:
            response = self._pool.request("GET", f"{self._url}{path}" + (query and f"?{query}"))
        except urllib3.exceptions.HTTPError as error:
            raise UnreachableError(f"no answer from {self._url}: {error}") from error
        try:
            if response.status != 200:
                raise ProblemError(msgspec.json.decode(response.data, type=Problem))
            return msgspec.json.decode(response.data, type=kind)
        except msgspec.MsgspecError as error:
            raise UnreachableError(
                f"{self._url} answered {response.status} with what is no answer of this API"
                f" ({error})"
            ) from error
