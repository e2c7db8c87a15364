"""The client's calls that write: against the server, and against one that others keep busy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from werkzeug.serving import make_server

from searchapp.client import Client, ProblemError, Record
from searchapp.config import Settings
from searchapp.web import create_app

TOKEN = "mot-bi-mat-that-dai-0123456789"
ODD_ID = "thư mục/../bài số 1?x=1&y=#2.txt"
ANSWER = (
    b'{"generation":"g","documents":1,"took_ms":1.5,'
    b'"results":[{"id":"a","result":"created","notes":[]}]}'
)
BUSY = (
    b'{"type":"t","title":"Busy","status":409,"detail":"d","field":null,"errors":[],'
    b'"request_id":"r"}'
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a service without an index, that may be written to."""
    index_dir = tmp_path_factory.mktemp("client") / "index"
    app = create_app(Settings(index_dir=index_dir, jobs=1, write_token=TOKEN))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    followed = app.extensions["searchapp"]._index
    for live in filter(None, (followed._live, followed._earlier)):
        live.searcher.close()  # else its files are closed whenever garbage is collected


def test_documents_are_written_found_and_deleted(url: str) -> None:
    with Client(url, token=TOKEN) as client:
        records = [
            Record(id=ODD_ID, text="Kỳ lân ở sông Hồng.", tags=["lạ"], published="2024"),
            {"id": "..", "title": "Rồng ở sông Hồng"},
        ]
        put = client.put_documents(records)
        assert [(one.id, one.result) for one in put.results] == [
            (ODD_ID, "created"),
            ("..", "created"),
        ]
        assert {hit.id for hit in client.search("song hong").hits} == {ODD_ID, ".."}
        assert client.put_documents(iter(records)).generation == put.generation
        (one,) = client.put_document(ODD_ID, {"text": "Phượng ở sông Đà."}).results
        assert one.result == "updated"
        assert client.document(ODD_ID).text == "Phượng ở sông Đà."
        assert client.document("..").title == "Rồng ở sông Hồng"
        deleted = client.delete_documents([ODD_ID, "không có"])
        assert [one.result for one in deleted.results] == ["deleted", "absent"]
        (one,) = client.put_document("..", {"text": "Rùa ở hồ Gươm."}).results
        assert (one.id, one.result) == ("..", "updated")


def test_wrong_documents_are_named(url: str) -> None:
    with Client(url, token=TOKEN) as client, pytest.raises(ProblemError, match="422") as caught:
        client.put_documents([{"id": "a", "text": "x", "tags": 5}, {"id": "b", "text": "x"}])
    (fault,) = caught.value.problem.errors
    assert (fault.index, fault.id, fault.field) == (0, "a", "tags")


@pytest.mark.parametrize("token", [None, "sai"])
def test_without_the_token(url: str, token: str | None) -> None:
    with Client(url, token=token) as client, pytest.raises(ProblemError, match="401") as caught:
        client.delete_document("..")
    assert "sai" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "mã"])
def test_a_token_that_can_not_be_sent_is_not_shown(token: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII") as caught:
        Client(token=token)
    assert not token or token not in str(caught.value)


class _Recorder(BaseHTTPRequestHandler):
    """Answers what the test says, one after the other, and keeps what it was asked."""

    answers: tuple[tuple[int, bytes], ...] = ()
    asked: list[tuple[str, str | None]]

    def _any(self) -> None:
        kind = type(self)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = kind.answers[min(len(kind.asked), len(kind.answers) - 1)]
        kind.asked.append((self.command, self.headers.get("Authorization")))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 409:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815  # names of http.server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
        pass


@pytest.fixture
def recorder() -> Iterator[tuple[Any, Client]]:
    kind = type("Recorder", (_Recorder,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    with Client(url, retries=2, pause_s=0.01, timeout_s=30, token=TOKEN) as client:
        yield kind, client
    server.shutdown()
    thread.join()
    server.server_close()


CALLS = [
    ("POST", lambda client: client.put_documents([{"id": "a"}])),
    ("PUT", lambda client: client.put_document("a", {"text": "x"})),
    ("DELETE", lambda client: client.delete_documents(["a"])),
    ("DELETE", lambda client: client.delete_document("a")),
]


@pytest.mark.parametrize(("method", "call"), CALLS)
def test_what_passes_is_tried_again(recorder, method: str, call: Any) -> None:
    kind, client = recorder
    kind.answers = ((409, BUSY), (503, b"busy"), (201, ANSWER))
    assert call(client).documents == 1
    assert kind.asked == [(method, f"Bearer {TOKEN}")] * 3


def test_after_all_tries_it_is_told_that_others_write(recorder) -> None:
    kind, client = recorder
    kind.answers = ((409, BUSY),)
    with pytest.raises(ProblemError, match="409 Busy"):
        client.delete_document("a")
    assert len(kind.asked) == 3


def test_reading_sends_the_token_and_does_not_wait_for_a_build(recorder) -> None:
    kind, client = recorder
    kind.answers = ((409, BUSY),)
    with pytest.raises(ProblemError):
        client.stats()
    assert kind.asked == [("GET", f"Bearer {TOKEN}")]
