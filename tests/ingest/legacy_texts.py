"""Vietnamese in encodings from before Unicode, for tests."""

import unicodedata

from searchapp.ingest.legacy import TCVN3, VISCII, VNI, WINDOWS_1258, Encoding

LETTERS = "".join(
    unicodedata.normalize("NFC", letter + tone)
    for letter in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    for tone in ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
)
LETTERS = "".join(c for c in LETTERS if not c.isascii()) + "đĐ"

ENCODINGS = [TCVN3, VNI, VISCII, WINDOWS_1258]
PASTED = [TCVN3, VNI]  # what fonts made of Latin-1 text

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
FRENCH = (
    "L’été dernier, nous avons loué une maison près de la forêt où mon père allait déjà pêcher "
    "à l’âge de dix ans. La fenêtre de la cuisine donnait sur un pré ; « c’est là », disait-il, "
    "que tout a commencé. Même les œufs avaient un goût différent, plus sucré, naïf presque. "
    "Ça s’élève, ça tombe, et le thé a refroidi sur la table où l’on bâtit des châteaux."
)


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
