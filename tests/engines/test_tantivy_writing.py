"""What the Tantivy engine writes: several segments, long and odd terms, a disk that fails."""

from __future__ import annotations

import errno
import random
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from engine_helpers import analyzed, build_index
from faulty_storage import Fault, FaultyStorage
from hypothesis import given
from hypothesis import strategies as st
from memory_engine import truth_of

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.base import Field, View
from searchapp.documents import Document
from searchapp.engines import tantivy_writer
from searchapp.engines.base import Searcher
from searchapp.engines.tantivy import TantivyEngine
from searchapp.engines.tantivy_schema import SHORT_CHARS, indexed
from searchapp.engines.tantivy_writer import _SeenHashes
from searchapp.engines.term_texts import view_texts
from searchapp.query.filters import Column, Sort
from searchapp.query.nodes import And, HasValue, Phrase, Query, Scored, Term

CODES = {"error": errno.EIO, "full": errno.ENOSPC}
SOURCES = ("báo Đất Việt", "báo Ăn uống", "báo Áo dài", None)


def drawn_documents(count: int) -> list[Document]:
    drawn = random.Random(11)
    syllables = [
        "xây",
        "dựng",
        "đảng",
        "nhà",
        "nước",
        "hà",
        "nội",
        "sông",
        "hồng",
        "núi",
        "biển",
        "học",
        "sinh",
        "cà",
        "phê",
    ]
    found = [
        Document(
            id=f"bài {number:04}",
            title=" ".join(drawn.choices(syllables, k=drawn.randint(0, 2))),
            text=" ".join(drawn.choices(syllables, k=6)),
            source=drawn.choice(SOURCES),
            published=drawn.choice((None, "2024", "2023-05", "2022-01-31")),
        )
        for number in range(count)
    ]
    drawn.shuffle(found)
    return found


DOCUMENTS = drawn_documents(90)


class CommittingWriter(tantivy_writer.TantivyWriter):
    """Ends a segment with each batch, as a full heap does."""

    def add(self, batch):  # type: ignore[no-untyped-def]
        super().add(batch)
        self._open_writer().commit()


@pytest.fixture(scope="module")
def segments(
    tmp_path_factory: pytest.TempPathFactory, analyzer: Analyzer
) -> Iterator[tuple[Searcher, Searcher]]:
    """An index of several segments, and the truth."""
    folder = tmp_path_factory.mktemp("segments")
    writer = CommittingWriter(folder, 1)
    # The first thirty are written twice: what was replaced lies in a segment of its own.
    for first in range(0, 120, 30):
        part = [DOCUMENTS[number % 90] for number in range(first, first + 30)]
        writer.add(analyzed(part, analyzer))
    writer.commit()
    searcher = TantivyEngine().open(folder)
    assert searcher._searcher.num_segments > 2
    yield searcher, truth_of(DOCUMENTS, analyzer, exact=False)
    searcher.close()


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("term", ["xây", "biển", "zzz"])
def test_pages_over_segments_are_those_of_one_order(
    segments: tuple[Searcher, Searcher], sort: Sort, term: str
) -> None:
    searcher, truth = segments
    query = Query(Term(View.EXACT, term), (), sort=sort)
    expected = [hit.document.id for hit in truth.search(query, 1_000).hits]
    for size in (1, 4, 100):
        found = []
        for offset in range(0, len(expected) + 1, size):
            page = searcher.search(query, size, offset)
            assert page.total == len(expected)
            found += [hit.document.id for hit in page.hits]
        assert found == expected


def test_equal_scores_over_segments_stand_in_order_of_id(
    segments: tuple[Searcher, Searcher],
) -> None:
    searcher, truth = segments
    query = Query(And(()), (Scored(Term(View.EXACT, "hồng"), 1.0),))
    whole = searcher.search(query, 1_000).hits
    assert len({hit.score for hit in whole}) < len(whole) == truth.document_count
    order = [(-hit.score, hit.document.id) for hit in whole]
    assert order == sorted(order)
    pages = [hit for at in range(0, len(whole), 7) for hit in searcher.search(query, 7, at).hits]
    assert tuple(pages) == whole


@pytest.mark.parametrize("most", [1, 2, 10])
def test_facets_over_segments_are_exact(segments: tuple[Searcher, Searcher], most: int) -> None:
    searcher, truth = segments
    query = Query(Term(View.EXACT, "xây"), ())
    found = searcher.search(query, 0, facet_values=most)
    assert found == truth.search(query, 0, facet_values=most)
    assert len(found.facets[Column.SOURCE]) == min(most, 3) + 1


