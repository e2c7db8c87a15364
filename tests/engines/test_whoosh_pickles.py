"""What a pickle in an index can have called: nothing but the classes of an index."""

from __future__ import annotations

import io
import os
import pickle
import re
from pathlib import Path

import pytest
import whoosh
import whoosh.index

from searchapp.engines import whoosh_pickles
from searchapp.errors import IndexRefusedError


class Touch:
    """Makes a folder when it is unpickled: what an attacker would do, where it can be seen."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> object:
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: {"title": [x]}, lambda x: (1, x)])
def test_nothing_is_called(tmp_path: Path, protocol: int, wrap) -> None:
    target = tmp_path / "touched"
    data = pickle.dumps(wrap(Touch(target)), protocol)
    pickle.loads(data)
    assert target.exists(), "the pickle is a real one"
    target.rmdir()
    for read in (whoosh_pickles.loads, lambda data: whoosh_pickles.load(io.BytesIO(data))):
        with pytest.raises(IndexRefusedError, match="which no index needs"):
            read(data)
        assert not target.exists()


@pytest.mark.parametrize(
    "name",
    ["os\nsystem", "builtins\neval", "builtins\ngetattr", "whoosh.index\nTOC", "re\ncompile"],
)
def test_no_way_round_by_names(name: str) -> None:
    with pytest.raises(IndexRefusedError):
        whoosh_pickles.loads(f"c{name}\n.".encode())


def test_plain_values_come_back() -> None:
    value = {"id": "a", "tags": ["b", "ă"], "n": 1, "f": 0.5, "none": None, "t": (1, b"x")}
    assert whoosh_pickles.loads(pickle.dumps(value)) == value


# Where Whoosh reads a pickle: in modules that an index is read with, each is guarded.
READS = re.compile(r"\b(?:pickle\.loads?|loads|load_pickle|Unpickler|load)\(")
GUARDED = {
    "codec/whoosh3.py": {"loads("},
    "columns.py": {"loads("},
    "formats.py": {"loads("},
    "index.py": {"pickle.loads("},
    "filedb/structfile.py": {"load_pickle("},
    # Not read with: indexes of other formats, and building as Whoosh does it.
    "legacy.py": {"Unpickler("},
    "multiproc.py": {"load("},
    "codec/plaintext.py": {"load("},
    "externalsort.py": {"load("},
    # A class that the loader of other formats is made of.
    "util/loading.py": {"Unpickler("},
}


def test_whoosh_reads_pickles_nowhere_else() -> None:
    home = Path(whoosh.__file__).parent
    found: dict[str, set[str]] = {}
    for path in home.rglob("*.py"):
        reads = set(READS.findall(path.read_text(encoding="utf-8", errors="replace")))
        if reads:
            found[path.relative_to(home).as_posix()] = reads
    assert {name for name in found if name not in GUARDED} == set()
    whoosh_pickles.guard()
    assert whoosh.index.pickle.loads is whoosh_pickles.loads
    assert whoosh.index.toc_loaders == {}
