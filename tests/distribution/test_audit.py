"""``make audit`` calls nothing safe that was not looked up, and says in a line what is wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from releases import PROJECT

UNREACHABLE = """WARNING:pip_audit._cli:--no-deps is supported
Traceback (most recent call last):
  File "x.py", line 1, in <module>
requests.exceptions.ConnectionError: Failed to resolve 'api.example.org'
"""


@pytest.fixture
def audit(tmp_path: Path):
    """Runs the target with another pip-audit, which prints something and ends so."""
    shutil.copy(PROJECT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    os.utime(tmp_path / "pyproject.toml", (0, 0))
    (tmp_path / ".venv" / ".ready").touch()

    def program(name: str, script: str) -> None:
        (programs / name).write_text(f"#!/bin/sh\n{script}")
        (programs / name).chmod(0o755)

    def run(said: str, status: int) -> subprocess.CompletedProcess[str]:
        (tmp_path / "said").write_text(said)
        program("python", 'case "$*" in *freeze*) echo one==1;; esac')
        program("pip-audit", f'echo "$@" > asked; cat said >&2; exit {status}')
        return subprocess.run(
            ["make", "--no-print-directory", "audit", "AUDIT=--vulnerability-service osv"],
            cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("said", "last"),
    [
        (UNREACHABLE, "Failed to resolve 'api.example.org'"),
        ("Found 1 known vulnerability in 1 package\n", "Found 1 known vulnerability in 1 package"),
    ],
)
def test_what_is_unsafe_or_unknown_fails(audit, said: str, last: str) -> None:
    done = audit(said, 1)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()[:2]
    assert first.endswith(last)
    assert second.startswith("make audit: a package is vulnerable, or could not be looked up;")
    assert "Traceback" not in done.stderr


def test_what_is_safe_passes_and_every_package_was_asked_about(audit, tmp_path: Path) -> None:
    done = audit("No known vulnerabilities found\n", 0)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "No known vulnerabilities found"
    assert (tmp_path / "build" / "installed.txt").read_text() == "one==1\n"
    asked = (tmp_path / "asked").read_text()
    assert "--strict" in asked
    assert "--requirement build/installed.txt --vulnerability-service osv" in asked
