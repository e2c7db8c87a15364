"""Reads queries and judgements (qrels); what can't be read is named with file and line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from searchapp.errors import InputError

Qrels = dict[str, dict[str, int]]
"""Query id to document id to relevance; above 0 is relevant."""

_HEADS = frozenset(("score", "relevance", "rel"))  # of a title line, as BEIR's qrels have it


@dataclass(frozen=True, slots=True)
class Query:
    """A query; ``line`` (1-based) is where its file has it."""

    id: str
    text: str
    line: int


def at(path: Path, line: int, problem: str) -> InputError:
    """The error of one line of a file, ``line`` 1-based."""
    return InputError(f"{path}:{line}: {problem}")


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file that are not blank, with their 1-based numbers.

    Raises InputError if it can't be read, is not UTF-8 or has no such line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from error
    empty = True
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            line = raw.decode("utf-8").rstrip("\r")
        except UnicodeDecodeError as error:
            raise at(path, number, "is not UTF-8; convert the file") from error
        if line.strip():
            empty = False
            yield number, line
    if empty:
        raise InputError(f"{path}: is empty")


def read_queries(path: Path) -> list[Query]:
    """Queries from JSON Lines (``id``, ``text``) or from lines of id, tab, text.

    The first line decides which. Raises InputError.
    """
    queries: list[Query] = []
    first_lines: dict[str, int] = {}
    parse: Callable[[str], tuple[str, str]] | None = None
    for number, line in numbered_lines(path):
        if parse is None:
            parse = _json_query if line.lstrip().startswith("{") else _tab_query
        try:
            query_id, text = parse(line)
        except ValueError as error:
            raise at(path, number, str(error)) from error
        before = first_lines.setdefault(query_id, number)
        if before != number:
            raise at(path, number, f"the id {query_id!r} was used in line {before} already")
        queries.append(Query(query_id, text, number))
    return queries


def _json_query(line: str) -> tuple[str, str]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise ValueError("should be a JSON object with id and text")
    query_id = record.get("id")
    if isinstance(query_id, int) and not isinstance(query_id, bool):
        query_id = str(query_id)
    text = record.get("text")
    if not isinstance(query_id, str) or not isinstance(text, str):
        raise ValueError("should have an id and a text, both strings")
    return _whole(query_id, text)


def _tab_query(line: str) -> tuple[str, str]:
    query_id, tab, text = line.partition("\t")
    if not tab:
        raise ValueError("should be JSON with id and text, or an id, a tab and the text")
    return _whole(query_id, text.replace("\t", " "))


def _whole(query_id: str, text: str) -> tuple[str, str]:
    query_id, text = query_id.strip(), text.strip()
    if not query_id:
        raise ValueError("the id is empty")
    if not text:
        raise ValueError(f"the text of {query_id!r} is empty")
    try:
        (query_id + text).encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half a character (a lone surrogate)") from error
    return query_id, text


def read_qrels(path: Path) -> Qrels:
    """Judgements from lines of query, document, relevance between tabs, or in TREC's format.

    TREC's is query, iteration, document, relevance between white space. The first line decides
    which; a title line before tab-separated ones is passed over. Raises InputError.
    """
    qrels: Qrels = {}
    columns = 0
    for number, line in numbered_lines(path):
        fields = [f.strip() for f in line.split("\t")] if "\t" in line else line.split()
        if not columns:
            columns = 3 if line.count("\t") == 2 else 4
            if columns == 3 and fields[-1].lower() in _HEADS:
                continue
        if len(fields) != columns or not all(fields):
            raise at(path, number, f"should be {_SHAPES[columns]}")
        query_id, document_id = fields[0], fields[-2]
        try:
            relevance = int(fields[-1])
        except ValueError as error:
            problem = f"the relevance {fields[-1]!r} should be a whole number"
            raise at(path, number, problem) from error
        before = qrels.setdefault(query_id, {}).setdefault(document_id, relevance)
        if before != relevance:
            raise at(path, number, f"{document_id!r} was judged {before} for {query_id!r} before")
    if not qrels:
        raise InputError(f"{path}: has a title line and no judgement")
    return qrels


_SHAPES = {
    3: "query, document and relevance between tabs",
    4: "query, document and relevance between tabs, or query, iteration, document and relevance"
    " between white space",
}
