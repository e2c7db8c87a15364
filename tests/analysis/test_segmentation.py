"""Our words are pyvi's, all of them."""

import gzip
import itertools
import json
import unicodedata
import warnings

import pytest
from growth import assert_in_proportion
from hypothesis import example, given, settings
from hypothesis import strategies as st
from vietnamese_texts import SYLLABLES, any_text, vietnamese_prose, vietnamese_text

from searchapp.analysis.segmentation import _SYLLABLE_OR_EMAIL, Segmenter, _with_addresses


@pytest.fixture(scope="session")
def pyvi_words():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyvi, scikit-learn and the version of its pickle
        from pyvi import ViTokenizer

    return ViTokenizer.tokenize


def assert_same_words(segmenter, pyvi_words, texts):
    compared = 0
    for raw in texts:
        text = unicodedata.normalize("NFC", raw)
        words = segmenter.words(text)
        if words:
            compared += 1
            assert " ".join(words) == pyvi_words(text), repr(raw)
        else:
            assert not text.strip()
    return compared


TRICKY = [
    "Xây dựng Đảng trong sạch, vững mạnh.",
    "Trường đại học bách khoa hà nội",
    "TRƯỜNG ĐẠI HỌC BÁCH KHOA HÀ NỘI",
    "Trường Đại Học Bách Khoa Hà Nội",
    "Thủ tướng Nguyễn Xuân Phúc thăm TP. Hồ Chí Minh",
    "TP.HCM và TP HCM, Tp. Đà Nẵng, ĐHQG. Hà Nội",
    "Mr. Nam, Mrs. Lan, Ms. Hoa, Dr. Minh và ThS. Hùng",
    "NATO. Liên Hợp Quốc, NATO, U.S.A. và Đ.T.",
    "a ==> b -> c ... d >> e .... f",
    "Nghị định 100/2019/NĐ-CP ngày 30/12/2019",
    "tăng 8,16%, đạt 6.000.000 đồng, 1_000 và 1.2,3",
    "37,5độ 5.000đ 3G 4k x2 2x 100km",
    "liên hệ a.b+c@d-e.com.vn hoặc a@b, @b, a@",
    "xem https://vi.wikipedia.org/wiki/Việt_Nam?a=b#c, ftp://x nhé",
    "dòng một\ndòng hai\n\nđất\nnước\r\ncuối\n",
    "sinh_học a_b _ __ _a",
    "học sinh học sinh học",
    '"Hòa bình" (hòa bình) [hòa bình] – hòa-bình / hòa.bình',
    "½ m² ﬁ ＡＢ ２０ Ⅷ ②",
    "👨‍👩‍👧 gia đình ❤️ Việt Nam 🇻🇳",
    "привет МИР, 東京 한국 ΑΣ ß İstanbul ǅ",
    "nhất là ở các đô thị lớn\u00a0như Hà\u3000Nội\u200bvà",
    # crfsuite ends an attribute's name at NUL, and its model has one for the empty word
    "\x00a",
    "xây \x00 dựng",
    "\x00 \x1c \x85 \u2028 một\x00hai",
    # the second syllable of a text, where the first one leans neither way
    "vi hòa",
    "Hóa thạch đại diện cho sứa lược được tìm thấy",
    "a",
    "Đ",
    ".",
    "\n",
    "công nghệ thông tin và truyền thông " * 40,
]


@pytest.mark.parametrize("text", TRICKY, ids=lambda t: ascii(t[:24]))
def test_tricky_texts_get_the_words_of_pyvi(segmenter, pyvi_words, text):
    assert assert_same_words(segmenter, pyvi_words, [text]) == 1


@given(any_text)
def test_any_unicode_gets_the_words_of_pyvi(segmenter, pyvi_words, text):
    assert_same_words(segmenter, pyvi_words, [text])


@settings(max_examples=300)
@given(vietnamese_text | vietnamese_prose)
def test_vietnamese_gets_the_words_of_pyvi(segmenter, pyvi_words, text):
    assert_same_words(segmenter, pyvi_words, [text])


