"""What a build says while it goes on, and what it has to say when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from searchapp.generation_files import Generation
from searchapp.ingest.base import Problem


@dataclass(slots=True)
class Report:
    """What a build did.

    ``indexed`` counts the documents of the index; ``added``, ``changed`` and ``removed`` those that
    the one before lacked, had otherwise, and had beside. ``problems`` are all there are, also
    of files that were read by an earlier build and not changed since. ``generation`` is None where
    nothing had changed, and none was made.
    """

    indexed: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    replaced: int = 0
    posted: int = 0
    other_files: int = 0
    build_s: float = 0.0
    problems: list[Problem] = field(default_factory=list)
    generation: Generation | None = None

    @property
    def skipped(self) -> int:
        """Problems that cost a document or a file."""
        return sum(not problem.kept for problem in self.problems)

    @property
    def warnings(self) -> int:
        """Problems with documents that are indexed all the same."""
        return len(self.problems) - self.skipped - self.replaced

    def as_json(self) -> dict[str, Any]:
        """The report for programs; always of this shape."""
        return {
            "generation": None if self.generation is None else self.generation.name,
            "documents": self.indexed,
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "replaced": self.replaced,
            "put_by_programs": self.posted,
            "other_files": self.other_files,
            "seconds": round(self.build_s, 3),
            "skipped": [_problem(problem) for problem in self.problems if not problem.kept],
            "warnings": [_problem(problem) for problem in self.problems if problem.kept],
        }


def _problem(problem: Problem) -> dict[str, Any]:
    return {"path": problem.path, "line": problem.line, "reason": problem.reason}


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to read: files, their bytes, and files that are as they were."""

    files: int
    bytes: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: the file in hand, documents so far, bytes of the files read so far."""

    file: str
    documents: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Listener:
    """Who wants to know how a build goes; each is called in the building thread."""

    started: Callable[[Work], None] = lambda _: None
    problem: Callable[[Problem], None] = lambda _: None
    progress: Callable[[Progress], None] = lambda _: None
    writing: Callable[[], None] = lambda: None
