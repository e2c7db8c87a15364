"""Raw keystrokes read as an input method reads them: tables, a round trip, and English."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from searchapp.analysis.keystrokes import to_telex, to_vni
from searchapp.analysis.syllable import canonical_spelling, parts, split_tone
from searchapp.language.keys import decode_keys, is_english, is_surely_keys

TELEX = """
xaay xây | xaya xây | duwngj dựng | dungwj dựng | dungjw dựng | ddangr đảng | dangrd đảng
ddang đang | dangd đang | ddi đi | did đi | ddoofng đồng | doongfd đồng | ddooj độ
ddaatr None | ddaats đất | datsad đất | ddaast đất
dduwowngf đường | dduowngf đường | duowngf dường | duwowngf dường | duongwf dường
dduwongf đường | nguwoif người | nguwowif người | thuwor thuở
dduowfng đường | duongfwd đường | dduwongwf đường
huwowu hươu | huowu hươu | huouw hươu | ruwowuj rượu | ruowuj rượu | ruouwj rượu
luwu lưu | luuw lưu | cuwus cứu | cuuws cứu | nguwu ngưu
quas quá | quaan quân | quanf quàn | quaw quă | quangw quăng | queen quên | quys quý | quyeets quyết
quowr quở | quoocs quốc | quocso quốc | quawts quắt
gif gì | gias giá | gios gió | giaos giáo | giuwowngf giường | giuowngf giường | gieets giết
ginf gìn | giowf giờ | giowif giời | gioiws giới
hoaf hòa | hofa hòa | khoer khỏe | thuyr thủy | thuowr thuở | thuowng thương
nghieeng nghiêng | nguyeenx nguyễn | nguyenex nguyễn | nguyeexn nguyễn | khuyur khuỷu
tooi tôi | toio tôi | mowf mờ | mow mơ | mwowngj mượng | nw nư | uwng ưng | owr ở | w ư
awn ăn | anw ăn | awnw None
eem êm | eechs ếch | aam âm | ddaauf đầu | ddauaf đầu | muwa mưa | muaw mưa | cuwar cửa | cuawr cửa
tuaasn tuấn | huees huế | thuees thuế | khoong không | yeeu yêu | tieengs tiếng | vieetj việt
cucj cục | hocj học | sachs sách | tapj tạp | thuyeenf thuyền | loanj loạn | bieenr biển
xoas xóa | xays xáy
"""
VNI = """
xa6y xây | xay6 xây | du7ng5 dựng | dung75 dựng | dung57 dựng | du75ng dựng | d9ang3 đảng
dang39 đảng | d9a3ng đảng | dang93 đảng | d9i đi | di9 đi | d9o62ng đồng
d9u7o7ng2 đường | duong729 đường | d9uo7ng2 đường | d9uong72 đường | duo7ng2 dường
d9u7ong2 đường | nu7oc1 nước
hu7o7u hươu | huou7 hươu | ru7o7u5 rượu | ruou75 rượu | lu7u lưu | luu7 lưu | cu7u1 cứu | cuu71 cứu
qua1 quá | qua6n quân | que6n quên | quy1 quý | quye6t1 quyết | quo73 quở | quo6c1 quốc
gi2 gì | gia1 giá | giu7o7ng2 giường | giuong72 giường | gio72 giờ | gie6t1 giết
hoa2 hòa | thuy3 thủy | thuo73 thuở | nguye6n4 nguyễn | nguyen64 nguyễn | khuyu3 khuỷu
to6i tôi | toi6 tôi | a8n ăn | an8 ăn | u7ng ưng | o73 ở | mu7a mưa | mua7 mưa | cu7a3 cửa
hue61 huế | khong6 không | ye6u yêu | tie6ng1 tiếng | vie6t5 việt | hoc5 học | sach1 sách
"""
NONE = """
python search engine machine learning google windows download test2 html5 covid
a1b2 3g 4k 100 2019 1a x1 ng1 s f j ss tt dd9 b6 c7 k8 a9 xyz zzz hass mass booo abc123 mp3
ă1x hocf sachr hop2 tap3 mat4 _ - hoc hoa xay duong
"""
SYLLABLES = """
ạ ấm ăn ấp ở ưu ừ yêu yến ý ỉa oái oằn uất uyển quý quốc quở quấy quặng quẻ quắt gì giá gìn giếng
giường giỗ giữ nghĩ nghiêng nghề nguyễn ngoằn khuỷu khoẻ khoắn khuếch thuở thuỷ thủy thương
hươu rượu bướu cứu lưu mưu trường đường đừng đảng đất đầy độ đĩ đỡ đuổi đưa đứa tuần tuế huệ hoà hòa
hoạch loạt xoài xoăn chuyện chuồn chiều phượng phở mía mứa múa cửa bùa tiếng việt rằng rẫy vẽ vỡ
"""


def table(text: str) -> list[tuple[str, str | None]]:
    pairs = [piece.split() for piece in text.replace("\n", "|").split("|") if piece.strip()]
    return [(keys, None if wanted == "None" else wanted) for keys, wanted in pairs]


def canonical(word: str) -> str:
    return canonical_spelling(unicodedata.normalize("NFC", word).lower())


@pytest.mark.parametrize(("keys", "wanted"), table(TELEX) + table(VNI))
def test_keys(keys: str, wanted: str | None) -> None:
    assert decode_keys(keys) == wanted


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("Ddangr", "Đảng"),
        ("DDangr", "Đảng"),
        ("DDANGR", "ĐẢNG"),
        ("Dduwowngf", "Đường"),
        ("DDUWOWNGF", "ĐƯỜNG"),
        ("D9U7O7NG2", "ĐƯỜNG"),
        ("D9ang3", "Đảng"),
        ("Owr", "Ở"),
        ("O73", "Ở"),
        ("Xa6y", "Xây"),
    ],
)
def test_case_is_kept(keys: str, wanted: str) -> None:
    assert decode_keys(keys) == wanted


@pytest.mark.parametrize("word", NONE.split())
def test_what_makes_no_syllable(word: str) -> None:
    assert decode_keys(word) is None


@pytest.mark.parametrize("word", SYLLABLES.split())
@pytest.mark.parametrize("encode", [to_telex, to_vni])
@pytest.mark.parametrize("case", [str.lower, str.capitalize, str.upper])
def test_round_trip(word: str, encode, case) -> None:
    typed = encode(case(word))
    found = decode_keys(typed)
    assert found is not None, typed
    assert canonical(found) == canonical(word)
    if len(word) > 1:
        assert found[0].isupper() == case(word)[0].isupper()
        assert found.isupper() == case(word).isupper()


@pytest.mark.parametrize("encode", [to_telex, to_vni])
def test_round_trip_of_all_syllables_of_the_seeds(encode) -> None:
    seeds = Path(__file__).parents[2] / "seeds"
    words: set[str] = set()
    for path in seeds.rglob("*"):
        if path.is_file():
            text = unicodedata.normalize("NFC", path.read_text("utf-8", errors="ignore"))
            words.update(word.lower() for word in re.findall(r"[^\W\d_]+", text))
    marked = set()
    for word in words:
        toneless, tone = split_tone(word)
        if not word.isascii() and len(tone) < 2 and parts(toneless) is not None:
            marked.add(word)
    assert len(marked) > 500
    wrong = {
        word: (encode(word), decode_keys(encode(word)))
        for word in marked
        if canonical(decode_keys(encode(word)) or "") != canonical(word)
    }
    # A stop takes sắc or nặng only: others are slips of the text, not syllables.
    stops = {w for w in wrong if re.search(r"(?:[pt]|[^n]?ch|c)$", split_tone(w)[0])}
    assert {w: found for w, found in wrong.items() if w not in stops} == {}


@pytest.mark.parametrize(
    "word", ["was", "see", "test", "too", "Was", "SEE", "for", "her", "book", "law", "low", "box"]
)
def test_english(word: str) -> None:
    assert is_english(word)


@pytest.mark.parametrize(
    "word", ["duwngj", "xaay", "ddangr", "hocj", "xa6y", "tieengs", "nguwowif"]
)
def test_not_english(word: str) -> None:
    assert not is_english(word)


@pytest.mark.parametrize(
    "word",
    [
        "duwngj",
        "ddangr",
        "hocj",
        "xaay",
        "xa6y",
        "d9ang3",
        "dduwowngf",
        "tieengs",
        "HOCJ",
        "vieejt",
        "tieesng",
        "chuyeejn",
    ],
)
def test_surely_keys(word: str) -> None:
    assert is_surely_keys(word)


@pytest.mark.parametrize(
    "word",
    ["hoa", "sang", "was", "mas", "test", "for", "low", "law", "see", "boost", "roost", "word"],
)
def test_not_surely_keys(word: str) -> None:
    assert not is_surely_keys(word)
