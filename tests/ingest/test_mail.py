"""Mail: heads and bodies in any encoding, attachments, boxes; encrypted and hostile messages."""

from __future__ import annotations

import base64
import io
import mailbox
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.documents import Document
from searchapp.ingest.base import Problem, SourceFile
from searchapp.ingest.files import collect
from searchapp.ingest.limits import Limits
from searchapp.ingest.reading import read_file


def read(
    path: Path, data: bytes, limits: Limits | None = None
) -> tuple[list[Document], list[Problem]]:
    path.write_bytes(data)
    (file,) = collect([path]).files
    items = list(read_file(replace(file, limits=limits or Limits())))
    return (
        [item for item in items if isinstance(item, Document)],
        [item for item in items if isinstance(item, Problem)],
    )


def message(**parts: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = parts.get("subject", "Họp chợ nổi sáng thứ Bảy")
    made["From"] = "Lê Na <na@vi.example>"
    made["To"] = "Bình <binh@vi.example>"
    made["Date"] = "Tue, 05 Mar 2024 08:00:00 +0700"
    made["Message-ID"] = parts.get("id", "<bai-1@vi.example>")
    made.set_content(parts.get("text", "Ghe xuồng tấp nập.\nTrái cây & hoa.\n"))
    return made


def raw(head: bytes, body: bytes = b"Ghe", more: bytes = b"") -> bytes:
    return head + b"\nFrom: na@vi.example\nDate: 5 Mar 2024 08:00 +0700\n" + more + b"\n" + body


# -- messages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.eml", "no-ending", "1709600000.M1P2.host,S=1:2,S"])
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_a_message(tmp_path: Path, name: str, line: str) -> None:
    data = message().as_bytes().replace(b"\n", line.encode())
    (document,), problems = read(tmp_path / name, data)
    assert (document.id, document.title) == (name, "Họp chợ nổi sáng thứ Bảy")
    assert document.text == "Ghe xuồng tấp nập.\nTrái cây & hoa."
    assert (document.author, document.published) == ("Lê Na", "2024-03-05")
    assert problems == []


@pytest.mark.parametrize(
    ("head", "title"),
    [
        pytest.param("Subject: Chợ nổi".encode(), "Chợ nổi", id="bare UTF-8"),
        pytest.param(b"Subject: =?utf-8?Q?Ch=E1=BB=A3_n=E1=BB=95i?=", "Chợ nổi", id="quoted"),
        pytest.param(
            b"Subject: =?utf-8?B?" + base64.b64encode("Chợ".encode()) + b"?=", "Chợ", id="base64"
        ),
        pytest.param(
            b"Subject: =?utf-8?Q?Ch=E1=BB?=\n =?utf-8?Q?=A3_n=E1=BB=95i?=", "Chợ nổi", id="split"
        ),
        pytest.param(b"Subject: a\n  =?utf-8?Q?n=E1=BB=95i?= b", "a nổi b", id="folded"),
        pytest.param(
            b"Subject: =?windows-1258?Q?H=E0_N=F4=F2i?=",
            "Hà Nô\u0323i",
            id="windows-1258",
        ),
        pytest.param("Subject: Chợ =?utf-8?Q?n=E1=BB=95i?=".encode(), "Chợ nổi", id="both"),
        pytest.param(b"Subject: =?x-none?Q?Ch=E1=BB=A3?=", "Chợ", id="unknown charset"),
        pytest.param(b"Subject: =?utf-8?B?x?= =?utf-8?Q?=?=", None, id="broken words"),
        pytest.param(b"SUBJECT: a", "a", id="capitals"),
    ],
)
def test_subjects(tmp_path: Path, head: bytes, title: str | None) -> None:
    (document,), problems = read(tmp_path / "x.eml", raw(head))
    assert problems == []
    if title is not None:
        assert document.title == title


@pytest.mark.parametrize(
    ("kind", "encoding", "body", "text"),
    [
        ("text/plain; charset=utf-8", "8bit", "Hà Nội".encode(), "Hà Nội"),
        ("text/plain; charset=iso-8859-1", "8bit", "Hà Nội".encode(), "Hà Nội"),
        ("text/plain", "8bit", "Hà Nội".encode(), "Hà Nội"),
        ("text/plain; charset=utf-8", "quoted-printable", b"H=C3=A0 N=E1=BB=99i", "Hà Nội"),
        ("text/plain; charset=utf-8", "base64", base64.b64encode("Hà Nội".encode()), "Hà Nội"),
        ("text/plain; charset=iso-8859-1", "8bit", "Café".encode("latin-1"), "Café"),
        ("text/plain; charset=windows-1258", "8bit", "Hà".encode("cp1258"), "Hà"),
        ("text/plain; charset=x-none", "8bit", "Hà Nội".encode(), "Hà Nội"),
        ("text/plain; charset=utf-8", "8bit", b"H\xc3\xa0 N\xff", "HÃ\xa0 Nÿ"),
        ("text/html; charset=utf-8", "8bit", "<p>Hà <b>Nội</b></p><p>x".encode(), "Hà Nội\nx"),
        ("text/html", "8bit", "<style>p {}</style><title>T</title><p>Hà".encode(), "Hà"),
        ("text/plain", "base64", b"@@@", ""),
        ("nonsense", "nonsense", b"abc", "abc"),
    ],
)
def test_bodies(tmp_path: Path, kind: str, encoding: str, body: bytes, text: str) -> None:
    more = f"Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n".encode()
    (document,), _ = read(tmp_path / "x.eml", raw(b"Subject: a", body, more))
    assert " ".join(document.text.split(" ")) == text


def test_tcvn3_in_a_message_that_says_latin_1(tmp_path: Path) -> None:
    body = ("Hµ Néi, thµnh phè H¶i Phßng vµ ®­êng phè ViÖt Nam, n­íc ta cã nhiÒu s«ng " * 3).encode(
        "latin-1"
    )
    more = b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n"
    (document,), _ = read(tmp_path / "x.eml", raw(b"Subject: a", body, more))
    assert "thành phố Hải Phòng" in document.text


def test_plain_text_is_preferred(tmp_path: Path) -> None:
    made = message(text="Bản thường")
    made.add_alternative("<p>Bản đẹp</p>", subtype="html")
    (document,), problems = read(tmp_path / "x.eml", made.as_bytes())
    assert (document.text, problems) == ("Bản thường", [])


@pytest.mark.parametrize("date", ["hôm qua", "99 Xxx 2024", "", "Tue, 45 Mar 2024 99:00:00 +9999"])
def test_a_bad_date_is_left_out(tmp_path: Path, date: str) -> None:
    made = message().as_bytes().replace(b"Tue, 05 Mar 2024 08:00:00 +0700", date.encode())
    (document,), problems = read(tmp_path / "x.eml", made)
    assert document.published is None
    assert all(problem.kept for problem in problems)


# -- attachments ----------------------------------------------------------------------------------


def zipped(name: str, text: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


def test_attachments_are_read_as_files(tmp_path: Path) -> None:
    made = message()
    made.add_attachment("Hồ sen\nSen nở.", filename="báo cáo.txt")
    made.add_attachment("Hai\nx", filename="báo cáo.txt")
    made.add_attachment(zipped("a.md", "# Phở"), "application", "zip", filename="b.zip")
    made.add_attachment(b"\x89PNG", "image", "png", filename="c.png")
    made.add_attachment(b"\x89PNG", "image", "png", disposition="inline", cid="<x>")
    documents, (problem,) = read(tmp_path / "x.eml", made.as_bytes())
    assert [(one.id, one.title) for one in documents] == [
        ("x.eml", "Họp chợ nổi sáng thứ Bảy"),
        ("x.eml/báo cáo.txt", "Hồ sen"),
        ("x.eml/báo cáo (2).txt", "Hai"),
        ("x.eml/b.zip/a.md", "Phở"),
    ]
    assert problem.kept
    assert "1 of a kind that is not read" in problem.reason


@pytest.mark.parametrize("name", ["../../etc/a.txt", "/etc/a.txt", "C:\\x\\a.txt", "..a.txt"])
def test_names_of_attachments_never_become_paths(tmp_path: Path, name: str) -> None:
    made = message()
    made.add_attachment("Hồ sen", filename=name)
    documents, _ = read(tmp_path / "x.eml", made.as_bytes())
    assert documents[1].id == "x.eml/a.txt"


def test_forwarded_messages(tmp_path: Path) -> None:
    made = message(subject="Thư trong")
    for _ in range(5):
        outer = message(subject="Thư ngoài")
        outer.add_attachment(made)
        made = outer
    documents, (problem,) = read(tmp_path / "x.eml", made.as_bytes())
    assert [one.title for one in documents] == ["Thư ngoài"] * 3
    assert documents[2].id == "x.eml/part-1.eml/part-1.eml"
    assert "archive_max_nesting" in problem.reason


def test_a_bomb_that_is_attached_is_stopped(tmp_path: Path) -> None:
    made = message()
    made.add_attachment(zipped("a.txt", b"\0" * 7_000_000), "application", "zip", filename="b.zip")
    limits = Limits(file_bytes=9_000_000, archive_bytes=6_000_000)
    documents, (problem,) = read(tmp_path / "x.eml", made.as_bytes(), limits)
    assert [one.id for one in documents] == ["x.eml"]
    assert "more than 6 MB" in problem.reason


# -- encrypted, hostile ---------------------------------------------------------------------------

BOUNDARY = b'Content-Type: multipart/%s; boundary="b"\n'


@pytest.mark.parametrize(
    ("more", "body"),
    [
        pytest.param(
            BOUNDARY % b"encrypted",
            b"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--",
            id="PGP/MIME",
        ),
        pytest.param(
            b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n"
            b"Content-Disposition: attachment; filename=smime.p7m\n",
            b"MIIB",
            id="S/MIME",
        ),
        pytest.param(b"", b"-----BEGIN PGP MESSAGE-----\nabc\n-----END", id="PGP in the text"),
    ],
)
def test_encrypted_messages_are_told(tmp_path: Path, more: bytes, body: bytes) -> None:
    (document,), (problem,) = read(tmp_path / "x.eml", raw(b"Subject: Mat", body, more))
    assert (document.title, document.text) == ("Mat", "")
    assert problem.kept
    assert "encrypted" in problem.reason


def nested(depth: int) -> bytes:
    data = b"Subject: a\n"
    for n in range(depth):
        data += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n)
    return data + b"\nGhe"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(nested(1000), id="1000 nested parts"),
        pytest.param(
            b"Subject: a\n" + b"Content-Type: message/rfc822\n\n" * 1000, id="1000 nested messages"
        ),
        pytest.param(
            raw(b"Subject: a", b"--b\n\nx\n" * 20_000, BOUNDARY % b"mixed"), id="20,000 parts"
        ),
        pytest.param(b"", id="empty"),
        pytest.param(b"\n\nGhe", id="no head"),
        pytest.param(b"\x00\x01\x02\xff", id="bytes"),
    ],
)
def test_what_no_mail_is_or_does_is_named(tmp_path: Path, data: bytes) -> None:
    documents, problems = read(tmp_path / "x.eml", data)
    assert len(documents) + len(problems) >= 1
    for problem in problems:
        assert problem.path.startswith(str(tmp_path / "x.eml"))
        assert "\n" not in str(problem)


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: " + b"=?utf-8?Q?a?= " * 100_000,
        b"From: " + b"(" * 100_000,
        b"From: " + b"a@b, " * 100_000,
        b"Subject: a\nContent-Type: text/plain; " + b"a*0=b; " * 10_000,
        b"Subject: a\nContent-Disposition: attachment; filename*=x''%FF",
        b"Subject: a\nDate: " + b"1" * 100_000,
    ],
)
def test_long_heads_take_little_time(tmp_path: Path, head: bytes) -> None:
    begun = time.process_time()
    documents, problems = read(tmp_path / "x.eml", head + b"\nX: y\n\nGhe")
    assert len(documents) + len(problems) >= 1
    assert time.process_time() - begun < 20


