"""``searchapp config`` and the option that names the file, as a stranger meets them."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from searchapp.cli.main import commands
from searchapp.config import Settings
from searchapp.errors import InputError

SECRET = "9f86d081884c7d659a2f"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SEARCHAPP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SEARCHAPP_CONFIG", "")  # what --config sets is undone after the test


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, list(arguments))


def test_each_setting_is_shown_with_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("my.toml").write_text(f'page_size = 7\nwrite_token = "{SECRET}"\n', encoding="utf-8")
    Path("my.toml").chmod(0o600)
    monkeypatch.setenv("SEARCHAPP_JOBS", "3")
    shown = run("--config", "my.toml", "config", "--index-dir", "kho").stdout
    assert f"File of settings: {Path('my.toml').absolute()}" in shown
    for line in (
        f"page_size = 7    {Path('my.toml').absolute()}: page_size",
        "jobs = 3    SEARCHAPP_JOBS",
        'index_dir = "kho"    command line',
        'engine = "whoosh"    default',
        f"write_token = set    {Path('my.toml').absolute()}: write_token",
        "opensearch_password = not set    default",
    ):
        assert line in shown.splitlines()
    assert SECRET not in shown
    for row in fields(Settings):
        assert f"\n{row.name} = " in shown


def test_the_same_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHAPP_WRITE_TOKEN", SECRET)
    shown = run("config", "--json").stdout
    assert SECRET not in shown
    told = json.loads(shown)
    assert told["file"] is None
    by_name = {one["name"]: one for one in told["settings"]}
    assert list(by_name) == [row.name for row in fields(Settings)]
    assert by_name["write_token"]["value"] == "set"
    assert by_name["write_token"]["source"] == "SEARCHAPP_WRITE_TOKEN"
    assert by_name["page_size"] == {
        "name": "page_size", "value": 10, "default": 10, "source": "default", "secret": False,
        "about": "hits on a page when the call does not say",
    }  # fmt: skip
    assert by_name["synonyms_file"]["value"] is None


def test_an_example_is_a_file_that_is_taken() -> None:
    example = run("config", "--example").stdout
    Path("searchapp.toml").write_text(example, encoding="utf-8")
    told = json.loads(run("config", "--json").stdout)
    assert told["file"] == str(Path("searchapp.toml").absolute())
    assert {one["source"] for one in told["settings"]} == {"default"}


def test_wrong_settings_end_any_command(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("searchapp.toml").write_text("jobs = 'x'\n", encoding="utf-8")
    monkeypatch.setenv("SEARCHAPP_PAGE_SIZE", "0")
    for arguments in (["config"], ["stats"], ["search", "a"], ["serve"]):
        error = run(*arguments).exception
        assert isinstance(error, InputError)
        assert error.exit_code == 2
        assert 'searchapp.toml: jobs = "x" should be' in str(error)
        assert "SEARCHAPP_PAGE_SIZE='0' should be at least 1" in str(error)


def test_a_file_that_is_not_there_is_told() -> None:
    error = run("--config", "none.toml", "config").exception
    assert isinstance(error, InputError)
    assert "none.toml can't be read (No such file or directory)" in str(error)


def test_a_socket_and_a_port_are_too_much() -> None:
    result = run("serve", "--socket", "x.sock", "--port", "80")
    assert result.exit_code == 2
    assert "--socket stands instead of --host and --port" in result.stderr
