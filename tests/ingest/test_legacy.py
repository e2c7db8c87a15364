"""Vietnamese in encodings from before Unicode: the tables, and what is recognised."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from legacy_texts import ENCODINGS, FRENCH, LETTERS, PASTED, SENTENCES, encode, without_lost_case

from searchapp.ingest.base import Problem, SourceFile
from searchapp.ingest.decoding import DecodingError, decode_noted
from searchapp.ingest.legacy import TCVN3, VISCII, VNI, WINDOWS_1258, is_syllable
from searchapp.ingest.reading import read_file
from searchapp.ingest.records import make_document

SEEDS = Path(__file__).parents[2] / "seeds"
every_encoding = pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda e: e.name)
every_pasted = pytest.mark.parametrize("encoding", PASTED, ids=lambda e: e.name)


def seed_paragraphs() -> list[str]:
    """Paragraphs of 60 syllables and more, of characters that every one of the encodings has."""
    plain = sorted((*SEEDS.rglob("*.txt"), *SEEDS.rglob("*.md")))
    texts = [path.read_text(encoding="utf-8") for path in plain]
    for path in sorted(SEEDS.rglob("*.jsonl")):
        records = path.read_text(encoding="utf-8").splitlines()
        texts += [json.loads(record)["text"] for record in records]
    known = re.compile(f"[\\x00-\\x7f{LETTERS}]+")
    paragraphs = (unicodedata.normalize("NFC", p) for t in texts for p in t.split("\n"))
    return [
        p for p in paragraphs if len(p.split()) >= 60 and known.fullmatch(p) and not p.isascii()
    ]


# The tables


@every_encoding
def test_every_letter_has_a_code(encoding):
    missing = {c for c in LETTERS if c not in encoding.table.values()}
    assert missing == (
        {c for c in LETTERS if c.isupper()} - set("ĂÂÊÔƠƯĐ") if encoding is TCVN3 else set()
    )


@pytest.mark.parametrize(
    ("encoding", "codes", "text"),
    [
        (TCVN3, "Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        (TCVN3, "Nhµ n\xadíc", "Nhà nước"),  # a soft hyphen is ư
        (TCVN3, "§¹i häc \x93Quèc gia\x94", "Đại học “Quốc gia”"),  # via Latin-1
        (TCVN3, "§¹i häc “Quèc gia”", "Đại học “Quốc gia”"),  # via windows-1252
        (TCVN3, "CéNG HßA", "CộNG HòA"),  # .VnTimeH shows it as capitals
        (VNI, "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        (
            VNI,
            "ÑAÏI HOÏC, nöôùc, Aùo, kyø, lyù, Myõ, tæ, vò, kî",
            "ĐẠI HỌC, nước, Áo, kỳ, lý, Mỹ, tỉ, vị, kỵ",
        ),
        (VISCII, "Vi®t Nam \x02\x05\x06\x14\x19\x1e", "Việt Nam ẲẴẪỶỸỴ"),
        (WINDOWS_1258, "Vi\xea\xf2t Nam, \xd0\xe2\xect n\xfd\xf5\xecc", "Việt Nam, Đất nước"),
    ],
)
def test_codes(encoding, codes, text):
    assert encoding.convert(codes) == text


def test_windows_1258_is_python_s():
    for raw in (
        bytes([first, second]) for first in range(0x41, 0x100) for second in range(0xC0, 0x100)
    ):
        expected = unicodedata.normalize("NFC", raw.decode("cp1258", "ignore"))
        if len(raw.decode("cp1258", "ignore")) == 2:
            assert (
                unicodedata.normalize("NFC", WINDOWS_1258.convert(raw.decode("latin-1")))
                == expected
            )


@every_encoding
def test_paragraphs_come_back(encoding):
    paragraphs = seed_paragraphs()
    assert len(paragraphs) >= 10
    for paragraph in paragraphs:
        codes = encode(paragraph, encoding)
        expected = without_lost_case(paragraph, encoding)
        assert codes != expected
        assert encoding.convert(codes) == expected
        assert decode_noted(codes.encode("latin-1")) == (
            expected,
            [f"was in {encoding.name} and was converted"],
        )


@pytest.mark.parametrize("word", ["nghiêng", "khuỷu", "quốc", "giếng", "gì", "thuở", "đẹp", "oách"])
def test_syllables(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["đèp", "môt", "été", "vểớ", "thơng", "ặ̀n", "xắk", "là\ufffd"])
def test_no_syllables(word):
    assert not is_syllable(word)


# Bytes


@every_encoding
@pytest.mark.parametrize("sentence", SENTENCES)
def test_bytes_are_recognised(encoding, sentence):
    codes = encode(f"{sentence}\r\n", encoding)
    text, notes = decode_noted(codes.encode("latin-1"))
    assert text == without_lost_case(f"{sentence}\n", encoding)
    assert notes == [f"was in {encoding.name} and was converted"]


@pytest.mark.parametrize("encoding", [TCVN3, VNI, WINDOWS_1258], ids=lambda e: e.name)
def test_short_bytes_are_reported(encoding):
    data = encode("Độc lập, tự do, hạnh phúc", encoding).encode("latin-1")
    with pytest.raises(DecodingError) as caught:
        decode_noted(data)
    assert f"might be in {encoding.name}" in str(caught.value)
    assert str(caught.value).endswith("convert it to UTF-8")
    assert "\n" not in str(caught.value)


@every_encoding
def test_html_bytes_are_recognised(encoding, tmp_path):
    body = "".join(f"<p>{s}</p>" for s in SENTENCES)
    path = tmp_path / "a.html"
    path.write_bytes(encode(f"<title>Độc lập</title><body>{body}", encoding).encode("latin-1"))
    problem, document = read_file(SourceFile(path, "a"))
    assert problem == Problem(str(path), f"was in {encoding.name} and was converted", kept=True)
    assert document.title == without_lost_case("Độc lập", encoding)
    assert document.text == without_lost_case("\n".join(SENTENCES), encoding)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("viscii", VISCII), ("x-viet-vni", VNI), ("TCVN", TCVN3), ("windows-1258", WINDOWS_1258)],
)
def test_a_declared_encoding_needs_no_evidence(declared, encoding):
    data = encode("Độc lập", encoding).encode("latin-1")
    text, notes = decode_noted(data, declared)
    assert unicodedata.normalize("NFC", text) == "Độc lập"
    assert notes == []


def test_x_user_defined_declares_nothing():
    codes = encode(SENTENCES[1], TCVN3)
    assert decode_noted(codes.encode("latin-1"), "x-user-defined")[0] == SENTENCES[1]


@pytest.mark.parametrize("declared", ["utf-8", "ascii"])
def test_a_wrong_declaration_is_not_overruled(declared):
    with pytest.raises(DecodingError, match="save it as UTF-8"):
        decode_noted(encode(SENTENCES[1], TCVN3).encode("latin-1"), declared)


# Unicode


@every_pasted
@pytest.mark.parametrize("sentence", SENTENCES)
def test_pasted_text_is_recognised(encoding, sentence):
    codes = encode(sentence, encoding)
    document, notes = make_document({"id": "1", "text": codes}, "a")
    assert document.text == without_lost_case(sentence, encoding)
    assert notes == [f"was in {encoding.name} and was converted"]


@every_pasted
def test_all_fields_of_a_record_are_converted(encoding):
    values = {
        "title": "Độc lập",
        "text": SENTENCES[0],
        "author": "Nguyễn Văn Thắng",
        "category": "Xã hội",
        "source": "Báo Nhân Dân",
        "tags": ["chính trị", "news"],
    }
    codes = {k: encode(v, encoding) for k, v in values.items() if isinstance(v, str)}
    tags = [encode(tag, encoding) for tag in values["tags"]]
    document, _ = make_document({"id": "1", **codes, "tags": tags}, "a")
    assert {k: getattr(document, k) for k in codes} == {
        k: without_lost_case(values[k], encoding) for k in codes
    }
    assert document.tags == ("chính trị", "news")


def test_a_field_that_is_unicode_stays():
    values = {
        "id": "1",
        "title": "Cà phê",
        "author": "Lê Thị Hà",
        "text": encode(SENTENCES[0], TCVN3),
    }
    document, notes = make_document(values, "a")
    assert (document.title, document.author, document.text) == ("Cà phê", "Lê Thị Hà", SENTENCES[0])
    assert notes


@every_pasted
def test_short_text_in_doubt_is_kept_as_it_is(encoding):
    codes = encode("Độc lập, tự do, hạnh phúc", encoding)
    document, notes = make_document({"id": "1", "title": codes, "text": ""}, "a")
    assert document.title == codes
    assert notes == [
        f"might be in {encoding.name}, which is not certain; "
        "it was left as it is: convert it to Unicode"
    ]


@every_pasted
def test_half_french_is_in_doubt(encoding):
    text = f"{encode(' '.join(SENTENCES[:3]), encoding)} {FRENCH}"
    document, notes = make_document({"id": "1", "text": text}, "a")
    assert document.text == text
    assert len(notes) == 1


@every_pasted
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl"])
def test_every_format_tells(encoding, name, tmp_path):
    codes = encode(SENTENCES[3], encoding)
    path = tmp_path / name
    raw = json.dumps({"id": "a", "text": codes}) if name == "a.jsonl" else f"A\n\n{codes}"
    path.write_text(raw, encoding="utf-8")
    problem, document = read_file(SourceFile(path, "a"))
    assert problem.kept
    assert problem.reason == f"was in {encoding.name} and was converted"
    assert SENTENCES[3] in document.text
