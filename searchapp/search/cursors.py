"""A place in the hits of a query, for programs that read all of them.

A cursor names the generation it began on: generations never change, so that going on where the last
page ended neither skips nor repeats a document, whatever is indexed meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from searchapp.errors import CursorError, QueryError

_MAX_OFFSET = 10**9


@dataclass(frozen=True, slots=True)
class Cursor:
    """The hits from ``offset`` on, of the question with a ``fingerprint``, in a generation.

    ``after`` is the engine's own mark of the hit before, where it has one (`Found.after`).
    """

    generation: str
    offset: int
    fingerprint: str
    after: str | None = None

    def encode(self) -> str:
        """The cursor as letters, digits, ``-`` and ``_``."""
        plain = f"{self.generation} {self.offset} {self.fingerprint}"
        if self.after is not None:
            plain += f" {self.after}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, fingerprint: str) -> Cursor:
        """Read a cursor of the same question. Raises QueryError if it is none."""
        try:
            plain = base64.b64decode(
                text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True
            ).decode()
            generation, offset, theirs, *after = plain.split(" ", 3)
            place = int(offset)
        except (binascii.Error, ValueError):
            raise CursorError from None
        if theirs != fingerprint:
            raise QueryError(
                "the cursor belongs to another query; repeat q, filters and sort unchanged",
                "cursor",
            )
        if not 0 <= place <= _MAX_OFFSET:
            raise QueryError("the cursor points outside of the hits; begin without it", "cursor")
        return cls(generation, place, fingerprint, after[0] if after else None)


def fingerprint(parts: Iterable[object]) -> str:
    """A short digest of what a question consists of."""
    return hashlib.sha256(repr(tuple(parts)).encode("utf-8", "replace")).hexdigest()[:12]
