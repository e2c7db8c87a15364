"""Engines by name. An engine is imported when it is asked for."""

from __future__ import annotations

from searchapp.config import Settings
from searchapp.engines.base import Engine
from searchapp.errors import InputError

NAMES = ("whoosh",)


def get_engine(name: str, settings: Settings | None = None) -> Engine:  # noqa: ARG001
    """The engine of this name, with what ``settings`` say of it; None are the defaults.

    Raises InputError for an unknown one, or if what it needs is not installed.
    """
    match name:
        case "whoosh":
            from searchapp.engines.whoosh import WhooshEngine

            return WhooshEngine()
    raise InputError(f"there is no engine {name!r}; choose one of: {', '.join(NAMES)}", "engine")
