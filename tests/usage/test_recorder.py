"""Recording: from threads and processes at once, on full and failing disks, at the end."""

from __future__ import annotations

import gc
import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from usage_helpers import DAY_S, NOON, rows, search

from searchapp.usage import recorder as recorder_module
from searchapp.usage.recorder import Recorder
from searchapp.usage.store import Store

HERE = Path(__file__).parents[1]  # with `usage_helpers`


def recorder(file: Path, **more: object) -> Recorder:
    return Recorder(file, 90, clock=lambda: NOON, **more)  # type: ignore[arg-type]


def thread_of(one: Recorder) -> threading.Thread:
    assert one._writer is not None
    return one._writer._thread


def count(file: Path) -> int:
    ((found,),) = rows(file, "SELECT count(*) FROM searches")
    assert isinstance(found, int)
    return found


def test_nothing_is_opened_before_there_is_something_to_write(tmp_path: Path) -> None:
    one = recorder(tmp_path / "u")
    assert one.flush(30)
    one.close()
    assert list(tmp_path.iterdir()) == []


def test_threads_record_together(tmp_path: Path) -> None:
    one = recorder(tmp_path / "u")
    threads = [
        threading.Thread(target=lambda: [one.record(search("lũ")) for _ in range(100)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one.flush(30)
    assert count(tmp_path / "u") == 800
    assert one.lost == 0
    one.close()


def test_it_is_written_by_itself_within_a_second(tmp_path: Path) -> None:
    one = recorder(tmp_path / "u")
    one.record(search("lũ"))
    until = time.monotonic() + 30
    while not ((tmp_path / "u").exists() and count_or_none(tmp_path / "u")):
        assert time.monotonic() < until
        time.sleep(0.05)
    one.close()


def count_or_none(file: Path) -> int:
    try:
        return count(file)
    except sqlite3.OperationalError:  # the tables are being made
        return 0


def test_processes_record_together_and_none_is_lost(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from usage_helpers import search, NOON\n"
        "from searchapp.usage.recorder import Recorder\n"
        "one = Recorder(Path(sys.argv[1]), 90, clock=lambda: NOON)\n"
        "for n in range(300): one.record(search(f'lũ {n}'))\n"
        # The end of the process writes what is left.
    )
    environ = {**os.environ, "PYTHONPATH": str(HERE)}
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "u")], env=environ)
        for _ in range(3)
    ]
    assert [one.wait(60) for one in started] == [0, 0, 0]
    assert count(tmp_path / "u") == 900


def test_after_a_fork_each_process_has_a_writer_of_its_own(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from usage_helpers import search, NOON\n"
        "from searchapp.usage.recorder import Recorder\n"
        "one = Recorder(Path(sys.argv[1]), 90, clock=lambda: NOON)\n"
        "one.record(search('cha')); one.flush(30)\n"
        "child = os.fork()\n"
        "one.record(search('con' if child == 0 else 'mẹ'))\n"
        "if child: sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "u")],
        env=environ,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    found = rows(tmp_path / "u", "SELECT query FROM searches ORDER BY query")
    assert found == [("cha",), ("con",), ("mẹ",)]


def test_a_full_queue_costs_records_and_they_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    write = Store.write

    def slow(*given: object) -> None:
        gate.wait(10)
        write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "write", slow)
    monkeypatch.setattr(recorder_module, "_BATCH", 1)
    one = recorder(tmp_path / "u", capacity=5)
    begun = time.monotonic()
    for _ in range(50):
        one.record(search("lũ"))
    assert time.monotonic() - begun < 5
    assert one.lost >= 44
    gate.set()
    assert one.flush(10)
    one.record(search("lũ"))
    assert one.flush(10)
    one.close()
    written = count(tmp_path / "u")
    ((noted,),) = rows(tmp_path / "u", "SELECT sum(count) FROM losses")
    assert written + int(str(noted)) == 51
    assert one.lost == 0


def test_a_failing_disk_is_told_once_and_again_when_it_works(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "away"
    one = recorder(folder / "u")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            one.record(search("lũ"))
            assert one.flush(30)
    assert one.lost == 3
    (said,) = caplog.messages
    assert "not recorded" in said
    assert str(folder) in said
    folder.mkdir()
    one.record(search("lũ"))
    assert one.flush(30)
    assert caplog.messages[1:] == [f"the usage log {folder / 'u'} is written again"]
    assert rows(folder / "u", "SELECT count FROM losses") == [(3,)]
    assert count(folder / "u") == 1
    one.close()


def test_a_full_disk_costs_records_and_no_answer(tmp_path: Path) -> None:
    code = (
        "import resource, sys, logging; from pathlib import Path\n"
        "from usage_helpers import search, NOON\n"
        "from searchapp.usage.recorder import Recorder\n"
        "logging.basicConfig(format='%(message)s')\n"
        "one = Recorder(Path(sys.argv[1]), 90, clock=lambda: NOON)\n"
        "one.record(search('trước khi đầy')); one.flush(30)\n"
        # No file may grow beyond this: writing fails as on a full disk.
        "resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, resource.RLIM_INFINITY))\n"
        "for n in range(3):\n"
        "    for m in range(400): one.record(search(f'{n} {m} ' + 'đầy ' * 40))\n"
        "    one.flush(30)\n"
        "lost = one.lost\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\n"
        "one.record(search('sau khi đầy')); one.flush(30)\n"
        "print(lost, one.lost)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "u")],
        env={**os.environ, "PYTHONPATH": str(HERE)},
        timeout=60,
        check=True,
        capture_output=True,
        text=True,
    )
    lost, left = map(int, done.stdout.split())
    assert lost >= 400
    assert left == 0
    assert done.stderr.count("can't be written") == 1
    assert rows(tmp_path / "u", "PRAGMA integrity_check") == [("ok",)]
    ((noted,),) = rows(tmp_path / "u", "SELECT sum(count) FROM losses")
    assert noted == lost
    assert count(tmp_path / "u") == 1202 - lost
    kept = {str(query) for (query,) in rows(tmp_path / "u", "SELECT query FROM searches")}
    assert {"trước khi đầy", "sau khi đầy"} <= kept


def test_old_records_go_as_new_ones_come(tmp_path: Path) -> None:
    Store(tmp_path / "u").close()
    store = Store(tmp_path / "u")
    store.write([search("cũ", NOON - 91 * DAY_S)], 0, NOON)
    store.close()
    one = recorder(tmp_path / "u")
    one.record(search("mới"))
    one.flush(30)
    one.close()
    assert rows(tmp_path / "u", "SELECT query FROM searches") == [("mới",)]


def test_a_recorder_that_nobody_holds_ends_its_thread(tmp_path: Path) -> None:
    one = recorder(tmp_path / "u")
    one.record(search("lũ"))
    assert one.flush(30)
    thread = thread_of(one)
    del one
    gc.collect()
    thread.join(30)
    assert not thread.is_alive()


def test_garbage_that_the_writer_itself_collects_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any thread may be the one that finds that nobody holds the recorder."""
    one = recorder(tmp_path / "u")
    write, left = Store.write, [one]
    monkeypatch.setattr(recorder_module, "_BATCH", 1)

    def letting_go(*given: object) -> None:
        left.clear()
        gc.collect()
        write(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "write", letting_go)
    one.record(search("lũ"))
    one.record(search("bão"))
    thread = thread_of(one)
    del one
    thread.join(30)
    assert not thread.is_alive()
    assert count(tmp_path / "u") == 2
