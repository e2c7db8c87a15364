"""Equal documents in equal order make equal files, however they were analysed and cut."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_helpers import gather_language

from searchapp.analysis.analyzer import Analyzer, BatchTerms
from searchapp.analysis.base import Field
from searchapp.documents import Document
from searchapp.engines import columns_writer, document_ids, inversion, spools, whoosh_writer
from searchapp.engines.base import AnalyzedBatch, Engine
from searchapp.engines.whoosh import WhooshEngine
from searchapp.external import keycounts
from searchapp.language import completion_builder, counts, phrases, weighed_texts


@pytest.fixture(scope="module")
def documents(random_documents: list[Document]) -> list[Document]:
    """Drawn documents with values; every seventh has the id of an earlier one."""
    drawn = random.Random(5)
    made = [
        replace(
            document,
            text=document.text + drawn.choice(("", " Ủy ban nhân dân (UBND) họp", "\nHà Nội.")),
            title=drawn.choice((document.title, document.title.upper(), "Hà Nội", "HÀ NỘI")),
            tags=tuple(drawn.sample(("hồ", "ao", "đầm", "Hồ"), drawn.randint(0, 3))),
            author=drawn.choice((None, "Nguyễn Du", "Hồ Xuân Hương")),
            published=drawn.choice((None, "1820", "1822-03")),
        )
        for document in random_documents[:140]
    ]
    return [
        replace(document, id=made[number // 2].id) if number % 7 == 6 else document
        for number, document in enumerate(made)
    ]


def permuted(terms: BatchTerms, drawn: random.Random) -> BatchTerms:
    """The same terms under other numbers, with some in the tables that no text has."""
    exact = [*zip(terms.exact_terms, terms.folded_terms, strict=True), ("thừa", "thua")]
    words = [*terms.word_terms, "không_ai_dùng"]
    of_exact, of_words = list(range(len(exact))), list(range(len(words)))
    drawn.shuffle(of_exact)
    drawn.shuffle(of_words)
    new_exact, new_words = np.argsort(of_exact), np.argsort(of_words)
    return replace(
        terms,
        exact_terms=[exact[number][0] for number in of_exact],
        folded_terms=[exact[number][1] for number in of_exact],
        word_terms=[words[number] for number in of_words],
        syllables=new_exact[terms.syllables].astype(np.int32),
        words=new_words[terms.words].astype(np.int32),
    )


def batches(
    documents: Sequence[Document], analyzer: Analyzer, size: int, seed: int | None
) -> Iterator[AnalyzedBatch]:
    drawn = random.Random(seed)
    for first in range(0, len(documents), size):
        some = documents[first : first + size]
        fields = {
            Field.TITLE: analyzer.analyze_batch([d.title for d in some]),
            Field.BODY: analyzer.analyze_batch([d.text for d in some]),
        }
        if seed is not None:
            fields = {field: permuted(terms, drawn) for field, terms in fields.items()}
        yield AnalyzedBatch(some, fields)


@pytest.fixture
def engine() -> Engine:
    """The engine that promises it; Tantivy draws the names of its files."""
    return WhooshEngine()


def build(folder: Path, engine: Engine, made: Iterator[AnalyzedBatch]) -> dict[str, bytes]:
    """Build index and language; the bytes of each file."""
    folders = [folder / name for name in ("engine", "language", "spool")]
    for one in folders:
        one.mkdir(parents=True)
    writer = engine.create(folders[0])
    kept = list(made)
    for batch in kept:
        writer.add(batch)
    writer.commit()
    gather_language(folders[1], folders[2], kept)
    assert list(folders[2].iterdir()) == [], "spools are removed"
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


SMALL = [
    (whoosh_writer, "RUN_NAMES", 30),
    (columns_writer, "_NAMES_A_RUN", 3),
    (document_ids, "_IDS_A_RUN", 10),
    (counts, "RUN_NAMES", 30),
    (phrases, "RUN_NAMES", 30),
    (completion_builder, "_PIECE", 8),
    (weighed_texts, "RUN_NAMES", 20),
    (completion_builder, "_TITLES_A_RUN", 10),
    (keycounts, "PENDING_KEYS", 100),
    (inversion, "PART", 200),
    (spools, "BLOCK", 50),
]


@pytest.fixture(scope="module")
def expected(
    tmp_path_factory: pytest.TempPathFactory, documents: list[Document], analyzer: Analyzer
) -> dict[str, bytes]:
    made = batches(documents, analyzer, len(documents), None)
    return build(tmp_path_factory.mktemp("canonical"), WhooshEngine(), made)


@pytest.mark.parametrize("size", [1, 13, 140], ids="{} a batch".format)
@pytest.mark.parametrize("seed", [None, 1, 2], ids=["as analysed", "permuted", "otherwise"])
@pytest.mark.parametrize("small", [False, True], ids=["in one run", "in many runs"])
def test_files_are_equal_byte_for_byte(
    tmp_path: Path,
    engine: Engine,
    documents: list[Document],
    analyzer: Analyzer,
    expected: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    size: int,
    seed: int | None,
    small: bool,
) -> None:
    for module, name, value in SMALL if small else ():
        monkeypatch.setattr(module, name, value)
    found = build(tmp_path, engine, batches(documents, analyzer, size, seed))
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []


def test_terms_that_no_text_uses_are_no_terms(
    tmp_path: Path, engine: Engine, documents: list[Document], analyzer: Analyzer
) -> None:
    found = build(tmp_path, engine, batches(documents, analyzer, 13, 1))
    for unused in ("thừa", "không_ai_dùng"):
        assert [name for name, data in found.items() if unused.encode() in data] == []


def test_replaced_documents_leave_only_their_number(
    tmp_path: Path, engine: Engine, documents: list[Document], analyzer: Analyzer
) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    writer = engine.create(folder)
    for batch in batches(documents, analyzer, 13, 1):
        writer.add(batch)
    writer.commit()
    searcher = engine.open(folder)
    assert list(searcher.check_against(batches(documents, analyzer, 9, 2))) == []
    assert searcher.document_count == len({document.id for document in documents})
    searcher.close()
