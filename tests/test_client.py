"""The client against the server, over a real socket, and against servers that fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from searchapp.client import Client, ClientError, ProblemError, UnreachableError
from searchapp.config import Settings
from searchapp.ingest.build import build
from searchapp.web import create_app

SEEDS = Path(__file__).parents[1] / "seeds"
ODD_ID = "thư mục/bài số 1?x=1&y=#2.txt"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    home = tmp_path_factory.mktemp("client")
    record = f'{{"id": "{ODD_ID}", "title": "Mã lạ", "text": "Kỳ lân ở sông Hồng."}}\n'
    (home / "odd.jsonl").write_text(record, encoding="utf-8")
    build([SEEDS, home / "odd.jsonl"], Settings(index_dir=home / "index", jobs=1))
    app = create_app(Settings(index_dir=home / "index"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with Client(f"http://127.0.0.1:{server.server_port}/") as made:
        yield made
    server.shutdown()
    thread.join()
    server.server_close()


def test_search(client: Client) -> None:
    answer = client.search("song hong", size=3, explain=True)
    assert answer.query == "song hong"
    assert len(answer.hits) == 3
    assert answer.total > 3
    assert answer.understood is not None
    assert answer.hits[0].explanation
    start, end = answer.hits[0].snippets[0].highlights[0]
    assert answer.hits[0].snippets[0].text[start:end].lower() in ("sông", "sông hồng", "hồng")
    assert {one.value for one in answer.facets.year} > {"2022"}


def test_filters_sorts_and_spans_of_dates(client: Client) -> None:
    newest = client.search("*", size=100, sort="newest", published_from="2022", published_to="2023")
    days = [hit.published for hit in newest.hits]
    assert days == sorted(days, reverse=True)
    assert {day[:4] for day in days if day} == {"2022", "2023"}
    two = client.search("*", filters=["year:2022", "year:2023"], size=100)
    assert two.total == newest.total


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "title"])
def test_every_hit_once(client: Client, sort) -> None:
    ids = [hit.id for hit in client.every_hit("*", size=7, sort=sort)]
    assert len(ids) == len(set(ids)) == client.stats().documents


def test_suggest_document_related_analyze(client: Client) -> None:
    (one, *_) = client.suggest("sông h", size=3).completions
    assert one.text.lower().startswith("sông h")
    document = client.document(ODD_ID, query="sông hồng")
    assert document.id == ODD_ID
    assert [document.text[a:b] for a, b in document.highlights] == ["sông", "Hồng"]
    related = client.related("ls-001", size=2)
    assert len(related.hits) == 2
    assert "ls-001" not in {hit.id for hit in related.hits}
    assert [token.text for token in client.analyze("Xây dựng Đảng").words] == ["Xây_dựng", "Đảng"]


def test_problems_are_raised_as_they_are(client: Client) -> None:
    with pytest.raises(ProblemError, match="404 Not found") as caught:
        client.document("không có")
    assert caught.value.problem.status == 404
    with pytest.raises(ProblemError, match=r"\(filter\)") as caught:
        client.search("a", filters=["x"])
    assert caught.value.problem.field == "filter"
    assert isinstance(caught.value, ClientError)


class _Failing(BaseHTTPRequestHandler):
    """Answers what the test says, one after the other."""

    answers: tuple[tuple[int, str], ...] = ()
    asked = 0

    def do_GET(self) -> None:
        kind = type(self)
        status, body = kind.answers[min(kind.asked, len(kind.answers) - 1)]
        kind.asked += 1
        self.send_response(status)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its own name
        pass


SUGGESTED = '{"query":"a","completions":[]}'
NO_INDEX = (
    '{"type":"t","title":"No index","status":503,"detail":"d","field":null,"errors":[],'
    '"request_id":"r"}'
)


@pytest.fixture
def failing() -> Iterator[tuple[type[_Failing], Client]]:
    kind = type("Failing", (_Failing,), {"asked": 0})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    with Client(url, retries=2, pause_s=0.01, timeout_s=30) as client:
        yield kind, client
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_passes_is_tried_again(failing) -> None:
    kind, client = failing
    kind.answers = ((503, NO_INDEX), (502, "bad gateway"), (200, SUGGESTED))
    assert client.suggest("a").completions == []
    assert kind.asked == 3


def test_after_all_tries_the_last_answer_counts(failing) -> None:
    kind, client = failing
    kind.answers = ((503, NO_INDEX),)
    with pytest.raises(ProblemError, match="503 No index"):
        client.suggest("a")
    assert kind.asked == 3


def test_a_mistake_of_the_caller_is_not_tried_again(failing) -> None:
    kind, client = failing
    kind.answers = ((400, NO_INDEX),)
    with pytest.raises(ProblemError):
        client.suggest("a")
    assert kind.asked == 1


@pytest.mark.parametrize("body", ["<html>", "", '{"query": "a"}', '{"query":"a","completions":1}'])
def test_what_is_no_answer_of_this_api(failing, body: str) -> None:
    kind, client = failing
    kind.answers = ((200, body),)
    with pytest.raises(UnreachableError, match="no answer of this API"):
        client.suggest("a")


def test_nobody_there() -> None:
    with (
        Client("http://127.0.0.1:9", retries=1, pause_s=0, timeout_s=1) as client,
        pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9"),
    ):
        client.stats()
