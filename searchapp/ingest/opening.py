"""Files of records, plain or gzip, as bytes or as text, without holding them whole."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from searchapp.ingest.base import SourceFile, UnreadableError
from searchapp.ingest.decoding import DecodingError, decode_noted, marked_encoding

PACKED_DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error)
"""What reading a packed file that is cut off or damaged raises."""

_BLOCK = 1 << 20


def open_bytes(path: Path) -> IO[bytes]:
    """A file, unpacked if its name says that it is packed."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path)  # type: ignore[return-value]  # it is one in all but name
    return path.open("rb")


@contextlib.contextmanager
def open_text(path: Path) -> Iterator[tuple[IO[str], list[str]]]:
    """A file as text, line ends as they are, and notes for a person: what had to be guessed.

    UTF-8, and what a byte order mark tells, is read as it goes, after one pass that makes sure of
    it; other encodings are recognised from the whole. Raises DecodingError with a reason for a
    person.
    """
    encoding = _certain_encoding(path)
    with open_bytes(path) as file:
        if encoding is None:
            text, notes = decode_noted(file.read())
            yield io.StringIO(text, newline=""), notes
        else:
            yield io.TextIOWrapper(file, encoding, newline=""), []


def _certain_encoding(path: Path) -> str | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_bytes(path) as file:
        try:
            block = file.read(_BLOCK)
            marked = marked_encoding(block)
            if marked is not None:
                return marked
            while block:
                if b"\x00" in block:
                    raise DecodingError("looks like a binary file (it holds NUL characters)")
                decoder.decode(block)
                block = file.read(_BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
        except PACKED_DAMAGED:
            pass  # what comes before is read, and then it is told
    return "utf-8"


def whole_bytes(file: SourceFile) -> bytes:
    """All bytes of a file that is read whole. Raises UnreadableError for one over the limit."""
    most = file.limits.file_bytes
    with file.path.open("rb") as opened:
        data = opened.read(most + 1)
    if len(data) > most:
        raise UnreadableError(
            f"is larger than {most // 1_000_000} MB; split it, or file_max_mb allows more"
        )
    return data
