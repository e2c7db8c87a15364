"""The build lock: one process builds at a time, and the others are told which."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.errors import LockedError, SearchappError
from searchapp.generations import Generations
from searchapp.ingest.build import build

_HOLDER = """
import sys, time
from pathlib import Path
from searchapp.generations import Generations
with Generations(Path(sys.argv[1])).lock():
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock of tmp_path/index."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path / "index")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_builder_is_told_who_builds_and_since_when(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    (tmp_path / "a.txt").write_text("Hà Nội", encoding="utf-8")
    with pytest.raises(LockedError, match=rf"process {holder.pid} since \d{{4}}-\d\d-\d\dT\d\d:"):
        build([tmp_path / "a.txt"], Settings(index_dir=tmp_path / "index", jobs=1))
    assert [path for path in (tmp_path / "index").iterdir() if path.is_dir()] == []


def test_the_command_exits_1_in_one_line(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    (tmp_path / "a.txt").write_text("Hà Nội", encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from searchapp.cli import main; main()",
            "index",
            str(tmp_path / "a.txt"),
            "--index-dir",
            str(tmp_path / "index"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"process {holder.pid} since" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_lock_dies_with_its_holder(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with Generations(tmp_path / "index").lock():
        pass


def test_the_lock_is_free_again_after_use_and_after_failure(tmp_path: Path) -> None:
    generations = Generations(tmp_path / "index")
    with generations.lock():
        pass
    with pytest.raises(ZeroDivisionError), generations.lock():
        raise ZeroDivisionError
    with generations.lock():
        pass


def test_an_index_folder_that_is_a_file_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Hà Nội", encoding="utf-8")
    (tmp_path / "index").write_text("no folder")
    with pytest.raises(SearchappError):
        build([tmp_path / "a.txt"], Settings(index_dir=tmp_path / "index", jobs=1))
