"""An index is held against its documents: whatever was changed in it is found."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from engine_helpers import analyzed

from searchapp.analysis.analyzer import Analyzer
from searchapp.documents import Document
from searchapp.engines import whoosh_scan, whoosh_verify
from searchapp.engines.base import AnalyzedBatch
from searchapp.engines.registry import get_engine
from searchapp.engines.whoosh_codec import TERM_INFO

WORDS = "xây dựng đảng nhà nước hà nội sông hồng núi biển học sinh đường duong mưa".split()  # noqa: SIM905


def drawn_documents() -> list[Document]:
    drawn = random.Random(6)

    def text(most: int) -> str:
        return " ".join(drawn.choices(WORDS, k=drawn.randint(0, most)))

    found = [
        Document(
            id=f"tài liệu {number % 25}",  # the first three are replaced
            title=text(4),
            text=text(30),
            source=drawn.choice((None, "VnExpress", "Tuổi Trẻ")),
            category=drawn.choice((None, "Xã hội")),
            tags=tuple(drawn.sample(("hồ", "ao", "đầm"), drawn.randint(0, 2))),
            published=drawn.choice((None, "2024", "2023-05", "2022-01-31")),
        )
        for number in range(28)
    ]
    drawn.shuffle(found)
    return found


DOCUMENTS = drawn_documents()


def batches(documents: Sequence[Document], analyzer: Analyzer) -> Iterator[AnalyzedBatch]:
    for first in range(0, len(documents), 6):
        yield analyzed(documents[first : first + 6], analyzer)


def build(folder: Path, documents: Sequence[Document], analyzer: Analyzer) -> Path:
    folder.mkdir()
    writer = get_engine("whoosh").create(folder)
    for batch in batches(documents, analyzer):
        writer.add(batch)
    writer.commit()
    return folder


def damage(folder: Path, analyzer: Analyzer, documents: Sequence[Document]) -> list[str]:
    searcher = get_engine("whoosh").open(folder)
    try:
        return list(searcher.check_against(batches(documents, analyzer)))
    finally:
        searcher.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, analyzer: Analyzer) -> Path:
    return build(tmp_path_factory.mktemp("verify") / "whole", DOCUMENTS, analyzer)


@pytest.fixture
def copied(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copied"))


@pytest.mark.parametrize("postings", [1 << 17, 1, 50], ids=["one block", "a term a block", "some"])
def test_a_whole_index_is_whole(
    whole: Path, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch, postings: int
) -> None:
    monkeypatch.setattr(whoosh_scan, "_POSTINGS", postings)
    monkeypatch.setattr(whoosh_scan, "_READ", 70)
    assert damage(whole, analyzer, DOCUMENTS) == []


def test_an_index_without_documents_is_whole(tmp_path: Path, analyzer: Analyzer) -> None:
    assert damage(build(tmp_path / "empty", [], analyzer), analyzer, []) == []


def changed(number: int, **values: object) -> list[Document]:
    made = list(DOCUMENTS)
    made[number] = replace(made[number], **values)
    return made


IDS = [document.id for document in DOCUMENTS]
STAYS = next(
    number
    for number, document in enumerate(DOCUMENTS)
    if len(set(document.text.split()[:4])) == 4
    and document.title
    and document.id not in IDS[number + 1 :]
)
SWAPPED = DOCUMENTS[STAYS].text.split()
SWAPPED[0], SWAPPED[3] = SWAPPED[3], SWAPPED[0]


@pytest.mark.parametrize(
    ("documents", "line"),
    [
        (changed(STAYS, text=" ".join(SWAPPED)), "exact postings of document"),
        (changed(STAYS, text=DOCUMENTS[STAYS].text + " mưa"), "folded postings of document"),
        (changed(STAYS, text=DOCUMENTS[STAYS].text + " mưa"), "length of the body"),
        (changed(STAYS, title=""), "title"),
        (changed(STAYS, url="https://vi.example"), "not stored as it was read"),
        (changed(STAYS, text=DOCUMENTS[STAYS].text + " "), "not stored as it was read"),
        (changed(STAYS, source="Thanh Niên"), "the source of document"),
        (changed(STAYS, tags=("hồ", "ao", "đầm")), "the tag of document"),
        (changed(STAYS, published="1999"), "the days of document"),
        (changed(STAYS, id="khác"), "not found by its id"),
        (DOCUMENTS[:-1], "has 28 documents, not 27"),
        ([*DOCUMENTS, DOCUMENTS[0]], "has 28 documents, not 29"),
        (DOCUMENTS[::-1], "has more that is wrong"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_documents_are_not_those_of_the_index(
    whole: Path, analyzer: Analyzer, documents: list[Document], line: str
) -> None:
    found = damage(whole, analyzer, documents)
    assert any(line in one for one in found), found
    assert len(found) <= whoosh_verify._MOST_LINES + 1
    assert all("\n" not in one for one in found)


# A file of an index of other documents is in order by itself, and its checksum could be right.
@pytest.mark.parametrize("name", [".pst", ".frq", ".pos", ".trm", "_stored.col"])
@pytest.mark.parametrize("change", ["one word", "other order", "one document less"])
def test_a_file_of_another_index_is_found(
    copied: Path, tmp_path: Path, analyzer: Analyzer, name: str, change: str
) -> None:
    documents = {
        "one word": changed(STAYS, text=DOCUMENTS[STAYS].text.replace("mưa", "mura") + " mưa mưa"),
        "other order": DOCUMENTS[::-1],
        "one document less": DOCUMENTS[:-1],
    }[change]
    other = build(tmp_path / "other", documents, analyzer)
    (theirs,) = other.glob(f"*{name}")
    ours = copied / theirs.name
    assert ours.read_bytes() != theirs.read_bytes()
    shutil.copyfile(theirs, ours)
    assert damage(copied, analyzer, DOCUMENTS)


def data_bytes(path: Path) -> list[int]:
    """The bytes of a file that say something of the documents: no headers, no ends of lines."""
    data = path.read_bytes()
    if path.suffix == ".txt":
        return [at for at, byte in enumerate(data) if byte != ord("\n")]
    return list(range(128 if path.suffix == ".npy" else 0, len(data)))


@pytest.mark.parametrize(
    "pattern", ["*.pst", "*.frq", "*.pos", "*.npy", "column_*.txt", "terms_*.txt"]
)
def test_every_changed_byte_is_found(copied: Path, analyzer: Analyzer, pattern: str) -> None:
    drawn = random.Random(pattern)
    places = [(path, at) for path in sorted(copied.glob(pattern)) for at in data_bytes(path)]
    assert len(places) > 10
    missed = []
    for path, at in drawn.sample(places, min(60, len(places))):
        before = path.read_bytes()
        changed_to = bytearray(before)
        changed_to[at] ^= 1 << drawn.randrange(8)
        path.write_bytes(changed_to)
        try:
            if not damage(copied, analyzer, DOCUMENTS):
                missed.append((path.name, at))
        except (ValueError, IndexError, OSError):
            pass  # it does not even open
        path.write_bytes(before)
    assert missed == []


@pytest.mark.parametrize("name", TERM_INFO.names or ())
def test_every_part_of_a_terms_record_is_looked_at(
    copied: Path, analyzer: Analyzer, name: str
) -> None:
    (path,) = copied.glob("*.trm")
    data = path.read_bytes()
    at = data.index("dựng".encode()) + len("dựng".encode())
    info = np.frombuffer(data[at : at + TERM_INFO.itemsize], dtype=TERM_INFO).copy()
    info[name] = info[name] + 1 if name != "max_length" else 3
    path.write_bytes(data[:at] + info.tobytes() + data[at + TERM_INFO.itemsize :])
    assert damage(copied, analyzer, DOCUMENTS)


@pytest.mark.parametrize("where", ["a hash", "a place", "a filled slot"])
def test_a_hash_table_that_leads_nowhere_is_found(copied: Path, where: str) -> None:
    searcher = get_engine("whoosh").open(copied)
    (path,) = copied.glob("*.trm")
    data = bytearray(path.read_bytes())
    place, slots = next((p, n) for p, n in searcher._terms.tables() if n)
    slot = next(s for s in range(slots) if data[place + 12 * s + 11])
    at = place + 12 * slot
    if where == "a hash":
        data[at] ^= 1
    elif where == "a place":
        data[at + 11] ^= 1
    else:
        data[at : at + 12] = bytes(12)
    searcher.close()
    path.write_bytes(data)
    searcher = get_engine("whoosh").open(copied)
    assert any("hash table" in line for line in searcher.check())
    searcher.close()


def test_a_stored_document_that_is_no_pickle_is_named(copied: Path, analyzer: Analyzer) -> None:
    (path,) = copied.glob("*_stored.col")
    data = bytearray(path.read_bytes())
    data[3] ^= 255
    path.write_bytes(data)
    assert any("document number 0 can't be read" in o for o in damage(copied, analyzer, DOCUMENTS))
