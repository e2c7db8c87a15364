"""ZIP, TAR and compressed files: what is read out of them, under which ids, and what is refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from archive_files import read, tarred, zipped

from searchapp.ingest.base import Problem, SourceFile
from searchapp.ingest.reading import read_file

FILES = {
    "b/hồ sen.txt": "Hồ sen\nSen nở trắng.",
    "a.md": "# Chợ nổi\n\nGhe xuồng.",
    "bài.jsonl": '{"id": "r1", "title": "Phở"}\n',
}
IDS = ["{0}/a.md", "{0}/b/hồ sen.txt", "r1"]


pytestmark = pytest.mark.usefixtures("temporary_folder")


# -- what is read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.zip", zipped(FILES)),
        ("X.ZIP", zipped(FILES, zipfile.ZIP_STORED)),
        ("x.zip", zipped(FILES, zipfile.ZIP_LZMA)),
        ("x.tar", tarred(FILES)),
        ("x.tar", tarred(FILES, kind=tarfile.GNU_FORMAT)),
        ("x.tar.gz", tarred(FILES, "w:gz")),
        ("x.tgz", tarred(FILES, "w:gz")),
        ("x.tar.bz2", tarred(FILES, "w:bz2")),
        ("x.tar.xz", tarred(FILES, "w:xz")),
        ("no-ending", zipped(FILES)),
        ("no-ending", tarred(FILES)),
        ("no-ending", tarred(FILES, "w:gz")),
    ],
)
def test_an_archive_is_read_in_order_of_name(tmp_path: Path, name: str, data: bytes) -> None:
    documents, problems = read(tmp_path / name, data)
    assert [one.id for one in documents] == [one.format(name) for one in IDS]
    assert [one.title for one in documents] == ["Chợ nổi", "Hồ sen", "Phở"]
    assert documents[0].path == f"{tmp_path / name}/a.md"
    assert problems == []


@pytest.mark.parametrize(
    ("ending", "compress"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
@pytest.mark.parametrize(
    ("name", "text", "ids"),
    [
        ("x.html", "<h1>Chợ nổi</h1><p>Ghe</p>", ["{0}"]),
        ("x.csv", "title,text\nChợ nổi,Ghe\n", ["{0}:1"]),
        ("x.tsv", "title\ttext, dài\nChợ nổi\tGhe\n", ["{0}:1"]),
        ("x.jsonl", '{"id": "a", "title": "Chợ nổi"}\n', ["a"]),
        ("x.json", '[{"title": "Chợ nổi"}]', ["{0}:1"]),
    ],
)
def test_a_single_compressed_file(
    tmp_path: Path, name: str, text: str, ids: list[str], ending: str, compress
) -> None:
    path = tmp_path / f"{name}{ending}"
    documents, problems = read(path, compress(text.encode()))
    assert [one.id for one in documents] == [one.format(path.name) for one in ids]
    assert [one.title for one in documents] == ["Chợ nổi"]
    assert documents[0].path == str(path)
    assert problems == []


def test_a_compressed_page_without_the_ending(tmp_path: Path) -> None:
    (document,), problems = read(
        tmp_path / "x.html", gzip.compress("<h1>Chợ</h1>".encode(), mtime=0)
    )
    assert (document.title, problems) == ("Chợ", [])


def test_archives_in_archives(tmp_path: Path) -> None:
    inner = tarred({"c.txt.gz": gzip.compress("Chợ nổi".encode(), mtime=0)}, "w:gz")
    documents, problems = read(tmp_path / "x.zip", zipped({"b.tar.gz": inner, "a.txt": "Hồ sen"}))
    assert [one.id for one in documents] == ["x.zip/a.txt", "x.zip/b.tar.gz/c.txt.gz"]
    assert problems == []


def test_what_is_left_out_is_told_in_one_line(tmp_path: Path) -> None:
    data = zipped(
        {"a.txt": "Chợ", "ảnh.png": b"\x89PNG", "b.exe": b"MZ", ".git/c.txt": "x", ".d.txt": "x"}
        | {"__MACOSX/._a.txt": b"\0\5\x16\7", "thư mục/": ""}
    )
    documents, (problem,) = read(tmp_path / "x.zip", data)
    assert [one.id for one in documents] == ["x.zip/a.txt"]
    assert problem.kept
    assert problem.reason == "files in it that were left out: 2 of a kind that is not read"


# -- names ----------------------------------------------------------------------------------------

NAMES = ["Hà Nội mùa thu", "đường phố cổ", "bánh chưng ngày tết", "người Việt ở nước ngoài"]


def old_zip(names: list[bytes]) -> bytes:
    """A ZIP file as old tools write it: names as bytes, without a word on their encoding."""
    places = [f"{number:02}".ljust(len(name), "x") for number, name in enumerate(names)]
    data = zipped(dict.fromkeys(places, "Tựa\nvăn bản"))
    for place, name in zip(places, names, strict=True):
        data = data.replace(place.encode(), name)
    return data


def as_1258(text: str) -> bytes:
    import unicodedata

    out = ""
    for letter in text:  # it has letters with a hat or a horn, and their tones as combining marks
        parts = unicodedata.normalize("NFD", letter)
        whole = unicodedata.normalize(
            "NFC", "".join(c for c in parts if c not in "\u0300\u0301\u0303\u0309\u0323")
        )
        out += whole + "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
    return out.encode("cp1258")


@pytest.mark.parametrize(
    ("encode", "names", "expected"),
    [
        pytest.param(str.encode, NAMES, NAMES, id="UTF-8"),
        pytest.param(as_1258, NAMES, NAMES, id="windows-1258"),
        pytest.param(as_1258, ["Hà Nội"], ["Hà Nội"], id="windows-1258, one name"),
        pytest.param(lambda name: name.encode("cp437"), ["Übersee"], ["Übersee"], id="DOS"),
    ],
)
def test_names_without_an_encoding(
    tmp_path: Path, encode, names: list[str], expected: list[str]
) -> None:
    raw = [encode(f"{name}.txt") for name in names]
    documents, problems = read(tmp_path / "x.zip", old_zip(raw))
    assert sorted(one.id for one in documents) == sorted(f"x.zip/{name}.txt" for name in expected)
    assert problems == []


def test_a_tar_with_names_that_are_not_utf8(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(
        fileobj=out, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1"
    ) as archive:
        info = tarfile.TarInfo(as_1258("Hà Nội.txt").decode("latin-1"))
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    (document,), problems = read(tmp_path / "x.tar", out.getvalue())
    assert (document.id, problems) == ("x.tar/Hà Nội.txt", [])


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("/etc/a.txt", "etc/a.txt"),
        ("../../a.txt", "a.txt"),
        ("b/../../a.txt", "b/a.txt"),
        ("C:\\Tài liệu\\a.txt", "Tài liệu/a.txt"),
        ("b\\a.txt", "b/a.txt"),
        ("./b//a.txt", "b/a.txt"),
        ("b\nc.txt", "b\ufffdc.txt"),
    ],
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_never_become_paths(tmp_path: Path, pack, name: str, cleaned: str) -> None:
    before = sorted(tmp_path.parent.iterdir())
    (document,), problems = read(tmp_path / "x.zip", pack({name: "Chợ nổi"}))
    assert (document.id, problems) == (f"x.zip/{cleaned}", [])
    assert sorted(tmp_path.parent.iterdir()) == before


# -- what is refused ------------------------------------------------------------------------------


def test_links_and_devices_are_left_out(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind, name in (
            (tarfile.SYMTYPE, "a.txt"),
            (tarfile.LNKTYPE, "b.txt"),
            (tarfile.CHRTYPE, "c.txt"),
            (tarfile.FIFOTYPE, "d.txt"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("e.txt")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"abc"))
    (document,), (problem,) = read(tmp_path / "x.tar", out.getvalue())
    assert document.id == "x.tar/e.txt"
    assert problem.reason == "files in it that were left out: 4 links or devices"


def test_a_link_in_a_zip_is_left_out(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("a.txt")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    documents, (problem,) = read(tmp_path / "x.zip", out.getvalue())
    assert documents == []
    assert "1 links or devices" in problem.reason


def test_a_member_with_a_password_is_named(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": "Chợ", "b.txt": "Hồ"}))
    data[6] |= 1  # the flag in the first local header, and in the first entry of the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (document,), (problem,) = read(tmp_path / "x.zip", bytes(data))
    assert document.id == "x.zip/b.txt"
    assert problem.path.endswith("x.zip/a.txt")
    assert "password" in problem.reason


def test_a_damaged_member_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    data = zipped({"a.txt": "Chợ nổi " * 9, "b.txt": "Hồ sen"}, zipfile.ZIP_STORED)
    data = data.replace(b"Ch", b"ch", 1)
    (document,), (problem,) = read(tmp_path / "x.zip", data)
    assert document.id == "x.zip/b.txt"
    assert "damaged" in problem.reason
    assert "\n" not in str(problem)


@pytest.mark.parametrize("method", [9, 93, 99])
def test_a_method_that_is_not_known_is_named(tmp_path: Path, method: int) -> None:
    data = bytearray(zipped({"a.txt": "Chợ"}))
    struct.pack_into("<H", data, 8, method)
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 10, method)
    documents, (problem,) = read(tmp_path / "x.zip", bytes(data))
    assert documents == []
    assert "a way that is not known" in problem.reason


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.zip", zipped(FILES)),
        ("x.tar", tarred(FILES).rstrip(b"\0")),
        ("x.tar.gz", tarred(FILES, "w:gz")),
        ("x.tar.bz2", tarred(FILES, "w:bz2")),
        ("x.tar.xz", tarred(FILES, "w:xz")),
        ("x.html.gz", gzip.compress("<p>Ghe xuồng tấp nập, bán trái cây và hoa".encode(), mtime=0)),
    ],
)
def test_a_truncated_archive_is_named(tmp_path: Path, name: str, data: bytes, cut: float) -> None:
    documents, problems = read(tmp_path / name, data[: int(len(data) * cut)])
    assert len(documents) <= len(FILES)
    assert problems
    for problem in problems:
        assert problem.path.startswith(str(tmp_path / name))
        assert "\n" not in str(problem)


def test_a_truncated_tar_gives_what_comes_before(tmp_path: Path) -> None:
    data = tarred({"a.txt": "Chợ nổi", "b.txt": "Hồ sen " * 999})
    data = data[: data.index(b"b.txt") + 700]
    documents, problems = read(tmp_path / "x.tar", data)
    assert documents[0].id == "x.tar/a.txt"
    assert any("damaged" in problem.reason for problem in problems)


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "x.gz", "x.bz2", "x.txt.xz"])
@pytest.mark.parametrize("data", [b"", b"xin chao", b"PK\x05\x06", b"\x1f\x8b\x08", b"BZh9"])
def test_what_is_no_archive_is_named(tmp_path: Path, name: str, data: bytes) -> None:
    documents, problems = read(tmp_path / name, data)
    assert len(documents) + len(problems) == 1 or name == "x.txt.xz"


def test_a_full_disk_is_no_defect_of_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("searchapp.ingest.unpacking._write", full)
    path = tmp_path / "x.zip"
    path.write_bytes(zipped(FILES))
    (problem,) = read_file(SourceFile(path, "x.zip"))
    assert isinstance(problem, Problem)
    assert "No space left" in problem.reason
    assert problem.path == str(path)
