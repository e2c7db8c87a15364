"""Engines by name. An engine is imported when it is asked for."""

from __future__ import annotations

from searchapp.engines.base import Engine
from searchapp.errors import InputError

NAMES = ("whoosh",)


def get_engine(name: str) -> Engine:
    """The engine of this name. Raises InputError for an unknown one."""
    if name == "whoosh":
        from searchapp.engines.whoosh import WhooshEngine

        return WhooshEngine()
    raise InputError(f"there is no engine {name!r}; choose one of: {', '.join(NAMES)}", "engine")
