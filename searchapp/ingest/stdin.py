"""Standard input: spooled to a file within limits, and then recognised by what it holds."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from searchapp.errors import InputError
from searchapp.ingest.base import SourceFile
from searchapp.ingest.formats import HEAD_BYTES, format_of
from searchapp.ingest.limits import Limits
from searchapp.ingest.mapping import FieldMap

NAME = "stdin"
_BLOCK_BYTES = 1 << 18
_NO_LIMITS_NAMED = Limits()
_OWN_NAMES = FieldMap()


@contextlib.contextmanager
def spool_stdin(
    stream: IO[bytes], limits: Limits = _NO_LIMITS_NAMED, fields: FieldMap = _OWN_NAMES
) -> Iterator[SourceFile]:
    """All that a stream holds, as a file named "stdin" that is there within the context.

    What is recognised by nothing is a table if ``fields`` names columns, else plain text. Raises
    InputError for an empty stream and for one over ``limits.archive_bytes``.
    """
    with tempfile.TemporaryDirectory(prefix="searchapp-") as folder:
        path = Path(folder, "member")
        size = 0
        with path.open("wb") as out:
            while block := stream.read(_BLOCK_BYTES):
                size += len(block)
                if size > limits.archive_bytes:
                    allowed = limits.archive_bytes // 1_000_000
                    raise InputError(
                        f"standard input holds more than {allowed} MB; archive_max_mb allows more"
                    )
                out.write(block)
        if not size:
            raise InputError("standard input is empty; pipe a file into it, or name one")
        with path.open("rb") as written:
            known = format_of(NAME, written.read(HEAD_BYTES)) is not None
        name = NAME if known else f"{NAME}.csv" if fields.names else f"{NAME}.txt"
        yield SourceFile(path, NAME, fields, limits, name)
