"""What a query was probably meant to be, over a small corpus."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnamese_texts import text as any_text

from searchapp.language.correct import Kind, correct_query, decode_query
from searchapp.language.counts import CorpusCounts
from searchapp.language.model import LanguageModel

TEXTS = [
    "Hội nghị về công tác xây dựng Đảng và hệ thống chính trị.",
    "Công tác xây dựng Đảng ở cơ sở; xây dựng Đảng trong sạch.",
    "Đường Nguyễn Huệ là con đường đi bộ ở trung tâm thành phố.",
    "Nghệ thuật đương đại và người đương thời.",
    "Học sinh giỏi học rất chăm. Kỳ thi học sinh giỏi quốc gia.",
    "Sức khỏe người dân, hòa bình và thủy lợi.",
    "Khóa học machine learning cho học sinh trường học Hà Nội.",
    "The search engine was down, see the test for more.",
    "Nghị định 100 phạt 6.000.000 đồng. Khuỷu tay của Rooney.",
    "Từ Đắk Lắk, người Đắk Lắk ghé thăm.",
    "Bác sĩ nói chuyện tỉ mỉ về kỹ năng; phố Lê Văn Sỹ.",
] * 3


@pytest.fixture(scope="module")
def language(analyzer, tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    folder = tmp_path_factory.mktemp("correct")
    counts = CorpusCounts()
    counts.add(analyzer.analyze_batch(TEXTS))
    counts.write(folder)
    return LanguageModel(folder)


@pytest.mark.parametrize(
    ("query", "wanted", "kind"),
    [
        ("xay dung dang", "xây dựng đảng", Kind.MARKS),
        ("hoc sinh gioi", "học sinh giỏi", Kind.MARKS),
        ("nghe thuat duong dai", "nghệ thuật đương đại", Kind.MARKS),
        ("con duong di bo", "con đường đi bộ", Kind.MARKS),
        ("suc khoe", "sức khỏe", Kind.MARKS),
        ("khoa hoc machine learning", "khóa học machine learning", Kind.MARKS),
        ("nghi dinh 100", "nghị định 100", Kind.MARKS),
        ("bac si", "bác sĩ", Kind.MARKS),  # i and y are both right: what was typed stays
        ("Le Van Sy", "Lê Văn Sỹ", Kind.MARKS),
        ("ti mi", "tỉ mỉ", Kind.MARKS),
        ("ky nang", "kỹ năng", Kind.MARKS),
        ("bác sỉ", "bác sĩ", Kind.SPELLING),
        ("xây dung đảng", "xây dựng đảng", Kind.MARKS),
        ("nghệ thuat đương dai", "nghệ thuật đương đại", Kind.MARKS),
        ("xây dụng đảng", "xây dựng đảng", Kind.SPELLING),  # a wrong mark
        ("học sịnh giỏi", "học sinh giỏi", Kind.SPELLING),
        ("học sinhh giỏi", "học sinh giỏi", Kind.SPELLING),  # one too many
        ("nghệ thut đương đại", "nghệ thuật đương đại", Kind.SPELLING),  # missing, mark too
        ("hội ngị về công tác", "hội nghị về công tác", Kind.SPELLING),  # missing
        ("hội nhgị về công tác", "hội nghị về công tác", Kind.SPELLING),  # swapped
        ("công tác xây dựnh đảng", "công tác xây dựng đảng", Kind.SPELLING),  # wrong
        ("Xay dung Dang", "Xây dựng Đảng", Kind.MARKS),
        ("XAY DUNG DANG", "XÂY DỰNG ĐẢNG", Kind.MARKS),
        ("  hoc sinh,  gioi?", "  học sinh,  giỏi?", Kind.MARKS),
    ],
)
def test_mended(language: LanguageModel, query: str, wanted: str, kind: Kind) -> None:
    found = correct_query(query, language)
    assert found is not None
    assert (found.query, found.kind) == (wanted, kind)
    for change in found.changes:
        assert query[change.start : change.end] == change.typed != change.meant
        assert change.meant in wanted
    assert correct_query(found.query, language) is None


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("xaydung dang", "xây dựng đảng"),
        ("xaydungdang", "xây dựng đảng"),
        ("xâydựngđảng", "xây dựng đảng"),
        ("xây dựngđảng", "xây dựng đảng"),
        ("Hanoi", "Hà Nội"),
        ("HANOI", "HÀ NỘI"),
        ("trường học hanoi", "trường học hà nội"),  # its marks are left out with its space
        ("con đườngđi bộ", "con đường đi bộ"),
        ("daklak", "đắk lắk"),  # no syllables by the rules, but in the corpus
        ("nghidinh100", "nghị định 100"),
        ("nghị định100", "nghị định 100"),
        ("phạt 6tr, h ọc sinh gi ỏi!", "phạt 6tr, học sinh giỏi!"),  # out of a PDF
        ("ngh ệ thu ậ t", "nghệ thuật"),
        ("n g h ệ thuật", "nghệ thuật"),
        ("h oc sinh", "học sinh"),
        ("hò a bình", "hòa bình"),
    ],
)
def test_spaces(language: LanguageModel, query: str, wanted: str) -> None:
    found = correct_query(query, language)
    assert found is not None
    assert (found.query, found.kind) == (wanted, Kind.SPELLING)
    for change in found.changes:
        assert query[change.start : change.end] == change.typed != change.meant
    assert correct_query(found.query, language) is None


@pytest.mark.parametrize(
    "query",
    [
        "Rooneyhọc",  # only one of its pieces is a syllable
        "danbai",  # they never stand together, and without marks it may be a foreign word
        "họcsinh" * 5,  # too long for a word
        "vitamin d3",
        "n g u",  # letters, but of no syllable in the corpus
        "đường, đi",
        "giỏi.học",
    ],
)
def test_spaces_that_are_right(language: LanguageModel, query: str) -> None:
    found = correct_query(query, language)
    assert found is None or len(found.query.split()) == len(query.split())


@pytest.mark.parametrize(
    "query",
    [
        "xây dựng đảng",
        "Xây dựng Đảng",
        "học sinh giỏi quốc gia",
        "sức khoẻ",
        "hoà bình",
        "machine learning",
        "the search engine was down",
        "Rooney",
        "6.000.000",
        "100/2019/NĐ-CP",
        "30/12/2019",
        "iPhone15",
        "",
        " ?! ",
    ],
)
def test_left_alone(language: LanguageModel, query: str) -> None:
    assert correct_query(query, language) is None
    assert decode_query(query, language) is None


@given(
    query=any_text
    | st.lists(
        st.sampled_from(
            [
                "xây",
                "dựng",
                "đảng",
                "hà",
                "nội",
                "h",
                "a",
                "n",
                "o",
                "i",
                "100",
                "km",
                "họcsinh",
                "-",
                ",",
                "ệ",
                "Đ",
            ]
        )
    ).map(" ".join)
)
def test_any_query_is_read_in_order(language: LanguageModel, query: str) -> None:
    found = correct_query(query, language)
    if found is None:
        return
    at, read = 0, ""
    for change in found.changes:
        assert at <= change.start < change.end <= len(query)
        assert change.typed == query[change.start : change.end] != change.meant
        read += query[at : change.start] + change.meant
        at = change.end
    assert found.query == read + query[at:] != query


def test_at_most_64_syllables(language: LanguageModel) -> None:
    assert correct_query(" ".join(["hoc sinh"] * 32), language) is not None
    assert correct_query(" ".join(["hoc sinh"] * 32 + ["gioi"]), language) is None


def test_kinds_of_changes(language: LanguageModel) -> None:
    found = correct_query("xây dung đảnh", language)
    assert found is not None
    assert (found.query, found.kind) == ("xây dựng đảng", Kind.SPELLING)
    assert [change.kind for change in found.changes] == [Kind.MARKS, Kind.SPELLING]
    assert [str(kind) for kind in Kind] == ["marks", "keys", "spelling"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("xaay duwngj ddangr", "xây dựng đảng"),
        ("xa6y du75ng d9a3ng", "xây dựng đảng"),
        ("Xaay duwngj Ddangr", "Xây dựng Đảng"),
        ("hocj sinh gioir", "học sinh giỏi"),
        ("hoc5 sinh gioi3", "học sinh giỏi"),
        ("hocj sinh giỏi", "học sinh giỏi"),
        ("khoas hocj machine learning", "khóa học machine learning"),
        ("nghij ddinhj 100", "nghị định 100"),
        ("hoaf binhf", "hòa bình"),  # two words that are no others
        ("ngwowif dduwong thowif", "người đương thời"),
    ],
)
def test_keystrokes(language: LanguageModel, query: str, wanted: str) -> None:
    found = decode_query(query, language)
    assert found is not None
    assert (found.query, found.kind) == (wanted, Kind.KEYS)
    assert {change.kind for change in found.changes} == {Kind.KEYS}


@pytest.mark.parametrize(
    "query",
    ["xay dung dang", "test was down", "see", "iphone 15", "mp3", "học sinh test", "covid19"],
)
def test_no_keystrokes(language: LanguageModel, query: str) -> None:
    assert decode_query(query, language) is None


def test_without_a_corpus(analyzer, tmp_path) -> None:
    CorpusCounts().write(tmp_path)
    empty = LanguageModel(tmp_path)
    assert correct_query("hoc sinh", empty) is None
    assert decode_query("hocj sinh", empty) is None
