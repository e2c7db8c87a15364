"""Which of the packages that are installed here searchapp needs, and for what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("mcp", "opensearch", "otel", "postgresql", "tantivy")
"""The extras for those who run it; the others are for those who work on it."""


class MissingPackageError(Exception):
    """A package is needed and not installed, so the list would lack it and what it needs."""

    def __init__(self, package: str, needed_by: str) -> None:
        self.package = package
        self.needed_by = needed_by
        super().__init__(
            f"{needed_by} needs {package}, which is not installed here;"
            " install it as make does: pip install -e '.[dev]'"
        )


@dataclass(frozen=True)
class Package:
    """A package that is installed, and the names (normalized) of those that it needs."""

    name: str
    version: str
    distribution: Distribution
    needs: frozenset[str]
    is_optional: bool
    """Whether only extras of the root need it."""


def needed_packages(root: str, extras: Iterable[str] = EXTRAS) -> dict[str, Package]:
    """The root, all that it needs with these extras, and all that those need, by normalized name.

    Markers are evaluated for the running Python and system. Raises MissingPackageError.
    """
    always = _walk(root, ())
    every = _walk(root, extras)
    found = {}
    for name, needs in every.items():
        installed = distribution(name)
        found[name] = Package(
            installed.metadata["Name"],
            installed.version,
            installed,
            frozenset(needs),
            is_optional=name not in always,
        )
    return found


def _walk(root: str, extras: Iterable[str]) -> dict[str, set[str]]:
    """What each package needs that can be reached from the root, by normalized name."""
    needs: dict[str, set[str]] = {}
    seen: set[tuple[str, str]] = set()
    # A package is looked at once without an extra ("") and once with each that is asked for.
    waiting = [(root, extra, "this project") for extra in ("", *extras)]
    while waiting:
        name, extra, needed_by = waiting.pop()
        name = canonicalize_name(name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        own = needs.setdefault(name, set())
        for requirement in _requirements(name, needed_by):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                if canonicalize_name(requirement.name) != name:  # an extra made of others
                    own.add(canonicalize_name(requirement.name))
                waiting += [(requirement.name, one, name) for one in ("", *requirement.extras)]
    return needs


def _requirements(name: str, needed_by: str) -> list[Requirement]:
    try:
        return [Requirement(line) for line in distribution(name).requires or ()]
    except PackageNotFoundError as error:
        raise MissingPackageError(name, needed_by) from error
