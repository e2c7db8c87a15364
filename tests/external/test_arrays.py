from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from searchapp.external.arrays import ArraySpool, save_array, save_blocks


@pytest.mark.parametrize("dtype", [np.int64, np.uint32, np.uint8])
@pytest.mark.parametrize("size", [0, 1, 10])
def test_blocks_make_the_file_that_the_array_makes(tmp_path: Path, dtype: type, size: int) -> None:
    values = np.arange(size, dtype=dtype)
    save_array(tmp_path / "whole.npy", values)
    pieces = [values[at : at + 3] for at in range(0, size, 3)]
    save_blocks(tmp_path / "blocks.npy", dtype, size, pieces)
    assert (tmp_path / "blocks.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()
    assert np.load(tmp_path / "blocks.npy").tolist() == values.tolist()


def test_a_spool_gives_back_what_was_written(tmp_path: Path) -> None:
    with ArraySpool(tmp_path / "spool", np.int32) as spool:
        for at in range(0, 10, 4):
            spool.append(np.arange(at, min(at + 4, 10)))
    assert len(spool) == 10
    assert [block.tolist() for block in spool.blocks(6)] == [[*range(6)], [6, 7, 8, 9]]
    assert spool.read(3, 2).tolist() == [3, 4]
    assert spool.all().tolist() == [*range(10)]
    spool.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_spool_that_lost_its_end_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    with ArraySpool(path, np.int32) as spool:
        spool.append(np.arange(10))
    path.write_bytes(path.read_bytes()[:-4])
    assert spool.read(0, 9).tolist() == [*range(9)]
    with pytest.raises(OSError, match="shorter"):
        spool.read(0, 10)
