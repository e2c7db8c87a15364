"""Running words of a query: what stands for each syllable, and what counts for the ranking.

Marks decide, syllable by syllable. A syllable typed with marks means them: it matches pyvi words
and exact syllables. One typed without matches folded syllables, in every reading, unless the
corpus writes it so itself beside others that have marks (*hai* in "hai bà trưng"). Pairs of
neighbouring syllables only add to the score, and so does the likeliest reading of what was typed
without marks. The weights were measured: see docs/relevance.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Analysis, Token, View
from searchapp.analysis.terms import folded_term, has_marks, strip_marks
from searchapp.language.correct import Change, Correction, Kind
from searchapp.language.model import LanguageModel
from searchapp.language.synonyms import Match, Synonyms
from searchapp.query.nodes import And, AnyTerm, Node, Or, Phrase, Scored, Term
from searchapp.search.parts import Parts, Weights
from searchapp.search.query_form import capitalised


@dataclass(frozen=True, slots=True)
class RunningWords:
    """Understands words. ``frequency`` gives the documents that hold a term in a view."""

    analyzer: Analyzer
    language: LanguageModel | None
    synonyms: Synonyms
    frequency: Callable[[View, str], int] | None
    weights: Weights

    def add_words(self, parts: Parts, text: str, correction: Correction | None) -> None:
        analysis = self.analyzer.analyze(text)
        views = self._views(analysis)
        changes = {change.start: change for change in correction.changes} if correction else {}
        meant = [self._meant(t, v, changes) for t, v in zip(analysis.exact, views, strict=True)]
        self.add_scores(parts, analysis, views)
        self._add_names(parts, text, analysis, views)
        self._add_restored(parts, text, analysis, views, meant)
        at = 0
        surfaces = [token.surface for token in analysis.exact]
        while at < len(surfaces):
            folded = all(view is View.FOLDED for view in views)
            synonym = self.synonyms.match(surfaces, at, folded=folded)
            length = synonym.length if synonym else 1
            slots = [
                self._slot(parts, analysis, views[i], meant[i], i) for i in range(at, at + length)
            ]
            if synonym:
                self._add_synonym(parts, synonym, slots, folded=folded)
            else:
                parts.slots.append(slots[0][0])
                parts.strict.append(slots[0][1])
            at += length

    def _views(self, analysis: Analysis) -> list[View]:
        """The view in which each syllable is meant."""
        marked = [has_marks(token.surface) for token in analysis.exact]
        if not any(marked):
            return [View.FOLDED] * len(marked)
        return [
            View.EXACT
            if has or self._is_own_form(token.text, self.weights.own_form_share)
            else View.FOLDED
            for has, token in zip(marked, analysis.exact, strict=True)
        ]

    def _is_own_form(self, plain: str, share: float) -> bool:
        """Whether the corpus writes this unmarked syllable so itself, often enough."""
        if self.language is None or not plain.isalpha():
            return True
        return self.language.is_own_form(plain, share)

    def _unmarked_text(self, token: Token) -> str | None:
        """A marked syllable as a text typed without marks has it; None if that is another word."""
        if not has_marks(token.surface):
            return None
        plain = strip_marks(token.text)
        own = self._is_own_form(plain, self.weights.unmarked_text_share)
        return None if own else plain

    def _meant(self, token: Token, view: View, changes: dict[int, Change]) -> Change | None:
        """The change of a syllable, if it may take part: marks left out, or no document has it.

        What is one syllable in pieces can't take part in the place of the first of them.
        """
        change = changes.get(token.start)
        if change is None or change.end != token.end:
            return None
        if change.kind is Kind.MARKS:
            return change if view is View.FOLDED else None
        absent = self.frequency is not None and self.frequency(view, token.text) == 0
        return change if absent else None

    def _slot(
        self, parts: Parts, analysis: Analysis, view: View, meant: Change | None, index: int
    ) -> tuple[Node, Node]:
        """What stands for a syllable: in any way, and strictly as it was typed."""
        token = analysis.exact[index] if view is View.EXACT else analysis.folded[index]
        term = Term(view, token.text)
        parts.syllables.add(term)
        ways: list[Node] = [term]
        if view is View.EXACT:
            plain = self._unmarked_text(token)
            if plain is not None:
                # A text typed without marks may follow, below.
                ways.append(Term(View.EXACT, plain))
                parts.syllables.add(Term(View.EXACT, plain))
        if meant is not None and meant.kind is Kind.SPELLING:
            better = self.analyzer.analyze(meant.meant).exact
            if better:
                strict = phrase_node(View.EXACT, tuple(token.text for token in better))
                parts.show(strict)
                return Or((*ways, strict)), Or((term, strict))
        return (Or(tuple(ways)) if len(ways) > 1 else term), term

    def add_scores(self, parts: Parts, analysis: Analysis, views: Sequence[View]) -> None:
        weights = self.weights
        syllables = zip(analysis.exact, analysis.folded, views, strict=True)
        for word in (*analysis.words, *analysis.codes):
            inside = [
                view
                for token, view in zip(analysis.exact, views, strict=True)
                if word.start <= token.start < word.end
            ]
            if View.FOLDED not in inside:
                parts.score.append(Scored(Term(View.WORDS, word.text), weights.word))
        for exact, folded, view in syllables:
            if view is View.EXACT:
                plain = self._unmarked_text(exact)
                # Both as one term: by itself *lich* is rare, and would win over *lịch*.
                forms = (exact.text,) if plain is None else (exact.text, plain)
                parts.score.append(Scored(any_term(view, forms), weights.exact))
            else:
                parts.score.append(Scored(Term(view, folded.text), weights.folded))
        parts.score += [Scored(Term(View.PAIRS, pair), weights.pair) for pair in analysis.pairs]

    def _add_names(
        self, parts: Parts, text: str, analysis: Analysis, views: Sequence[View]
    ) -> None:
        """Score the words that pyvi would see if every syllable began with a capital.

        It joins names by their capitals, which queries seldom have: *carolina panthers* is one word
        in documents. Words that no document has add nothing.
        """
        if View.FOLDED in views or text != text.lower():
            return
        known = {token.text for token in analysis.words}
        for token in self.analyzer.analyze(capitalised(text)).words:
            if token.text not in known:
                known.add(token.text)
                parts.score.append(Scored(Term(View.WORDS, token.text), self.weights.name))

    def _add_restored(
        self,
        parts: Parts,
        text: str,
        analysis: Analysis,
        views: Sequence[View],
        meant: Sequence[Change | None],
    ) -> None:
        """Score the likeliest reading of what was typed without marks or wrong, too.

        All of that is scored again, what stays as it was typed as well: else names would lose
        weight against words that got their marks back.
        """
        if not any(meant):
            return
        pieces, at, spans = [], 0, []
        for token, view, change in zip(analysis.exact, views, meant, strict=True):
            if change is None and view is View.EXACT:
                continue
            pieces.append(text[at : token.start])
            start = sum(map(len, pieces))
            pieces.append(text[token.start : token.end] if change is None else change.meant)
            spans.append((start, start + len(pieces[-1])))
            at = token.end
        reading = self.analyzer.analyze("".join([*pieces, text[at:]]))

        def read(token: Token) -> bool:
            return any(token.start < end and start < token.end for start, end in spans)

        for tokens, view, weight in (
            (reading.words, View.WORDS, self.weights.restored_word),
            (reading.exact, View.EXACT, self.weights.restored_exact),
        ):
            parts.score += [Scored(Term(view, t.text), weight) for t in tokens if read(t)]

    def _add_synonym(
        self, parts: Parts, synonym: Match, slots: list[tuple[Node, Node]], *, folded: bool
    ) -> None:
        view = View.FOLDED if folded else View.EXACT
        ways: list[Node] = []
        strict: list[Node] = []
        if synonym.keeps_itself:
            ways.append(And(tuple(slot for slot, _ in slots)))
            strict.append(And(tuple(slot for _, slot in slots)))
        for other in synonym.others:
            terms = tuple(map(folded_term, other)) if folded else other
            node = phrase_node(view, terms)
            ways.append(node)
            strict.append(node)
            parts.show(node)
            parts.score.append(Scored(node, self.weights.synonym * len(slots)))
        # The syllables still count one by one: half an expression is better than none of it.
        parts.slots += [Or((slot, *ways)) for slot, _ in slots]
        parts.strict.append(Or(tuple(strict)))


def any_term(view: View, forms: tuple[str, ...]) -> Term | AnyTerm:
    """Several forms as one term, which of one form is the term."""
    return AnyTerm(view, forms) if len(forms) > 1 else Term(view, forms[0])


def phrase_node(view: View, terms: tuple[str, ...]) -> Phrase | Term:
    """A phrase, which of one term is the term."""
    return Phrase(view, terms) if len(terms) > 1 else Term(view, terms[0])


def meant_view(analysis: Analysis) -> View:
    """The view of a phrase: marks in one syllable say that all of them are meant."""
    return View.EXACT if any(has_marks(t.surface) for t in analysis.exact) else View.FOLDED
