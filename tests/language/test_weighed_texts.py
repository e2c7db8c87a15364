from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.language import weighed_texts
from searchapp.language.weighed_texts import gather

ROW = st.tuples(
    st.sampled_from(["", "an", "ăn", "đảng", "xây dựng", "Xây dựng"]),
    st.integers(1, 9),
    st.sampled_from([0.0, 0.5, 2.0]),
)


@pytest.mark.parametrize("spooled", [True, False], ids=["on disk", "in memory"])
@given(pieces=st.lists(st.lists(ROW, max_size=5), max_size=5), most=st.sampled_from([None, 1, 3]))
def test_the_heaviest_of_each_and_of_all(
    tmp_path_factory: pytest.TempPathFactory,
    pieces: list[list[tuple[str, int, float]]],
    most: int | None,
    spooled: bool,
) -> None:
    best: dict[str, tuple[float, int]] = {}
    for text, count, weight in (row for piece in pieces for row in piece):
        best[text] = max(best.get(text, (-1.0, 0)), (weight, count))
    kept = sorted(best, key=lambda text: (-best[text][0], text))[:most]
    folder = tmp_path_factory.mktemp("texts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weighed_texts, "RUN_NAMES", 3)
        found = gather(
            (
                (
                    [text for text, _, _ in piece],
                    np.array([count for _, count, _ in piece], dtype=np.int64),
                    np.array([weight for *_, weight in piece], dtype=np.float64),
                )
                for piece in pieces
            ),
            most,
            folder if spooled else None,
        )
    assert [text.decode() for text in found.texts] == sorted(kept)
    rows = zip(found.weights.tolist(), found.counts.tolist(), strict=True)
    assert list(rows) == [best[text] for text in sorted(kept)]
    assert list(Path(folder).iterdir()) == []
