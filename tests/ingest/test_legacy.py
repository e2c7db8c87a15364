"""Vietnamese in encodings from before Unicode: the tables, what is recognised, and what is not."""

import json
import re
import timeit
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.analysis.clean import clean
from searchapp.ingest import legacy
from searchapp.ingest.base import Problem, SourceFile
from searchapp.ingest.decoding import DecodingError, decode_noted
from searchapp.ingest.legacy import TCVN3, VISCII, VNI, WINDOWS_1258, Encoding, is_syllable
from searchapp.ingest.reading import read_file
from searchapp.ingest.records import make_document

SEEDS = Path(__file__).parents[2] / "seeds"
LETTERS = "".join(
    unicodedata.normalize("NFC", letter + tone)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
)
LETTERS = "".join(c for c in LETTERS if not c.isascii()) + "đĐ"

ENCODINGS = [TCVN3, VNI, VISCII, WINDOWS_1258]
PASTED = [TCVN3, VNI]  # what fonts made of Latin-1 text
every_encoding = pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda e: e.name)
every_pasted = pytest.mark.parametrize("encoding", PASTED, ids=lambda e: e.name)

SENTENCES = [
    "Cộng hòa xã hội chủ nghĩa Việt Nam, độc lập, tự do, hạnh phúc.",
    "Thành phố Hồ Chí Minh là trung tâm kinh tế lớn nhất của cả nước.",
    "Hôm qua trời mưa rất to nên nhiều tuyến đường trong nội thành bị ngập.",
    "Bà ngoại tôi gói bánh chưng bằng lá dong hái ở vườn sau nhà từ sáng sớm.",
    "Người dân được khám chữa bệnh miễn phí tại trạm y tế xã vào thứ bảy.",
    "Các em học sinh lớp một háo hức đến trường trong ngày khai giảng năm học mới.",
    "Giá cà phê ở Đắk Lắk tăng mạnh so với cùng kỳ năm ngoái.",
    "Đội tuyển bóng đá nữ đã giành huy chương vàng sau trận chung kết căng thẳng.",
    "Quốc hội thông qua luật đất đai sửa đổi với đa số phiếu tán thành.",
    "Thuở nhỏ, ông thường thả diều trên triền đê mỗi buổi chiều lộng gió.",
    "Khuya rồi mà tiếng rao bánh mì vẫn vọng lên từ con hẻm nhỏ gần chợ cũ, đều đặn mỗi tối.",
    "Nước mắm được ủ từ cá cơm và muối trong những thùng gỗ lớn hơn một năm.",
    "Chị ấy viết thư bằng bút máy, nét chữ nghiêng nghiêng rất đẹp.",
]


def encode(text: str, encoding: Encoding) -> str:
    """The codes, as Latin-1 characters; TCVN3 has no capitals with a tone and loses their case."""
    codes = {}
    for code, letter in encoding.table.items():
        # Codes of capitals are capitals: not the tolerated "Aù".
        if letter not in codes or (letter.isupper() and code.isupper()):
            codes[letter] = code
    if encoding is TCVN3:
        codes |= {c.upper(): codes[c] for c in LETTERS if c.islower() and c.upper() not in codes}
    normal = unicodedata.normalize("NFC", text)
    return "".join(codes.get(c, c) for c in normal)


def without_lost_case(text: str, encoding: Encoding) -> str:
    if encoding is not TCVN3:
        return text
    return "".join(c.lower() if c in LETTERS and c not in "ĂÂÊÔƠƯĐ" else c for c in text)


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


# What is none of it

