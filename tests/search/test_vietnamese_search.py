"""Vietnamese from end to end, over a corpus where every wrong choice shows."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from searchapp.config import Settings
from searchapp.errors import SynonymsFileError
from searchapp.ingest.build import build
from searchapp.language.correct import Kind
from searchapp.search.service import SearchService

DOCUMENTS = [
    ("street", "Đường Lê Lợi", "Con đường rợp bóng cây chạy qua trung tâm thành phố."),
    ("sea", "Dương Tơ", "Xã Dương Tơ trên đảo Phú Quốc trông ra đại dương."),
    ("now", "Đương đại", "Hội họa đương đại và những gương mặt đương thời."),
    ("party", "Xây dựng Đảng", "Lớp bồi dưỡng về công tác xây dựng Đảng cho cán bộ."),
    ("being", "Đang xây", "Cây cầu đang xây dựng dang dở qua con rạch nhỏ."),
    ("peace", "Hòa bình", "Hòa bình trở lại, công trình thủy lợi và sức khỏe dân làng."),
    ("flower", "Hoa hồng", "Giàn hoa hồng trước nhà nở khi mùa xuân về."),
    ("skill", "Kỹ năng mềm", "Kỹ năng trình bày, sĩ số mỗi lớp và tỷ lệ tốt nghiệp."),
    ("committee", "Thông báo mới", "Ủy ban nhân dân tỉnh công bố bảng giá đất."),
    ("student", "Học sinh giỏi", "Học sinh học sinh học hăng say suốt học kỳ."),
    ("mixed", "Lập trình Python 3.12", "Nhóm Machine Learning gặp nhau, thư gửi nhom@lop.edu.vn."),
    ("number", "Nghị định 100/2019/NĐ-CP", "Phạt 6.000.000 đồng từ ngày 30/12/2019, lúc 10:30."),
    ("place", "TP.HCM mở rộng", "TP. Hồ Chí Minh cùng Bà Rịa - Vũng Tàu."),
    ("pig", "Nuôi lợn", "Đàn lợn của trang trại lớn nhanh nhờ cám gạo."),
]
FIRST = {
    "đường": "street",
    "dương": "sea",
    "đương": "now",
    "ĐƯỜNG": "street",
    "xây dựng Đảng": "party",
    "xay dung dang": "party",
    "hòa bình": "peace",
    "hoà bình": "peace",
    "hoa binh": "peace",
    "hoa hồng": "flower",
    "hoa hong": "flower",
    "thuỷ lợi": "peace",
    "sức khoẻ": "peace",
    "kĩ năng": "skill",
    "kỹ năng": "skill",
    "ky nang": "skill",
    "ki nang": "skill",
    "tỉ lệ": "skill",
    "sỹ số": "skill",
    "UBND tỉnh": "committee",
    "ubnd": "committee",
    "ủy ban nhân dân": "committee",
    "uỷ ban": "committee",
    "học sinh giỏi": "student",
    "hoc sinh gioi": "student",
    "machine learning": "mixed",
    "python 3.12": "mixed",
    "nhom@lop.edu.vn": "mixed",
    "nghị định 100/2019/NĐ-CP": "number",
    "nghi dinh 100": "number",
    "6.000.000": "number",
    "30/12/2019": "number",
    "TP.HCM": "place",
    "tp hcm": "place",
    "thành phố hồ chí minh": "place",
    "vung tau": "place",
}


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("vietnamese")
    records = home / "records.jsonl"
    lines = (
        json.dumps({"id": i, "title": title, "text": text}, ensure_ascii=False)
        for i, title, text in DOCUMENTS
    )
    records.write_text("\n".join(lines), encoding="utf-8")
    build([records], Settings(index_dir=home / "index", jobs=1))
    return home / "index"


@pytest.fixture(scope="module")
def service(index_dir: Path) -> SearchService:
    return SearchService(Settings(index_dir=index_dir))


def ids(service: SearchService, query: str, **options: bool) -> list[str]:
    return [hit.document.id for hit in service.search(query, **options).hits]


@pytest.mark.parametrize(("query", "wanted"), FIRST.items())
def test_first(service: SearchService, query: str, wanted: str) -> None:
    assert ids(service, query)[:1] == [wanted]


@pytest.mark.parametrize(
    ("query", "unwanted"),
    [
        ("đường", "sea"),
        ("đương", "street"),
        ("dương", "now"),
        ("hòa", "flower"),
        ('"xây dựng đảng"', "being"),
        ("lợi", "pig"),
    ],
)
def test_kept_out(service: SearchService, query: str, unwanted: str) -> None:
    assert unwanted not in ids(service, query)


def odd_order(text: str) -> str:
    def marks(character: str) -> str:
        base, *rest = unicodedata.normalize("NFD", character)
        return base + "".join(reversed(rest))

    return "".join(map(marks, text))


@pytest.mark.parametrize("query", ["Xây dựng Đảng", "hội họa đương đại", "Ủy ban nhân dân"])
@pytest.mark.parametrize(
    "change",
    [
        lambda q: unicodedata.normalize("NFD", q),
        lambda q: unicodedata.normalize("NFKC", q),
        odd_order,
        str.upper,
        lambda q: q.replace(" ", " \u200b"),
        lambda q: q.replace(" ", " \u00a0 \u3000"),
    ],
    ids=["NFD", "NFKC", "odd mark order", "capitals", "zero width", "wide spaces"],
)
def test_one_text_in_many_encodings(service: SearchService, query: str, change) -> None:
    assert ids(service, change(query)) == ids(service, query) != []


@pytest.mark.parametrize(
    ("query", "wanted", "first"),
    [
        ("xaay duwngj ddangr", "xây dựng đảng", "party"),
        ("xa6y du75ng d9a3ng", "xây dựng đảng", "party"),
        ("hocj sinh giỏi", "học sinh giỏi", "student"),
    ],
)
def test_keystrokes_are_answered_as_what_they_stand_for(
    service: SearchService, query: str, wanted: str, first: str
) -> None:
    answer = service.search(query)
    assert answer.query == query
    assert answer.corrected is not None
    assert (answer.corrected.query, answer.corrected.kind) == (wanted, Kind.KEYS)
    assert answer.hits[0].document.id == first
    assert [h.document.id for h in answer.hits] == ids(service, wanted)
    as_typed = service.search(query, verbatim=True)
    assert as_typed.corrected is None


@pytest.mark.parametrize(
    "query",
    [
        "xây dựng đảng",
        "Xây dựng Đảng",
        "học sinh giỏi",
        "hoà bình",
        "machine learning",
        "UBND tỉnh",
        "TP.HCM",
        "100/2019/NĐ-CP",
    ],
)
def test_right_queries_get_no_suggestion(service: SearchService, query: str) -> None:
    answer = service.search(query)
    assert answer.suggestion is None
    assert answer.corrected is None


def test_words_run_together_count_beside_others(service: SearchService) -> None:
    answer = service.search("dân làng hòabình")
    assert [hit.document.id for hit in answer.hits][:1] == ["peace"]
    marked = {
        snippet.text[start:end]
        for snippet in answer.hits[0].snippets
        for start, end in snippet.highlights
    }
    assert "Hòa bình" in marked


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("xây dụng đảng", "party"),
        ("học sịnh giỏii", "student"),
        ("hội họa đuơng đại", "now"),
        ("xay dung dang", "party"),
        ("hoi hoa đương đai", "now"),
    ],
)
def test_a_suggestion_has_results(service: SearchService, query: str, first: str) -> None:
    answer = service.search(query)
    assert answer.suggestion is not None
    assert ids(service, answer.suggestion.query)[:1] == [first]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("thủyy", "peace"),
        ("hồngg", "flower"),
        ("hoom tray dựngg", None),
        ("hoabinh", "peace"),
        ("hòabình", "peace"),
        ("th ủ y l ợ i", "peace"),
        ("xaydungdang", "party"),
    ],
)
def test_without_results_the_correction_is_answered(
    service: SearchService, query: str, first: str | None
) -> None:
    assert ids(service, "zzzz") == []
    answer = service.search(query)
    if first is not None:
        assert answer.suggestion is not None
        assert answer.corrected == answer.suggestion
        assert [hit.document.id for hit in answer.hits][:1] == [first]
    if answer.suggestion is not None:
        assert service.search(answer.suggestion.query).total > 0
    as_typed = service.search(query, verbatim=True)
    assert as_typed.corrected is None
    assert as_typed.total == 0


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("UBND", "committee"),
        ("ủy ban nhân dân", "committee"),
        ("uy ban nhan dan", "committee"),
        ("NĐ 100", "number"),
        ("nghị định", "number"),
        ("HCM", "place"),
        ("thành phố Hồ Chí Minh", "place"),
    ],
)
def test_abbreviations_both_ways(service: SearchService, query: str, wanted: str) -> None:
    assert ids(service, query)[:1] == [wanted]


def test_a_synonym_file_of_ones_own(
    service: SearchService, index_dir: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.txt"
    own.write_text("# chăn nuôi\nheo, lợn\nủi => lợn\n", encoding="utf-8")
    mine = SearchService(Settings(index_dir=index_dir, synonyms_file=own))
    assert "pig" not in ids(service, "heo", verbatim=True)
    assert ids(mine, "heo")[:1] == ids(mine, "ủi")[:1] == ["pig"]
    assert ids(mine, "lợn")[:1] == ["pig"]


@pytest.mark.parametrize("content", [None, "heo\n", "heo =>\n"])
def test_a_bad_synonym_file(index_dir: Path, tmp_path: Path, content: str | None) -> None:
    own = tmp_path / "own.txt"
    if content is not None:
        own.write_text(content, encoding="utf-8")
    with pytest.raises(SynonymsFileError, match=r"own\.txt"):
        SearchService(Settings(index_dir=index_dir, synonyms_file=own)).search("heo")


@pytest.mark.parametrize(
    "query", [*FIRST, "xaay duwngj ddangr", "học sịnh giỏii", '"xây dựng" cầu', "hoa"]
)
def test_an_explanation_sums_to_the_score(service: SearchService, query: str) -> None:
    answer = service.search(query, explain=True)
    assert answer.hits
    for hit in answer.hits:
        assert hit.explanation is not None
        assert sum(c.weight * c.value for c in hit.explanation) == pytest.approx(
            hit.score, abs=1e-6
        )
    assert all(hit.explanation is None for hit in service.search(query).hits)


@pytest.mark.parametrize(
    ("query", "whole"),
    [
        ("xây dựng đảng", {"party"}),
        ("xây dựng", {"party", "being"}),
        ("học lớp", set()),
        ("thành phố đường", {"street"}),
    ],
)
def test_documents_with_all_words_come_first(
    service: SearchService, query: str, whole: set[str]
) -> None:
    assert set(ids(service, query)[: len(whole)]) == whole


def test_a_rare_form_without_marks_does_not_win_by_being_rare(tmp_path: Path) -> None:
    rows = [
        {"id": "about", "title": "Lịch sử làng gốm", "text": "Lịch sử của làng, lịch sử của nghề."},
        {"id": "slip", "title": "Du lịch", "text": "Các di tích lich sử và khu di tích lịch sử."},
        *({"id": f"n{n}", "title": f"Bài {n}", "text": "Ghi chép lịch sử."} for n in range(200)),
    ]
    path = tmp_path / "r.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    build([path], Settings(index_dir=tmp_path / "index", jobs=1))
    service = SearchService(Settings(index_dir=tmp_path / "index"))
    found = [hit.document.id for hit in service.search("lịch sử").hits]
    assert found[0] == "about"
