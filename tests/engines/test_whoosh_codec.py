from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import fields, index
from whoosh.query import Term as WhooshTerm

from searchapp.engines import whoosh_terms
from searchapp.engines.inversion import Postings
from searchapp.engines.whoosh_codec import ArrayCodec, ArrayTermsReader
from searchapp.engines.whoosh_fields import FieldsWriter
from searchapp.engines.whoosh_storage import IndexStorage, new_segment, write_contents
from searchapp.storage import DISK

# A field in plain words: each term's positions by document.
Plain = dict[bytes, dict[int, list[int]]]


def as_postings(plain: Plain, terms: list[bytes]) -> Postings:
    lists = [sorted(plain[term].items()) for term in sorted(plain)]
    ranks = {term: rank for rank, term in enumerate(terms)}
    return Postings(
        ranks=np.array([ranks[term] for term in sorted(plain)], dtype=np.int64),
        document_frequency=np.array([len(one) for one in lists], dtype=np.int64),
        documents=np.array([d for one in lists for d, _ in one], dtype=np.int64),
        frequencies=np.array([len(p) for one in lists for _, p in one], dtype=np.int64),
        positions=np.array([x for one in lists for _, p in one for x in p], dtype=np.int64),
    )


def write(
    folder: Path, fields_: dict[str, list[Plain]], document_count: int, longest: int | None
) -> ArrayTermsReader:
    """Write fields, each from parts of ascending terms, and open the terms."""
    schema = fields.Schema(**{name: fields.KEYWORD() for name in fields_})
    spool = folder / "spool"
    spool.mkdir()
    storage = IndexStorage(folder, spool, DISK)
    segment = new_segment(ArrayCodec())
    writer = FieldsWriter(storage, segment)
    for name, parts in fields_.items():
        terms = [term for part in parts for term in sorted(part)]
        made = (as_postings(part, terms) for part in parts)
        pick = partial(picked, terms)
        writer.add(name, made, pick, document_count, longest)
    writer.close()
    write_contents(storage, schema, segment, document_count)
    assert list(spool.iterdir()) == []
    return open_terms(folder)


def picked(terms: list[bytes], ranks: np.ndarray) -> list[bytes]:
    return [terms[rank] for rank in ranks.tolist()]


def open_terms(folder: Path) -> ArrayTermsReader:
    opened = index.open_dir(str(folder), readonly=True)
    (segment,) = opened._segments()
    return segment.codec().terms_reader(opened.storage, segment)


def assert_holds(terms: ArrayTermsReader, field: str, plain: Plain, positions: bool) -> None:
    for term, expected in plain.items():
        found = terms.postings(field, term)
        assert found is not None, term
        assert found.documents.tolist() == sorted(expected)
        assert found.frequencies.tolist() == [len(expected[d]) for d in sorted(expected)]
        if positions:
            flat = [place for document in sorted(expected) for place in expected[document]]
            assert terms.positions(field, found).tolist() == flat


# The widths that documents, frequencies and positions are kept in, at both sides of each border.
@pytest.mark.parametrize(
    ("document_count", "frequency", "longest"),
    [
        pytest.param(3, 2, 300, id="all narrow"),
        pytest.param(65_536, 255, 65_536, id="last of two bytes, of one, of two"),
        pytest.param(65_537, 256, 65_537, id="first of four bytes, of two, of four"),
        pytest.param(3_000_000, 65_535, 70_000, id="last frequency of two bytes"),
        pytest.param(3, 65_536, 70_000, id="first frequency of four bytes"),
    ],
)
def test_round_trip_at_every_width(
    tmp_path: Path, document_count: int, frequency: int, longest: int
) -> None:
    many = list(range(longest - frequency, longest))
    plain = {
        b"dau": {0: [0, 1, longest - 1], document_count - 1: [longest - 1]},
        b"giua": {1: many, document_count - 1: [0]},
        b"mot": {document_count - 1: [longest - 1]},
    }
    terms = write(tmp_path, {"f": [plain]}, document_count, longest)
    assert_holds(terms, "f", plain, positions=True)
    terms.close()


def test_a_view_without_positions_keeps_none(tmp_path: Path) -> None:
    plain = {b"a": {0: [0, 1]}, b"b": {0: [2], 2: [5]}}
    terms = write(tmp_path, {"f": [plain]}, 3, None)
    assert_holds(terms, "f", plain, positions=False)
    found = terms.postings("f", b"a")
    assert found is not None
    with pytest.raises(AssertionError, match="keeps no positions"):
        terms.positions("f", found)
    terms.close()


PLAIN = st.dictionaries(
    st.binary(max_size=12),
    st.dictionaries(
        st.integers(0, 40),
        st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True).map(sorted),
        min_size=1,
        max_size=8,
    ),
    max_size=30,
)


