"""Filters as they are written, and cursors as they come back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.errors import GoneError, QueryError
from searchapp.ingest.build import build
from searchapp.query.filters import Column
from searchapp.query.nodes import Filter, HasValue, Or, PublishedIn
from searchapp.search.column_values import ColumnValues
from searchapp.search.cursors import Cursor
from searchapp.search.filtering import parse_filters
from searchapp.search.service import SearchService

MARCH = PublishedIn(date(2024, 3, 1), date(2024, 3, 31))
SINCE_2023 = PublishedIn(date(2023, 1, 1), None)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param([], (), id="none"),
        pytest.param(
            ["source:Báo Đồng Xanh"],
            (Filter(HasValue(Column.SOURCE, ("Báo Đồng Xanh",)), Column.SOURCE),),
            id="one",
        ),
        pytest.param(
            ["tag:lũ", "year:2024", "tag:mưa: to"],
            (
                Filter(HasValue(Column.TAG, ("lũ", "mưa: to")), Column.TAG),
                Filter(HasValue(Column.YEAR, ("2024",)), Column.YEAR),
            ),
            id="several of one field are one",
        ),
        pytest.param(
            ["author:", "AUTHOR: Lê  Na "],
            (Filter(HasValue(Column.AUTHOR, (None, "Lê Na")), Column.AUTHOR),),
            id="no value; spaces and capitals of the name",
        ),
        pytest.param(
            ["category:Gia\u0301o du\u0323c"],
            (Filter(HasValue(Column.CATEGORY, ("Giáo dục",)), Column.CATEGORY),),
            id="decomposed",
        ),
        pytest.param(["published:2024-03"], (Filter(MARCH),), id="a month"),
        pytest.param(
            ["published:3/2024", "published:>=2023"],
            (Filter(Or((MARCH, SINCE_2023))),),
            id="several spans",
        ),
    ],
)
def test_filters(texts, expected):
    assert parse_filters(texts) == expected


def test_from_and_to_are_whole_periods():
    (one,) = parse_filters([], "2023", "2024-02")
    assert one == Filter(PublishedIn(date(2023, 1, 1), date(2024, 2, 29)))
    assert parse_filters([], "2024-03-05") == (Filter(PublishedIn(date(2024, 3, 5), None)),)


@pytest.mark.parametrize(
    ("texts", "first", "last", "field", "says"),
    [
        (["nơi:Huế"], None, None, "filter", "should be one of source, category"),
        (["source"], None, None, "filter", "a colon and a value"),
        ([":x"], None, None, "filter", "a colon and a value"),
        (["published:2024-13"], None, None, "filter", "names no dates"),
        (["published:hôm qua"], None, None, "filter", "2024-03-05"),
        ([], "hôm qua", None, "from", "2024-03"),
        ([], None, "31/2/2024", "to", "2024-03"),
        ([], "2025", "2024", "from", "later"),
    ],
)
def test_bad_filters_say_how_to_mend_them(texts, first, last, field, says):
    with pytest.raises(QueryError, match=says) as caught:
        parse_filters(texts, first, last)
    assert caught.value.field == field
    assert "\n" not in str(caught.value)


def test_values_by_the_names_that_people_give_them():
    values = ColumnValues(["Báo Nhân Dân", "Bão Nhân Dân", "báo  nhân dân", "VnExpress.net", "???"])
    assert values.named("báo nhân dân") == ("Báo Nhân Dân", "báo  nhân dân")
    assert len(values.named("bao nhan dan")) == 3
    assert values.named("BÁO NHÂN DÂN") == ("Báo Nhân Dân", "báo  nhân dân")
    assert values.named("báo nhân") == ()
    assert values.named("báo nh", how="beginning") == ("Báo Nhân Dân", "báo  nhân dân")
    assert values.named("vnexpress.net") == ("VnExpress.net",)
    assert values.named("???") == ("???",)


# -- cursors ------------------------------------------------------------------------------------


def test_a_cursor_comes_back_as_it_was():
    cursor = Cursor("20261123T010203-ab12", 40, "0123456789ab")
    assert Cursor.decode(cursor.encode(), "0123456789ab") == cursor
    assert cursor.encode().replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "text", ["", "x", "=", "đường", "AAAA", "a" * 300, Cursor("g", -1, "f").encode()]
)
def test_what_is_no_cursor(text):
    with pytest.raises(QueryError) as caught:
        Cursor.decode(text, "f")
    assert caught.value.field == "cursor"


def write(folder: Path, ids: range) -> Path:
    folder.mkdir(exist_ok=True)
    for number in ids:
        (folder / f"{number:02}.txt").write_text(f"Bản tin {number}\n\nThời tiết hôm nay.", "utf-8")
    return folder


def test_a_cursor_reads_on_while_the_index_is_rebuilt(tmp_path: Path):
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    texts = write(tmp_path / "tin", range(10, 20))
    build([texts], settings)
    service = SearchService(settings)
    whole = [hit.document.id for hit in service.search("thời tiết").hits]
    first = service.search("thời tiết", size=4)
    write(texts, range(10))  # they would all come before the ones that were there
    build([texts], settings)
    assert service.search("thời tiết").total == 20
    read = [hit.document.id for hit in first.hits]
    # Another worker may be asked, which never had the old index open.
    for reader in (service, SearchService(settings)):
        answer = reader.search("thời tiết", size=4, cursor=first.next_cursor)
        rest = [hit.document.id for hit in answer.hits]
        answer = reader.search("thời tiết", size=4, cursor=answer.next_cursor)
        rest += [hit.document.id for hit in answer.hits]
        assert answer.next_cursor is None
        assert read + rest == whole


def test_a_cursor_whose_index_is_gone_says_so(tmp_path: Path):
    settings = Settings(index_dir=tmp_path / "index", jobs=1, keep_generations=0)
    texts = write(tmp_path / "tin", range(10))
    build([texts], settings)
    cursor = SearchService(settings).search("thời tiết", size=4).next_cursor
    build([texts], settings)
    with pytest.raises(GoneError, match="begin again"):
        SearchService(settings).search("thời tiết", size=4, cursor=cursor)


def test_a_cursor_belongs_to_its_question(tmp_path: Path):
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    build([write(tmp_path / "tin", range(10))], settings)
    service = SearchService(settings)
    cursor = service.search("thời tiết", size=4).next_cursor
    with pytest.raises(QueryError, match="another query"):
        service.search("bản tin", size=4, cursor=cursor)
    with pytest.raises(QueryError, match="another query"):
        service.search("thời tiết", size=4, cursor=cursor, filters=["year:2024"])
    assert service.search("thời tiết", size=2, cursor=cursor).hits


# -- more like one ------------------------------------------------------------------------------


def test_related_documents(tmp_path: Path):
    texts = {
        "pho-bo": "Phở bò Hà Nội nấu nước dùng từ xương bò, hồi và quế.",
        "pho-ga": "Phở gà có nước dùng trong, thịt gà ta, rắc lá chanh như phở bò.",
        "bun-cha": "Bún chả ăn với nước mắm chua ngọt.",
        "xe-buyt": "Xe buýt chạy từ bến xe tới sân bay.",
        "tau-dien": "Tàu điện đưa khách tới bến xe và sân bay.",
    }
    folder = tmp_path / "bài"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(f"{name}\n\n{text}", encoding="utf-8")
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    build([folder], settings)
    service = SearchService(settings)
    for name in texts:
        ids = [hit.document.id for hit in service.related(f"bài/{name}.txt", 5)]
        assert f"bài/{name}.txt" not in ids
    assert service.related("bài/pho-bo.txt", 1)[0].document.id == "bài/pho-ga.txt"
    assert service.related("bài/xe-buyt.txt", 1)[0].document.id == "bài/tau-dien.txt"
    assert service.related("bài/pho-bo.txt", 1)[0].snippets[0].highlights == ()
