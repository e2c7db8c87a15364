"""The command as a process of its own: exit statuses, one line of error, what it imports."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

MAIN = [sys.executable, "-c", "from searchapp.cli import main; main()"]


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SEARCHAPP_")}
    return {**kept, **more}


def call(*arguments: str | bytes, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*MAIN, *arguments],
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an index/."""
    home = tmp_path_factory.mktemp("process")
    rows = [{"id": f"{n}", "title": f"Hà Nội {n}", "text": "mùa thu " * 200} for n in range(100)]
    (home / "r.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    assert call("index", "r.jsonl", "--jobs", "1", cwd=home).returncode == 0
    return home


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["search", "hà nội"], 0),
        (["search", "zzzqqq"], 0),
        (["verify"], 0),
        (["search", ""], 2),
        (["search", "a", "--limit", "0"], 2),
        (["search", "a", "--index-dir", "none"], 2),
        (["stats", "--index-dir", "none"], 2),
        (["search", "a", "--index-dir", "r.jsonl"], 2),
        (["index", "none", "--index-dir", "other"], 2),
        (["nonsense"], 2),
        (["search", "a", "--limit", "x"], 2),
        (["search"], 2),
        (["search", "a", "--limi", "1"], 2),
        (["eval", "--queries", "none", "--qrels", "none"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_exit_status_and_no_traceback(home: Path, arguments: list[str], status: int) -> None:
    done = call(*arguments, cwd=home)
    assert "Traceback" not in done.stderr
    assert done.returncode == status
    if status:
        assert done.stdout == ""
        assert done.stderr.startswith("searchapp: ")
        assert len(done.stderr.splitlines()) == 1


def test_a_call_without_a_command_shows_what_there_is(home: Path) -> None:
    done = call(cwd=home)
    assert done.returncode == 2
    assert "Commands:" in done.stderr


@pytest.mark.parametrize("index_dir", ["r.jsonl", "r.jsonl/x", "/proc/none"])
def test_an_index_folder_that_can_not_be(home: Path, index_dir: str) -> None:
    done = call("index", "r.jsonl", "--index-dir", index_dir, cwd=home)
    assert done.returncode in (1, 2)
    assert done.stderr.startswith("searchapp: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_words_that_are_no_utf8(home: Path, options: list[str]) -> None:
    done = call("search", b"\xff h\xc3\xa0", *options, cwd=home)
    assert "Traceback" not in done.stderr
    done.stdout.encode("utf-8")  # what is printed is UTF-8 all the same: JSON has to be
    assert done.returncode in (0, 2)


def test_a_terminal_that_is_not_utf8(home: Path) -> None:
    done = call("search", "hà nội", cwd=home, PYTHONIOENCODING="latin-1")
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error(home: Path) -> None:
    script = f'"{sys.executable}" -c "$0" search "hà nội" --limit 100 --json | head -c 1'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script, MAIN[2]],
        cwd=home,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "{"
    assert done.stderr == ""
    assert done.returncode == 0


_PRINT_MODULES = "import sys; print(' '.join(sorted({m.split('.')[0] for m in sys.modules})))"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]], ids=" ".join)
def test_help_imports_nothing_heavy(home: Path, arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv[1:] = {arguments!r}\n"
        "from searchapp.cli import main\n"
        "try: main()\n"
        "except SystemExit as done: assert not done.code\n"
        f"{_PRINT_MODULES}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert not loaded & {"numpy", "whoosh", "flask", "pyvi", "scipy", "sklearn", "gunicorn"}


def test_a_served_worker_imports_nothing_of_pyvis(home: Path) -> None:
    code = (
        "from wsgi import app\n"
        "client = app.test_client()\n"
        "answer = client.get('/api/v1/search?q=ha noi').json\n"
        "assert answer['total'] == 100, answer\n"
        "assert client.get('/search?q=hà nội').status_code == 200\n"
        f"{_PRINT_MODULES}"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=home, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    loaded = set(done.stdout.splitlines()[-1].split())
    assert {"numpy", "whoosh", "flask"} <= loaded
    assert not loaded & {"sklearn", "scipy", "pyvi", "sklearn_crfsuite"}


def test_serve_answers_and_stops(home: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*MAIN, "serve", "--port", str(port), "--workers", "1"],
        cwd=home, env=environment(), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as response:
                    assert json.load(response)["documents"] == 100
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("the server does not answer")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/search?q=noi") as response:
            assert json.load(response)["total"] == 100
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        _, errors = process.communicate()
    assert "Traceback" not in errors


def count_in_group(group: int) -> int:
    """Processes of a build: itself, one that watches what is shared, those that analyse."""
    found = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            found += int(entry.read_text("utf-8").rpartition(")")[2].split()[2]) == group
    return found


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (signal.SIGINT, 130),
        (signal.SIGTERM, -signal.SIGTERM),
        (signal.SIGHUP, -signal.SIGHUP),
    ],
    ids=["ctrl-c", "kill", "hangup"],
)
@pytest.mark.parametrize(("jobs", "after_s"), [("1", 0), ("2", 0), ("2", 0.5)])
def test_interrupting_a_build_says_so_in_a_line(
    home: Path, tmp_path: Path, told: signal.Signals, status: int, jobs: str, after_s: float
) -> None:
    """All its processes are told, as the terminal or the system does."""
    rows = (
        json.dumps({"id": f"{n}", "title": "Hà Nội", "text": f"mùa thu {n} " * 300})
        for n in range(15_000)  # many seconds of work: the signal comes in its middle
    )
    (tmp_path / "r.jsonl").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "temporary").mkdir()
    process = subprocess.Popen(
        [*MAIN, "index", "r.jsonl", "--jobs", jobs],
        cwd=tmp_path, env={**environment(), "TMPDIR": str(tmp_path / "temporary")},
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        # Tests that run in the background ignore the signal, and their children would, too.
        preexec_fn=lambda: signal.signal(told, signal.SIG_DFL),  # noqa: PLW1509  # safe
    )  # fmt: skip
    # With several jobs in the middle of starting them, and of what they do.
    processes = 1 if jobs == "1" else 4
    while process.poll() is None and not (
        list(tmp_path.glob("index/*/engine/spool")) and count_in_group(process.pid) >= processes
    ):
        time.sleep(0.02)
    time.sleep(after_s)
    os.killpg(process.pid, told)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == status
    assert re.fullmatch(r"\s*searchapp: interrupted\s*", errors)
    assert out == ""
    assert not (tmp_path / "index" / "current").exists()
    left = {p.relative_to(tmp_path).parts[2] for p in tmp_path.glob("index/*/*")}
    assert left == {"store", "language"}, "only what the next build goes on with"
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_port_in_use_is_said_in_a_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*MAIN, "serve", "--port", str(port)],
            cwd=tmp_path, env=environment(), capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"can't listen on 127.0.0.1, port {port}" in done.stderr
    assert "choose another with --host or --port" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_said_in_a_line(home: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*MAIN, "stats"],
            cwd=home, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60,
            check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("searchapp: ")
    assert done.stderr.count("\n") == 1