def test_what_was_replaced_is_in_no_count(
    segments: tuple[Searcher, Searcher], analyzer: Analyzer
) -> None:
    searcher, truth = segments
    assert list(searcher.documents()) == list(truth.documents())
    for term in ("xây", "biển", "hà"):
        frequency = truth.document_frequency(View.EXACT, term)
        assert searcher.document_frequency(View.EXACT, term) == frequency > 0
    assert list(searcher.values(Column.SOURCE)) == list(truth.values(Column.SOURCE))
    assert searcher.beginning_with(View.EXACT, {"h"}, 9).total == 3
    assert list(searcher.check()) == []
    assert list(searcher.check_against([analyzed(DOCUMENTS, analyzer)])) == []


# -- terms --------------------------------------------------------------------------------------


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=3))
def test_tantivy_parts_texts_into_the_terms_it_is_given(
    analyzer: Analyzer, written: list[str]
) -> None:
    """No term holds a character at which Tantivy's tokenizer parts texts."""
    terms = analyzer.analyze_batch(written)
    for number, views in enumerate(view_texts(terms, indexed, SHORT_CHARS)):
        syllables = terms.syllables[slice(*terms.syllable_bounds[number : number + 2])]
        words = terms.words[slice(*terms.word_bounds[number : number + 2])]
        for view, names, numbers in (
            (View.EXACT, terms.exact_terms, syllables),
            (View.FOLDED, terms.folded_terms, syllables),
            (View.WORDS, terms.word_terms, words),
        ):
            parts = [part for part in _ascii_parts(views[view]) if part]
            assert parts == [names[place] for place in numbers]
        assert len(views[View.PAIRS].split()) == max(len(syllables) - 1, 0)


def _ascii_parts(text: str) -> list[str]:
    return text.translate(dict.fromkeys(map(ord, "\t\n\f\r"), " ")).split(" ")


