from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.errors import InputError, SearchappError
from searchapp.web.listening import bind_address, check_address


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (Settings(), "127.0.0.1:8000"),
        (Settings(serve_host="::1", serve_port=80), "[::1]:80"),
        (Settings(serve_socket=Path("/run/x.sock"), serve_port=80), "unix:/run/x.sock"),
    ],
)
def test_addresses_are_written_as_gunicorn_reads_them(settings: Settings, address: str) -> None:
    assert bind_address(settings) == address


def test_a_socket_of_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert bind_address(Settings(serve_socket=Path("x.sock"))) == f"unix:{tmp_path}/x.sock"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("none/web.sock", "there is no folder"),
        ("file", "is there and no socket"),
        ("x" * 120, "longer than the 107 bytes"),
    ],
)
def test_a_socket_that_can_not_be(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=said):
        check_address(Settings(serve_socket=tmp_path / name))


def test_what_systemd_opened_is_not_opened_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_FDS", "1")
    check_address(Settings(serve_socket=Path("/nowhere/at/all")))
    assert os.environ["LISTEN_FDS"] == "1", "gunicorn reads it after us"


def test_a_socket_of_a_server_that_runs_is_refused_and_one_left_behind_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has to be short
    settings = Settings(serve_socket=Path("web.sock"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("web.sock")
        server.listen()
        with pytest.raises(SearchappError, match="another server listens on"):
            check_address(settings)
    assert Path("web.sock").is_socket()
    check_address(settings)
