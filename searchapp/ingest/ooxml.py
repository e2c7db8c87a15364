"""What Office Open XML files have in common: parts that name each other, and properties."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

from searchapp.ingest.package import Package
from searchapp.ingest.xml_events import texts

PROPERTIES = "docProps/core.xml"
_SEPARATORS = re.compile(r"[,;]")


def related(package: Package, part: str, kind: str) -> dict[str, str]:
    """The parts that ``part`` names as ``kind``, by their relationship ids; "" is the package."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing not in package:
        return {}
    found = {}
    with package.open(listing) as stream:
        for relationship, _ in texts(stream, "Relationship"):
            told = relationship.attributes
            outside = told.get("TargetMode") == "External"
            if not outside and told.get("Type", "").rpartition("/")[2] == kind:
                found[told.get("Id", "")] = _resolved(folder, told.get("Target", ""))
    return found


def _resolved(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")


def properties(package: Package) -> dict[str, Any]:
    """The document's own properties by our names; those that it lacks are missing."""
    if PROPERTIES not in package:
        return {}
    named = ("title", "creator", "keywords", "category", "language", "modified", "created")
    with package.open(PROPERTIES) as stream:
        told = {start.name: text for start, text in texts(stream, *named) if text}
    values: dict[str, Any] = {
        "title": told.get("title"),
        "author": told.get("creator"),
        "category": told.get("category"),
        "language": told.get("language"),
        "published": day(told.get("modified") or told.get("created")),
        "tags": [tag.strip() for tag in _SEPARATORS.split(told.get("keywords", ""))],
    }
    return {name: value for name, value in values.items() if value}


def day(moment: str | None) -> str | None:
    """The day of a W3C date (``2024-03-05T08:00:00Z``), as far as it is told."""
    found = re.match(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", moment or "")
    return found[0] if found else None
