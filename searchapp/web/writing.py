"""The operations that change the index: documents created, replaced and deleted by programs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from flask import request
from msgspec import Struct

from searchapp.apart import run_apart
from searchapp.contract.requests import NoParameters
from searchapp.contract.writing import (
    EXAMPLE_ID,
    Ids,
    Record,
    RecordAtId,
    Records,
    WriteAnswer,
    Written,
)
from searchapp.search.service import SearchService
from searchapp.web.bodies import JSON, JSON_LINES, read_body
from searchapp.web.observing import see_written
from searchapp.web.operations import PREFIX, Body, Operation

if TYPE_CHECKING:  # what reads and builds documents is imported by the first call that writes
    from searchapp.ingest.programs import Applied
    from searchapp.web.received import Received

_ALWAYS = (401, 403, 409, 429, 503)
_WITH_BODY = (400, 413, 415, 422)


def _put_documents(service: SearchService, _: Struct, __: str) -> Struct:
    from searchapp.web.received import documents_of

    settings = service.settings
    data = read_body((JSON, *JSON_LINES), settings.write_max_mb)
    lines = request.mimetype in JSON_LINES
    return _put(service, documents_of(data, settings.write_max_documents, lines=lines))


def _put_document(service: SearchService, _: Struct, document_id: str) -> Struct:
    from searchapp.web.received import document_at

    data = read_body((JSON,), service.settings.write_max_mb)
    return _put(service, [document_at(document_id, data)])


def _delete_documents(service: SearchService, _: Struct, __: str) -> Struct:
    from searchapp.ingest import programs
    from searchapp.web.received import ids_of

    settings = service.settings
    ids = ids_of(read_body((JSON,), settings.write_max_mb), settings.write_max_documents)
    begun = time.perf_counter()
    return _answer(run_apart(programs.delete_documents, ids, settings), begun, {})


def _delete_document(service: SearchService, _: Struct, document_id: str) -> Struct:
    from searchapp.ingest import programs

    begun = time.perf_counter()
    return _answer(run_apart(programs.delete_documents, [document_id], service.settings), begun, {})


def _put(service: SearchService, received: list[Received]) -> Struct:
    from searchapp.ingest import programs

    begun = time.perf_counter()
    documents = [one.document for one in received]
    notes = {one.document.id: one.notes for one in received}
    return _answer(run_apart(programs.put_documents, documents, service.settings), begun, notes)


def _answer(applied: Applied, begun: float, notes: Mapping[str, tuple[str, ...]]) -> WriteAnswer:
    see_written(one.result for one in applied.changes)
    return WriteAnswer(
        generation=applied.generation,
        documents=applied.documents,
        results=[
            Written(id=one.id, result=cast("Any", one.result), notes=list(notes.get(one.id, ())))
            for one in applied.changes
        ],
        took_ms=round((time.perf_counter() - begun) * 1000, 2),
    )


WRITES = (
    Operation(
        "put_documents",
        f"{PREFIX}/documents",
        "Thêm hoặc thay tài liệu",
        "Create or replace documents",
        "Nhiều tài liệu trong một lời gọi: tất cả cùng vào chỉ mục, hoặc không tài liệu nào. Tài"
        " liệu đã có cùng mã bị thay. Khi có câu trả lời thì đã tìm được; gửi lại lần nữa không"
        " đổi gì. Phần thân là đối tượng có `documents`, một danh sách, một tài liệu, hoặc JSON"
        " Lines (mỗi dòng một tài liệu); nén gzip được nếu có `Content-Encoding: gzip`.",
        "Many documents in one call: all of them enter the index, or none does. One with a known"
        " id is replaced. They can be searched when the answer comes; sending them again changes"
        " nothing. The body is an object with `documents`, a list, one document, or JSON Lines;"
        " it may be packed with `Content-Encoding: gzip`.",
        NoParameters,
        WriteAnswer,
        _put_documents,
        (*_ALWAYS, *_WITH_BODY),
        {},
        method="POST",
        body=Body((Records, [Record], Record), lines=Record),
    ),
    Operation(
        "delete_documents",
        f"{PREFIX}/documents",
        "Xóa nhiều tài liệu",
        "Delete documents",
        "Xóa các tài liệu có mã trong `ids`, tất cả cùng lúc; mã không có trong kho không phải là"
        " lỗi.",
        "Deletes the documents with these ids, all at once; an id that no document has is no"
        " error.",
        NoParameters,
        WriteAnswer,
        _delete_documents,
        (*_ALWAYS, *_WITH_BODY),
        {},
        method="DELETE",
        body=Body((Ids,)),
    ),
    Operation(
        "put_document",
        f"{PREFIX}/documents/{{id}}",
        "Thêm hoặc thay một tài liệu",
        "Create or replace a document",
        "Mã nằm trong đường dẫn. Trả lời 201 nếu tài liệu là mới, 200 nếu đã có.",
        "Its id is that of the path. Answers 201 for a new document, 200 for one that was there.",
        NoParameters,
        WriteAnswer,
        _put_document,
        (*_ALWAYS, *_WITH_BODY),
        {},
        EXAMPLE_ID,
        method="PUT",
        body=Body((RecordAtId,)),
    ),
    Operation(
        "delete_document",
        f"{PREFIX}/documents/{{id}}",
        "Xóa một tài liệu",
        "Delete a document",
        "Kết quả là `deleted`, hoặc `absent` nếu vốn không có tài liệu này.",
        "The result is `deleted`, or `absent` where there was no such document.",
        NoParameters,
        WriteAnswer,
        _delete_document,
        _ALWAYS,
        {},
        EXAMPLE_ID,
        method="DELETE",
    ),
)
"""In the order that they are documented in."""
