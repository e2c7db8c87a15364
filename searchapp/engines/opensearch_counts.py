"""How many documents nodes find: from the vocabularies beside the index, else from the cluster."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from searchapp.analysis.base import View
from searchapp.engines.opensearch_query import Translator
from searchapp.engines.vocabulary import Vocabulary
from searchapp.query.nodes import And, AnyTerm, AtLeast, Node, Not, Or, Phrase, Query, Term

_KEPT = 20_000
_AT_ONCE = 500  # nodes counted in a request


class NodeCounts:
    """Counts once: an index never changes. Safe to share between threads.

    ``ask`` searches the index; ``translator`` is set when it is made.
    """

    translator: Translator

    def __init__(
        self,
        ask: Callable[[dict[str, Any]], dict[str, Any]],
        vocabularies: Mapping[View, Vocabulary],
    ) -> None:
        self._ask, self._vocabularies = ask, vocabularies
        self._known: dict[Node, int] = {}
        self._lock = threading.Lock()

    def count(self, node: Node) -> int:
        """How many documents a node finds."""
        if isinstance(node, Term) and node.field is None and node.view in self._vocabularies:
            return self._vocabularies[node.view].count(node.text)
        known = self._known.get(node)
        return self._fetch([node])[0] if known is None else known

    def prefetch(self, query: Query) -> None:
        """Count all that translating a query will ask for, in few requests."""
        wanted = set(_counted(query.match))
        for node in (query.first, *(one.node for one in query.filters)):
            if node is not None:
                wanted.update(_counted(node))
        for scored in query.score:
            if isinstance(scored.node, Phrase | AnyTerm):
                wanted.add(scored.node)
        unknown = [
            node
            for node in wanted
            if node not in self._known
            and not (
                isinstance(node, Term) and node.field is None and node.view in self._vocabularies
            )
        ]
        # What contains others is asked for behind them: translating it needs their counts.
        unknown.sort(key=_depth)
        for depth in sorted(set(map(_depth, unknown))):
            level = [node for node in unknown if _depth(node) == depth]
            for first in range(0, len(level), _AT_ONCE):
                self._fetch(level[first : first + _AT_ONCE])

    def _fetch(self, nodes: list[Node]) -> list[int]:
        filters = {str(number): self.translator.match(node) for number, node in enumerate(nodes)}
        answer = self._ask(
            {"size": 0, "aggs": {"counts": {"filters": {"filters": filters}}}},
        )
        buckets = answer["aggregations"]["counts"]["buckets"]
        counts = [int(buckets[str(number)]["doc_count"]) for number in range(len(nodes))]
        with self._lock:
            if len(self._known) > _KEPT:
                self._known = {}
            self._known.update(zip(nodes, counts, strict=True))
        return counts


def _counted(node: Node) -> Iterator[Node]:
    """The nodes whose counts a node's translation needs."""
    match node:
        case AtLeast(children, _):
            for child in children:
                yield child
                yield from _counted(child)
        case And(children) | Or(children):
            for child in children:
                yield from _counted(child)
        case Not(child):
            yield from _counted(child)


def _depth(node: Node) -> int:
    match node:
        case And(children) | Or(children) | AtLeast(children):
            return 1 + max(map(_depth, children), default=0)
        case Not(child):
            return 1 + _depth(child)
    return 0
