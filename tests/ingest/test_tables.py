"""Tables and foreign names: what becomes of a row, and how one that can't be read is named."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.errors import InputError
from searchapp.ingest.base import Problem
from searchapp.ingest.build import build
from searchapp.ingest.files import collect
from searchapp.ingest.mapping import FIELDS, FieldMap
from searchapp.ingest.reading import read_file
from searchapp.search.service import SearchService

CSV = (
    "id,title,text,source,tags,published,ghi chú\n"
    'a,Chợ nổi,"Ghe xuồng, trái cây\nvà ""hoa""",Báo Đồng,"chợ, sông",2024-03-05,x\n'
    "\n"
    "b,Hồ sen,Sen nở,,,2024,\n"
)


def read_all(path: Path, names: str = "") -> tuple[list[Document], list[Problem]]:
    fields = FieldMap.parse(names) if names else FieldMap()
    items = [item for file in collect([path], fields).files for item in read_file(file)]
    return (
        [item for item in items if isinstance(item, Document)],
        [item for item in items if isinstance(item, Problem)],
    )


@pytest.fixture
def written(tmp_path: Path):
    def write(name: str, data: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return write


# -- rows ---------------------------------------------------------------------------------------


def check_csv(documents: list[Document], problems: list[Problem]) -> None:
    assert problems == []
    first, second = documents
    assert (first.id, first.title, first.source) == ("a", "Chợ nổi", "Báo Đồng")
    assert first.text == 'Ghe xuồng, trái cây\nvà "hoa"'
    assert (first.tags, first.published) == (("chợ", "sông"), "2024-03-05")
    assert (second.id, second.source, second.tags, second.published) == ("b", None, (), "2024")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", CSV.encode()),
        ("A.CSV", CSV.encode()),
        ("a.csv", CSV.replace("\n", "\r\n").encode()),
        ("a.csv", CSV.encode("utf-8-sig")),
        ("a.csv", CSV.encode("utf-16")),
        ("a.csv.gz", gzip.compress(CSV.encode())),
    ],
    ids=["plain", "capitals", "crlf", "mark", "utf-16", "gzip"],
)
def test_a_table(written, name: str, data: bytes) -> None:
    documents, problems = read_all(written(name, data))
    for one in documents:
        assert "\r" not in one.text or b"\r" in data
    check_csv([_unix(one) for one in documents], problems)


def _unix(document: Document) -> Document:
    return Document(
        **{
            name: getattr(document, name)
            for name in Document.__dataclass_fields__
            if name != "text"
        },
        text=document.text.replace("\r\n", "\n"),
    )


@pytest.mark.parametrize(
    ("name", "delimiter"), [("a.csv", ";"), ("a.csv", "\t"), ("a.csv", "|"), ("a.tsv", "\t")]
)
def test_whatever_parts_the_cells(written, name: str, delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(
        csv.reader(io.StringIO(CSV))
    )
    check_csv(*read_all(written(name, out.getvalue())))


def test_commas_in_a_table_with_tabs_part_nothing(written) -> None:
    (document,), problems = read_all(written("a.tsv", "title\ttext\nMột, hai\tba, bốn\n"))
    assert (document.title, document.text, problems) == ("Một, hai", "ba, bốn", [])


def test_rows_without_an_id_are_numbered(written) -> None:
    documents, problems = read_all(written("a.csv", "title,text\nMột,x\n\nHai,y\n"))
    assert [one.id for one in documents] == ["a.csv:1", "a.csv:2"]
    assert problems == []


def test_an_old_encoding_is_recognised(written) -> None:
    rows = "title,text\n" + "Hµ Néi,thµnh phè H¶i Phßng vµ ®­êng phè ViÖt Nam\n" * 5
    documents, problems = read_all(written("a.csv", rows.encode("latin-1")))
    assert documents[0].title == "Hà Nội"
    assert any("TCVN3" in problem.reason for problem in problems)


def test_a_long_cell_is_read(written) -> None:
    text = "từ " * 100_000
    (document,), problems = read_all(written("a.csv", f"title,text\nDài,{text}\n"))
    assert document.text.strip() == text.strip()
    assert problems == []


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1),
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r")),
        ).filter(lambda row: row[0].strip()),
        min_size=1,
        max_size=5,
    )
)
def test_what_csv_writes_is_what_is_read(tmp_path_factory: pytest.TempPathFactory, rows) -> None:
    path = tmp_path_factory.mktemp("table") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("title", "text"), *rows])
    documents, problems = read_all(path)
    assert len(documents) + sum(not p.kept for p in problems) == len(rows)
    assert [one.title for one in documents] == [title.strip() for title, _ in rows]


