"""Whoosh's pickles, read with the classes of an index alone.

A pickle can name any function of any module and have it called. An index needs eleven classes; a
pickle that names another is refused before anything is called, even where a manifest vouches for
it: whoever forged both, in a backup that is restored, runs nothing here.
"""

from __future__ import annotations

import io
import pickle
from types import SimpleNamespace
from typing import Any, BinaryIO

import whoosh.codec.whoosh3
import whoosh.columns
import whoosh.filedb.structfile
import whoosh.formats
import whoosh.index

from searchapp.errors import IndexRefusedError

_CLASSES = frozenset(
    {
        ("re", "_compile"),  # of a tokenizer, which no text goes through
        ("searchapp.engines.whoosh_codec", "ArrayCodec"),
        ("whoosh.analysis.tokenizers", "IDTokenizer"),
        ("whoosh.analysis.tokenizers", "RegexTokenizer"),
        ("whoosh.codec.whoosh3", "W3Segment"),
        ("whoosh.fields", "ID"),
        ("whoosh.fields", "KEYWORD"),
        ("whoosh.fields", "STORED"),
        ("whoosh.fields", "Schema"),
        ("whoosh.formats", "Existence"),
        ("whoosh.formats", "Frequency"),
    }
)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) not in _CLASSES:
            raise IndexRefusedError(
                f"a file of the index asks for {module_name[:60]!r}, {global_name[:60]!r}, which"
                " no index needs"
            )
        return super().find_class(module_name, global_name)


def load(file: BinaryIO) -> Any:
    """The object in a file. Raises IndexRefusedError if it is of no class of an index."""
    return _Unpickler(file).load()


def loads(data: bytes) -> Any:
    """The object in some bytes; as `load`."""
    return load(io.BytesIO(data))


def guard() -> None:
    """Have Whoosh read every pickle through here.

    It is pinned, and these are all places of it that read one; a test looks for others. Formats
    before 2.7, whose loaders read pickles of their own, are not read.
    """
    whoosh.index.pickle = SimpleNamespace(
        loads=loads, dumps=pickle.dumps, PicklingError=pickle.PicklingError
    )
    whoosh.index.toc_loaders = {}
    whoosh.filedb.structfile.load_pickle = load
    for module in (whoosh.codec.whoosh3, whoosh.columns, whoosh.formats):
        module.loads = loads
