"""Our Whoosh engine against stock Whoosh 2.7.4: the same terms, the same questions, the top 10.

Both indexes hold the same documents (wiki sections and the XQuAD paragraphs) through the same four
views of title and body. Both are asked the same: the terms and weights that `plan` makes of a
question, found by any of them but the pairs. (``plan_query`` is the plan's own query by our engine;
its threshold has no counterpart in stock Whoosh.)

Stock is at its best: its own writer and W3 codec, one segment, no positions, one open searcher,
BM25F, and the cheapest way to put the query of those that answer alike (``stock_form``). Both hand
over the stored title and text of the ten hits. They are asked in turn, question by question;
planning is timed apart.

Stock's idf is ln(N / (n + 1)) + 1, its lengths are quantised, it sums BM25F field by field; ours
sums frequencies over the fields first. So rankings differ: see ``overlap_at_10``. On a busy machine
trust ``ratio_cpu``, from the median processor time of the process.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Any
from unittest import mock

from whoosh import fields, index, query, scoring

from benchmarks import common
from searchapp.analysis.analyzer import ANALYZER_VERSION, Analyzer, BatchTerms
from searchapp.analysis.base import Field, View, pair_term
from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.engines import whoosh_reader
from searchapp.engines.registry import get_engine
from searchapp.generations import Generations
from searchapp.ingest.build import build
from searchapp.query.nodes import And, Or, Query, Scored, Term
from searchapp.search.planner import plan
from searchapp.search.service import SearchService

_LIMIT = 10
_BATCH = 500
_LIMIT_MB = 512  # more spills to disk more often; see DESIGN.md
_AGREES = 0.98  # of the first ten; ties may fall either way
_TRIED = 10  # questions to find the faster of stock's forms
_K1, _B = 1.2, 0.75  # as `Ranking` has them


def main() -> int:
    """Run the benchmark; the exit status."""
    parser = common.parser("search", __doc__)
    parser.add_argument("--docs", type=common.positive, default=20_000, metavar="N")
    parser.add_argument("--queries", type=common.positive, default=100, metavar="N")
    parser.add_argument(
        "--dir", type=Path, help="keep both indexes here for the next run; delete after a change"
    )
    args = parser.parse_args()
    for name in (common.WIKI, common.XQUAD_DOCS, common.XQUAD_QUERIES):
        common.data_file(name)
    with tempfile.TemporaryDirectory(prefix="bench-search-") as temporary:
        folder = (
            args.dir / f"search-{args.docs}-v{ANALYZER_VERSION}" if args.dir else Path(temporary)
        )
        # Once an index of ours is open, Whoosh reads no pickles but those that ours need. The
        # stock one has others in it, and was made here, too.
        with mock.patch.object(whoosh_reader, "guard"):
            _prepare(folder, args.docs)
            report = _race(folder, common.spread(common.questions(), args.queries))
    common.show(report, as_json=args.json)
    return 0


# -- two indexes ----------------------------------------------------------------------------------


def _prepare(folder: Path, docs: int) -> None:
    """Build both indexes, unless they lie there whole."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "documents.jsonl"
    rows = itertools.chain(common.records(common.WIKI, docs), common.records(common.XQUAD_DOCS))
    common.write_jsonl(source, rows)
    if not (folder / "ours" / "current").is_file():
        begun = time.perf_counter()
        build([source], Settings(index_dir=folder / "ours"))
        common.say(f"our index: {time.perf_counter() - begun:.0f} s")
    if not index.exists_in(str(folder / "stock")):
        begun = time.perf_counter()
        _build_stock(folder / "stock", source)
        common.say(f"stock index: {time.perf_counter() - begun:.0f} s")


def _build_stock(folder: Path, source: Path) -> None:
    folder.mkdir(exist_ok=True)
    schema = fields.Schema(id=fields.ID(stored=True), title=fields.STORED, text=fields.STORED)
    for field, view in itertools.product(Field, View):
        schema.add(_name(field, view), fields.KEYWORD(scorable=True))
    writer = index.create_in(str(folder), schema).writer(limitmb=_LIMIT_MB)
    analyzer = Analyzer(load_pyvi_model())
    documents = _documents(source)
    while batch := list(itertools.islice(documents, _BATCH)):
        texts = {Field.TITLE: [d.title for d in batch], Field.BODY: [d.text for d in batch]}
        terms = {field: _term_lists(analyzer.analyze_batch(raws)) for field, raws in texts.items()}
        for number, document in enumerate(batch):
            values = {
                _name(field, view): lists[number]
                for field, views in terms.items()
                for view, lists in views.items()
                if lists[number]
            }
            writer.add_document(id=document.id, title=document.title, text=document.text, **values)
    writer.commit()


