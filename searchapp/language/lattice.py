"""The likeliest path through a lattice of the ways that a query can be read in (Viterbi 1967)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from searchapp.language.model import LanguageModel

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A syllable that may have been meant: its number in the model, and what that costs."""

    number: int
    term: str
    cost: float


@dataclass(frozen=True, slots=True)
class Arc:
    """A stretch of a query that is read as one syllable: from one node to a later one.

    Nodes are offsets into the query, in code points; costs are natural logarithms.
    """

    start: int
    end: int
    candidates: Sequence[Candidate]


class Step(NamedTuple):
    """A part of a path: an arc, and what it is read as."""

    arc: Arc
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class _Node:
    """The candidates of all arcs that leave a node: the best path to each, and where it is from."""

    numbers: Array
    scores: Array
    from_node: Array
    from_index: Array
    choices: list[Step]


def best_path(arcs: Sequence[Arc], end: int, model: LanguageModel) -> list[Step]:
    """The likeliest path from the first node to ``end``; empty if none leads there.

    The score of a path is the logarithm of its syllables' probability under the model, less what
    its candidates cost; of equals the one is taken that was named first.
    """
    leaving: dict[int, list[Arc]] = defaultdict(list)
    for arc in arcs:
        leaving[arc.start].append(arc)
    nodes: dict[int, _Node] = {}
    arriving: dict[int, list[tuple[int, Array]]] = defaultdict(list)
    for start in sorted(leaving):
        if nodes and start not in arriving:
            continue
        here = nodes[start] = _node(leaving[start], arriving[start], nodes, model)
        for reached in dict.fromkeys(arc.end for arc in leaving[start]):
            which = [i for i, (arc, _) in enumerate(here.choices) if arc.end == reached]
            arriving[reached].append((start, np.array(which)))
    ends = [(start, int(i)) for start, which in arriving[end] for i in which]
    if not ends:
        return []
    at = max(ends, key=lambda last: nodes[last[0]].scores[last[1]])
    path = []
    while at[0] >= 0:
        node = nodes[at[0]]
        path.append(node.choices[at[1]])
        at = (int(node.from_node[at[1]]), int(node.from_index[at[1]]))
    return path[::-1]


def _node(
    arcs: Sequence[Arc],
    arriving: Sequence[tuple[int, Array]],
    nodes: dict[int, _Node],
    model: LanguageModel,
) -> _Node:
    choices = [Step(arc, candidate) for arc in arcs for candidate in arc.candidates]
    numbers = np.array([candidate.number for _, candidate in choices])
    costs = np.array([candidate.cost for _, candidate in choices])
    if not arriving:
        nowhere = np.full(numbers.size, -1)
        return _Node(numbers, model.log_unigram(numbers) - costs, nowhere, nowhere, choices)
    before = np.concatenate([nodes[start].numbers[which] for start, which in arriving])
    scores = np.concatenate([nodes[start].scores[which] for start, which in arriving])
    from_node = np.concatenate([np.full(which.size, start) for start, which in arriving])
    from_index = np.concatenate([which for _, which in arriving])
    paths = scores[:, None] + model.log_bigram(before, numbers)
    best = paths.argmax(axis=0)
    scores = paths[best, np.arange(numbers.size)] - costs
    return _Node(numbers, scores, from_node[best], from_index[best], choices)
