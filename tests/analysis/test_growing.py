import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchapp.analysis.growing import GrowingArray, Numbering


def test_a_new_array_is_empty():
    growing = GrowingArray(np.int32)
    assert len(growing) == 0
    assert growing.array.tolist() == []
    assert growing.array.dtype == np.int32


def test_it_grows_past_its_first_room():
    growing = GrowingArray(np.int64)
    growing.extend(range(1_000))
    assert growing.array.tolist() == list(range(1_000))
    growing.extend(range(1_000, 5_000))
    growing.append(5_000)
    assert len(growing) == 5_001
    assert growing.array.tolist() == list(range(5_001))


def test_a_view_taken_earlier_keeps_its_values():
    growing = GrowingArray(np.int32)
    growing.extend([1, 2])
    earlier = growing.array
    growing.extend(range(3_000))
    assert growing.array.size == 3_002
    assert earlier.tolist() == [1, 2]


@given(st.lists(st.one_of(st.integers(-99, 99), st.lists(st.integers(-99, 99)), st.none())))
def test_it_holds_what_a_list_would(steps):
    growing, expected = GrowingArray(np.int32), []
    for step in steps:
        if step is None:
            assert growing.array.tolist() == expected
        elif isinstance(step, list):
            growing.extend(step)
            expected.extend(step)
        else:
            growing.append(step)
            expected.append(step)
        assert len(growing) == len(expected)
    assert growing.array.tolist() == expected


@given(st.lists(st.one_of(st.text(max_size=2), st.lists(st.text(max_size=2))), max_size=9))
def test_names_are_numbered_in_the_order_of_first_use(steps):
    numbering, seen = Numbering(), []
    for step in steps:
        some = [step] if isinstance(step, str) else step
        seen += [name for name in dict.fromkeys(some) if name not in seen]
        expected = [seen.index(name) for name in some]
        found = [numbering.number(step)] if isinstance(step, str) else numbering.of(step)
        assert found == expected
        assert numbering.names == seen