@settings(max_examples=40)
@given(first=PLAIN, second=PLAIN, split=st.integers(0, 30), others=st.lists(st.binary(max_size=12)))
def test_any_terms_in_several_fields_and_parts(
    tmp_path_factory: pytest.TempPathFactory,
    first: Plain,
    second: Plain,
    split: int,
    others: list[bytes],
) -> None:
    """Terms of any bytes, one field whole and one in two parts; what is absent is not found."""
    names = sorted(second)
    parts = [{n: second[n] for n in names[:split]}, {n: second[n] for n in names[split:]}]
    terms = write(tmp_path_factory.mktemp("codec"), {"a": [first], "b": parts}, 41, 401)
    assert_holds(terms, "a", first, positions=True)
    assert_holds(terms, "b", second, positions=True)
    for other in others:
        assert (terms.postings("a", other) is None) == (other not in first)
        assert (terms.postings("b", other) is None) == (other not in second)
    assert terms.postings("no such field", b"a") is None
    assert {(f, t) for f, t in terms.terms()} == {("a", t) for t in first} | {
        ("b", t) for t in second
    }
    terms.close()


def test_lookups_among_many_terms(tmp_path: Path) -> None:
    """Enough terms that slots of the hash tables collide and lookups wrap around their ends."""
    present = {f"từ{n}".encode(): {n % 50: [n % 7]} for n in range(0, 40_000, 2)}
    terms = write(tmp_path, {"f": [present]}, 50, 7)
    assert_holds(terms, "f", present, positions=True)
    assert all(terms.postings("f", f"từ{n}".encode()) is None for n in range(1, 40_000, 2))
    terms.close()


def test_tables_made_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whoosh_terms, "_HELD", 100)
    present = {f"từ{n}".encode(): {n % 50: [n % 7]} for n in range(2_000)}
    terms = write(tmp_path, {"f": [present]}, 50, 7)
    assert_holds(terms, "f", present, positions=True)
    assert terms.postings("f", b"khong co") is None
    terms.close()


@pytest.mark.parametrize(
    "hashes",
    [
        [],
        [0],
        [5 << 8] * 9,  # all want one slot
        [17 << 8, 17 << 8, 17 << 8, 16 << 8, 0, 1 << 8, 2 << 8, 17 << 8, 3 << 8],  # beyond the end
        [(n * 2_654_435_761) & 0xFFFFFFFF for n in range(500)],
    ],
    ids=["none", "one", "one slot", "beyond the end", "many"],
)
def test_every_entry_is_found_by_probing(hashes: list[int]) -> None:
    """As Whoosh looks: from the entry's slot on, around the end, up to an empty one."""
    places = np.arange(13, 13 + len(hashes))
    table = whoosh_terms.hash_table(np.array(hashes, dtype=np.uint32), places)
    assert table.size == 2 * len(hashes)
    for hashed, place in zip(hashes, places.tolist(), strict=True):
        slot = (hashed >> 8) % table.size
        while int(table["place"][slot]) not in (place, 0):
            slot = (slot + 1) % table.size
        assert (int(table["hash"][slot]), int(table["place"][slot])) == (hashed, place)
    assert np.count_nonzero(table["place"]) == len(hashes)


@pytest.mark.parametrize("terms", [[b"b", b"a"], [b"a", b"a"]], ids=["falling", "twice"])
def test_terms_that_do_not_ascend_are_refused(tmp_path: Path, terms: list[bytes]) -> None:
    (tmp_path / "spool").mkdir()
    storage = IndexStorage(tmp_path, tmp_path / "spool", DISK)
    writer = FieldsWriter(storage, new_segment(ArrayCodec()))
    parts = [as_postings({term: {0: [0]}}, [term]) for term in terms]
    made = iter(terms)
    with pytest.raises(ValueError, match="should ascend"):
        writer.add("f", parts, lambda _: [next(made)], 1, 1)
    storage.let_go()


def test_stock_whoosh_goes_through_the_terms_in_order(tmp_path: Path) -> None:
    plain = {f"từ{n:03}".encode(): {0: [0]} for n in range(300)}
    write(tmp_path, {"f": [plain], "g": [{b"a": {0: [0]}}]}, 1, 1).close()
    opened = index.open_dir(str(tmp_path), readonly=True)
    with opened.reader() as reader:
        assert [term for _, term in reader.terms_from("f", "từ29")][:11] == [
            *(f"từ29{n}".encode() for n in range(10)),
            b"a",
        ]
        assert list(reader.field_terms("f")) == [term.decode() for term in plain]
    opened.close()


def test_own_lookup_agrees_with_whooshs(tmp_path: Path) -> None:
    plain = {bytes([n]) * (n % 5 + 1): {n % 9: [0]} for n in range(256)}
    terms = write(tmp_path, {"f": [plain]}, 9, 1)
    for term in plain:
        assert ("f", term) in terms
        assert terms.doc_frequency("f", term) == 1
        assert terms.frequency("f", term) == 1
    assert ("f", b"khong co") not in terms
    terms.close()


def test_stock_whoosh_reads_the_postings(tmp_path: Path) -> None:
    """Whoosh's own matcher gives the same documents and weights."""
    plain = {b"a": {0: [0, 4], 2: [1]}, b"b": {1: [0]}}
    write(tmp_path, {"f": [plain]}, 3, 5).close()
    opened = index.open_dir(str(tmp_path), readonly=True)
    with opened.reader() as reader:
        matcher = reader.postings("f", b"a")
        found = []
        while matcher.is_active():
            found.append((matcher.id(), matcher.weight()))
            matcher.next()
    assert found == [(0, 2), (2, 1)]
    with opened.searcher() as searcher:
        assert sorted(searcher.docs_for_query(WhooshTerm("f", "b"))) == [1]
    opened.close()
