"""Which documents of a Whoosh index a condition holds for: masks over all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from searchapp.engines.at_least import child_units, least_units
from searchapp.engines.columns import Columns
from searchapp.engines.whoosh_codec import ArrayTermsReader
from searchapp.engines.whoosh_names import encoded
from searchapp.engines.whoosh_scoring import Scorer
from searchapp.query.nodes import (
    And,
    AnyTerm,
    AtLeast,
    HasId,
    HasValue,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    PublishedIn,
    Term,
)

Mask = npt.NDArray[np.bool_]


def document_number(terms: ArrayTermsReader, document_id: str) -> int | None:
    """The number that an id leads to; None if there is no such document."""
    postings = terms.postings("id", encoded(document_id))
    return None if postings is None else int(postings.documents[0])


class Matcher:
    """Finds the documents for which a tree of conditions holds. Safe to share between threads.

    ``live`` marks the documents that count; it has a place for every document of the index.
    """

    def __init__(
        self, scorer: Scorer, columns: Columns, terms: ArrayTermsReader, live: Mask
    ) -> None:
        self._scorer = scorer
        self._columns = columns
        self._terms = terms
        self._live = live
        self._count = int(np.count_nonzero(live))

    def matching(self, node: Node) -> Mask:  # noqa: PLR0912  # a branch for each kind of node
        """A new mask with a place for every document of the index. Raises OutOfTimeError."""
        mask = np.zeros(self._live.size, dtype=np.bool_)
        match node:
            case Term() | AnyTerm() | Phrase() | Near():
                postings = self._scorer.postings(node)
                if postings.dense:
                    mask |= postings.documents
                else:
                    mask[postings.documents] = True
            case HasValue():
                mask = self._columns.having(node)
            case HasId(document_id):
                number = document_number(self._terms, document_id)
                if number is not None:
                    mask[number] = True
            case PublishedIn():
                mask = self._columns.published_in(node)
            case AtLeast(children, share):
                mask = self._at_least(children, share)
            case Or(children):
                for child in children:
                    mask |= self.matching(child)
            case And(children):
                mask[:] = self._live
                for child in children:
                    mask &= self.matching(child)
            case Not(child):
                mask = self._live & ~self.matching(child)
        return mask

    def _at_least(self, children: tuple[Node, ...], share: float) -> Mask:
        masks = [self.matching(child) for child in children]
        units = child_units([int(np.count_nonzero(mask)) for mask in masks], self._count)
        told = np.zeros(self._live.size, dtype=np.int32)
        for mask, unit in zip(masks, units, strict=True):
            told += unit * mask
        reached: Mask = told >= least_units(units, share)
        return reached
