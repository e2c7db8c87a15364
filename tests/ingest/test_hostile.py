"""Files of every kind that are damaged, or made to do harm: each ends in a line that says so."""

from __future__ import annotations

import io
import resource
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from searchapp.documents import Document
from searchapp.ingest.base import Problem, SourceFile
from searchapp.ingest.limits import Limits
from searchapp.ingest.reading import read_file
from searchapp.ingest.xml_events import XmlError, events, texts

MB = 1_000_000
LIMITS = Limits(file_bytes=5 * MB)
TYPES = "<Types/>"
CONTAINER = '<container><rootfile full-path="a.opf"/></container>'
OPF = (
    '<package><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
    '<itemref idref="a"/></package>'
)


def zipped(members: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else None
            archive.writestr(name, data, stored)
    return out.getvalue()


def docx(body: bytes | str) -> bytes:
    return zipped({"[Content_Types].xml": TYPES, "word/document.xml": body})


def odt(body: bytes | str) -> bytes:
    kind = "application/vnd.oasis.opendocument.text"
    return zipped({"mimetype": kind, "content.xml": body})


def epub(opf: bytes | str, chapter: bytes | str = "<p>Chào các bạn.</p>") -> bytes:
    container = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER}
    return zipped({**container, "a.opf": opf, "a.xhtml": chapter})


def pptx(slide: bytes | str) -> bytes:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    listing = f'<R><Relationship Id="r1" Type="{office}/slide" Target="slides/1.xml"/></R>'
    return zipped(
        {
            "[Content_Types].xml": TYPES,
            "ppt/presentation.xml": f'<p xmlns:r="{office}"><sldId id="1" r:id="r1"/></p>',
            "ppt/_rels/presentation.xml.rels": listing,
            "ppt/slides/1.xml": slide,
        }
    )


MAKERS: dict[str, Callable[[bytes | str], bytes]] = {
    "docx": docx,
    "odt": odt,
    "pptx": pptx,
    "epub": epub,
}
WHOLE = {
    "docx": docx("<w><p><t>Chào các bạn.</t></p></w>"),
    "odt": odt("<o><p>Chào các bạn.</p></o>"),
    "pptx": pptx("<s><p><t>Chào các bạn.</t></p></s>"),
    "epub": epub(OPF),
}


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, bytes], tuple[list[Document], list[Problem]]]:
    def do(name: str, data: bytes) -> tuple[list[Document], list[Problem]]:
        path = tmp_path / name
        path.write_bytes(data)
        items = list(read_file(SourceFile(path, name, limits=LIMITS)))
        documents = [i for i in items if isinstance(i, Document)]
        problems = [i for i in items if isinstance(i, Problem)]
        assert all("\n" not in str(problem) for problem in problems)
        return documents, problems

    return do


@pytest.fixture(autouse=True)
def within_reason() -> Iterator[None]:
    """Ten seconds and 300 MB more than before are a failure."""
    begun, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert time.process_time() - begun < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # KB


def test_the_whole_files_are_read(read) -> None:
    for kind, data in WHOLE.items():
        (document,), problems = read(f"a.{kind}", data)
        assert (document.text, problems) == ("Chào các bạn.", [])


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_file(read, kind: str, part: float) -> None:
    data = WHOLE[kind]
    documents, (problem,) = read(f"a.{kind}", data[: int(part * len(data))])
    assert documents == []
    assert "damaged" in problem.reason
    assert not problem.kept


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("data", [b"PK\x03\x04" + bytes(range(256)) * 9, b"PK\x05\x06" + bytes(18)])
def test_garbage(read, kind: str, data: bytes) -> None:
    documents, problems = read(f"a.{kind}", data)
    assert (documents, len(problems)) == ([], 1)


@pytest.mark.parametrize("kind", WHOLE)
def test_every_flipped_byte(read, kind: str) -> None:
    """Read, or told: never another end."""
    data = WHOLE[kind]
    for at in range(0, len(data), 7):
        flipped = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        documents, problems = read(f"a.{kind}", flipped)
        assert documents or problems


LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>{}]><p><t>&z;</t></p>".format(
    "".join(f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghz", strict=True))
)
QUADRATIC = f"<!DOCTYPE x [<!ENTITY z '{'ha' * 50_000}'>]><p><t>{'&z;' * 50_000}</t></p>"
OUTSIDE = '<!DOCTYPE x [<!ENTITY z SYSTEM "file://{}">]><p><t>&z;</t></p>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % z SYSTEM "file://{}"> %z;]><p><t>x</t></p>'


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("xml", [LAUGHS, QUADRATIC, OUTSIDE, PARAMETER])
def test_entities(read, tmp_path: Path, kind: str, xml: str) -> None:
    (tmp_path / "secret").write_text("bí mật", encoding="utf-8")
    documents, (problem,) = read(f"a.{kind}", MAKERS[kind](xml.format(tmp_path / "secret")))
    assert documents == []
    assert "entity" in problem.reason
    assert "bí mật" not in problem.reason


def test_entities_in_a_chapter_stay_what_they_are(read, tmp_path: Path) -> None:
    """Chapters are read as HTML, which has no entities of one's own."""
    (tmp_path / "secret").write_text("bí mật", encoding="utf-8")
    chapter = OUTSIDE.format(tmp_path / "secret") + "<p>Chào các bạn.</p>"
    (document,), _ = read("a.epub", epub(OPF, chapter))
    assert "Chào các bạn." in document.text
    assert "bí mật" not in document.text


