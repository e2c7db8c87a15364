import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchapp.analysis.key_table import UNKNOWN, KeyTable

keys = st.integers(1, 40) | st.integers(1, (1 << 64) - 1)


def as_keys(values):
    return np.array(values, dtype=np.uint64)


def test_nothing_is_known_at_first():
    table = KeyTable()
    assert len(table) == 0
    assert table.find(as_keys([1, 2, 1])).tolist() == [UNKNOWN] * 3


@given(st.lists(st.lists(keys, max_size=20)), st.integers(2, 5))
def test_it_finds_what_a_dict_would(steps, size_bits):
    """Small tables: keys meet in one slot, and the table grows."""
    table, expected = KeyTable(size_bits), {}
    for step in steps:
        found = table.find(as_keys(step)).tolist()
        assert found == [expected.get(key, UNKNOWN) for key in step]
        new = [key for key in dict.fromkeys(step) if key not in expected]
        expected |= {key: len(expected) + at for at, key in enumerate(new)}
        table.put(as_keys(new), np.array([expected[key] for key in new], dtype=np.int32))
        assert len(table) == len(expected)
    every = list(expected)
    assert table.find(as_keys(every)).tolist() == [expected[key] for key in every]
