"""The manifest of a generation: what it is, and a checksum of every other file in its folder.

It lies there in two files: JSON, and the SHA-256 of what that says, so that a damaged manifest is
never taken for another generation's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from searchapp.errors import IndexRefusedError

FORMAT = 4
"""Changes whenever files of an index are written otherwise: one of another format is refused."""
MANIFEST_FILES = ("manifest.json", "manifest.json.sha256")
"""What a generation is, and the checksum of that."""
_HASH_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is.

    ``built`` is an ISO 8601 time in UTC, ``build_s`` seconds; ``files`` maps each file, by its path
    inside the generation, to its size in bytes and its SHA-256.
    """

    engine: str
    analyzer_version: int
    pyvi_version: str
    document_count: int
    sources: list[str]
    built: str
    build_s: float
    files: dict[str, tuple[int, str]]
    format: int = FORMAT


def parse_manifest(raw: str, checksum: str, shown: str) -> Manifest:
    """The manifest in the texts of its two files.

    Raises IndexRefusedError, with ``shown`` for where it is, if it is damaged or of another format.
    """
    try:
        data = json.loads(raw)
        if data["format"] != FORMAT:
            raise IndexRefusedError(
                f"{shown} has format {data['format']}, this version reads {FORMAT}"
            )
        manifest = Manifest(**data)
        is_whole = all(map(_is_inside, manifest.files)) and manifest_sum(data) == checksum.strip()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexRefusedError(f"the manifest of {shown} is damaged") from error
    if not is_whole:
        raise IndexRefusedError(f"the manifest of {shown} is damaged")
    return manifest


def manifest_texts(manifest: Manifest) -> tuple[str, str]:
    """What `MANIFEST_FILES` hold for a manifest; `parse_manifest` reads it."""
    data = asdict(manifest)
    return json.dumps(data, ensure_ascii=False, indent=1), manifest_sum(data)


def manifest_sum(data: Mapping[str, Any]) -> str:
    """The SHA-256 of what a manifest says, however its JSON is spaced and ordered."""
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def size_and_hash(path: Path) -> tuple[int, str]:
    """The size of a file in bytes and its SHA-256."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def _is_inside(name: str) -> bool:
    """Whether a name in a manifest is one of a file in its folder: a backup can hold any."""
    parts = name.split("/")
    return not {"", ".", ".."} & set(parts) and "\0" not in name and name not in MANIFEST_FILES
