"""Creates Tantivy indexes, and opens them where nothing may be written, too."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import tantivy

from searchapp.engines.tantivy_schema import FILLER, ID, TERMS, schema

_LOCK = ".tantivy-meta.lock"
_PANIC = "PanicException"


def create_index(folder: Path) -> tantivy.Index:
    """An empty index whose segments are in the order of ids. Raises OSError."""
    with as_os_error():
        return _prepared(tantivy.Index(schema(), str(folder), reuse=False, sort_by_field=ID))


def open_index(folder: Path) -> tantivy.Index:
    """A built index, in a folder that may be read-only. Raises OSError."""
    with contextlib.ExitStack() as stack:
        place = folder if _can_lock(folder) else stack.enter_context(_links_to(folder))
        try:
            with as_os_error():
                index = _prepared(tantivy.Index.open(str(place)))
                index.config_reader(reload_policy="manual")  # it never changes: no one is to watch
                index.reload()
        except OSError as error:
            raise OSError(str(error).replace(str(place), str(folder))) from error
    return index


def _can_lock(folder: Path) -> bool:
    """Whether Tantivy can open the lock that it takes before it reads: it does so for writing."""
    try:
        with (folder / _LOCK).open("ab"):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def _links_to(folder: Path) -> Iterator[Path]:
    """A folder with links to the files of an index and room for a lock, while it is being opened.

    An open index needs no names: its files are mapped.
    """
    place = Path(tempfile.mkdtemp(prefix="searchapp-"))
    try:
        for path in folder.resolve().iterdir():
            if path.name != _LOCK:
                (place / path.name).symlink_to(path)
        yield place
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(place)
        shutil.rmtree(place, ignore_errors=True)  # a thread of Tantivy's took the lock meanwhile


def _prepared(index: tantivy.Index) -> tantivy.Index:
    # What a stop word filter takes out keeps its position.
    filler = tantivy.Filter.custom_stopword([FILLER])
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).filter(filler)
    index.register_tokenizer(TERMS, builder.build())
    return index


@contextlib.contextmanager
def as_os_error() -> Iterator[None]:
    """Tantivy raises ValueError for whatever its files did, or panics."""
    try:
        yield
    except BaseException as error:
        # The class of a panic, which is no Exception, can't be imported.
        if isinstance(error, ValueError | RuntimeError) or type(error).__name__ == _PANIC:
            raise OSError(f"Tantivy: {error}") from error
        raise
