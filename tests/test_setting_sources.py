"""The file of settings, files of secrets, names that are none: what is taken, told and hidden."""

from __future__ import annotations

import logging
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.errors import InputError

SECRET = "9f86d081884c7d659a2f"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, name: str = "searchapp.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def refused(environ: dict[str, str] | None = None) -> str:
    with pytest.raises(InputError) as caught:
        Settings.load(environ or {})
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_file_in_the_working_folder_is_read() -> None:
    write('page_size = 7\nindex_dir = "/kho/chỉ mục"\nopensearch_ca_file = ""\n')
    assert Settings.load({}) == Settings(page_size=7, index_dir=Path("/kho/chỉ mục"))


def test_another_file_is_read_where_it_is_named() -> None:
    write("page_size = 7")
    write("page_size = 8", "other.toml")
    assert Settings.load({"SEARCHAPP_CONFIG": "other.toml"}).page_size == 8


def test_the_call_wins_over_the_environment_and_that_over_the_file() -> None:
    write("page_size = 7\njobs = 3\nwrite_wait_s = 1")
    environ = {"SEARCHAPP_PAGE_SIZE": "8", "SEARCHAPP_JOBS": "4"}
    found = Settings.gathered(environ, page_size=9)
    assert (found.values["page_size"], found.values["jobs"], found.values["write_wait_s"]) == (
        9, 4, 1,
    )  # fmt: skip
    assert found.origins == {
        "page_size": "command line",
        "jobs": "SEARCHAPP_JOBS",
        "write_wait_s": "searchapp.toml: write_wait_s",
    }


def test_everything_that_is_wrong_is_named_with_where_it_stands() -> None:
    write('page_size = "5"\njobs = -1\npage_sise = 3\n[serve]\nport = 1\n')
    said = refused({"SEARCHAPP_LANGUAGE": "fr", "SEARCHAPP_QUERY_MAX_CHARS": "viel"})
    for part in (
        'searchapp.toml: page_size = "5" should be a whole number, without quotes',
        "searchapp.toml: jobs = -1 should be at least 0",
        "searchapp.toml: there is no setting page_sise; did you mean page_size?",
        "there is no setting serve",
        "(settings stand in no table)",
        "SEARCHAPP_LANGUAGE='fr' should be one of auto, vi, en",
        "SEARCHAPP_QUERY_MAX_CHARS='viel' should be a whole number",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("text", "said"),
    [("page_size 7", "searchapp.toml is not TOML: "), ("a = 1\na = 2", "is not TOML")],
)
def test_a_file_that_is_no_toml(text: str, said: str) -> None:
    write(text)
    assert said in refused()


def test_a_file_that_is_no_utf8(here: Path) -> None:
    (here / "searchapp.toml").write_bytes(b'language = "vi" # \xe0')
    assert "searchapp.toml is not UTF-8" in refused()


def test_a_byte_order_mark_is_no_mistake(here: Path) -> None:
    (here / "searchapp.toml").write_bytes(b"\xef\xbb\xbfpage_size = 7")
    assert Settings.load({}).page_size == 7


@pytest.mark.parametrize("name", ["none.toml", "."])
def test_a_file_that_is_named_and_can_not_be_read(name: str) -> None:
    assert f"{name} can't be read (" in refused({"SEARCHAPP_CONFIG": name})


def test_a_variable_that_is_no_setting_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    assert Settings.load({"SEARCHAPP_PAGE_SISE": "7", "OTHER": "x"}) == Settings()
    assert caplog.messages == [
        "SEARCHAPP_PAGE_SISE is no setting and is not heeded; did you mean SEARCHAPP_PAGE_SIZE?"
    ]


def test_what_kubernetes_sets_is_not_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    # of a service called searchapp, in each of its containers
    names = ("SERVICE_HOST", "SERVICE_PORT", "PORT", "PORT_8000_TCP", "PORT_8000_TCP_ADDR")
    assert (
        Settings.load({f"SEARCHAPP_{name}": "tcp://10.0.0.7:8000" for name in names}) == Settings()
    )
    assert caplog.messages == []


def test_a_secret_may_lie_in_a_file_of_its_own() -> None:
    token = write(f"{SECRET}\n", "token")
    assert Settings.load({"SEARCHAPP_WRITE_TOKEN_FILE": str(token)}).write_token == SECRET
    write('write_token_file = "token"')
    found = Settings.gathered({})
    assert found.values["write_token"] == SECRET
    assert found.origins["write_token"] == "searchapp.toml: write_token_file"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "which is empty"),
        ("quá ngắn", "whose text should be at least 16 characters"),
        (f"{SECRET}\n{SECRET}", "whose text should be at least 16 characters"),
    ],
)
def test_a_file_that_holds_no_secret(text: str, said: str) -> None:
    write(text, "token")
    message = refused({"SEARCHAPP_WRITE_TOKEN_FILE": "token"})
    assert f"SEARCHAPP_WRITE_TOKEN_FILE names token, {said}" in message
    assert not text or text not in message


def test_a_file_of_a_secret_that_is_not_there() -> None:
    write('write_token_file = "none"\nopensearch_password_file = 7')
    said = refused()
    assert "write_token_file names none, which can't be read (No such file" in said
    assert "opensearch_password_file should be a text, in quotes" in said


def test_a_secret_that_is_said_twice_is_refused() -> None:
    write(SECRET, "token")
    write(f'write_token = "{SECRET}"\nwrite_token_file = "token"')
    assert "write_token_file and write_token say the same" in refused()
    write("")
    both = {"SEARCHAPP_WRITE_TOKEN": SECRET, "SEARCHAPP_WRITE_TOKEN_FILE": "token"}
    assert "SEARCHAPP_WRITE_TOKEN_FILE and SEARCHAPP_WRITE_TOKEN say the same" in refused(both)


def test_only_a_secret_has_a_file() -> None:
    write('page_size_file = "x"')
    assert "there is no setting page_size_file; did you mean page_size" in refused()


def test_a_wrong_secret_is_not_shown() -> None:
    write('write_token = "ngắn"\nopensearch_password = 12345678')
    said = refused()
    assert "searchapp.toml: write_token should be at least" in said
    assert "ngắn" not in said
    assert "12345678" not in said


def test_secrets_that_everybody_can_read_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    path = write(f'write_token = "{SECRET}"')
    Settings.load({})
    assert caplog.messages == []
    path.chmod(0o644)
    Settings.load({})
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "holds write_token and everybody can read it; chmod o-r searchapp.toml" in caplog.text
    assert SECRET not in caplog.text


def test_the_example_of_the_command_holds_every_setting_at_its_default() -> None:
    from searchapp.cli.settings import _example

    text = _example()
    assert tomllib.loads(text) == {}
    filled = "\n".join(
        line.removeprefix("#") for line in text.splitlines() if line[:1] == "#" and line[1:2] != " "
    )
    assert list(tomllib.loads(filled)) == [row.name for row in fields(Settings)]
    write(filled)
    assert Settings.load({}) == Settings()
    assert all(row.metadata["about"].split()[0] in text for row in fields(Settings))
