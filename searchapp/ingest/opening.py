"""Files, plain or compressed, as bytes or as text, without holding them whole."""

from __future__ import annotations

import bz2
import codecs
import contextlib
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from searchapp.ingest.base import SourceFile, UnreadableError
from searchapp.ingest.decoding import DecodingError, decode_noted, marked_encoding

PACKED_DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError)
"""What reading a packed file that is cut off or damaged raises."""

COMPRESSED_SUFFIXES = (".gz", ".bz2", ".xz")
"""What a compressed file's name ends with, behind the name of what it holds."""

_BLOCK = 1 << 20
_MAGIC: tuple[tuple[bytes, Callable[[Path], IO[bytes]]], ...] = (
    (b"\x1f\x8b", gzip.open),  # type: ignore[assignment]  # files in all but name
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\x00", lzma.open),
)


def is_compressed(head: bytes) -> bool:
    """Whether a file that begins so is one that `open_bytes` decompresses."""
    return any(head.startswith(magic) for magic, _ in _MAGIC)


def plain_name(name: str) -> str:
    """The name of what a compressed file holds: ``a.csv`` for ``a.csv.gz``."""
    return next(
        (name[: -len(end)] for end in COMPRESSED_SUFFIXES if name.lower().endswith(end)), name
    )


def open_bytes(path: Path) -> IO[bytes]:
    """A file, decompressed as it is read if its content says that it is compressed."""
    with path.open("rb") as file:
        head = file.read(8)
    opener = next((opener for magic, opener in _MAGIC if head.startswith(magic)), None)
    return path.open("rb") if opener is None else opener(path)


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


@contextlib.contextmanager
def open_utf8(path: Path) -> Iterator[tuple[IO[bytes], list[str]]]:
    """A file as UTF-8 without a byte order mark, whatever it was, and notes as `open_text` has."""
    encoding = _certain_encoding(path)
    with open_bytes(path) as file:
        if encoding in {"utf-8", "utf-8-sig"}:
            if encoding == "utf-8-sig":
                file.read(len(codecs.BOM_UTF8))
            yield file, []
        else:
            text, notes = decode_noted(file.read())
            yield io.BytesIO(text.encode("utf-8", "surrogatepass")), notes


def whole_bytes(file: SourceFile) -> bytes:
    """All bytes of a file that is read whole. Raises UnreadableError for one over the limit."""
    most, data = file.limits.file_bytes, bytearray()
    with file.path.open("rb") as opened:
        # Block by block: asked for so many bytes at once, Python makes room for all of them first.
        while len(data) <= most and (block := opened.read(_BLOCK)):
            data += block
    if len(data) > most:
        raise UnreadableError(
            f"is larger than {most // 1_000_000} MB; split it, or file_max_mb allows more"
        )
    return bytes(data)
