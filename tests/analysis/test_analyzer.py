import itertools

import pytest
from analysis_helpers import assert_analyzes_to, batch_views, nfd, views
from growth import assert_in_proportion


@pytest.mark.parametrize(
    ("text", "terms", "starts", "ends"),
    [
        pytest.param(
            "Xây dựng Đảng", ["xây", "dựng", "đảng"], [0, 4, 9], [3, 8, 13], id="capitals"
        ),
        pytest.param(
            "Hoà bình ở Việt Nam.",
            ["hòa", "bình", "ở", "việt", "nam"],
            [0, 4, 9, 11, 16],
            [3, 8, 10, 15, 19],
            id="tone placement and full stop",
        ),
        pytest.param(
            nfd("Đường hoà"), ["đường", "hòa"], [0, 9], [8, 13], id="decomposed: raw offsets"
        ),
        pytest.param("xây\u200bdựng", ["xây", "dựng"], [0, 4], [3, 8], id="zero-width space"),
        pytest.param("xâ\u00ady \ufeffdựng", ["xây", "dựng"], [0, 6], [4, 10], id="soft hyphen"),
        pytest.param(
            "👨\u200d👩\u200d👧 gia đình\nhạnh phúc",
            ["gia", "đình", "hạnh", "phúc"],
            [6, 10, 15, 20],
            [9, 14, 19, 24],
            id="emoji and newline",
        ),
        pytest.param("８,1 ﬁ m²", ["8", "1", "fi", "m2"], [0, 2, 4, 6], [1, 3, 5, 8], id="NFKC"),
        pytest.param("snake_case", ["snake", "case"], [0, 6], [5, 10], id="underscore"),
        pytest.param("  \t hòa", ["hòa"], [4], [7], id="white space before"),
        pytest.param("", [], [], [], id="empty"),
        pytest.param(" \n\t\u00a0\u200b ", [], [], [], id="white space only"),
        pytest.param("!? … 👍 — \u200d", [], [], [], id="symbols only"),
    ],
)
def test_exact_view(analyzer, text, terms, starts, ends):
    assert_analyzes_to(analyzer, text, terms, starts, ends)


@pytest.mark.parametrize(
    ("text", "terms", "starts", "ends"),
    [
        pytest.param("Xây dựng Đảng", ["xây_dựng", "đảng"], [0, 9], [8, 13], id="joined"),
        pytest.param("NATO. là", ["nato", "là"], [0, 6], [5, 8], id="full stop of capitals"),
        pytest.param(
            "kinh tế-xã hội và/hoặc",
            ["kinh_tế", "xã_hội", "và", "hoặc"],
            [0, 8, 15, 18],
            [7, 14, 17, 22],
            id="hyphen and slash",
        ),
        pytest.param(
            "gửi a@b.com.vn, xem https://vnexpress.net/tin-tuc",
            ["gửi", "a@b.com.vn", "xem", "https://vnexpress.net/tin-tuc"],
            [0, 4, 16, 20],
            [3, 14, 19, 49],
            id="addresses",
        ),
        pytest.param(
            "8,16% của 6.000.000",
            ["8,16", "của", "6.000.000"],
            [0, 6, 10],
            [4, 9, 19],
            id="sums",
        ),
        pytest.param("xây\u200bdựng", ["xây_dựng"], [0], [8], id="zero-width space"),
        pytest.param(nfd("Hoà bình"), ["hòa_bình"], [0], [10], id="decomposed"),
    ],
)
def test_words_view(analyzer, text, terms, starts, ends):
    assert_analyzes_to(analyzer, text, terms, starts, ends, view="words")


