"""What tests of engines share: building an index, and comparing what two engines find."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Field
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch, Capabilities, Engine, Found, Searcher
from searchapp.language.completion_builder import CompletionBuilder
from searchapp.language.counts import CorpusCounts
from searchapp.language.synonyms import AbbreviationMiner
from searchapp.query.nodes import (
    And,
    AnyTerm,
    AtLeast,
    Counted,
    HasId,
    HasValue,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    PublishedIn,
    Query,
    Term,
)
from searchapp.storage import DISK, Storage

CLOSE = 1e-9
CLEAR_LEAD = 1.15
"""How many times the second best score the best is, for every way of counting to agree on it."""


def analyzed(documents: Sequence[Document], analyzer: Analyzer) -> AnalyzedBatch:
    return AnalyzedBatch(
        documents,
        {
            Field.TITLE: analyzer.analyze_batch([d.title for d in documents]),
            Field.BODY: analyzer.analyze_batch([d.text for d in documents]),
        },
    )


def build_index(
    engine: Engine,
    folder: Path,
    documents: Sequence[Document],
    analyzer: Analyzer,
    batch: int = 7,
) -> Searcher:
    """An index of the documents, written in small batches, opened."""
    writer = engine.create(folder)
    for first in range(0, len(documents), batch):
        writer.add(analyzed(documents[first : first + batch], analyzer))
    writer.commit()
    return engine.open(folder)


# -- what an engine can't do --------------------------------------------------------------------


def refusal(query: Query, capabilities: Capabilities) -> str | None:
    """Why an engine with such capabilities has to refuse a query; None if it need not."""
    nodes = [query.match, *(scored.node for scored in query.score)]
    nodes += [one.node for one in query.filters]
    if query.first is not None:
        nodes.append(query.first)
    for node in nodes:
        for one in counted(node):
            if one.field is not None and one.field not in capabilities.field_alone:
                return f"an index of this engine can't be asked for words of the {one.field} alone"
            most = capabilities.near_patterns_max
            if isinstance(one, Near) and most is not None and near_patterns(one) > most:
                return (
                    f"an index of this engine can't look for {len(one.terms)} words with up to"
                    f" {one.slop} others between them; ask for fewer words or a smaller number"
                )
    return None


def counted(node: Node) -> Iterator[Counted]:
    """The leaves of a tree that stand in texts."""
    match node:
        case Term() | AnyTerm() | Phrase() | Near():
            yield node
        case And(children) | Or(children) | AtLeast(children):
            for child in children:
                yield from counted(child)
        case Not(child):
            yield from counted(child)
        case HasValue() | HasId() | PublishedIn():
            pass


def near_patterns(node: Near) -> int:
    """The distinct orders of the terms, times the ways to part up to ``slop`` words among the gaps
    between them.
    """
    orders = math.factorial(len(node.terms))
    for times in Counter(node.terms).values():
        orders //= math.factorial(times)
    gaps = len(node.terms) - 1
    return orders * math.comb(node.slop + gaps, gaps)


# -- comparing ----------------------------------------------------------------------------------


def assert_same_ranking(
    found: Found, expected: list[tuple[str, float]], limit: int, *, exact: bool = True
) -> None:
    """The same documents in the same order, scores within `CLOSE`.

    Two documents whose scores lie closer than that may stand either way around. Where scores are
    not ``exact`` ones, an engine chooses its own order, but for a best one with a clear lead.
    """
    ids = [hit.document.id for hit in found.hits]
    scores = dict(expected)
    assert found.total == len(expected)
    assert len(ids) == len(set(ids)) == min(limit, len(expected))
    assert scores.keys() >= set(ids)
    if not any(scores.values()):
        assert ids == [name for name, _ in expected[:limit]]
    elif exact:
        for hit, (name, score) in zip(found.hits, expected, strict=False):
            assert abs(hit.score - score) < CLOSE
            if hit.document.id != name:
                assert abs(scores[hit.document.id] - score) < CLOSE
    elif ids and leads_clearly(expected):
        assert ids[0] == expected[0][0]


def leads_clearly(ranked: list[tuple[str, float]]) -> bool:
    """Whether the first document is the best of all by far, whatever it is that put it there."""
    best = ranked[0][1]
    return all(best > CLEAR_LEAD * score for _, score in ranked[1:])


def gather_language(
    folder: Path, spool: Path, batches: Iterable[AnalyzedBatch], disk: Storage = DISK
) -> None:
    """What the corpus says of its language, as a build writes it beside the engine's files."""
    corpus, completions, miner = (
        CorpusCounts(spool, disk),
        CompletionBuilder(spool, disk),
        AbbreviationMiner(),
    )
    for batch in batches:
        completions.add_titles(document.title for document in batch.documents)
        completions.add_texts(batch.fields[Field.BODY])
        for terms in batch.fields.values():
            corpus.add(terms)
        for document in batch.documents:
            miner.add(document.text)
    corpus.write(folder, disk)
    completions.write(folder, disk)
    miner.write(folder, disk)
