from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchapp.analysis.terms import exact_term, folded_term, has_marks
from searchapp.evaluation.slips import NEIGHBOURS, slip
from searchapp.evaluation.variants import VARIANTS, vary

SENTENCES = [
    "Xây dựng Đảng và hệ thống chính trị",
    "Nguyên nhân gây đau dạ dày ở trẻ 3 tuổi là gì?",
    "Sức khỏe người dân Hòa Bình, thủy lợi và quý giá",
    "ỦY BAN NHÂN DÂN TỈNH THỪA THIÊN – HUẾ",
    "Nghị định 100/2019/NĐ-CP về Covid-19",
    "Ai dẫn đầu Panthers về số lần vật ngã?",
    "tp hcm co bao nhieu quan",
    "đi về ở",
    "5G 4K 100%",
    "?!",
]
VIETNAMESE = (
    "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵbcdđghklmnpqrstvx"
)
texts = st.text(alphabet=VIETNAMESE + VIETNAMESE.upper() + "  .,-19", max_size=60)
seeds = st.integers(0, 2**32)


def one(variant: str, text: str, seed: int = 0) -> str:
    return VARIANTS[variant](text, random.Random(seed))


def test_names_are_the_fixed_interface() -> None:
    assert list(VARIANTS) == [
        "as-typed",
        "no-marks",
        "some-marks",
        "nfd",
        "tone-moved",
        "upper",
        "telex",
        "vni",
        "typo",
        "no-space",
    ]


@pytest.mark.parametrize(
    ("variant", "text", "wanted"),
    [
        ("as-typed", "  Hoà bình ", "  Hoà bình "),
        ("no-marks", "Xây dựng Đảng, đường", "Xay dung Dang, duong"),
        ("upper", "Xây dựng đảng 3a", "XÂY DỰNG ĐẢNG 3A"),
        ("telex", "Xây dựng Đảng", "Xaay duwngj Ddangr"),
        ("vni", "Xây dựng Đảng", "Xa6y du7ng5 D9ang3"),
        ("tone-moved", "hòa khỏe thủy", "hoà khoẻ thuỷ"),
        ("tone-moved", "hoà khoẻ thuỷ", "hòa khỏe thủy"),
        ("tone-moved", "Hòa HÒA THUỶ Ủy uỷ", "Hoà HOÀ THỦY Uỷ ủy"),
        ("tone-moved", "quý giá quà gì múa mía", "quý giá quà gì múa mía"),  # one place only
        ("tone-moved", "toàn hoành khuỷu xoáy ngoéo", "toàn hoành khuỷu xoáy ngoéo"),  # a coda
        ("tone-moved", "hoa khoe huy Boa", "hoa khoe huy Boa"),  # no tone
    ],
)
def test_what_a_variant_types(variant: str, text: str, wanted: str) -> None:
    assert one(variant, text) == wanted


@pytest.mark.parametrize("text", SENTENCES)
def test_some_marks_takes_half_of_the_marked_syllables(text: str) -> None:
    before, after = text.split(), one("some-marks", text).split()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert all(not has_marks(b) for _, b in changed)
    marked = sum(has_marks(word) for word in before)
    assert len(changed) in {marked // 2, (marked + 1) // 2}


@given(texts)
def test_no_marks_folds_like_the_original(text: str) -> None:
    folded = [folded_term(word) for word in text.split()]
    assert [folded_term(word) for word in one("no-marks", text).split()] == folded


@given(st.text(max_size=60))
def test_nfd_composes_back(text: str) -> None:
    nfd = one("nfd", text)
    assert unicodedata.normalize("NFC", nfd) == unicodedata.normalize("NFC", text)
    assert unicodedata.is_normalized("NFD", nfd)


@given(texts)
@example("1ọa")
def test_tone_moved_keeps_the_terms_and_twice_is_the_original(text: str) -> None:
    moved = one("tone-moved", text)
    assert [exact_term(w) for w in moved.split()] == [exact_term(w) for w in text.split()]
    # A tone on the wrong vowel of some other word (hóac) never moves, so this holds for any text.
    assert one("tone-moved", moved) == text


def _edits(first: str, second: str) -> int:
    """The Damerau-Levenshtein distance (optimal string alignment) of two words."""
    rows = [list(range(len(second) + 1))]
    for i, a in enumerate(first, start=1):
        row = [i]
        for j, b in enumerate(second, start=1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and b == first[i - 2]:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@given(st.sampled_from(SENTENCES) | texts, seeds)
def test_typo_is_one_slip_in_one_word(text: str, seed: int) -> None:
    slipped = one("typo", text, seed)
    before, after = text.split(), slipped.split()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    able = [
        w
        for w in before
        if not any(c.isdigit() for c in w)
        and any(
            len(p) >= 3 for p in w.replace("-", " ").replace(",", " ").replace(".", " ").split()
        )
    ]
    assert len(changed) == (1 if able else 0)
    for word, slip_of_it in changed:
        assert word in able
        assert _edits(word.lower(), slip_of_it.lower()) == 1


@given(st.sampled_from(SENTENCES) | texts, seeds)
def test_no_space_leaves_one_out_between_two_words(text: str, seed: int) -> None:
    typed = one("no-space", text, seed)
    between = [
        text[:at] + text[at + 1 :]
        for at in range(1, len(text) - 1)
        if text[at] == " " and text[at - 1].isalpha() and text[at + 1].isalpha()
    ]
    assert typed in (between or [text])


def test_every_kind_of_slip_happens() -> None:
    slips = {slip("Được", random.Random(seed)) for seed in range(3000)}
    for kind in (
        {"Đươc", "Dược", "Đước", "Đuợc"},  # marks
        {"Đượx", "Đượv"},  # neighbouring keys
        {"Ưđợc", "Đợưc", "Đưcợ"},  # swaps
        {"Đđược", "Đượcc"},  # doubled
        {"Ược", "Đưc", "Đượ"},  # lost
    ):
        assert kind <= slips
    assert "Được" not in slips


def test_neighbours_are_mutual() -> None:
    assert NEIGHBOURS["a"] == "qwsz"
    assert all(a in NEIGHBOURS[b] for a in NEIGHBOURS for b in NEIGHBOURS[a])


@pytest.mark.parametrize("variant", VARIANTS)
@given(text=st.text(max_size=40), seed=seeds)
def test_any_text_is_taken(variant: str, text: str, seed: int) -> None:
    first = vary(text, variant, seed, "q1")
    assert first == vary(text, variant, seed, "q1")


def test_the_random_of_a_query_depends_on_seed_variant_and_id() -> None:
    text = SENTENCES[0]
    assert len({vary(text, "typo", 0, f"q{i}") for i in range(50)}) > 20
    assert len({vary(text, "typo", seed, "q1") for seed in range(50)}) > 20
    # Frozen: a change here makes old figures incomparable with new ones.
    assert vary(text, "some-marks", 0, "q1") == "Xây dung Đảng va he thong chính trị"
    assert vary(text, "typo", 0, "q1") == "Xây dựng Đảng và hệ thốnh chính trị"