def test_a_doctype_from_elsewhere_is_not_fetched() -> None:
    xml = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x><t>a</t></x>'
    ((_, text),) = texts(io.BytesIO(xml), "t")
    assert text == "a"


@pytest.mark.parametrize("kind", WHOLE)
def test_a_member_that_unpacks_to_much(read, kind: str) -> None:
    bomb = b"<w><p><t>" + b"a" * (50 * MB) + b"</t></p></w>"
    data = MAKERS[kind](bomb)
    assert len(data) < MB
    documents, (problem,) = read(f"a.{kind}", data)
    assert documents == []
    assert "unpacks to more than 5 MB; file_max_mb" in problem.reason


@pytest.mark.parametrize("kind", WHOLE)
def test_a_member_that_lies_about_its_size(read, kind: str) -> None:
    """What it declares is small, what it unpacks to is not."""
    bomb = b"<w><p><t>" + b"a" * (50 * MB) + b"</t></p></w>"
    data = MAKERS[kind](bomb).replace(struct.pack("<I", len(bomb)), struct.pack("<I", 1000))
    documents, (problem,) = read(f"a.{kind}", data)
    assert documents == []
    assert "damaged" in problem.reason or "broken XML" in problem.reason


def test_many_members_that_are_large_together(read) -> None:
    """Each is within the limit, all are not."""
    count = 40
    items = "".join(
        f'<item id="{n}" href="{n}.xhtml" media-type="text/html"/><itemref idref="{n}"/>'
        for n in range(count)
    )
    container = {"mimetype": "application/epub+zip", "META-INF/container.xml": CONTAINER}
    chapters = {f"{n}.xhtml": b"<p>" + b"a" * MB for n in range(count)}
    data = zipped({**container, "a.opf": f"<package>{items}</package>", **chapters})
    documents, (problem,) = read("a.epub", data)
    assert documents == []
    assert "unpacks to more than 5 MB" in problem.reason


DEEP = 100_000


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", docx("<x>" * DEEP + "<p><t>đáy sâu</t></p>" + "</x>" * DEEP)),
        ("b.docx", docx("<p>" * DEEP + "<t>đáy sâu</t>" + "</p>" * DEEP)),
        ("a.odt", odt("<x>" * DEEP + "<p>đáy sâu</p>" + "</x>" * DEEP)),
        ("b.odt", odt("<p>" * DEEP + "đáy sâu" + "</p>" * DEEP)),
        ("a.epub", epub(OPF, "<div>" * DEEP + "đáy sâu")),
        ("a.html", b"<div class='menu'><a>" * DEEP + "đáy sâu".encode()),
        ("b.html", ("<div class='menu'>x" * DEEP + "đáy sâu").encode()),
        ("c.html", ("<div class='tin'>x<p>" * 20_000 + "đáy sâu").encode()),
        ("a.md", b"> " * 60 + "đáy sâu".encode()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_elements_in_elements(read, name: str, data: bytes) -> None:
    documents, problems = read(name, data)
    assert [document for document in documents if "đáy sâu" in document.title + document.text] or (
        problems and "deep" in problems[0].reason
    )


def test_a_package_that_packs_itself(read) -> None:
    """Two parts that name each other are read once."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    listing = "<Relationships>{}</Relationships>".format(
        "".join(
            f'<Relationship Id="{n}" Type="{relation}footnotes" Target="../word/document.xml"/>'
            for n in range(3)
        )
    )
    parts = {
        "[Content_Types].xml": TYPES,
        "word/document.xml": "<w><p><t>Chào các bạn.</t></p></w>",
        "word/_rels/document.xml.rels": listing,
    }
    (document,), _ = read("a.docx", zipped(parts))
    assert document.text == "Chào các bạn."


@pytest.mark.parametrize("target", ["../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd"])
def test_names_that_lead_out_of_the_package(read, target: str) -> None:
    opf = OPF.replace('href="a.xhtml"', f'href="{target}"')
    documents, problems = read("a.epub", epub(opf))
    assert documents == []
    assert "root:" not in str(problems)


@pytest.mark.parametrize(
    "data",
    [
        b"<a>",
        b"<a></b>",
        b"",
        b"\x00\x01",
        b"<a>&nbsp;</a>",
        b"<?xml version='1.0' encoding='x-unknown'?><a/>",
        b"<?xml version='1.0' encoding='utf-8'?><a>\xff</a>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
    ],
)
def test_broken_xml_is_one_error(data: bytes) -> None:
    with pytest.raises(XmlError):
        list(events(io.BytesIO(data)))


def test_text_of_a_locked_member(read) -> None:
    data = bytearray(WHOLE["docx"])
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    documents, (problem,) = read("a.docx", bytes(data))
    assert documents == []
    assert "password" in problem.reason


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_files_over_the_limit(read, name: str) -> None:
    documents, (problem,) = read(name, b"a " * (3 * MB))
    assert documents == []
    assert "larger than 5 MB" in problem.reason


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl"])
def test_text_over_the_limit(tmp_path: Path, name: str) -> None:
    text = "Một dòng.\n\nHai dòng đầy chữ."
    raw = f'{{"id": "1", "text": "{"Hai dòng " * 9}"}}' if name == "a.jsonl" else text
    (tmp_path / name).write_text(raw, encoding="utf-8")
    problem, document = read_file(SourceFile(tmp_path / name, "1", limits=Limits(document_chars=9)))
    assert isinstance(problem, Problem)
    assert isinstance(document, Document)
    assert problem.kept
    assert "over 9 characters" in problem.reason
    assert len(document.text) == 9
