"""Rules in Solr's format, how they match, and abbreviations mined from text."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchapp.errors import SynonymsFileError
from searchapp.language.synonyms import AbbreviationMiner, Match, Synonyms, load_synonyms


def rules(*lines: str) -> Synonyms:
    synonyms = Synonyms()
    synonyms.add_lines(lines, "own.txt")
    return synonyms


def match(synonyms: Synonyms, query: str, *, folded: bool = False, at: int = 0) -> Match | None:
    return synonyms.match(query.split(), at, folded=folded)


def others(found: Match | None) -> set[str]:
    return set() if found is None else {" ".join(terms) for terms in found.others}


def test_both_ways() -> None:
    synonyms = rules("UBND, Ủy ban nhân dân")
    short, long = match(synonyms, "ubnd tỉnh"), match(synonyms, "uỷ ban nhân dân tỉnh")
    assert (others(short), short.length, short.keeps_itself) == ({"ủy ban nhân dân"}, 1, True)
    assert (others(long), long.length, long.keeps_itself) == ({"ubnd"}, 4, True)
    assert match(synonyms, "ủy ban nhân") is None
    assert match(synonyms, "tỉnh ubnd") is None
    assert others(match(synonyms, "tỉnh ubnd", at=1)) == {"ủy ban nhân dân"}


def test_one_way() -> None:
    synonyms = rules("xe hơi, xế hộp => ô tô", "heo => heo, lợn")
    assert match(synonyms, "xe hơi") == Match(2, (("ô", "tô"),), False)
    assert match(synonyms, "xế hộp") == Match(2, (("ô", "tô"),), False)
    assert match(synonyms, "ô tô") is None
    assert match(synonyms, "heo") == Match(1, (("lợn",),), True)


def test_comments_blank_lines_and_a_byte_order_mark() -> None:
    synonyms = rules("\ufeff# mở đầu", "", "  # heo, lợn", "   ", "bắp, ngô", "\ufefftàu, thuyền")
    assert match(synonyms, "heo") is None
    assert others(match(synonyms, "bắp")) == {"ngô"}
    assert others(match(synonyms, "tàu")) == {"thuyền"}


def test_an_escaped_comma_does_not_part() -> None:
    synonyms = rules(r"một\, hai, đôi")
    assert others(match(synonyms, "đôi")) == {"một hai"}
    assert others(match(synonyms, "một hai")) == {"đôi"}
    assert match(synonyms, "một") is None


@pytest.mark.parametrize("line", ["heo", "heo,", ", ,", "=> lợn", "heo =>", "=>", "... , !!!"])
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(SynonymsFileError, match=r"^own\.txt:3: ") as caught:
        rules("# một", "bắp, ngô", line)
    assert "\n" not in str(caught.value)


def test_a_syllable_as_abbreviation_only_in_capitals() -> None:
    synonyms = rules("TƯ, TW, Trung ương")
    assert others(match(synonyms, "TƯ")) == {"tw", "trung ương"}
    assert match(synonyms, "tư") is None
    assert match(synonyms, "Tư") is None
    assert others(match(synonyms, "tw")) == {"trung ương"}
    assert others(match(synonyms, "trung ương")) == {"tw"}
    assert match(synonyms, "tu", folded=True) is None
    assert others(match(synonyms, "TU", folded=True)) == {"tw", "trung ương"}


def test_the_longest_match_wins() -> None:
    synonyms = rules("học, đọc", "học sinh, học trò", "học sinh giỏi, trò giỏi")
    assert match(synonyms, "học sinh giỏi văn") == Match(3, (("trò", "giỏi"),), True)
    assert match(synonyms, "học sinh văn") == Match(2, (("học", "trò"),), True)
    assert match(synonyms, "học văn") == Match(1, (("đọc",),), True)


def test_rules_add_up() -> None:
    synonyms = rules("BTC, Bộ Tài chính", "BTC, ban tổ chức", "BTC, Bộ Tài chính")
    found = match(synonyms, "BTC")
    assert others(found) == {"bộ tài chính", "ban tổ chức"}
    assert len(found.others) == 2


def test_folded() -> None:
    synonyms = rules("Ủy ban nhân dân, UBND", "kỹ sư, engineer")
    assert others(match(synonyms, "uy ban nhan dan", folded=True)) == {"ubnd"}
    assert match(synonyms, "uy ban nhan dan") is None
    assert others(match(synonyms, "ki su", folded=True)) == {"engineer"}
    assert others(match(synonyms, "ky su", folded=True)) == {"engineer"}


def test_built_in_mined_and_own(tmp_path: Path) -> None:
    mined, own = tmp_path / "mined.txt", tmp_path / "own.txt"
    mined.write_text("ABXY, an bình xã yên", encoding="utf-8")
    own.write_text("heo, lợn\n", encoding="utf-8")
    synonyms = load_synonyms(mined, own)
    assert "ủy ban nhân dân" in others(match(synonyms, "ubnd"))
    assert others(match(synonyms, "abxy")) == {"an bình xã yên"}
    assert others(match(synonyms, "heo")) == {"lợn"}
    load_synonyms(tmp_path / "none mined.txt")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.txt"
    latin.write_bytes(b"heo, l\xf9n\n")
    bad = tmp_path / "bad.txt"
    bad.write_text("bắp, ngô\nheo\n", encoding="utf-8")
    for path, said in ((tmp_path / "none.txt", ""), (latin, ""), (tmp_path, ""), (bad, ":2")):
        with pytest.raises(SynonymsFileError) as caught:
            load_synonyms(own=path)
        assert f"{path}{said}" in str(caught.value)


def mined(*texts: str) -> list[str]:
    miner = AbbreviationMiner()
    for text in texts:
        miner.add(text)
    return list(miner.lines())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ngày ấy, Ủy ban nhân dân (UBND) họp.", ["UBND, ủy ban nhân dân"]),
        ("Hội đồng nhân dân (HĐND) và", ["HĐND, hội đồng nhân dân"]),
        ("Hội đồng nhân dân (HDND)", []),
        ("Ủy ban nhân dân (UBNN) họp.", []),
        ("Ủy ban nhân dân (UBN) họp.", []),
        ("nhân dân (UBND)", []),
        ("Ủy ban nhân dân (ubnd)", []),
        ("(UBND)", []),
        ("Hà Nội (HN)", []),
        ("", []),
    ],
)
def test_mining(text: str, wanted: list[str]) -> None:
    assert mined(text) == wanted


def test_two_letters_are_introduced_twice_and_the_most_frequent_come_first() -> None:
    texts = ["ủy ban nhân dân (UBND)", "Hà Nội (HN)", "hà nội (HN)"]
    assert mined(*texts) == ["HN, hà nội", "UBND, ủy ban nhân dân"]


def test_what_is_mined_can_be_read() -> None:
    synonyms = rules(*mined("Ủy ban nhân dân (UBND) và Hội đồng nhân dân (HĐND)"))
    assert others(match(synonyms, "ủy ban nhân dân")) == {"ubnd"}
    assert others(match(synonyms, "HĐND")) == {"hội đồng nhân dân"}
