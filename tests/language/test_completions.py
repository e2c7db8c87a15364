"""What a search box offers: which ways to go on there are, and in what order."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_texts import text as any_text

from searchapp.analysis.analyzer import Analyzer
from searchapp.analysis.terms import folded_term, strip_marks
from searchapp.language.completion_builder import CompletionBuilder
from searchapp.language.completions import MAX_PREFIX_CHARS, Completion, Completions

TITLES = [
    "Xây dựng nông thôn mới ở Hải Hậu",
    "Đường sắt Bắc Nam",
    "Dương Thị Xuân Quý",
    "Đương đầu với lũ",
    "Con đường hoa của thôn",
    "Hoà Bình mùa xuân",
    "Kỹ thuật trồng lúa",
    "Kim Liên",
    "Hà Nội mùa thu",
    "“Lão Hạc” – Nam Cao",
    "Đường sắt Bắc Nam",
]
TEXTS = [
    "Học sinh học về đường sắt và đường bộ ở Hà Nội.",
    "Đường sắt đi qua Hà Nội, học sinh đi học bằng đường sắt.",
    "Nông dân trồng lúa, học sinh giúp nông dân.",
    "Nông dân ở Hà Nội xây dựng nông thôn mới.",
    *["Thời tiết hôm nay."] * 7,
]


def built(folder: Path, analyzer: Analyzer, titles: list[str], texts: list[str]) -> Completions:
    builder = CompletionBuilder()
    for at in range(0, len(texts), 4):
        builder.add_titles(titles[at : at + 4])
        builder.add_texts(analyzer.analyze_batch(texts[at : at + 4]))
    builder.write(folder)
    return Completions(folder)


@pytest.fixture(scope="module")
def completions(tmp_path_factory: pytest.TempPathFactory, analyzer: Analyzer) -> Completions:
    return built(tmp_path_factory.mktemp("completions"), analyzer, TITLES, TEXTS)


def texts_of(found: tuple[Completion, ...]) -> list[str]:
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("prefix", "first"),
    [
        ("xay d", "Xây dựng nông thôn mới ở Hải Hậu"),
        ("Xây Dựng Nông", "Xây dựng nông thôn mới ở Hải Hậu"),
        ("đường s", "Đường sắt Bắc Nam"),  # of two documents, as the phrase is
        ("duong s", "Đường sắt Bắc Nam"),
        ("học si", "học sinh"),
        ("hoc si", "học sinh"),
        ("ha n", "hà nội"),
        ("Hà Nộ", "hà nội"),
        (unicodedata.normalize("NFD", "hà nộ"), "hà nội"),
        ("hoà b", "Hoà Bình mùa xuân"),
        ("hòa b", "Hoà Bình mùa xuân"),
        ("hoa b", "Hoà Bình mùa xuân"),
        ("kĩ thuật", "Kỹ thuật trồng lúa"),
        ("ki thuat", "Kỹ thuật trồng lúa"),
        ("lão hạc", "“Lão Hạc” – Nam Cao"),
        ("lao hac nam", "“Lão Hạc” – Nam Cao"),
        ("nong d", "nông dân"),
    ],
)
def test_first_completion(completions: Completions, prefix: str, first: str) -> None:
    found = completions.complete(prefix, 8)
    assert texts_of(found)[0].lower() == first.lower()


@pytest.mark.parametrize(
    ("prefix", "there", "not_there"),
    [
        # Marks that were typed are meant; letters without are open until the vowels have theirs.
        ("đư", ["Đường sắt Bắc Nam", "Đương đầu với lũ"], ["Dương Thị Xuân Quý"]),
        ("dương", ["Dương Thị Xuân Quý"], ["Đường sắt Bắc Nam", "Đương đầu với lũ"]),
        ("đuo", ["Đường sắt Bắc Nam", "Đương đầu với lũ"], ["Dương Thị Xuân Quý"]),
        ("đuong s", ["Đường sắt Bắc Nam"], ["Dương Thị Xuân Quý"]),
        ("đương ", ["Đương đầu với lũ"], ["Đường sắt Bắc Nam", "Dương Thị Xuân Quý"]),
        ("duong", ["Đường sắt Bắc Nam", "Dương Thị Xuân Quý", "Đương đầu với lũ"], []),
        # Behind a space the syllable is whole.
        ("ki ", ["Kỹ thuật trồng lúa"], ["Kim Liên"]),
        ("ki", ["Kỹ thuật trồng lúa", "Kim Liên"], []),
        # Typing may begin at a later word.
        ("bắc n", ["Đường sắt Bắc Nam"], []),
        ("đường hoa", ["Con đường hoa của thôn"], ["Đường sắt Bắc Nam"]),
    ],
)
def test_what_is_offered(
    completions: Completions, prefix: str, there: list[str], not_there: list[str]
) -> None:
    found = texts_of(completions.complete(prefix, 20))
    assert set(there) <= set(found)
    assert not set(not_there) & set(found)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("dduong sat", "đường sắt"),
        ("duomg sat", "đường sắt"),
        ("duogn sat", "đường sắt"),
        ("dong sat", "đường sắt"),
        ("hoc sihn", "học sinh"),
        ("nogn d", "nông dân"),
    ],
)
def test_one_slip_is_forgiven(completions: Completions, slip: str, meant: str) -> None:
    assert meant in {text.lower() for text in texts_of(completions.complete(slip, 20))}


@pytest.mark.parametrize(
    ("run_together", "meant"),
    [
        ("hano", "hà nội"),
        ("hanoi", "hà nội"),
        ("hànộ", "hà nội"),
        ("duongsat", "đường sắt"),
        ("đườngs", "đường sắt"),
        ("xaydungnongthon", "xây dựng nông thôn mới ở hải hậu"),
        ("xay dungnong", "xây dựng nông thôn mới ở hải hậu"),
        ("hocsinh ", "học sinh"),
    ],
)
def test_spaces_may_be_left_out(completions: Completions, run_together: str, meant: str) -> None:
    found = completions.complete(run_together, 20)
    assert meant in {text.lower() for text in texts_of(found)}
    for one in found:
        (matched,) = one.matched
        typed = strip_marks(one.text[slice(*matched)]).lower().replace(" ", "")
        assert typed == strip_marks(run_together).lower().replace(" ", "")


def test_marks_are_meant_where_spaces_are_left_out(completions: Completions) -> None:
    assert texts_of(completions.complete("đươngđầu", 20)) == ["Đương đầu với lũ"]
    assert completions.complete("đườngđầu", 20) == ()


def test_no_slip_is_thought_of_while_something_begins_so(completions: Completions) -> None:
    assert all("đương" not in t.lower() for t in texts_of(completions.complete("dương", 20)))


def test_beginnings_come_before_later_words(completions: Completions) -> None:
    found = texts_of(completions.complete("đường", 20))
    assert found.index("Đường sắt Bắc Nam") < found.index("Con đường hoa của thôn")


def test_counts_and_kinds(completions: Completions) -> None:
    by_text = {one.text: one for one in completions.complete("đường", 20)}
    assert (by_text["đường sắt"].kind, by_text["đường sắt"].count) == ("phrase", 2)
    assert (by_text["Đường sắt Bắc Nam"].kind, by_text["Đường sắt Bắc Nam"].count) == ("title", 2)


@pytest.mark.parametrize(
    "prefix",
    ["", " ", "x", "đ", "!?", "🧊", "\x00", "\u200b", "x" * (MAX_PREFIX_CHARS + 1), "zzzz"],
)
def test_nothing_to_offer(completions: Completions, prefix: str) -> None:
    assert completions.complete(prefix, 8) == ()


@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_no_more_than_asked_for_and_some_of_each_kind(completions: Completions, size: int) -> None:
    found = completions.complete("đường", size)
    assert len(found) == min(size, 4)
    if size >= 3:
        assert {one.kind for one in found} == {"title", "phrase"}


def test_what_was_typed_is_marked(completions: Completions) -> None:
    for prefix, marked in [
        ("bac na", "Bắc Na"),
        ("đường s", "Đường s"),
        ("lao hac", "Lão Hạc"),
        ("lao hac n", "Lão Hạc” – N"),
    ]:
        one = next(c for c in completions.complete(prefix, 20) if c.kind == "title")
        ((start, end),) = one.matched
        assert one.text[start:end] == marked


@given(any_text)
def test_any_text_is_completed_or_not(completions: Completions, prefix: str) -> None:
    found = completions.complete(prefix, 8)
    assert len(found) <= 8
    assert len({one.text.lower() for one in found}) == len(found)
    for one in found:
        assert one.count >= 1
        for start, end in one.matched:
            assert 0 <= start < end <= len(one.text)
    assert completions.complete(prefix, 8) == found


@given(st.data())
def test_every_title_is_found_by_its_beginning(completions: Completions, data) -> None:
    title = data.draw(st.sampled_from(TITLES))
    typed = data.draw(st.sampled_from([title, strip_marks(title), title.upper()]))
    length = data.draw(st.integers(4, len(typed)))
    assert title in texts_of(completions.complete(typed[:length].rstrip(" –“”"), 20))


def test_against_plain_loops(tmp_path: Path, analyzer: Analyzer) -> None:
    """Without marks: every title with a syllable from which the folded text goes on so."""
    drawn = random.Random(3)
    syllables = ["đường", "dương", "sắt", "sông", "hồng", "hông", "hoa", "hoà", "kỹ", "kim"]
    titles = [" ".join(drawn.choices(syllables, k=drawn.randint(1, 5))) for _ in range(60)]
    made = built(tmp_path, analyzer, titles, [""] * 60)
    for _ in range(200):
        folded = [folded_term(s) for s in drawn.choice(titles).split()]
        at = drawn.randrange(len(folded))
        whole = " ".join(folded[at : at + 3])
        typed = whole[: drawn.randint(2, len(whole))]
        # i and y are settled when a syllable is whole: "ki" begins kim and is kỹ.
        *before, last = typed.split(" ")
        readings = {typed, " ".join([*before, folded_term(last) if last else ""])}
        expected = set()
        for title in titles:
            parts = [folded_term(s) for s in title.split()]
            beginnings = [" ".join(parts[start:]) for start in range(len(parts))]
            if any((one + " ").startswith(r) for one in beginnings for r in readings):
                expected.add(title)
        found = {one.text for one in made.complete(typed, 1000)}
        assert found == expected, typed


def test_a_tiny_corpus_and_an_empty_one(tmp_path: Path, analyzer: Analyzer) -> None:
    for name, titles, texts in (("tiny", ["Phở bò"], ["Nước dùng trong."]), ("empty", [], [])):
        folder = tmp_path / name
        folder.mkdir()
        made = built(folder, analyzer, titles, texts)
        assert [one.text for one in made.complete("ph", 8)] == titles
