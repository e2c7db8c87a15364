"""Help for people who do not know what to type, or what to type next."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from searchapp.analysis.base import View
from searchapp.analysis.terms import folded_term, has_marks, strip_marks
from searchapp.language.completion_builder import SYLLABLE
from searchapp.query.expression import Name
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import Filter
from searchapp.search.related_searches import shared_words
from searchapp.search.remembered import Remembered
from searchapp.search.service import Answer, SearchService, Stats
from searchapp.search.ways_out import Loosening, WayOut, looser_queries

_EXAMPLE_TITLES = 40  # of the newest documents: what is in them is what people come for
_EXAMPLE_WORDS = 12  # tried, until there is one of each kind
_COMPLETED = 3  # related searches that go on from the query itself
_MAX_TAGS = 5
_TAGGED_HITS = 3  # further down a tag says little about the query
_EVERYTHING = "*"


class ExampleKind(enum.StrEnum):
    """What an example shows."""

    WORDS = "words"
    NO_MARKS = "no-marks"
    PHRASE = "phrase"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Example:
    """A query that finds something in this corpus.

    Of a condition ``text`` is the value, and ``name`` what it is a value of: names have languages.
    """

    kind: ExampleKind
    text: str
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class CorpusOverview:
    """What can be searched, and examples of how."""

    stats: Stats
    examples: tuple[Example, ...]


class Overview:
    """The overview of the live index, made once a generation. Safe to share between threads."""

    def __init__(self, service: SearchService) -> None:
        self._service = service
        self._made: CorpusOverview | None = None

    def get(self) -> CorpusOverview:
        """The overview of the generation that is live now. Raises as every search does."""
        made = self._made
        if made is None or made.stats.generation != self._service.generation().name:
            made = self._made = CorpusOverview(self._service.stats(), examples(self._service))
        return made


def examples(service: SearchService) -> tuple[Example, ...]:
    """One example query of each kind that this corpus has something for."""
    live = service.live()
    if not live.searcher.document_count:
        return ()
    newest = service.search(
        _EVERYTHING,
        size=min(_EXAMPLE_TITLES, service.settings.page_size_max),
        sort=Sort.NEWEST,
        facet_size=min(_EXAMPLE_WORDS, service.settings.facet_size_max),
    )
    titles = list(dict.fromkeys(hit.document.title for hit in newest.hits))
    with live.analyzer() as analyzer:
        words = shared_words("", titles, analyzer, live.searcher, _EXAMPLE_WORDS, 1)
    left = [*_values(newest, Column.TAG), *words]
    found: list[Example] = []
    for kind in (ExampleKind.WORDS, ExampleKind.NO_MARKS, ExampleKind.PHRASE):
        for text in left:
            query = _as_example(text, kind)
            if query is not None and service.total(query):
                found.append(Example(kind, query))
                left.remove(text)
                break
    values = [
        Example(ExampleKind.VALUE, value, name)
        for column, name in ((Column.CATEGORY, Name.CATEGORY), (Column.SOURCE, Name.SOURCE))
        for value in _values(newest, column)[:1]
    ]
    return (*found, *values[:1])


def _as_example(text: str, kind: ExampleKind) -> str | None:
    """A word or tag as a query of a kind; None if it shows nothing of it."""
    match kind:
        case ExampleKind.NO_MARKS:
            return strip_marks(text).lower() if has_marks(text) else None
        case ExampleKind.PHRASE:
            return f'"{text}"' if " " in text else None
    return text


def _values(answer: Answer, column: Column) -> list[str]:
    """The values of a column among the documents found, the commonest first."""
    values = [one.value for one in answer.facets[column]]
    return [value for value in values if value is not None and '"' not in value]


class RelatedSearches:
    """What `related` says of the answers given last. Safe to share between threads."""

    def __init__(self, service: SearchService) -> None:
        self._service = service
        self._remembered: Remembered[tuple[str, ...]] = Remembered(
            service.settings.answers_remembered
        )

    def of(self, answer: Answer) -> tuple[str, ...]:
        """Searches that may come next. Raises OutOfTimeError."""
        # In one generation, passages follow from the query and the hits.
        corrected = None if answer.corrected is None else answer.corrected.query
        hits = tuple(hit.document.id for hit in answer.hits)
        key = (self._service.generation().name, answer.query, corrected, hits)
        found = self._remembered.get(key)
        if found is None:
            found = related(self._service, answer)
            if not answer.partial:
                self._remembered.put(key, found)
        return found


def related(service: SearchService, answer: Answer, most: int = 8) -> tuple[str, ...]:
    """Searches that may come next, best first; none of them says only what the query says.

    They go on from the query, or are tags of the best documents and words that several share.
    """
    if not answer.hits or not answer.plan.is_plain:
        return ()
    query = answer.query if answer.corrected is None else answer.corrected.query
    completed = [
        one.text
        for one in service.suggest(query + " ", _COMPLETED)
        if one.kind == "phrase" and _key(one.text).startswith(_key(query))
    ]
    tags = [tag for hit in answer.hits[:_TAGGED_HITS] for tag in hit.document.tags]
    tags = [tag for tag in [*dict.fromkeys(tags)][:_MAX_TAGS] if service.total(tag)]
    passages = [
        " . ".join([hit.document.title, *(snippet.text for snippet in hit.snippets)])
        for hit in answer.hits
    ]
    live = service.live()
    with live.analyzer() as analyzer:
        words = shared_words(query, passages, analyzer, live.searcher, most)
    found: dict[str, str] = {}
    asked = set(_key(query).split())
    for text in (*completed, *tags, *words):
        if not asked.issuperset(_key(text).split()):
            found.setdefault(_key(text), text)
    return tuple(found.values())[:most]


def ways_out(
    service: SearchService, query: str, filters: tuple[Filter, ...] = ()
) -> tuple[WayOut, ...]:
    """What finds something, where a query narrowed by filters finds nothing; nearest first."""
    searcher = service.live().searcher
    without_filters = WayOut(Loosening.FILTERS, query, service.total(query) if filters else 0)

    def is_known(word: str) -> bool:
        syllables = map(folded_term, SYLLABLE.findall(word))
        return all(searcher.document_frequency(View.FOLDED, one) > 0 for one in syllables)

    looser = looser_queries(query, is_known)
    counted = (replace(way, total=service.total(way.query, filters)) for way in looser)
    return tuple(way for way in (without_filters, *counted) if way.total)


def _key(query: str) -> str:
    """What two spellings of a query have in common."""
    return " ".join(folded_term(word) for word in query.split())
