"""Archives, packed as tests want them, and what is read out of them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from searchapp.documents import Document
from searchapp.ingest.base import Problem
from searchapp.ingest.files import collect
from searchapp.ingest.limits import Limits
from searchapp.ingest.reading import read_file


def read(
    path: Path, data: bytes, limits: Limits | None = None
) -> tuple[list[Document], list[Problem]]:
    path.write_bytes(data)
    (file,) = collect([path]).files
    items = list(read_file(replace(file, limits=limits or Limits())))
    return (
        [item for item in items if isinstance(item, Document)],
        [item for item in items if isinstance(item, Problem)],
    )


def zipped(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(
    files: Mapping[str, str | bytes], mode: str = "w", kind: int = tarfile.PAX_FORMAT
) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=kind) as archive:
        for name, data in files.items():
            raw = data.encode() if isinstance(data, str) else data
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
    return out.getvalue()
