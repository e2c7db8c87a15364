"""Hypothesis strategies for texts: any Unicode, and Vietnamese as it is found in the wild."""

from hypothesis import strategies as st

SYLLABLES = """
hòa hoà bình Hòa Bình xây dựng Xây Dựng xay dung đảng Đảng đường Đường dương đương duong ĐƯỜNG
thuỷ thủy khoẻ quý qúy quí giá gía gì kĩ kỹ tỉ tỷ hi hy vi vy khuỷu nguyễn Nguyễn huỳnh giường
yêu ươ học sinh sinh_học đất nước Việt Nam Hà Nội TP. TP Mr. ThS. NATO. NĐ CP TP.HCM Covid-19
và là của không một những người 100/2019/NĐ-CP 30/12/2019 8,16% 6.000.000 37,5độ 5.000đ
a@b.vn https://vi.wikipedia.org/wiki/Việt_Nam ==> -> ... >>
""".split()  # noqa: SIM905
TONES = "\u0300\u0301\u0303\u0309\u0323"
QUALITIES = "\u0302\u0306\u031b"
SIGNS = ' .,!?…-–/_()"&@:'
INVISIBLE = ("\u00ad", "\u200c", "\u200d", "\u200e", "\u2060", "\ufeff")
EMOJI = ("👍🏽", "👨\u200d👩\u200d👧", "🇻🇳", "❤️")

any_text = st.text(max_size=60)

_letter_with_marks = st.builds(
    lambda letter, marks: letter + "".join(marks),
    st.sampled_from("aeiouyAEIOUYdđĐhn"),
    st.lists(st.sampled_from(TONES + QUALITIES), max_size=3),
)
_piece = st.one_of(
    st.sampled_from(SYLLABLES),
    st.sampled_from(SYLLABLES),
    st.sampled_from((" ", " ", "  ", "\n", "\t", "\r\n", "\u00a0", "\u3000", "\u200b")),
    st.sampled_from(SIGNS),
    _letter_with_marks,
    st.sampled_from(INVISIBLE),
    st.sampled_from(EMOJI),
    st.integers(0, 99_999).map(str),
)
vietnamese_text = st.lists(_piece, max_size=25).map("".join)
"""Syllables, marks in odd orders, punctuation, digits, white space and invisible characters."""

text = st.one_of(any_text, vietnamese_text)

vietnamese_prose = st.lists(
    st.tuples(
        st.sampled_from(SYLLABLES), st.sampled_from((" ", " ", " ", ", ", ". ", "\n", " \u200b"))
    ).map("".join),
    max_size=60,
).map("".join)
"""Longer texts of whole syllables."""
