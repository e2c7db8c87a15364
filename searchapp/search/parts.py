"""What a plan is put together from: conditions, scores, and what to highlight."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from searchapp.analysis.base import Field
from searchapp.query.nodes import And, Node, Or, Phrase, Scored, Term, within


@dataclass(frozen=True, slots=True)
class Weights:
    """What each kind of evidence counts; the defaults are those that docs/relevance.md chose."""

    word: float = 1.0
    exact: float = 0.4
    folded: float = 1.0
    pair: float = 0.5
    restored_word: float = 0.5
    restored_exact: float = 0.25
    name: float = 1.0
    """A word as pyvi sees it in capitals, for queries typed without any."""
    synonym: float = 0.2
    """A synonym, for each syllable that it stands for."""
    unmarked_text_share: float = 0.01
    """A marked syllable is looked for in texts typed without marks, too, but not if the corpus has
    this share of it so: *dung* is a word beside *dựng*."""
    least_share: float = 0.3
    """Of what the query tells: a document has to reach it to be found."""
    short_query: int = 4
    """Up to so many slots, documents that hold all of them come first."""
    own_form_share: float = 0.1
    """A folded syllable of which this share is written without marks is one in its own right."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to highlight: single syllables and phrases of syllables, each in one view."""

    syllables: frozenset[Term]
    phrases: tuple[Phrase, ...]


@dataclass(slots=True)
class Parts:
    """Gathers what the parts of a query ask for.

    ``slots`` stand for running words, one a syllable, and ``strict`` for the same words as they
    were typed; ``required`` has to hold, and ``conditions`` too, which say nothing of the text.
    """

    slots: list[Node] = field(default_factory=list)
    strict: list[Node] = field(default_factory=list)
    required: list[Node] = field(default_factory=list)
    conditions: list[Node] = field(default_factory=list)
    score: list[Scored] = field(default_factory=list)
    syllables: set[Term] = field(default_factory=set)
    phrases: list[Phrase] = field(default_factory=list)

    def show(self, node: Term | Phrase) -> None:
        """Highlight a term or phrase."""
        if isinstance(node, Phrase):
            self.phrases.append(node)
        else:
            self.syllables.add(node)

    def take_scores(self, other: Parts, factor: float = 1.0) -> None:
        """Add what another part scores, so many times, and what it highlights."""
        self.score += [replace(one, weight=one.weight * factor) for one in other.score]
        self.syllables |= other.syllables
        self.phrases += other.phrases

    def keep_within(self, where: Field) -> None:
        """Ask all of it of one field."""
        self.slots = [within(node, where) for node in self.slots]
        self.strict = [within(node, where) for node in self.strict]
        self.score = [replace(one, node=replace(one.node, field=where)) for one in self.score]

    @property
    def wanted(self) -> Wanted:
        """What to highlight."""
        return Wanted(frozenset(self.syllables), tuple(dict.fromkeys(self.phrases)))


def all_of(nodes: list[Node]) -> Node:
    """Every one of the conditions; one alone as it is."""
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def any_of(nodes: list[Node]) -> Node:
    """At least one of the conditions; one alone as it is."""
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))
