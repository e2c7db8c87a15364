"""Documents in batches, cut where their own content says so.

A batch ends behind a document whose digest falls below a threshold, and not after so many of them:
when a document is added or taken out, the batches before and behind it stay what they were, and
what was analysed and stored of them is used again as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from searchapp.documents import Document
from searchapp.ingest.store import Entry, Store

_USUAL_CHARS = 400_000  # on average
_USUAL_DOCUMENTS = 600
_MAX_CHARS = 1_000_000
_MAX_DOCUMENTS = 1_500
_DIGEST_END = 1 << 64


@dataclass(frozen=True, slots=True)
class Known:
    """A text that was analysed before: where its terms are."""

    store: Store
    chunk: int
    row: int


@dataclass(frozen=True, slots=True)
class Planned:
    """A document of the index to be; ``digest`` is that of its text."""

    document: Document
    digest: bytes
    known: Known | None = None


@dataclass(slots=True)
class PlannedBatch:
    """Documents that are analysed and stored together.

    ``finished`` are the entries that end in it, each with the number of the batch's documents
    before its end.
    """

    planned: list[Planned] = field(default_factory=list)
    finished: list[tuple[int, Entry]] = field(default_factory=list)

    @property
    def documents(self) -> list[Document]:
        """Its documents."""
        return [one.document for one in self.planned]

    def stored(self) -> tuple[Store, int] | None:
        """The chunk that holds just these documents already, if one does."""
        first = self.planned[0].known if self.planned else None
        if first is None:
            return None
        size = first.store.whole_chunk(first.chunk).count
        if size != len(self.planned):
            return None
        for row, one in enumerate(self.planned):
            if one.known != Known(first.store, first.chunk, row):
                return None
        same = first.store.batch(first.chunk).documents == self.documents
        return (first.store, first.chunk) if same else None


def batched(stream: Iterable[Planned | Entry]) -> Iterator[PlannedBatch]:
    """Batches of a stream of documents in which each entry stands behind its own."""
    batch, chars = PlannedBatch(), 0
    for one in stream:
        if isinstance(one, Entry):
            batch.finished.append((len(batch.planned), one))
            continue
        batch.planned.append(one)
        size = len(one.document.title) + len(one.document.text)
        chars += size
        full = chars >= _MAX_CHARS or len(batch.planned) >= _MAX_DOCUMENTS
        if full or _ends(one.digest, size):
            yield batch
            batch, chars = PlannedBatch(), 0
    if batch.planned or batch.finished:
        yield batch


def _ends(digest: bytes, size: int) -> bool:
    share = max(size / _USUAL_CHARS, 1 / _USUAL_DOCUMENTS)
    return int.from_bytes(digest[:8], "big") < share * _DIGEST_END