# -- rows and tables that can't be read -----------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        ("", 1, "is empty"),
        ("id,name\na,b\n", 1, "say which with --map text=NAME"),
        ("id,title,title\na,b,c\n", 1, "several columns named 'title'"),
        ("id,title\na,b\nc,d,e\nf,g\n", 3, "has 3 cells, the first line names 2 columns"),
        ("id,title\n,b\n", 2, "has no id"),
        ("id,title\na,\n", 2, "has neither title nor text"),
        ('id,title\na,"b\nc,d\n', 1, "the table is broken behind this line"),
        (b"id,title\na,b\0\n", None, "looks like a binary file"),
    ],
)
def test_what_is_wrong_is_named(written, data: str | bytes, line: int | None, reason: str) -> None:
    _, problems = read_all(written("a.csv", data))
    (problem,) = (one for one in problems if not one.kept)
    assert reason in problem.reason
    assert problem.line == line


def test_the_rows_around_a_bad_one_are_read(written) -> None:
    documents, problems = read_all(written("a.csv", "id,title\na,b\nc,d,e\nf,g\nh\n"))
    assert [one.id for one in documents] == ["a", "f"]
    assert [one.line for one in problems] == [3, 5]


@pytest.mark.parametrize("cut", [30, -12])
def test_a_damaged_packed_table_keeps_what_came_before(written, cut: int) -> None:
    rows = "id,title\n" + "".join(f"r{n},Bài số {n}\n" for n in range(2000))
    packed = gzip.compress(rows.encode())
    documents, problems = read_all(written("a.csv.gz", packed[:cut]))
    assert len(documents) < 2000
    assert (len(documents) > 1000) == (cut < 0)
    assert any("the table is broken" in one.reason for one in problems)


# -- foreign names --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "names", "found"),
    [
        ("ID,Title,TEXT", "", ("1", "Sen", "nở")),
        ("id,title,Text", "text=Text", ("1", "Sen", "nở")),
        ("ID,Title,title", "", ("1", "nở", "")),
        ("ID,Title,TEXT", "title=TEXT,text=Title", ("1", "nở", "Sen")),
    ],
    ids=["capitals", "mapped", "both", "mapped crosswise"],
)
def test_own_names_in_capitals(written, first: str, names: str, found: tuple[str, ...]) -> None:
    (document,), problems = read_all(written("a.csv", f"{first}\n1,Sen,nở\n"), names)
    assert (document.id, document.title, document.text) == found
    assert problems == []


def test_foreign_names_of_columns_and_keys(written, tmp_path: Path) -> None:
    written("a.csv", "Mã;Đầu đề;Nội dung\n1;Chợ nổi;Ghe xuồng\n")
    written("b.jsonl", '{"Mã": "2", "Đầu đề": "Hồ sen", "Nội dung": "Sen", "title": "khác"}\n')
    documents, problems = read_all(tmp_path, "id=Mã,title=Đầu đề, text=Nội dung")
    assert [(d.id, d.title, d.text) for d in documents] == [
        ("1", "Chợ nổi", "Ghe xuồng"),
        ("2", "Hồ sen", "Sen"),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "where FIELD=NAME belongs"),
        ("text", "where FIELD=NAME belongs"),
        ("text=", "where FIELD=NAME belongs"),
        ("body=text", "no field 'body'"),
        ("text=a,text=b", "text twice"),
    ],
)
def test_a_map_that_is_none(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        FieldMap.parse(text)


def test_own_names_stay_where_none_is_given() -> None:
    fields = FieldMap.parse("text=body")
    assert {one: fields.name_of(one) for one in FIELDS if fields.name_of(one) != one} == {
        "text": "body"
    }
    assert fields.fields_of({"id": 1, "body": "x", "text": "y", "other": 2}) == {
        "id": 1,
        "text": "x",
    }


def test_names_are_looked_for_before_work_begins(written, tmp_path: Path) -> None:
    path = written("a.csv", "id,headline,body\n1,Một,hai\n")
    fields = FieldMap.parse("text=content,title=headline")
    with pytest.raises(
        InputError, match=r"'content', which no table has.*'body', 'headline', 'id'"
    ):
        build([path], Settings(index_dir=tmp_path / "index", jobs=1), fields=fields)
    assert not (tmp_path / "index").exists()
    text = written("a.txt", "Hà Nội")
    with pytest.raises(InputError, match="there are none"):
        build([text], Settings(index_dir=tmp_path / "index", jobs=1), fields=fields)


def test_a_table_becomes_an_index(written, tmp_path: Path) -> None:
    path = written("bài.csv", "headline,body,source\nChợ nổi Cái Răng,Ghe xuồng,Báo Đồng\n")
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    report = build([path], settings, fields=FieldMap.parse("title=headline,text=body"))
    assert (report.indexed, report.skipped) == (1, 0)
    (hit,) = SearchService(settings).search("cho noi").hits
    assert (hit.document.id, hit.document.source) == ("bài.csv:1", "Báo Đồng")
