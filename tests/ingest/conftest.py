from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from searchapp.documents import Document
from searchapp.ingest.base import Problem
from searchapp.ingest.files import collect
from searchapp.ingest.reading import read_file

ReadBytes = Callable[[str, bytes], tuple[list[Document], list[Problem]]]


@pytest.fixture
def read_bytes(tmp_path: Path) -> ReadBytes:
    """Write a file, read it as the build does; its documents and its problems."""

    def do(name: str, data: bytes) -> tuple[list[Document], list[Problem]]:
        folder = tmp_path / "docs"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        (file,) = collect([folder / name]).files
        items = list(read_file(file))
        return (
            [item for item in items if isinstance(item, Document)],
            [item for item in items if isinstance(item, Problem)],
        )

    return do


@pytest.fixture
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The folder for temporary files, which each test has to leave empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []
