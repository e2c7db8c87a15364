"""The server as processes: nothing is dropped when it stops, reloads, or loses a worker."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

from processes import (
    MAIN,
    SEARCH,
    Load,
    Served,
    answers,
    children,
    free_port,
    get,
    is_running,
    serving,
    wait_until,
)

# Takes a listening socket over as systemd hands it over: as file 3, for this very process.
_ACTIVATED = (
    "import os; os.dup2({}, 3);"
    "os.environ['LISTEN_PID'] = str(os.getpid()); os.environ['LISTEN_FDS'] = '1';"
    "from searchapp.cli import main; main()"
)


def test_a_unix_socket_has_its_mode_and_systemd_is_told(home: Path, socket_path: Path) -> None:
    notices = socket_path.with_name("notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(notices))
        told.settimeout(30)
        variables = {"SEARCHAPP_SERVE_SOCKET_MODE": "600", "NOTIFY_SOCKET": str(notices)}
        with serving(home, socket_path, "--workers", "1", **variables) as served:
            assert told.recv(1000).startswith(b"READY=1")
            assert get(socket_path, SEARCH).json["total"] == 60
            assert stat.S_IMODE(socket_path.stat().st_mode) == 0o600
            assert served.stop() == 0
    assert not socket_path.exists()


def test_stopping_under_load_drops_nothing(home: Path, socket_path: Path) -> None:
    with serving(home, socket_path, "--workers", "2") as served, Load(socket_path) as load:
        load.wait_for_more(100)
        assert served.stop() == 0
        wait_until(lambda: load.refused > 0, "callers go on after the end")
    assert load.dropped == []
    assert set(load.answered) == {200}


def test_stopping_a_port_under_load_drops_nothing(home: Path) -> None:
    port = free_port()
    with serving(home, port, "--workers", "2") as served, Load(port) as load:
        load.wait_for_more(100)
        assert served.stop() == 0
    assert load.dropped == []
    assert set(load.answered) == {200}


def test_reloading_under_load_drops_nothing_and_reads_the_settings_anew(
    home: Path, socket_path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "searchapp.toml"
    file.write_text("serve_workers = 1\npage_size = 3\n", encoding="utf-8")
    with (
        serving(home, socket_path, SEARCHAPP_CONFIG=str(file)) as served,
        Load(socket_path) as load,
    ):
        first = served.workers()
        assert len(first) == 1
        assert get(socket_path, SEARCH).json["size"] == 3

        file.write_text("serve_workers = 2\npage_size = 7\n", encoding="utf-8")
        served.tell(signal.SIGHUP)
        wait_until(lambda: not set(first) & set(served.workers()), "the first worker has gone")
        wait_until(lambda: len(served.workers()) == 2, "there are two")
        assert get(socket_path, SEARCH).json["size"] == 7

        second = served.workers()
        file.write_text("serve_workers = 2\npage_size = 'many'\n", encoding="utf-8")
        served.tell(signal.SIGHUP)
        wait_until(lambda: not set(second) & set(served.workers()), "the second ones have gone")
        assert get(socket_path, SEARCH).json["size"] == 7
        assert "the settings stay as they were" in served.said()
        assert 'page_size = "many" should be a whole number' in served.said()
        load.wait_for_more(50)
    assert load.dropped == []
    assert set(load.answered) == {200}


def test_a_killed_worker_is_replaced_and_the_others_go_on(home: Path, socket_path: Path) -> None:
    with serving(home, socket_path, "--workers", "2") as served:
        wait_until(lambda: len(served.workers()) == 2, "both workers are there")
        killed, other = served.workers()
        os.kill(killed, signal.SIGKILL)
        for _ in range(20):
            assert get(socket_path, SEARCH).json["total"] == 60

        def is_replaced() -> bool:
            now = served.workers()
            return len(now) == 2 and killed not in now

        wait_until(is_replaced, "there are two again")
        assert other in served.workers()


def test_workers_are_recycled_and_nothing_is_dropped(home: Path, socket_path: Path) -> None:
    variables = {"SEARCHAPP_SERVE_MAX_REQUESTS": "25"}
    with serving(home, socket_path, "--workers", "2", **variables) as served:
        first = set(served.workers())
        with Load(socket_path) as load:
            load.wait_for_more(150)
            wait_until(lambda: not first & set(served.workers()), "no worker of the first is left")
        assert "Autorestarting worker" in served.said()
    assert load.dropped == []
    assert set(load.answered) == {200}


def test_a_socket_of_systemds_outlives_a_restart_without_a_request_dropped(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        port = listener.getsockname()[1]
        main = [sys.executable, "-c", _ACTIVATED.format(listener.fileno())]

        more = {"main": main, "pass_fds": (listener.fileno(),)}
        with contextlib.ExitStack() as stack:
            one = Served(home, port, "serve", "--workers", "1", **more)
            stack.callback(one.end)
            one.wait_for_answers()
            with Load(port) as load:
                assert one.stop() == 0
                two = Served(home, port, "serve", "--workers", "1", **more)
                stack.callback(two.end)
                load.wait_for_more(50)
    assert load.dropped == []
    assert set(load.answered) == {200}
    assert load.refused == 0


def test_the_program_is_started_anew_beside_the_old_one_without_a_request_dropped(
    home: Path, socket_path: Path
) -> None:
    main = [str(Path(sys.executable).with_name("searchapp"))]
    with serving(home, socket_path, "--workers", "1", main=main) as served:
        (old,) = served.workers()
        with Load(socket_path) as load:
            served.tell(signal.SIGUSR2)
            wait_until(lambda: len(served.workers()) == 2, "the new one is there")
            (new,) = set(served.workers()) - {old}
            try:
                wait_until(lambda: children(new) != [], "it has a worker")
                wait_until(lambda: served.said().count("Booting worker") == 2, "that has started")
                assert served.stop() == 0
                load.wait_for_more(30)
            finally:
                os.kill(new, signal.SIGTERM)
                wait_until(lambda: not is_running(new), "the new one has ended")
    assert load.dropped == []
    assert set(load.answered) == {200}


def test_a_socket_in_use_is_said_in_a_line_and_a_dead_one_is_taken_over(
    home: Path, socket_path: Path
) -> None:
    with serving(home, socket_path, "--workers", "1") as served:
        done = subprocess.run(
            [*MAIN, "serve", "--socket", str(socket_path)],
            cwd=home, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        assert f"another server listens on {socket_path}" in done.stderr
        assert done.stderr.count("\n") == 1
        assert answers(socket_path)
        workers = served.workers()
        served.tell(signal.SIGKILL)
        served.process.wait()
        wait_until(lambda: not any(map(is_running, workers)), "workers end with their parent")
    assert socket_path.exists()
    with serving(home, socket_path, "--workers", "1"):
        assert get(socket_path, SEARCH).json["total"] == 60
