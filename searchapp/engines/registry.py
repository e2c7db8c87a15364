"""Engines by name. An engine is imported when it is asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from searchapp.config import Settings
from searchapp.engines.base import Engine
from searchapp.errors import InputError

NAMES = ("whoosh", "tantivy", "opensearch")


def get_engine(name: str, settings: Settings | None = None) -> Engine:
    """The engine of this name, with what ``settings`` say of it; None are the defaults.

    Raises InputError for an unknown one, or if what it needs is not installed.
    """
    match name:
        case "whoosh":
            from searchapp.engines.whoosh import WhooshEngine

            return WhooshEngine()
        case "tantivy":
            with _installed(name):
                from searchapp.engines.tantivy import TantivyEngine

                return TantivyEngine()
        case "opensearch":
            with _installed(name):
                from searchapp.engines.opensearch import OpenSearchEngine

            return OpenSearchEngine(settings or Settings())
    raise InputError(f"there is no engine {name!r}; choose one of: {', '.join(NAMES)}", "engine")


@contextlib.contextmanager
def _installed(name: str) -> Iterator[None]:
    """What an engine needs is an extra of its name."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise InputError(
            f"the engine {name} is not installed; install it with: pip install 'searchapp[{name}]'",
            "engine",
        ) from error
