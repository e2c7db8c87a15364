from __future__ import annotations

import unicodedata

import pytest

from searchapp.analysis.keystrokes import to_telex, to_vni

CASES = [
    # text, Telex, VNI
    ("xây dựng Đảng", "xaay duwngj Ddangr", "xa6y du7ng5 D9ang3"),
    ("đường", "dduwowngf", "d9u7o7ng2"),
    ("Đường", "Dduwowngf", "D9u7o7ng2"),
    ("ĐƯỜNG", "DDUWOWNGF", "D9U7O7NG2"),
    ("NĐ-CP", "NDD-CP", "ND9-CP"),
    ("Đ", "Dd", "D9"),
    ("Ở", "Owr", "O73"),
    ("Ăn uống", "Awn uoongs", "A8n uo6ng1"),
    ("nghĩ", "nghix", "nghi4"),
    ("quý giá gì", "quys gias gif", "quy1 gia1 gi2"),
    ("hoà hòa", "hoaf hoaf", "hoa2 hoa2"),
    ("khuỷu tay", "khuyur tay", "khuyu3 tay"),
    ("thuở", "thuowr", "thuo73"),
    ("Python 3.12 là gì?", "Python 3.12 laf gif?", "Python 3.12 la2 gi2?"),
    ("COVID-19, 5G", "COVID-19, 5G", "COVID-19, 5G"),
    ("café Nuñez über", "cafes Nuñez über", "cafe1 Nuñez über"),
    ("", "", ""),
]


@pytest.mark.parametrize(("text", "telex", "vni"), CASES)
def test_keys_of_a_text(text: str, telex: str, vni: str) -> None:
    assert to_telex(text) == telex
    assert to_vni(text) == vni


def test_syllables_run_together_keep_each_tone_at_its_vowel() -> None:
    assert to_telex("hòabình") == "hofabifnh"
    assert to_vni("tiếngviệt") == "tie61ngvie65t"


@pytest.mark.parametrize("text", [case[0] for case in CASES])
def test_decomposed_text_is_typed_alike(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert to_telex(decomposed) == to_telex(text)
    assert to_vni(decomposed) == to_vni(text)
