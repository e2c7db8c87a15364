"""Ranked lists in TREC's run format: one line a document, ``query Q0 document rank score tag``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from searchapp.errors import InputError
from searchapp.evaluation.readers import at, numbered_lines

Ranking = Sequence[tuple[str, float]]
"""Document ids and scores, best first."""
Run = Mapping[str, Ranking]
"""Query id to ranking."""

_FIELDS = 6


def write_run(path: Path, run: Run, tag: str) -> None:
    """Write a run; ``tag`` names it in the last column. Ranks are 1-based.

    Columns stand between tabs: to other tools that is white space like any other, and here an id
    may then hold spaces. Raises InputError for an id with a tab or a line break, or a file that
    can't be written.
    """
    lines = []
    for query_id, ranking in run.items():
        for rank, (document_id, score) in enumerate(ranking, start=1):
            for name in (query_id, document_id):
                if any(c in name for c in "\t\r\n"):
                    raise InputError(f"{path}: the id {name!r} can't stand in a run file")
            lines.append(f"{query_id}\tQ0\t{document_id}\t{rank}\t{score!r}\t{tag}\n")
    try:
        path.write_text("".join(lines), encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from error


def read_run(path: Path) -> dict[str, list[tuple[str, float]]]:
    """Read a run; rankings are in order of score, and of rank where scores are equal.

    Raises InputError that names file and line.
    """
    found: dict[str, dict[str, tuple[float, int]]] = {}
    for number, line in numbered_lines(path):
        fields = line.split("\t") if line.count("\t") == _FIELDS - 1 else line.split()
        if len(fields) != _FIELDS:
            raise at(path, number, "should be: query Q0 document rank score tag")
        query_id, _, document_id, rank_text, score_text, _ = fields
        try:
            rank, score = int(rank_text), float(score_text)
        except ValueError as error:
            raise at(path, number, "rank and score should be numbers") from error
        if not math.isfinite(score):
            raise at(path, number, f"the score {score_text} should be a finite number")
        documents = found.setdefault(query_id, {})
        if document_id in documents:
            raise at(path, number, f"{document_id!r} is in the list of {query_id!r} twice")
        documents[document_id] = (score, rank)
    return {
        query_id: [
            (document_id, score)
            for document_id, (score, _) in sorted(
                documents.items(), key=lambda item: (-item[1][0], item[1][1])
            )
        ]
        for query_id, documents in found.items()
    }


def variant_path(path: Path, variant: str) -> Path:
    """The file of one variant among several: ``out.trec`` gives ``out.no-marks.trec``."""
    return path.with_name(f"{path.stem}.{variant}{path.suffix}")
