import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from searchapp.analysis.term_table import TermTable

# Some begin alike for longer than what is compared as numbers.
terms = st.text(max_size=12) | st.builds(
    "{}{}".format,
    st.sampled_from(["trường_đại_học_bách_khoa", "a" * 24, "\0"]),
    st.text(max_size=3),
)


@given(st.lists(st.lists(terms, max_size=12), max_size=4))
def test_terms_are_put_in_the_order_of_code_points(batches):
    table = TermTable()
    for batch in batches:
        numbers = np.array(table.numbers(batch), dtype=np.int32)
        used, places = table.ascending(numbers)
        names = [table.names[number] for number in used]
        assert names == sorted(set(batch))
        assert [names[place] for place in places.tolist()] == batch


def test_a_term_keeps_its_number():
    table = TermTable()
    assert table.numbers(["hòa", "bình", "hòa"]) == [0, 1, 0]
    assert [table.number(term) for term in ("bình", "an", "an")] == [1, 2, 2]
    assert table.numbers(["an", "hòa", "mới"]) == [2, 0, 3]
    assert table.names == ["hòa", "bình", "an", "mới"]