def test_a_sample_of_wikipedia_gets_the_words_of_pyvi(segmenter, pyvi_words, shared_data):
    file = shared_data / "wiki.jsonl.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        texts = (json.loads(line)["text"] for line in itertools.islice(lines, 0, None, 100))
        assert assert_same_words(segmenter, pyvi_words, texts) > 400


def test_two_syllables_get_the_words_of_pyvi(segmenter, pyvi_words):
    """Queries are short: what happens at both ends of a text matters most there."""
    syllables = [s for s in SYLLABLES if s.isalpha()]
    pairs = (f"{a} {b}" for a, b in itertools.product(syllables, syllables))
    assert assert_same_words(segmenter, pyvi_words, pairs) > 2_000


@pytest.mark.parametrize("name", ["xquad_vi", "health_faq"])
@pytest.mark.parametrize("part", ["docs", "queries"])
def test_retrieval_sets_get_the_words_of_pyvi(segmenter, pyvi_words, shared_data, name, part):
    with (shared_data / "eval" / name / f"{part}.jsonl").open(encoding="utf-8") as lines:
        assert (
            assert_same_words(segmenter, pyvi_words, (json.loads(r)["text"] for r in lines)) > 200
        )


@pytest.mark.parametrize("part", ["dev", "test"])
def test_treebank_sentences_get_the_words_of_pyvi(segmenter, pyvi_words, shared_data, part):
    file = shared_data / "segmentation" / f"vi_vtb-ud-{part}.conllu"
    mark = "# text ="  # the test part has no space behind it
    with file.open(encoding="utf-8") as lines:
        sentences = [line.removeprefix(mark) for line in lines if line.startswith(mark)]
    assert assert_same_words(segmenter, pyvi_words, sentences) > 500


def test_a_text_without_tokens_has_no_words(segmenter):
    assert segmenter.words("") == []
    assert segmenter.words(" \t \u00a0") == []


def test_texts_of_a_batch_do_not_see_each_other(segmenter):
    texts = ["xây", "dựng đất", "", "nước\n", "Việt", "Nam"]
    labelled = segmenter.label(texts)
    names = segmenter.token_texts
    for k, text in enumerate(texts):
        tokens = slice(*labelled.token_bounds[k : k + 2])
        alone = segmenter.label([text])
        assert [names[t] for t in labelled.tokens[tokens]] == [names[t] for t in alone.tokens]
        assert labelled.joined[tokens].tolist() == alone.joined.tolist()


def test_chunks_name_their_tokens(segmenter):
    labelled = segmenter.label(["TP.HCM có\n8,16%"])
    chunks = [segmenter.chunk_texts[c] for c in labelled.chunks]
    assert chunks == ["TP.HCM", "có", "\n", "8,16%"]
    assert labelled.chunk_first.tolist() == [0, 2, 3, 4]
    tokens = [segmenter.chunk_tokens(c) for c in labelled.chunks]
    assert tokens == [["TP.", "HCM"], ["có"], ["\n"], ["8,16", "%"]]


def test_starting_afresh_changes_no_word(model, segmenter):
    """The memory of pieces is bounded; what was forgotten is learnt again alike."""
    expected = [segmenter.words(text) for text in TRICKY * 2]
    forgetful = Segmenter(model, max_chunks=8)
    assert [forgetful.words(text) for text in TRICKY * 2] == expected
    assert len(forgetful.chunk_texts) < 50


def test_time_is_in_proportion_to_a_run_of_dashes(model):
    """Drawn lines and hostile texts."""
    assert_in_proportion(lambda size: Segmenter(model).words("-" * size), 40_000)


@given(st.text(st.sampled_from(["a", "A", "Đ", "đ", "@", ".", "-", "+", "_", "1", " ", "\n", "!"])))
@example("-" * 50 + "@")
@example("Mr.A.a@b.c-d.e@f.g đa@b.c x://a@b.c;d@e.f")
def test_addresses_are_found_as_one_expression_finds_them(text: str) -> None:
    assert _with_addresses(text) == _SYLLABLE_OR_EMAIL.findall(text)