@pytest.mark.parametrize("size", [65_531, 200_000])
def test_a_term_longer_than_tantivy_can_hold_is_found(
    folder: Path, analyzer: Analyzer, size: int
) -> None:
    long = "dài" * (size // 4)
    documents = [
        Document(id="a", title="một", text=f"hai {long} ba", source=long, tags=(long,)),
        Document(id="b", title=long, text=f"{long}i"),
        Document(id="c", title="một", text="hai ba"),
    ]
    searcher = build_index(TantivyEngine(), folder, documents, analyzer)

    def ids(node: object) -> set[str]:
        return {hit.document.id for hit in searcher.search(Query(node, ()), 9).hits}

    assert ids(Term(View.EXACT, long)) == {"a", "b"}
    assert ids(Phrase(View.EXACT, ("hai", long, "ba"))) == {"a"}
    assert ids(Phrase(View.EXACT, ("hai", "ba"))) == {"c"}
    assert ids(HasValue(Column.TAG, (long,))) == ids(HasValue(Column.SOURCE, (long,))) == {"a"}
    by_title = searcher.search(Query(And(()), (), sort=Sort.TITLE), 9).hits
    assert [hit.document.id for hit in by_title] == ["b", "a", "c"]
    assert list(searcher.check_against([analyzed(documents, analyzer)])) == []
    searcher.close()


def test_halves_of_surrogate_pairs_come_back(folder: Path, analyzer: Analyzer) -> None:
    odd = Document(id="a \ud800", title="Hà \udfff Nội", text="mùa \ud83d thu", source="\ud800")
    searcher = build_index(TantivyEngine(), folder, [odd], analyzer)
    assert searcher.document(odd.id) == odd
    assert list(searcher.documents()) == [odd]
    assert searcher.search(Query(Term(View.EXACT, "\ud800"), ()), 5).total == 0
    searcher.close()


def test_hashes_that_came_before_are_known() -> None:
    drawn = random.Random(4)
    seen, before = _SeenHashes(), set()
    for size in (1, 0, 5, 300, 2, 40, 1_000, 7):
        hashes = [drawn.randint(0, 900) for _ in range(size)]
        expected = []
        for one in hashes:
            expected.append(one in before)
            before.add(one)
        assert seen.add(np.array(hashes, dtype=np.int64)).tolist() == expected
    assert sum(run.size for run in seen._runs) == len(before)
    assert len(seen._runs) < 6


# -- files --------------------------------------------------------------------------------------


def test_any_user_may_read_what_one_has_written(folder: Path, analyzer: Analyzer) -> None:
    plain = folder / "plain"
    plain.write_bytes(b"")
    build_index(TantivyEngine(), folder, DOCUMENTS[:3], analyzer).close()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {stat.S_IMODE(plain.stat().st_mode)}


def test_opening_an_index_changes_no_file(folder: Path, analyzer: Analyzer) -> None:
    build_index(TantivyEngine(), folder, DOCUMENTS[:3], analyzer).close()

    def files() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    before = files()
    assert ".tantivy-writer.lock" not in before
    searcher = TantivyEngine().open(folder)
    assert searcher.search(Query(And(()), ()), 5).total == 3
    searcher.close()
    assert files() == before


def test_an_index_in_a_read_only_folder_is_read(
    folder: Path, analyzer: Analyzer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(TantivyEngine(), folder, DOCUMENTS[:3], analyzer).close()
    lock = folder / ".tantivy-meta.lock"
    lock.unlink()
    lock.mkdir()  # can't be opened for writing, even by root
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    searcher = TantivyEngine().open(folder)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert searcher.search(Query(And(()), ()), 5).total == 3
    assert len(list(searcher.documents())) == 3
    searcher.close()
    next(folder.glob("*.store")).unlink()
    with pytest.raises(OSError, match=f"{re.escape(str(folder))}/.*store"):
        TantivyEngine().open(folder)
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_closed_searcher_holds_no_file_and_no_thread(folder: Path, analyzer: Analyzer) -> None:
    before = _threads()
    searcher = build_index(TantivyEngine(), folder, DOCUMENTS[:3], analyzer)
    assert _mapped(folder)
    searcher.search(Query(And(()), ()), 5, facet_values=2)
    searcher.close()
    searcher.close()
    assert not _mapped(folder)
    # Tantivy's threads look twice a second whether they are needed still.
    for _ in range(100):
        if _threads() <= before:
            break
        time.sleep(0.1)
    assert _threads() <= before


def _threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


def _mapped(folder: Path) -> bool:
    return str(folder) in Path("/proc/self/maps").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["error", "full"])
def test_a_disk_that_fails_is_an_os_error(tmp_path: Path, analyzer: Analyzer, kind: str) -> None:
    """What Tantivy writes itself does not pass the storage; all else does."""

    def write(folder: Path, disk: FaultyStorage) -> None:
        writer = TantivyEngine().create(folder, disk)
        try:
            writer.add(analyzed(DOCUMENTS[:3], analyzer))
            writer.commit()
        except BaseException:
            writer.abandon()
            raise

    (tmp_path / "whole").mkdir()
    counting = FaultyStorage(tmp_path / "whole")
    write(tmp_path / "whole", counting)
    failed = []
    for at in range(len(counting.operations)):
        folder = tmp_path / f"at {at}"
        folder.mkdir()
        try:
            write(folder, FaultyStorage(folder, Fault(kind, at)))
        except OSError as error:
            failed.append(error.errno)
    # A full disk still removes; all others are writes, or come before one.
    assert failed == [CODES[kind]] * len(counting.operations)


def test_no_folder_and_no_index_are_os_errors(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Tantivy"):
        TantivyEngine().create(tmp_path / "absent")
    with pytest.raises(OSError, match="Tantivy"):
        TantivyEngine().open(tmp_path)


def test_an_abandoned_writer_writes_no_more(folder: Path, analyzer: Analyzer) -> None:
    writer = TantivyEngine().create(folder)
    writer.abandon()
    writer.abandon()
    with pytest.raises(OSError, match="not being written"):
        writer.add(analyzed(DOCUMENTS[:2], analyzer))


@pytest.mark.parametrize("field", [None, Field.TITLE])
def test_a_replaced_document_of_one_batch(
    folder: Path, analyzer: Analyzer, field: Field | None
) -> None:
    documents = [Document(id="a", title="cũ", text=""), Document(id="a", title="mới", text="")]
    searcher = build_index(TantivyEngine(), folder, documents, analyzer)
    for term, count in (("cũ", 0), ("mới", 1)):
        assert searcher.search(Query(Term(View.EXACT, term, field), ()), 5).total == count
    searcher.close()