@pytest.mark.parametrize(
    ("text", "terms", "starts", "ends"),
    [
        pytest.param("Nghị định 100/2019/NĐ-CP.", ["100/2019/nđ-cp"], [10], [24], id="decree"),
        pytest.param("(TP.HCM)", ["tp.hcm"], [1], [7], id="abbreviation in brackets"),
        pytest.param("ngày 30/12/2019,", ["30/12/2019"], [5], [15], id="date"),
        pytest.param("AT&T, Covid-19", ["at&t", "covid-19"], [0, 6], [4, 14], id="names"),
        pytest.param(nfd("số 1/NĐ-CP"), ["1/nđ-cp"], [5], [12], id="decomposed"),
        pytest.param("8,16% 6.000.000 a@b.vn", [], [], [], id="already words"),
        pytest.param("kinh tế-xã hội và/hoặc", [], [], [], id="two words"),
        pytest.param("hết. Rồi... thôi!", [], [], [], id="ends of sentences"),
    ],
)
def test_codes(analyzer, text, terms, starts, ends):
    assert_analyzes_to(analyzer, text, terms, starts, ends, view="codes")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Xây dựng Đảng",
            {
                "words": ["xây_dựng", "đảng"],
                "exact": ["xây", "dựng", "đảng"],
                "folded": ["xay", "dung", "dang"],
                "pairs": ["xay_dung", "dung_dang"],
            },
            id="the example of the design",
        ),
        pytest.param(
            "Kĩ sư ĐƯỜNG TP.HCM",
            {
                "words": ["kỹ_sư", "đường", "tp", "hcm", "tp.hcm"],
                "exact": ["kỹ", "sư", "đường", "tp", "hcm"],
                "folded": ["ky", "su", "duong", "tp", "hcm"],
                "pairs": ["ky_su", "su_duong", "duong_tp", "tp_hcm"],
            },
            id="i/y, capitals, a code",
        ),
        pytest.param(
            "đất\nnước",
            {
                "words": ["đất", "nước"],
                "exact": ["đất", "nước"],
                "folded": ["dat", "nuoc"],
                "pairs": ["dat_nuoc"],
            },
            id="a newline parts words",
        ),
        pytest.param(
            "hòa", {"words": ["hòa"], "exact": ["hòa"], "folded": ["hoa"], "pairs": []}, id="one"
        ),
        pytest.param("", {"words": [], "exact": [], "folded": [], "pairs": []}, id="none"),
    ],
)
def test_four_views(analyzer, text, expected):
    assert views(analyzer, text) == expected
    assert batch_views(analyzer, [text]) == [expected]


def test_positions_count_syllables(analyzer):
    analysis = analyzer.analyze("Nghị định 100/2019/NĐ-CP ở Việt Nam")
    assert [t.position for t in analysis.exact] == list(range(9))
    assert [t.position for t in analysis.folded] == list(range(9))
    assert [(t.text, t.position) for t in analysis.words] == [
        ("nghị_định", 0),
        ("100", 2),
        ("2019", 3),
        ("nđ", 4),
        ("cp", 5),
        ("ở", 6),
        ("việt_nam", 7),
    ]
    assert [(t.text, t.position) for t in analysis.codes] == [("100/2019/nđ-cp", 2)]


def test_surfaces_are_what_was_written(analyzer):
    analysis = analyzer.analyze(nfd("Hoà bình, Kĩ sư"))
    assert [t.surface for t in analysis.exact] == ["Hoà", "bình", "Kĩ", "sư"]
    assert [t.surface for t in analysis.folded] == ["Hoà", "bình", "Kĩ", "sư"]
    assert [t.surface for t in analysis.words] == ["Hoà_bình", "Kĩ_sư"]


def test_word_spans_hold_punctuation_too(analyzer):
    texts = ["Xây dựng Đảng.", "", "đất nước\nta"]
    spans = analyzer.word_spans(texts)
    assert [[text[a:b] for a, b in found] for text, found in zip(texts, spans, strict=True)] == [
        ["Xây dựng", "Đảng", "."],
        [],
        ["đất nước", "\n", "ta"],
    ]


@pytest.mark.parametrize("texts", [[], [""], ["", " ", "\n"]], ids=["no text", "empty", "blank"])
def test_a_batch_of_nothing_has_no_terms(analyzer, texts):
    batch = analyzer.analyze_batch(texts)
    assert (batch.exact_terms, batch.folded_terms, batch.word_terms) == ([], [], [])
    assert batch.syllable_bounds.tolist() == [0] * (len(texts) + 1)
    assert batch.word_bounds.tolist() == [0] * (len(texts) + 1)


def test_a_batch_names_each_term_once(analyzer):
    batch = analyzer.analyze_batch(["hoà hòa HÒA", "hòa bình hòa bình"])
    assert sorted(batch.exact_terms) == ["bình", "hòa"]
    assert [batch.folded_terms[batch.exact_terms.index(t)] for t in ("hòa", "bình")] == [
        "hoa",
        "binh",
    ]
    assert len(set(batch.word_terms)) == len(batch.word_terms)
    assert batch.syllable_bounds.tolist() == [0, 3, 7]


def test_time_is_in_proportion_to_a_piece_without_spaces(analyzer):
    """12,000 letters took 3 seconds."""
    letters = itertools.cycle("abcdeghik")  # no piece comes again: it would be known

    assert_in_proportion(lambda size: analyzer.analyze(next(letters) * size + "!"), 40_000)


@pytest.mark.parametrize("text", ["\ufc5e", "a \ufc5e b", "\uff9e\uff9e", "hòa \ufe70"], ids=ascii)
def test_no_term_is_empty(analyzer, text):
    """Some letters are marks in their compatibility form, and folding drops marks."""
    for name, terms in views(analyzer, text).items():
        assert all(terms), name
        assert not any(t.startswith("_") or t.endswith("_") for t in terms), name
