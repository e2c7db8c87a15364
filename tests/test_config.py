from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from searchapp.config import PREFIX, Settings
from searchapp.errors import InputError
from searchapp.setting_values import kind_of

ROWS = fields(Settings)
SECRET = "9f86d081884c7d659a2f+/=="
NUMBERS = [row for row in ROWS if isinstance(row.default, int) and row.type == "int"]
FORMS = {"serve_socket_mode": "600", "trusted_proxies": "10.0.0.0/8, ::1"}
"""A value for each setting of a form of its own."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_is_read_from_the_environment(row) -> None:
    raw: str
    expected: object
    if kind_of(row) == "bool":
        raw, expected = ("no", False) if row.default else ("yes", True)
    elif kind_of(row) == "int":
        raw, expected = str(row.default + 41), row.default + 41
    elif kind_of(row) == "float":
        raw, expected = str(row.default + 0.5), row.default + 0.5
    elif row.name in FORMS:
        raw = expected = FORMS[row.name]
    elif kind_of(row) == "Path":
        raw, expected = "/somewhere/else", Path("/somewhere/else")
    elif row.metadata["secret"]:
        raw = expected = SECRET
    elif row.metadata["choices"]:
        raw = expected = row.metadata["choices"][-1]
    else:
        raw = expected = "another"
    settings = Settings.load({PREFIX + row.name.upper(): raw})
    assert getattr(settings, row.name) == expected
    others = [other.name for other in ROWS if other.name != row.name]
    assert all(getattr(settings, name) == getattr(Settings(), name) for name in others)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_says_what_it_is(row) -> None:
    assert row.metadata["about"]


def test_defaults_without_an_environment() -> None:
    assert Settings.load({}) == Settings()


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_PAGE_SIZE", "7")
    assert Settings.load().page_size == 7


def test_an_empty_value_is_no_value() -> None:
    assert Settings.load({"SEARCHAPP_PAGE_SIZE": "", "SEARCHAPP_INDEX_DIR": ""}) == Settings()


def test_what_the_call_says_wins_and_none_says_nothing() -> None:
    environ = {"SEARCHAPP_JOBS": "3", "SEARCHAPP_ENGINE": "whoosh"}
    settings = Settings.load(environ, jobs=5, engine=None, index_dir=Path("x"))
    assert (settings.jobs, settings.engine, settings.index_dir) == (5, "whoosh", Path("x"))


@pytest.mark.parametrize("raw", ["VI", "vietnamese", "auto,vi"])
def test_a_choice_that_is_none_is_refused(raw: str) -> None:
    with pytest.raises(InputError, match=r"SEARCHAPP_LANGUAGE.*one of auto, vi, en"):
        Settings.load({"SEARCHAPP_LANGUAGE": raw})


@pytest.mark.parametrize("raw", ["abc", "1.5", "ten", "1e3", "0x10", "--1"])
def test_a_number_that_is_none_is_refused(raw: str) -> None:
    with pytest.raises(InputError, match=r"SEARCHAPP_PAGE_SIZE.*whole number"):
        Settings.load({"SEARCHAPP_PAGE_SIZE": raw})


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row.name)
def test_every_number_has_a_least_value(row) -> None:
    least = row.metadata["least"]
    name = PREFIX + row.name.upper()
    assert getattr(Settings.load({name: str(least)}), row.name) == least
    with pytest.raises(InputError, match=f"{name}='{least - 1}' should be at least {least}"):
        Settings.load({name: str(least - 1)})


def test_all_wrong_values_are_named_together() -> None:
    wrong = {PREFIX + row.name.upper(): "xyz" for row in NUMBERS}
    with pytest.raises(InputError) as caught:
        Settings.load(wrong)
    assert all(name in str(caught.value) for name in wrong)
    assert "\n" not in str(caught.value)


def test_a_secret_is_shown_nowhere() -> None:
    settings = Settings.load({"SEARCHAPP_WRITE_TOKEN": SECRET})
    assert settings.write_token == SECRET
    assert SECRET not in f"{settings!r} {settings!s}"


@pytest.mark.parametrize(
    "raw",
    ["short", "x" * 15, "mật-khẩu-rất-là-dài", "two words of length", "a" * 20 + "\n", "=" * 20],
)
def test_a_secret_that_nobody_could_send_is_refused_unseen(raw: str) -> None:
    with pytest.raises(InputError, match="SEARCHAPP_WRITE_TOKEN should be at least 16") as caught:
        Settings.load({"SEARCHAPP_WRITE_TOKEN": raw})
    assert raw not in str(caught.value)


def test_a_page_of_more_than_may_be_asked_for_is_a_mistake() -> None:
    with pytest.raises(InputError, match=r"page_size \(50, from SEARCHAPP_PAGE_SIZE\).*\(20\)"):
        Settings.load({"SEARCHAPP_PAGE_SIZE": "50", "SEARCHAPP_PAGE_SIZE_MAX": "20"})
    assert Settings.load({"SEARCHAPP_PAGE_SIZE_MAX": "5"}).usual_page_size == 5


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("TRUSTED_PROXIES", "example.org"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRUSTED_PROXIES", "none, 10.0.0.1"),
        ("SERVE_SOCKET_MODE", "rw-rw----"),
        ("SERVE_SOCKET_MODE", "999"),
        ("SERVE_PORT", "65536"),
    ],
)
def test_what_has_not_its_form_is_refused(name: str, raw: str) -> None:
    with pytest.raises(InputError, match=f"{PREFIX}{name}='{raw}' should be"):
        Settings.load({PREFIX + name: raw})
