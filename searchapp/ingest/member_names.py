"""What the files in an archive are called, as text that is safe to show and to put into ids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from searchapp.ingest import legacy

_DRIVE = re.compile(r"[A-Za-z]:$")
_NO_PARTS = frozenset(("", ".", ".."))
_WORD = re.compile(r"[^\W\d_]+")


def decode_names(names: Sequence[bytes], fallback: str) -> list[str]:
    """Names whose encoding the archive doesn't tell, decoded alike.

    UTF-8 where all are; else what Vietnamese they can be only; else windows-1258, which Vietnamese
    Windows writes, where they read as Vietnamese then; else ``fallback``, a codec that knows any
    byte.
    """
    try:
        return [name.decode("utf-8") for name in names]
    except UnicodeDecodeError:
        pass
    finding = legacy.recognise_bytes(b"\n".join(names))
    if finding is not None and finding.certain:
        return [finding.encoding.convert(name.decode("latin-1")) for name in names]
    composed = [unicodedata.normalize("NFC", n.decode("cp1258", "replace")) for n in names]
    if _reads_as_vietnamese("\n".join(composed)):
        return composed
    return [name.decode(fallback) for name in names]


def _reads_as_vietnamese(text: str) -> bool:
    marked = [word for word in _WORD.findall(text.lower()) if not word.isascii()]
    syllables = sum(map(legacy.is_syllable, marked))
    return bool(marked) and syllables >= 0.8 * len(marked)


def clean_name(name: str) -> str:
    """A name as a path of plain parts: nothing absolute, no drive, no "..", nothing unprintable.

    Empty for a name that has no such part.
    """
    parts = [part for part in name.replace("\\", "/").split("/") if part not in _NO_PARTS]
    while parts and _DRIVE.match(parts[0]):
        parts.pop(0)
    return "".join(c if c.isprintable() else "\ufffd" for c in "/".join(parts))


def is_hidden(name: str) -> bool:
    """Whether a cleaned name lies in what is hidden, or in what macOS adds for itself."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