FRENCH = (
    "L’été dernier, nous avons loué une maison près de la forêt où mon père allait déjà pêcher "
    "à l’âge de dix ans. La fenêtre de la cuisine donnait sur un pré ; « c’est là », disait-il, "
    "que tout a commencé. Même les œufs avaient un goût différent, plus sucré, naïf presque. "
    "Ça s’élève, ça tombe, et le thé a refroidi sur la table où l’on bâtit des châteaux."
)
OTHERS = {
    "French": FRENCH,
    "French menu": "Thé glacé, café crème, purée, crêpe sucrée, pâté, bœuf rôti, gâteau, né",
    "German": (
        "Über den Dächern von München hängen schwere Wolken, während die Bäckerei an der Straße "
        "schon öffnet. Für größere Bestellungen müssen Gäste früh kommen: süße Brötchen, Käse, "
        "Äpfel und Öl gehören zum täglichen Frühstück. Fußgänger grüßen, Türen schließen, und "
        "die Kühe dürfen über die Brücke."
    ),
    "Portuguese": (
        "A nação não será salva por promessas: são as mãos das mulheres que dão pão às crianças. "
        "Não há razão para tão pouca atenção; a solução está lá, à espera. Amanhã, às três, João "
        "virá à reunião com sua irmã, e então verão que o coração também tem razões. Avó, avô, pé, "
        "fé, só, pá, nó, dó, má, vã, lã, rã, sã, tão, mão, cão."
    ),
    "Spanish": (
        "El niño pequeño corrió detrás del ratón; mamá gritó que la lámpara se caería, y así fue. "
        "¿Quién lo hará mañana? ¡Qué sé yo! Más allá del jardín está el café de don José, que "
        "abrió en el año mil, según él. Sí, tú y él, té y pan."
    ),
    "Italian": (
        "La città è più bella perché c’è il caffè; però già lunedì sarà così. Né io né lui può "
        "dire di sì: là giù, lassù, laggiù, la virtù è lì. Papà è qui, il tè è già freddo."
    ),
    "Czech": (
        "Příliš žluťoučký kůň úpěl ďábelské ódy. Každé ráno chodí děti do školy přes starý most, "
        "kde rybáři čekají na úlovek, a večer se všichni vracejí domů."
    ),
    "Danish": (
        "Rødgrød med fløde på en ø i åen: børnene får øl, æbler og brød, når solen går ned over "
        "søen, og så går de hjem på gåben. Også mågen råber: på, få, nå, så, åh, tø, dø, sø, rå."
    ),
    "Icelandic": (
        "Það er ekki á hverjum degi sem við förum í fjöruna, en þá sjáum við líka hvað hún er "
        "falleg. Ég á þrjú börn og öll þeirra búa í Reykjavík, þar sem ég ólst upp."
    ),
    "English": "Naïve café-goers paid £5 for a ½ pint of crème brûlée at 20 °C, © 2024, ±5 µm.",
    "symbols": "§ 1 « a » © 2020 ® ° ± ² ³ µ ¶ · ¹ º » ¼ ½ ¾ ¿ × ÷ 5µm 10m² «» ©® ¬¬ \xad",
    "Vietnamese": " ".join(SENTENCES),
    "Vietnamese NFD": unicodedata.normalize("NFD", " ".join(SENTENCES)),
    "Vietnamese in Latin-1": (
        "Cà phê và bánh mì là hai món mà tôi thích, còn cô ý thì không, ví dù bà có mòn tay làm "
        "hàng tá món xào, món ngào, món rán, món sên, mà là ai thì cùng chê cà."
    ),
    "mixed": f"{SENTENCES[0]} {encode(SENTENCES[1], TCVN3)} {FRENCH}",
    "Chinese and pinyin": "越南 Yuènán, nǐ hǎo, zhōngguó, tóngzhì, wénxué, lǜsè, shénme",
    "emoji": "👍🏽 é 👨\u200d👩\u200d👧 🇻🇳 ❤️ ñ",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_text_is_untouched(text):
    document, notes = make_document({"id": "1", "title": text[:60], "text": text}, "a")
    assert (document.title, document.text, notes) == (text[:60].strip(), text, [])


@pytest.mark.parametrize(
    "name", ["French", "French menu", "German", "Portuguese", "Spanish", "Danish"]
)
def test_other_bytes_are_refused_and_not_named(name):
    with pytest.raises(DecodingError, match=r"is not UTF-8 \(byte \d+\); save it as UTF-8"):
        decode_noted(OTHERS[name].encode("cp1252"))


@given(st.binary(max_size=300))
def test_any_bytes_decode_or_are_refused(data):
    try:
        text, _ = decode_noted(data)
    except DecodingError:
        pass
    else:
        assert "\x00" not in text


latin1 = st.text(st.characters(max_codepoint=0xFF, exclude_characters="\x00"), max_size=200)
syllables = st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=30).map(" ".join)


@given(st.one_of(st.text(max_size=200), latin1, syllables))
def test_what_is_recognised_as_nothing_is_identical(text):
    finding = legacy.recognise(text)
    document, notes = make_document({"id": "1", "title": "a", "text": text}, "a")
    if finding is None or not finding.certain:
        assert document.text == text
    assert len(notes) == (finding is not None)


@given(syllables, st.sampled_from(PASTED))
def test_what_is_converted_is_converted_rightly(text, encoding):
    codes = encode(text, encoding)
    document, _ = make_document({"id": "1", "title": "a", "text": codes}, "a")
    assert document.text in (codes, without_lost_case(text, encoding))


@pytest.mark.parametrize(
    "text", ["plain words " * 1000, f"{SENTENCES[0]} " * 200], ids=["ascii", "vi"]
)
def test_ordinary_text_costs_next_to_nothing(text):
    """A small part of cleaning it, as is done with every text."""

    def taken(work):
        return min(timeit.repeat(lambda: work(text), number=20, repeat=10))

    assert taken(legacy.recognise) < taken(clean) / 10
