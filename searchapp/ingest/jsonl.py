"""JSON Lines: a record a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from searchapp.ingest.base import Item, Problem, SourceFile, with_notes
from searchapp.ingest.decoding import DecodingError, decode_noted
from searchapp.ingest.opening import PACKED_DAMAGED, open_bytes
from searchapp.ingest.records import RecordError, make_document

_MARK = b"\xef\xbb\xbf"


def read_jsonl(file: SourceFile) -> Iterator[Item]:
    """The documents of a JSON Lines file; a line that can't be read is a Problem."""
    path = file.shown
    number, limit = 0, file.limits.file_bytes
    with open_bytes(file.path) as lines:
        try:
            while line := lines.readline(limit + 1):
                number += 1
                if len(line) <= limit:
                    yield from _record(line.removeprefix(_MARK), file, number)
                    continue
                allowed = limit // 1_000_000
                yield Problem(path, f"is longer than {allowed} MB; file_max_mb allows more", number)
                while line and not line.endswith(b"\n"):
                    line = lines.readline(limit)
        except PACKED_DAMAGED as error:
            yield Problem(
                path, f"the compressed data (gzip …) ends or is damaged here ({error})", number + 1
            )


def _record(line: bytes, file: SourceFile, number: int) -> Iterator[Item]:
    if not line.strip():
        return
    path = file.shown
    try:
        raw, decoding_notes = decode_noted(line)
        record = json.loads(raw)
        if not isinstance(record, dict):
            raise RecordError("is no JSON object")
        document, notes = make_document(file.fields.fields_of(record), path)
    except json.JSONDecodeError as error:
        yield Problem(path, f"is not JSON ({error.msg}, column {error.colno})", number)
    except (DecodingError, RecordError) as error:
        yield Problem(path, str(error), number)
    except ValueError as error:
        yield Problem(path, f"is not JSON that can be read ({error})", number)
    except RecursionError:
        yield Problem(path, "is nested too deeply", number)
    else:
        yield from with_notes(document, (*decoding_notes, *notes), path, number)
