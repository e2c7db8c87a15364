"""From the body of a call to documents and ids; all that is wrong with them is told at once."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from werkzeug.exceptions import RequestEntityTooLarge

from searchapp.contract.writing import ID_MAX_CHARS, Record
from searchapp.documents import Document
from searchapp.errors import InputError, WrongDocument, WrongDocumentsError
from searchapp.ingest.records import RecordError, make_document

_MARK = b"\xef\xbb\xbf"
_SHOWN_CHARS = 40
_MAX_FAULTS = 10  # of one document
_WANTED = {
    "id": f"text of 1 to {ID_MAX_CHARS} characters",
    "tags": "a list of texts",
    "published": "a date like 2024-03-05, 2024-03 or 2024",
    "language": "a language tag like vi or en-GB",
}


@dataclass(frozen=True, slots=True)
class Received:
    """A document as it is to be kept, and what was converted in it."""

    document: Document
    notes: tuple[str, ...]


def documents_of(data: bytes, most: int, *, lines: bool) -> list[Received]:
    """The documents in JSON (an object with ``documents``, a list, or one document) or JSON Lines.

    Raises InputError for what is not such JSON, RequestEntityTooLarge for more than ``most``, and
    WrongDocumentsError that names every fault.
    """
    data = data.removeprefix(_MARK)
    values = _lines(data, most) if lines else _items(_decode(data, "the body"))
    if not values:
        raise InputError("there are no documents in the body; send one at least", "documents")
    _check_count(len(values), most)
    return _received(values)


def document_at(document_id: str, data: bytes) -> Received:
    """The document that a call puts at an id. Raises InputError and WrongDocumentsError."""
    values = _decode(data.removeprefix(_MARK), "the body")
    if isinstance(values, dict) and values.get("id", document_id) != document_id:
        raise InputError(
            f"the id in the body is {_shown(values['id'])}, the path says {_shown(document_id)};"
            " leave it out of the body",
            "id",
        )
    (received,) = _received([{**values, "id": document_id} if isinstance(values, dict) else values])
    return received


def ids_of(data: bytes, most: int) -> list[str]:
    """The ids in ``{"ids": [...]}``; raises as `documents_of` does."""
    body = _decode(data.removeprefix(_MARK), "the body")
    if not isinstance(body, dict) or body.keys() != {"ids"} or not isinstance(body["ids"], list):
        raise InputError('the body should be a JSON object: {"ids": ["…", "…"]}', "ids")
    ids = body["ids"]
    if not ids:
        raise InputError("ids is empty; send one at least", "ids")
    _check_count(len(ids), most)
    wrong, seen = [], dict[str, int]()
    for index, one in enumerate(ids):
        if not isinstance(one, str) or not one:
            detail = f"is {_shown(one)}, it should be an id: text that is not empty"
            wrong.append(WrongDocument(index, None, "id", detail))
        elif one in seen:
            wrong.append(_twice(index, one, seen[one]))
        else:
            seen[one] = index
    if wrong:
        raise WrongDocumentsError(tuple(wrong), len(ids))
    return ids


# -- from bytes to values -------------------------------------------------------------------------


def _decode(data: bytes, where: str) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(f"{where} is not JSON in UTF-8 ({error})") from error
    except RecursionError as error:
        raise InputError(f"{where} is nested too deeply") from error


def _lines(data: bytes, most: int) -> list[Any]:
    """The values of the lines that are not empty; one more than ``most`` at most."""
    numbered = ((number, line) for number, line in enumerate(io.BytesIO(data), 1) if line.strip())
    return [_decode(line, f"line {number}") for number, line in islice(numbered, most + 1)]


def _items(body: Any) -> list[Any]:
    if isinstance(body, list):
        return body
    if not isinstance(body, dict) or "documents" not in body:
        return [body]
    if len(body) > 1:
        name = next(one for one in body if one != "documents")
        raise InputError(f"{_shown(name)} stands beside documents; send documents alone", name)
    if not isinstance(body["documents"], list):
        raise InputError("documents should be a list of documents", "documents")
    return body["documents"]


def _check_count(count: int, most: int) -> None:
    if count > most:
        raise RequestEntityTooLarge(
            f"the call names more than {most} documents, the most that are taken"
            " (write_max_documents); send several calls"
        )


# -- from values to documents ---------------------------------------------------------------------


def _received(values: Sequence[Any]) -> list[Received]:
    found: list[Received] = []
    wrong: list[WrongDocument] = []
    seen: dict[str, int] = {}
    for index, value in enumerate(values):
        result = _make(index, value)
        if isinstance(result, list):
            wrong += result
        elif result.document.id in seen:
            wrong.append(_twice(index, result.document.id, seen[result.document.id]))
        else:
            seen[result.document.id] = index
            found.append(result)
    if wrong:
        raise WrongDocumentsError(tuple(wrong), len(values))
    return found


def _make(index: int, value: Any) -> Received | list[WrongDocument]:
    """One document, or all that is wrong with it."""
    if not isinstance(value, dict):
        detail = f"is {_shown(value)}, it should be a JSON object"
        return [WrongDocument(index, None, None, detail)]
    known = value.get("id")
    usable = isinstance(known, str) and 0 < len(known) <= ID_MAX_CHARS
    document_id = known if usable else None
    faults = [
        WrongDocument(index, document_id, field, detail)
        for field, detail in islice(_wrong_fields(value), _MAX_FAULTS)
    ]
    if faults:
        return faults
    try:
        document, notes = make_document(value, "")
    except RecordError as error:
        return [WrongDocument(index, document_id, None, str(error))]
    dropped = [
        WrongDocument(index, document_id, name, _wanted(name, value[name]))
        for name, kept in (("published", document.published), ("language", document.language))
        if value.get(name) and not kept
    ]
    return dropped or Received(replace(document, path=None), tuple(notes))


def _wrong_fields(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field that is at fault, and why."""
    fields = _fields()
    for name in value.keys() - fields.keys():
        yield name[:_SHOWN_CHARS], f"{_shown(name)} is no field; there are {', '.join(fields)}"
    if "id" not in value:
        yield "id", "has no id"
    for name, kind in fields.items():
        if name not in value:
            continue
        try:
            msgspec.convert(value[name], kind)
        except msgspec.ValidationError:
            yield name, _wanted(name, value[name])
        else:
            if name == "id" and value[name] != value[name].strip():
                yield name, f"id is {_shown(value[name])}; take the white space off its ends"


@cache
def _fields() -> dict[str, Any]:
    return {field.encode_name: field.type for field in msgspec.structs.fields(Record)}


def _wanted(name: str, value: Any) -> str:
    return f"{name} is {_shown(value)}, it should be {_WANTED.get(name, 'text')}"


def _twice(index: int, document_id: str, first: int) -> WrongDocument:
    detail = f"the id is that of document {first}, too; send each id once in a call"
    return WrongDocument(index, document_id, "id", detail)


def _shown(value: Any) -> str:
    """A value in a line, cut short."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN_CHARS else value[:_SHOWN_CHARS] + "…")
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return msgspec.json.encode(value).decode()[:_SHOWN_CHARS]
