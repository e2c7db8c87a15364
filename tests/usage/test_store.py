from __future__ import annotations

import json
import os
import stat
import unicodedata
from pathlib import Path

import pytest
from usage_helpers import DAY_S, NOON, rows, search, write

from searchapp.errors import InputError
from searchapp.usage.records import Click, hour_of, new_id
from searchapp.usage.store import ForeignLogError, Store, open_to_read


def test_a_search_is_kept_without_a_time_but_its_hour(tmp_path: Path) -> None:
    file = tmp_path / "u.sqlite"
    one = search(
        "  Xây dựng   ĐẢNG ", filters=("category:Tin",), before="xay dung", suggestion="Hoà bình"
    )
    write(file, one, Click(one.id, 2, "b"))
    (row,) = rows(file, "SELECT query, form, before, filters, suggestion, total FROM searches")
    assert row == (
        "  Xây dựng   ĐẢNG ",
        "xây dựng đảng",
        "xay dung",
        '["category:Tin"]',
        "hòa bình",
        3,
    )
    assert rows(file, "SELECT search, rank, document FROM clicks") == [(one.id, 2, "b")]
    assert rows(file, "SELECT documents FROM lists") == [(json.dumps(["a", "b", "c"]),)]
    assert hour_of(one.id) == NOON // 3600
    columns = {name for _, name, *_ in rows(file, "PRAGMA table_info(searches)")}
    assert columns == {
        *("id", "kind", "query", "form", "before", "filters", "sort", "page", "size", "total"),
        *("list", "shown", "suggestion", "corrected", "verbatim", "generation", "took_ms"),
    }


@pytest.mark.parametrize(
    "spelled", ["hoà bình", "hòa bình", "HOÀ BÌNH", unicodedata.normalize("NFD", "hoà  bình ")]
)
def test_one_query_has_one_form(tmp_path: Path, spelled: str) -> None:
    write(tmp_path / "u", search(spelled))
    assert rows(tmp_path / "u", "SELECT form FROM searches") == [("hòa bình",)]


def test_personal_data_is_written_nowhere(tmp_path: Path) -> None:
    secrets = ["0912345678", "lan@vi.example", "001099012345"]
    write(
        tmp_path / "u",
        search(
            secrets[0],
            before=secrets[1],
            filters=(f"author:{secrets[2]}",),
            suggestion=secrets[1],
            corrected=secrets[0],
        ),
    )
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"[email]" in written
    for secret in secrets:
        assert secret.encode() not in written


def test_long_and_broken_text_is_kept_as_far_as_it_goes(tmp_path: Path) -> None:
    write(tmp_path / "u", search("lũ " * 500), search("nửa \ud800 chữ", shown=("x\ud800",)))
    (longest,) = rows(tmp_path / "u", "SELECT max(length(query)) FROM searches")[0]
    assert longest == 200
    assert rows(tmp_path / "u", "SELECT count(*) FROM searches WHERE query = 'nửa ? chữ'") == [(1,)]


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store(tmp_path / "u")
        store.write([search("lũ")], 0, NOON)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert set(modes) == {"u", "u-wal", "u-shm"}
    assert set(modes.values()) == {0o600}


def test_the_same_record_twice_is_one(tmp_path: Path) -> None:
    one = search("lũ")
    click = Click(one.id, 1, "a")
    write(tmp_path / "u", one, one, click, click)
    write(tmp_path / "u", one, click)
    assert rows(tmp_path / "u", "SELECT (SELECT count(*) FROM searches), count(*) FROM clicks") == [
        (1, 1)
    ]


def test_what_is_old_is_forgotten_without_a_trace(tmp_path: Path) -> None:
    old = [
        search(f"chuyện xưa {n}", NOON - 31 * DAY_S, shown=(f"tài-liệu-cũ-{n}",)) for n in range(50)
    ]
    new = search("chuyện nay", NOON - 29 * DAY_S)
    write(tmp_path / "u", *old, *(Click(one.id, 1, "tài-liệu-cũ") for one in old), now=NOON)
    store = Store(tmp_path / "u")
    store.write([new, Click(new.id, 1, "a")], 2, NOON)
    store.forget(30, NOON)
    # Before it is closed, which would empty the file beside it: a service writes for months.
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    store.close()
    assert rows(tmp_path / "u", "SELECT query FROM searches") == [("chuyện nay",)]
    assert rows(tmp_path / "u", "SELECT document FROM clicks") == [("a",)]
    assert rows(tmp_path / "u", "SELECT count(*) FROM lists") == [(1,)]
    assert "chuyện xưa".encode() not in written
    assert "tài-liệu-cũ".encode() not in written


def test_losses_add_up_by_the_hour(tmp_path: Path) -> None:
    write(tmp_path / "u", lost=2)
    write(tmp_path / "u", lost=3)
    assert rows(tmp_path / "u", "SELECT count FROM losses") == [(5,)]


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "u"
    write(file)
    rows(file, "PRAGMA user_version = 99")
    before = file.read_bytes()
    with pytest.raises(ForeignLogError, match="format 99, this is format 1; move it away"):
        Store(file)
    with pytest.raises(InputError, match="format 99"):
        open_to_read(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"), [(None, "there is no usage log at"), (b"no log " * 99, "can't be read as")]
)
def test_a_log_that_is_none_is_told_in_a_line(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "u"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        open_to_read(file)
    assert "\n" not in str(caught.value)


def test_reading_waits_for_no_writer_and_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "u"
    store = Store(file)
    store.write([search("lũ")], 0, NOON)
    store._connection.execute("BEGIN IMMEDIATE")
    with open_to_read(file) as reading:
        assert reading.execute("SELECT count(*) FROM asked").fetchone() == (1,)
        with pytest.raises(Exception, match="readonly"):
            reading.execute("DELETE FROM searches")
    store._connection.execute("ROLLBACK")
    store.close()


def test_ids_of_an_hour_are_in_no_order() -> None:
    ids = [new_id(NOON + n) for n in range(200)]
    assert {hour_of(one) for one in ids} == {NOON // 3600}
    assert ids != sorted(ids)
    assert len(set(ids)) == 200
