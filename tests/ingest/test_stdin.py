"""Standard input: spooled within limits, recognised by what it holds."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from searchapp.documents import Document
from searchapp.errors import InputError
from searchapp.ingest.limits import Limits
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.reading import read_file
from searchapp.ingest.stdin import spool_stdin

LONG = "từ " * 5000


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "Chợ nổi")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        pytest.param(
            b'{"id": "a", "title": "x"}\n{"id": "b", "title": "y"}', ["a", "b"], id="jsonl"
        ),
        pytest.param(
            f'{{"id": "a", "text": "{LONG}"}}\n{{"id": "b", "title": "y"}}\n'.encode(),
            ["a", "b"],
            id="JSON Lines with a long first line",
        ),
        pytest.param(b'{"id": "a", "title": "x"}\n', ["a"], id="one record"),
        pytest.param(b'[{"title": "x"}]', ["stdin:1"], id="JSON"),
        pytest.param(b"id,title\na,x\nb,y\n", ["a", "b"], id="CSV"),
        pytest.param("id\ttiêu đề\ttext\na\tx\ty\n".encode(), ["a"], id="TSV"),
        pytest.param(b"\xef\xbb\xbfid;text;x\na;x;y\n", ["a"], id="CSV of Excel"),
        pytest.param("Chợ nổi\nGhe, xuồng\n".encode(), ["stdin"], id="text"),
        pytest.param("Title, text and more\nmột hai\n".encode(), ["stdin"], id="no CSV"),
        pytest.param(
            b"From: a@b\nSubject: x\nDate: 5 Mar 2024 08:00 +0700\n\ny", ["stdin"], id="mail"
        ),
        pytest.param(gzip.compress(b'{"id": "a", "title": "x"}\n'), ["a"], id="gzip"),
        pytest.param(zipped(), ["stdin/a.txt"], id="ZIP"),
        pytest.param(
            b"<rss><channel><item><guid>a</guid><title>x</title></item></channel></rss>",
            ["a"],
            id="feed",
        ),
    ],
)
def test_what_comes_in_is_recognised(data: bytes, ids: list[str]) -> None:
    with spool_stdin(io.BytesIO(data)) as file:
        items = list(read_file(file))
        assert [item.id for item in items if isinstance(item, Document)] == ids
        assert len(items) == len(ids)
    assert not file.path.exists()


def test_foreign_names_make_it_a_table() -> None:
    fields = FieldMap.parse("title=tên,text=nội dung")
    data = "tên;nội dung\nChợ nổi;Ghe\n".encode()
    with spool_stdin(io.BytesIO(data), fields=fields) as file:
        (document,) = read_file(file)
    assert isinstance(document, Document)
    assert (document.id, document.title, document.text) == ("stdin:1", "Chợ nổi", "Ghe")


def test_too_much_is_refused() -> None:
    with (
        pytest.raises(InputError, match="archive_max_mb"),
        spool_stdin(io.BytesIO(b"x" * 2_000_001), Limits(archive_bytes=2_000_000)),
    ):
        pytest.fail("it was read")


def test_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="is empty"), spool_stdin(io.BytesIO(b"")):
        pytest.fail("it was read")