@given(st.binary(max_size=300))
def test_no_bytes_end_the_reading(tmp_path_factory: pytest.TempPathFactory, tail: bytes) -> None:
    path = tmp_path_factory.mktemp("mail") / "x.eml"
    path.write_bytes(b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n" + tail)
    for item in read_file(SourceFile(path, "x.eml")):
        if isinstance(item, Problem):
            assert "can't be read (" not in item.reason


# -- boxes ----------------------------------------------------------------------------------------


@pytest.fixture
def box(tmp_path: Path) -> Callable[..., bytes]:
    def make(*messages: EmailMessage) -> bytes:
        path = tmp_path / "made"
        made = mailbox.mbox(str(path))
        for one in messages:
            made.add(mailbox.mboxMessage(one))
        made.close()
        return path.read_bytes()

    return make


@pytest.mark.parametrize("name", ["x.mbox", "Inbox"])
def test_a_box(tmp_path: Path, box, name: str) -> None:
    with_file = message(id="<bai/2@vi.example>", text="From đây\n")
    with_file.add_attachment("Hồ sen", filename="a.txt")
    without_id = message(subject="Ba")
    del without_id["Message-ID"]
    data = box(message(), with_file, without_id)
    documents, problems = read(tmp_path / name, data)
    assert problems == []
    assert [one.id for one in documents] == [
        f"{name}/bai-1@vi.example",
        f"{name}/bai_2@vi.example",
        f"{name}/bai_2@vi.example/a.txt",
        f"{name}/3",
    ]
    assert (tmp_path / name).read_bytes() == data


def test_a_message_that_can_not_be_read_and_the_rest(tmp_path: Path, box) -> None:
    data = box(message()) + b"From a@b Tue Mar  5 08:00:00 2024\n" + nested(2000) + b"\n\n"
    documents, problems = read(tmp_path / "x.mbox", data + box(message(id="<c@d>")))
    assert documents[0].id == "x.mbox/bai-1@vi.example"
    assert documents[-1].id == "x.mbox/c@d"
    assert len(problems) <= 1


def test_a_box_without_messages(tmp_path: Path) -> None:
    documents, (problem,) = read(tmp_path / "x.mbox", b"xin chao")
    assert (documents, problem.reason) == ([], "holds no message")