def _documents(source: Path) -> Iterator[Document]:
    for record in common.records(str(source.resolve())):
        yield Document(record["id"], record["title"], record["text"])


def _term_lists(terms: BatchTerms) -> dict[View, list[list[str]]]:
    """The terms of each view of each document; Whoosh takes lists as analysed already."""
    exact = _slices(terms.exact_terms, terms.syllables, terms.syllable_bounds)
    folded = _slices(terms.folded_terms, terms.syllables, terms.syllable_bounds)
    return {
        View.WORDS: _slices(terms.word_terms, terms.words, terms.word_bounds),
        View.EXACT: exact,
        View.FOLDED: folded,
        View.PAIRS: [list(itertools.starmap(pair_term, itertools.pairwise(f))) for f in folded],
    }


def _slices(names: list[str], codes: Any, bounds: Any) -> list[list[str]]:
    written = [names[code] for code in codes.tolist()]
    return [written[a:b] for a, b in itertools.pairwise(bounds.tolist())]


def _name(field: Field, view: View) -> str:
    return f"{field}_{view}"


# -- one race -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as typed, as planned, and as both engines are asked it."""

    typed: str
    planned: Query
    same: Query
    weights: dict[Term, float]


class _Sides:
    """All that are asked; each method gives the ids of the first ten."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(index_dir=folder / "ours", answers_remembered=0)
        generation = Generations(settings.index_dir).current()
        self.ours = get_engine(generation.manifest.engine).open(generation.engine_folder)
        # With a cache of its own: else it would find the postings that `ours` has just read.
        self._planned = get_engine(generation.manifest.engine).open(generation.engine_folder)
        self._service = SearchService(settings)
        found = index.open_dir(str(folder / "stock"), readonly=True)
        self._stock = found.searcher(weighting=scoring.BM25F(B=_B, K1=_K1))
        self.form = next(iter(_FORMS))

    def ask_stock(self, question: _Question) -> list[str]:
        asked = _FORMS[self.form](question)
        hits = self._stock.search(asked, limit=_LIMIT, scored=True)
        return [hit.fields()["id"] for hit in hits]  # reads all stored values

    def ask_ours(self, question: _Question) -> list[str]:
        return [hit.document.id for hit in self.ours.search(question.same, _LIMIT).hits]

    def ask_plan_query(self, question: _Question) -> list[str]:
        return [hit.document.id for hit in self._planned.search(question.planned, _LIMIT).hits]

    def ask_service(self, question: _Question) -> list[str]:
        return [hit.document.id for hit in self._service.search(question.typed).hits]

    def choose_form(self, questions: list[_Question]) -> common.Report:
        """Ask stock in the form that costs it least from now on; median CPU ms of each.

        A form counts only if it finds what Whoosh's own choice of matcher finds: the preloaded
        arrays inside an AndMaybe are fast and wrong.
        """
        took: dict[str, float] = {}
        agrees: dict[str, float] = {}
        expected: list[list[str]] = []
        for self.form in _FORMS:
            used, found = [], []
            for one in questions:
                begun = time.process_time()
                found.append(self.ask_stock(one))
                used.append(time.process_time() - begun)
            expected = expected or found
            took[self.form] = round(median(used) * 1000)
            agrees[self.form] = mean(map(_overlap, expected, found))
        right = [form for form, share in agrees.items() if share >= _AGREES]
        self.form = min(right, key=took.__getitem__)
        return {
            form: {"cpu_ms": took[form], "overlap_with_auto": round(agrees[form], 3)}
            for form in _FORMS
        }


def _overlap(one: list[str], other: list[str]) -> float:
    return len(set(one) & set(other)) / max(len(one), len(other), 1)


def _race(folder: Path, typed: list[str]) -> common.Report:
    questions, plan_s = _plan(typed)
    sides = _Sides(folder)
    forms = sides.choose_form(questions[:_TRIED])
    for one in questions[:_TRIED]:
        sides.ask_service(one)  # the first opens the index
    times: dict[str, list[float]] = defaultdict(list)
    cpu: dict[str, list[float]] = defaultdict(list)
    overlaps: list[float] = []
    same_lists = same_first = 0
    for one in questions:
        found: dict[str, list[str]] = {}
        for name, ask in (
            ("stock", sides.ask_stock),
            ("ours", sides.ask_ours),
            ("plan_query", sides.ask_plan_query),
            ("service", sides.ask_service),
        ):
            begun = time.process_time()
            found[name], took_s = _timed(ask, one)
            cpu[name].append(time.process_time() - begun)
            times[name].append(took_s)
        theirs, mine = found["stock"], found["ours"]
        overlaps.append(_overlap(theirs, mine))
        same_lists += theirs == mine
        same_first += theirs[:1] == mine[:1]
    stock_p95, ours_p95 = (common.percentile(times[side], 0.95) for side in ("stock", "ours"))
    report: common.Report = {
        "ratio": round(median(times["stock"]) / median(times["ours"]), 1),
        "ratio_p95": round(stock_p95 / ours_p95, 1),
        "ratio_cpu": round(median(cpu["stock"]) / median(cpu["ours"]), 1),
    }
    for name, values in (*times.items(), ("planning", plan_s)):
        report |= common.p50_p95_ms(name, values)
    for name, values in cpu.items():
        report[f"{name}_cpu_p50_ms"] = round(median(values) * 1000, 3)
    return report | {
        "overlap_at_10": round(mean(overlaps), 4),
        "same_top_10": round(same_lists / len(questions), 4),
        "same_first": round(same_first / len(questions), 4),
        "stock_form": sides.form,
        "stock_forms": forms,
        "docs": sides.ours.document_count,
        "queries": len(questions),
        "left_out_with_phrases": len(typed) - len(questions),
        "load_per_core": common.load_per_core(),
    }


def _plan(typed: list[str]) -> tuple[list[_Question], list[float]]:
    """The questions that have no phrase (stock has no positions here), and seconds of planning."""
    analyzer = Analyzer(load_pyvi_model())
    questions, took = [], []
    for text in typed:
        begun = time.perf_counter()
        planned = plan(text, analyzer).query
        took.append(time.perf_counter() - begun)
        weights: dict[Term, float] = defaultdict(float)
        for one in planned.score:
            if isinstance(one.node, Term):
                weights[one.node] += one.weight
        if isinstance(planned.match, And) or any(
            not isinstance(one.node, Term) for one in planned.score
        ):
            continue
        needed = Or(tuple(term for term in weights if term.view is not View.PAIRS))
        merged = tuple(Scored(term, w) for term, w in weights.items())
        questions.append(_Question(text, planned, Query(needed, merged), dict(weights)))
    return questions, took


def _timed(ask: Callable[[_Question], list[str]], question: _Question) -> tuple[list[str], float]:
    begun = time.perf_counter()
    found = ask(question)
    return found, time.perf_counter() - begun


# -- the question, put to stock Whoosh ------------------------------------------------------------


def _and_maybe(question: _Question, matcher: int) -> Any:
    """What has to match in one Or, what only adds to the score in another."""
    needed = _or(_clauses(question, pairs=False), matcher)
    extra = _clauses(question, pairs=True)
    return query.AndMaybe(needed, _or(extra, matcher)) if extra else needed


def _flat_or(question: _Question, matcher: int) -> Any:
    """One Or of everything: pairs match too, which seldom changes the first ten."""
    clauses = _clauses(question, pairs=False) + _clauses(question, pairs=True)
    return _or(clauses, matcher)


def _or(clauses: list[Any], matcher: int) -> Any:
    made = query.Or(clauses)
    made.matcher_type = matcher
    return made


def _clauses(question: _Question, *, pairs: bool) -> list[Any]:
    return [
        query.Term(_name(field, term.view), term.text, boost=weight)
        for term, weight in question.weights.items()
        if (term.view is View.PAIRS) is pairs
        for field in Field
    ]


# Above 5,000 documents Whoosh chooses a tree of unions by itself (`Or._matcher`), which took five
# times as long here as the preloaded arrays that it uses below.
_FORMS: dict[str, Callable[[_Question], Any]] = {
    "Or, auto": partial(_flat_or, matcher=query.Or.AUTO_MATCHER),
    "Or, arrays": partial(_flat_or, matcher=query.Or.ARRAY_MATCHER),
    "AndMaybe, auto": partial(_and_maybe, matcher=query.Or.AUTO_MATCHER),
    "AndMaybe, arrays": partial(_and_maybe, matcher=query.Or.ARRAY_MATCHER),
}

if __name__ == "__main__":
    raise SystemExit(main())
