"""What both pages and API read from a request's query string."""

from __future__ import annotations

import re

from flask import request

from searchapp.errors import QueryError

_NUMBER = re.compile(r"-?[0-9]{1,9}")


def whole_number(name: str, default: int) -> int:
    """A parameter that is a whole number. Raises QueryError if it is something else."""
    raw = request.args.get(name)
    if raw is None:
        return default
    if not _NUMBER.fullmatch(raw.strip()):
        raise QueryError(f"{name} is {raw[:40]!r}, it should be a whole number", name)
    return int(raw)


def flag(name: str) -> bool:
    """A parameter that is 1 or 0. Raises QueryError if it is something else."""
    raw = request.args.get(name, "0").strip()
    if raw not in ("0", "1"):
        raise QueryError(f"{name} is {raw[:40]!r}, it should be 1 or 0", name)
    return raw == "1"
