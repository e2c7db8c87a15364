from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.external import names as names_module
from searchapp.external.names import Names, NameTable

NAME = st.one_of(
    st.sampled_from(["", "a", "ă", "đường", "duong", "đ", "z", "\U0001f600", "a\nb"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)


@pytest.mark.parametrize("block", [1, 3, 1 << 12])
@pytest.mark.parametrize("on_disk", [True, False], ids=["on disk", "in memory"])
@settings(max_examples=60)
@given(runs=st.lists(st.lists(NAME, max_size=12), max_size=6))
def test_ranks_are_places_among_all_names(
    tmp_path_factory: pytest.TempPathFactory, runs: list[list[str]], on_disk: bool, block: int
) -> None:
    folder = tmp_path_factory.mktemp("names")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(names_module, "_BLOCK", block)
        table = NameTable(folder if on_disk else None, "tên")
        numbers = []
        for run in runs:
            numbers.append(table.numbers(run))
            assert numbers[-1].tolist() == [list(dict.fromkeys(run)).index(name) for name in run]
            table.end_run()
        names, ranks = table.merged()
        assert list(names) == sorted({name.encode() for run in runs for name in run})
    for run, of_run, found in zip(runs, ranks, numbers, strict=True):
        assert names.pick(of_run[found]) == [name.encode() for name in run]
    assert list(folder.iterdir()) == []


def test_a_run_that_lost_its_end_is_noticed(tmp_path: Path) -> None:
    table = NameTable(tmp_path, "run")
    table.numbers(["xây", "dựng"])
    table.end_run()
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(OSError, match="has not the size"):
        table.merged()


def test_no_names() -> None:
    names, ranks = NameTable(None, "none").merged()
    assert len(names) == 0
    assert list(names) == ranks == []


def test_names_by_their_ranks() -> None:
    names = Names([[b"a", b""], ["đ".encode()]])
    assert [names[rank] for rank in range(3)] == [b"a", b"", "đ".encode()]
    assert names.pick(np.array([2, 0])) == ["đ".encode(), b"a"]
