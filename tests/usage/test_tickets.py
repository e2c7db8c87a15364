from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from usage_helpers import NOON, search

from searchapp.usage.records import Click, new_id
from searchapp.usage.tickets import MAX_CHARS, Tickets, load_key

TICKETS = Tickets(b"k" * 32)
SEARCH = search('"lũ" ở Huế \ud800', filters=("a:b", "c:"), before="lu", suggestion=None)


@given(st.integers(1, 65_535), st.text(min_size=1, max_size=40))
def test_a_click_comes_back(rank: int, document: str) -> None:
    click = Click(new_id(NOON), rank, document)
    ticket = TICKETS.for_click(click)
    assert len(ticket) == 27
    assert ticket.isascii()
    assert TICKETS.read_click(ticket, document, NOON) == click


def test_a_search_comes_back() -> None:
    ticket = TICKETS.for_search(SEARCH)
    assert ticket is not None
    assert TICKETS.read_search(ticket, NOON) == SEARCH


def test_a_ticket_is_for_one_document_one_rank_and_one_key() -> None:
    click = Click(new_id(NOON), 3, "a")
    ticket = TICKETS.for_click(click)
    assert TICKETS.read_click(ticket, "b", NOON) is None
    assert Tickets(b"x" * 32).read_click(ticket, "a", NOON) is None
    other = TICKETS.for_click(replace(click, rank=1))
    assert TICKETS.read_click(other[:14] + ticket[14:], "a", NOON) is None


@pytest.mark.parametrize("hours", [-2, 26, 24 * 90])
def test_a_ticket_is_good_for_a_day(hours: int) -> None:
    click = Click(new_id(NOON), 1, "a")
    later = NOON + hours * 3600
    assert TICKETS.read_click(TICKETS.for_click(click), "a", later) is None
    assert TICKETS.read_search(TICKETS.for_search(SEARCH) or "", later) is None
    assert TICKETS.read_click(TICKETS.for_click(click), "a", NOON + 23 * 3600) == click


@given(st.text(max_size=60))
def test_what_is_no_ticket_is_none(text: str) -> None:
    assert TICKETS.read_click(text, "a", NOON) is None
    assert TICKETS.read_search(text, NOON) is None


@given(st.data())
def test_a_changed_letter_is_seen(data: st.DataObject) -> None:
    ticket = TICKETS.for_search(SEARCH)
    assert ticket is not None
    at = data.draw(st.integers(0, len(ticket) - 2))  # the last letter has bits to spare
    letter = data.draw(st.sampled_from("abcXYZ019-_").filter(lambda one: one != ticket[at]))
    assert TICKETS.read_search(ticket[:at] + letter + ticket[at + 1 :], NOON) is None


def test_a_page_with_endless_ids_carries_none() -> None:
    assert TICKETS.for_search(replace(SEARCH, shown=("x" * 1000,) * 20)) is None
    longest = replace(SEARCH, query="ữ" * 1000, filters=("category:" + "ữ" * 100,) * 10)
    assert len(TICKETS.for_search(longest) or "x" * 99999) < MAX_CHARS


def test_all_who_come_first_get_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: load_key(tmp_path / "u.key"), range(64)))
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["u.key"]
    assert stat.S_IMODE((tmp_path / "u.key").stat().st_mode) == 0o600


def test_a_damaged_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "u.key").write_bytes(b"short")
    with pytest.raises(OSError, match="remove it, and another is made"):
        load_key(tmp_path / "u.key")
