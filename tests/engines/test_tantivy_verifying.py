"""A Tantivy index is held against its documents: whatever is otherwise in it is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from engine_helpers import analyzed

from searchapp.analysis.analyzer import Analyzer
from searchapp.documents import Document
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.tantivy import TantivyEngine

DOCUMENTS = [
    Document(id="a", title="Hà Nội", text="mùa thu bên hồ Gươm", tags=("hồ",), published="2024"),
    Document(id="b", title="cũ", text="hàng không quốc tế"),
    Document(id="c", title="", text="sông Hương nước chảy lững lờ", source="báo"),
    Document(id="b", title="Đà Nẵng", text="thành phố bên sông Hàn", published="2022-01-31"),
]
Change = Callable[[list[Document]], list[Document]]


def damage(folder: Path, written: Sequence[AnalyzedBatch], read: AnalyzedBatch) -> list[str]:
    writer = TantivyEngine().create(folder)
    for batch in written:
        writer.add(batch)
    writer.commit()
    searcher = TantivyEngine().open(folder)
    try:
        return list(searcher.check_against([read]))
    finally:
        searcher.close()


def test_an_index_is_as_what_it_was_made_of(folder: Path, analyzer: Analyzer) -> None:
    batches = [analyzed(DOCUMENTS[:1], analyzer), analyzed(DOCUMENTS[1:], analyzer)]
    assert damage(folder, batches, analyzed(DOCUMENTS, analyzer)) == []


def test_an_index_of_nothing_is_whole(folder: Path, analyzer: Analyzer) -> None:
    assert damage(folder, [], analyzed([], analyzer)) == []


def changed(number: int, **values: object) -> Change:
    def change(documents: list[Document]) -> list[Document]:
        documents[number] = replace(documents[number], **values)
        return documents

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(changed(0, url="https://a.vn"), "'a' is not there as", id="what is stored"),
        pytest.param(changed(3, text="cũ"), "'b' is not there as", id="the later of an id"),
        pytest.param(lambda d: d[:3], "'b' is not there as", id="one replaced by none"),
        pytest.param(lambda d: d[1:], "there are 3 documents, it should be 2", id="too many"),
        pytest.param(lambda d: [*d, replace(d[0], id="d")], "'d' is not there", id="one missing"),
    ],
)
def test_other_documents_are_found(
    folder: Path, analyzer: Analyzer, change: Change, said: str
) -> None:
    read = analyzed(change(list(DOCUMENTS)), analyzer)
    lines = damage(folder, [analyzed(DOCUMENTS, analyzer)], read)
    assert any(said in line for line in lines)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(changed(0, text="mùa thu bên hồ"), "terms of exact or more", id="a term less"),
        pytest.param(changed(2, text="sông"), "terms of pairs or more", id="pairs less"),
        pytest.param(changed(2, title="sông"), "terms of title_words", id="a title"),
        pytest.param(
            changed(0, text="mùa thu bên hồ Gươm hồ sen"), "words or more", id="a term more"
        ),
        pytest.param(changed(3, text="hàn sông bên phố thành"), "not in their places", id="places"),
    ],
)
def test_other_terms_are_found(folder: Path, analyzer: Analyzer, change: Change, said: str) -> None:
    """The documents are right, and their terms are those of others."""
    right = analyzed(DOCUMENTS, analyzer)
    others = analyzed(change(list(DOCUMENTS)), analyzer)
    lines = damage(folder, [AnalyzedBatch(right.documents, others.fields)], right)
    assert any(said in line for line in lines)


@pytest.mark.parametrize("end", [".store", ".idx", ".term"])
def test_a_damaged_file_is_told_of_or_does_no_harm(
    folder: Path, analyzer: Analyzer, end: str
) -> None:
    """What Tantivy reads it checks little of; the manifest's checksums are over every file."""
    documents = [Document(id=f"{n:03}", title="", text=f"mùa thu thứ {n}") for n in range(300)]
    writer = TantivyEngine(threads=1).create(folder)
    writer.add(analyzed(documents, analyzer))
    writer.commit()
    (path,) = folder.glob(f"*{end}")
    data = bytearray(path.read_bytes())
    data[len(data) // 4 : len(data) // 4 + 16] = b"\xff" * 16
    path.write_bytes(bytes(data))
    searcher = TantivyEngine().open(folder)
    lines = list(searcher.check_against([analyzed(documents, analyzer)]))
    assert lines
    assert len(lines) <= 21
    searcher.close()
