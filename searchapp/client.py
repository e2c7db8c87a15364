"""A typed client of the HTTP API.

::

    from searchapp.client import Client

    with Client("http://127.0.0.1:8000", token="…") as client:
        answer = client.search("xây dựng nông thôn mới", filters=["year:2024"])
        for hit in client.every_hit("nguồn:VnExpress", sort="newest"):
            print(hit.published, hit.title)

        client.put_documents([{"id": "tin/1", "title": "Sông Hương", "text": "…"}])

Answers are the types of `searchapp.contract.answers`. Every call may be made twice and comes to the
same, so what fails on the way is tried again: connections that break, and 429, 502, 503 and 504,
with growing pauses or the one that `Retry-After` names. Calls that write wait in the same way for
another build to end (409).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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
    WriteAnswer,
)
from searchapp.contract.requests import SortName
from searchapp.contract.writing import Record

__all__ = ["Client", "ClientError", "ProblemError", "Record", "UnreachableError"]

_RETRIED = (429, 502, 503, 504)
_DONE = (200, 201)
_BUSY = 409
_GOOD_TOKEN = re.compile(r"[!-~]+")
_API = "/api/v1"

Answer = TypeVar("Answer", bound=msgspec.Struct)
Document = Record | Mapping[str, object]
"""A document to write: id, title, text and what else is known of it."""


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
    with pauses of ``pause_s``, twice as long each time. ``token`` is sent with every call, never to
    another address; an index takes longer to write than to read, so that the calls that write wait
    ``write_s`` for an answer.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        timeout_s: float = 10.0,
        retries: int = 3,
        pause_s: float = 0.2,
        headers: dict[str, str] | None = None,
        token: str | None = None,
        write_s: float = 300.0,
    ) -> None:
        if token is not None and not _GOOD_TOKEN.fullmatch(token):
            raise ValueError("token may only hold printable ASCII, without spaces")
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"searchapp-client/{__version__}",
                **({} if token is None else {"Authorization": f"Bearer {token}"}),
                **(headers or {}),
            },
            timeout=urllib3.Timeout(connect=timeout_s, read=timeout_s),
            retries=urllib3.Retry(
                total=retries,
                backoff_factor=pause_s,
                status_forcelist=_RETRIED,
                allowed_methods=("GET", "POST", "PUT", "DELETE"),  # the same when done twice
                redirect=False,
                raise_on_status=False,  # the last answer is a problem document: worth reading
            ),
        )
        self._write_timeout = urllib3.Timeout(connect=timeout_s, read=write_s)
        self._write_retries = self._pool.connection_pool_kw["retries"].new(
            status_forcelist=(*_RETRIED, _BUSY)
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

    def document(
        self, document_id: str, *, query: str = "", start: int = 0, max_chars: int | None = None
    ) -> DocumentAnswer:
        """A document, with the words of ``query`` marked. ProblemError 404 if there is none.

        A long text comes in parts: go on with ``start=answer.next_start`` until that is None.
        """
        asked = [("q", query), ("start", start), ("max_chars", max_chars)]
        return self._get(self._path(document_id), DocumentAnswer, asked)

    def whole_text(self, document_id: str) -> str:
        """The text of a document, however long, read part by part."""
        parts: list[str] = []
        start: int | None = 0
        while start is not None:
            answer = self.document(document_id, start=start)
            parts.append(answer.text)
            start = answer.next_start
        return "".join(parts)

    def related(self, document_id: str, *, size: int = 5) -> RelatedAnswer:
        """The documents most like one. ProblemError 404 if there is no such document."""
        return self._get(f"{self._path(document_id)}/related", RelatedAnswer, [("size", size)])

    def stats(self) -> StatsAnswer:
        """What the live index holds."""
        return self._get(f"{_API}/stats", StatsAnswer, [])

    def analyze(self, text: str) -> AnalysisAnswer:
        """A text through every view of the analyzer."""
        return self._get(f"{_API}/analyze", AnalysisAnswer, [("text", text)])

    def put_documents(self, documents: Iterable[Document]) -> WriteAnswer:
        """Create or replace documents, all or none; they can be searched when this returns.

        ProblemError 422 names what is wrong with which: see ``error.problem.errors``; 413 if they
        are too many for one call.
        """
        body = {"documents": [_plain(document) for document in documents]}
        return self._write("POST", f"{_API}/documents", body)

    def put_document(self, document_id: str, document: Document) -> WriteAnswer:
        """Create or replace the document with this id."""
        return self._write("PUT", self._path(document_id), _plain(document))

    def delete_documents(self, ids: Iterable[str]) -> WriteAnswer:
        """Delete documents, all or none; those that are not there are ``absent`` in the answer."""
        return self._write("DELETE", f"{_API}/documents", {"ids": list(ids)})

    def delete_document(self, document_id: str) -> WriteAnswer:
        """Delete the document with this id, if there is one."""
        return self._write("DELETE", self._path(document_id), None)

    @staticmethod
    def _path(document_id: str) -> str:
        quoted = quote(document_id, safe="")
        if quoted in {".", ".."}:  # they would be taken for steps of the path
            quoted = quoted.replace(".", "%2E")
        return f"{_API}/documents/{quoted}"

    def _write(self, method: str, path: str, body: object) -> WriteAnswer:
        headers = dict(self._pool.headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._ask(
            method,
            path,
            WriteAnswer,
            headers=headers,
            body=None if body is None else msgspec.json.encode(body),
            timeout=self._write_timeout,
            retries=self._write_retries,
        )

    def _get(self, path: str, kind: type[Answer], parameters: Iterable[tuple[str, Any]]) -> Answer:
        query = urlencode([(name, value) for name, value in parameters if value is not None])
        return self._ask("GET", path + (query and f"?{query}"), kind)

    def _ask(self, method: str, path: str, kind: type[Answer], **how: Any) -> Answer:
        try:
            response = self._pool.request(method, f"{self._url}{path}", **how)
        except urllib3.exceptions.HTTPError as error:
            raise UnreachableError(f"no answer from {self._url}: {error}") from error
        try:
            if response.status not in _DONE:
                raise ProblemError(msgspec.json.decode(response.data, type=Problem))
            return msgspec.json.decode(response.data, type=kind)
        except msgspec.MsgspecError as error:
            raise UnreachableError(
                f"{self._url} answered {response.status} with what is no answer of this API"
                f" ({error})"
            ) from error


def _plain(document: Document) -> Record | dict[str, object]:
    return document if isinstance(document, Record) else dict(document)
