"""The model of syllables: its counts, its forms, and that its probabilities are some."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from searchapp.language.counts import CorpusCounts
from searchapp.language.model import UNKNOWN, LanguageModel

TEXTS = [
    "Đường Nguyễn Huệ là con đường đi bộ, đường dài.",
    "Dương Đông nhìn ra đại dương.",
    "Nghệ thuật đương đại. Duong pho dep.",
    "Hai Bà Trưng, hai bà, hái hoa, hai người, hai mươi.",
]


def trained(analyzer, texts: list[str], folder: Path) -> LanguageModel:
    counts = CorpusCounts()
    counts.add(analyzer.analyze_batch(texts))
    counts.write(folder)
    return LanguageModel(folder)


@pytest.fixture(scope="module")
def language(analyzer, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    return trained(analyzer, TEXTS, tmp_path_factory.mktemp("model"))


def names(language: LanguageModel, folded: str) -> list[str]:
    return [language.syllables[form] for form in language.forms(folded)]


def test_counts(language: LanguageModel) -> None:
    wanted = {"đường": 3, "dương": 2, "đương": 1, "duong": 1, "hai": 4, "hái": 1}
    assert {word: language.count(word) for word in wanted} == wanted
    assert language.count("khuỷu") == language.count("") == 0


def test_syllables_and_numbers_by_falling_count(language: LanguageModel) -> None:
    counts = [language.count(s) for s in language.syllables]
    assert counts == sorted(counts, reverse=True)
    assert [language.numbers[s] for s in language.syllables] == list(range(len(counts)))


def test_forms_by_falling_count(language: LanguageModel) -> None:
    found = names(language, "duong")
    assert found[:2] == ["đường", "dương"]
    assert set(found) == {"đường", "dương", "đương", "duong"}
    assert names(language, "hai") == ["hai", "hái"]
    assert names(language, "đường") == names(language, "khuyu") == []
    assert language.folded_among({"duong", "đường"}) == {"duong"}


def test_every_syllable_is_among_its_forms_once(language: LanguageModel) -> None:
    everything = [n for name in language._folded[0] for n in language.forms(name)]
    assert sorted(everything) == list(range(len(language.syllables)))


def test_own_form(language: LanguageModel) -> None:
    assert language.is_own_form("hai", 0.8)
    assert not language.is_own_form("hai", 0.81)
    assert language.is_own_form("duong", 1 / 7)
    assert not language.is_own_form("duong", 0.2)
    # As often as all that folds alike: there is nothing else that it could be.
    assert language.is_own_form("khuyu", 0.1)


def test_unigrams_are_shares(language: LanguageModel) -> None:
    everything = np.arange(len(language.syllables))
    assert np.exp(language.log_unigram(everything)).sum() == pytest.approx(1.0)
    unknown, least = language.log_unigram(np.array([UNKNOWN, everything[-1]]))
    assert np.isfinite(unknown)
    assert unknown < least


def test_rows_of_bigrams_sum_to_one(language: LanguageModel) -> None:
    everything = np.arange(len(language.syllables))
    rows = np.exp(language.log_bigram(everything, everything)).sum(axis=1)
    # What is left is that nothing follows: the ends of documents.
    followed = language.pair_counts(everything[:, None], everything[None, :])
    counts = language.counts
    ends = (counts - followed.sum(axis=1)) / (counts + (followed > 0).sum(axis=1) + 1)
    assert rows + ends == pytest.approx(np.ones(everything.size))
    unseen = np.exp(language.log_bigram(everything, np.array([UNKNOWN])))[:, 0]
    assert (unseen > 0).all()
    assert (unseen < 0.05).all()


def test_bigrams_by_hand(language: LanguageModel) -> None:
    number = language.numbers
    total = sum(language.count(s) for s in language.syllables)
    # đường is followed by nguyễn, đi and dài; all once.
    got = np.exp(
        language.log_bigram(
            np.array([number["đường"]]), np.array([number["nguyễn"], number["hai"]])
        )
    )[0]
    followers = 3 + 1.0
    wanted = [
        (1 + followers * 1 / total) / (3 + followers),
        followers * 4 / total / (3 + followers),
    ]
    assert got == pytest.approx(wanted)


def test_a_matrix_is_what_single_pairs_are(language: LanguageModel) -> None:
    firsts, seconds = np.array([0, 3, UNKNOWN, 5]), np.array([2, UNKNOWN, 0])
    matrix = language.log_bigram(firsts, seconds)
    assert matrix.shape == (4, 3)
    assert np.isfinite(matrix).all()
    for i, first in enumerate(firsts):
        for j, second in enumerate(seconds):
            single = language.log_bigram(np.array([first]), np.array([second]))
            assert single[0, 0] == pytest.approx(matrix[i, j])


def test_after_a_syllable_never_seen_shares_decide(language: LanguageModel) -> None:
    everything = np.arange(len(language.syllables))
    row = language.log_bigram(np.array([UNKNOWN]), everything)[0]
    assert row == pytest.approx(language.log_unigram(everything))


def test_pairs_with_the_unknown_were_never_seen(language: LanguageModel) -> None:
    unknown, known = np.array([UNKNOWN, UNKNOWN, 0]), np.array([0, UNKNOWN, UNKNOWN])
    assert language.pair_counts(unknown, known).tolist() == [0, 0, 0]


@pytest.mark.parametrize("texts", [[], [""], ["", " … "]], ids=["none", "empty", "signs"])
def test_an_empty_corpus(analyzer, tmp_path: Path, texts: list[str]) -> None:
    language = trained(analyzer, texts, tmp_path)
    assert language.syllables == []
    assert language.count("hoa") == 0
    assert language.forms("hoa") == []
    assert language.folded_among({"hoa"}) == set()
    none = np.array([UNKNOWN])
    assert language.pair_counts(none, none).tolist() == [0]


def test_a_corpus_of_one_syllable(analyzer, tmp_path: Path) -> None:
    language = trained(analyzer, ["hoa"], tmp_path)
    assert language.count("hoa") == 1
    assert language.pair_counts(np.array([0]), np.array([0])).tolist() == [0]
    assert np.exp(language.log_bigram(np.array([0]), np.array([0]))) == pytest.approx(0.5)
