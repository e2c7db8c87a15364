from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchapp.external import keycounts
from searchapp.external.keycounts import KeyCounts

KEYS = st.one_of(st.integers(0, 9), st.integers(0, (1 << 63) - 1))
ADDED = st.lists(st.lists(st.tuples(KEYS, st.integers(1, 9)), max_size=20), max_size=8)


@pytest.mark.parametrize("held", [1, 7, 1 << 20], ids=["few held", "some held", "all held"])
@pytest.mark.parametrize("on_disk", [True, False], ids=["on disk", "in memory"])
@settings(max_examples=60)
@given(added=ADDED)
def test_every_key_has_its_sum(
    tmp_path_factory: pytest.TempPathFactory,
    added: list[list[tuple[int, int]]],
    on_disk: bool,
    held: int,
) -> None:
    folder = tmp_path_factory.mktemp("counts")
    expected: Counter[int] = Counter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keycounts, "PENDING_KEYS", held)
        patch.setattr(keycounts, "BLOCK", 3)
        counts = KeyCounts(folder if on_disk else None, "cặp")
        for pairs in added:
            keys, values = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
            counts.add(keys, values)
            for key, value in pairs:
                expected[key] += value
        blocks = list(counts.merged())
        counts.remove()
    keys = [key for block, _ in blocks for key in block.tolist()]
    assert keys == sorted(expected)
    assert [value for _, block in blocks for value in block.tolist()] == [expected[k] for k in keys]
    assert list(folder.iterdir()) == []


def test_a_run_that_lost_its_end_is_noticed(tmp_path: Path) -> None:
    counts = KeyCounts(tmp_path, "run")
    counts.add(np.array([4, 5]), np.array([1, 2]))
    counts.end_run()
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(OSError, match="shorter"):
        list(counts.merged())
