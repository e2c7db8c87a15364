"""The operator's page: who sees it, and what it says of a log."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser
from usage_helpers import search
from werkzeug.datastructures import Authorization

from searchapp.config import Settings
from searchapp.tokens import Scope, TokensFile
from searchapp.usage.records import Click, Search
from searchapp.usage.store import Store
from searchapp.web import create_app

TOKEN = "operator-" + "k" * 32
KNOWN = Authorization("basic", {"username": "ai cũng được", "password": TOKEN})
Operator = Callable[..., FlaskClient]


def entry(query: str, **more: object) -> Search:
    return search(query, time.time(), **{"shown": ("hue", "n00", "n01"), "took_ms": 1234.5, **more})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    searches = [entry("huế") for _ in range(4)]
    clicks = [Click(one.id, 1, "hue") for one in searches[:3]]
    hostile = "<script>alert(1)</script>"
    empty = [entry(hostile, total=0, shown=()) for _ in range(3)]
    rare = [entry("chuyện của một người", total=0, shown=())]
    store = Store(tmp_path / "usage.sqlite")
    store.write([*searches, *clicks, *empty, *rare], 5, time.time())
    store.close()
    return tmp_path / "usage.sqlite"


@pytest.fixture
def operator(index_dir: Path, log: Path) -> Operator:
    def make(**settings: object) -> FlaskClient:
        values = {"index_dir": index_dir, "usage_file": log, "operator_token": TOKEN, **settings}
        app = create_app(Settings(**values))  # type: ignore[arg-type]
        app.testing = True
        return app.test_client()

    return make


def test_without_a_token_set_nobody_sees_the_page(operator: Operator) -> None:
    client = operator(operator_token=None)
    nothing = Authorization("basic", {"username": "", "password": ""})
    for auth in (None, KNOWN, nothing):
        response = client.get("/operator", auth=auth)
        assert response.status_code == 403
        assert "huế" not in response.text


@pytest.mark.parametrize(
    "auth",
    [
        None,
        Authorization("basic", {"username": TOKEN, "password": ""}),
        Authorization("basic", {"username": "", "password": TOKEN[:-1]}),
        Authorization("basic", {"username": "", "password": TOKEN + "\u1ebf"}),
        Authorization("bearer", token="another"),
        Authorization("digest", {"username": "x"}),
    ],
    ids=str,
)
def test_without_the_token_nothing_is_told(operator: Operator, auth: Authorization | None) -> None:
    response = operator().get("/operator", auth=auth)
    assert response.status_code == 401
    how = "Bearer" if auth is not None and auth.type == "bearer" else "Basic"
    assert response.headers["WWW-Authenticate"].startswith(f"{how} realm=")
    assert "huế" not in response.text
    assert TOKEN not in response.text


def test_the_token_of_writers_is_another(operator: Operator) -> None:
    written = "w" * 32
    client = operator(write_token=written)
    sent = Authorization("basic", {"username": "", "password": written})
    assert client.get("/operator", auth=sent).status_code == 403


def test_a_token_made_for_operators_opens_it(operator: Operator, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    secret = TokensFile(path).create("operators", [Scope.OPERATE])
    client = operator(operator_token=None, tokens_file=path)
    sent = Authorization("basic", {"username": "", "password": secret})
    assert client.get("/operator", auth=sent).status_code == 200


@pytest.mark.parametrize(
    "auth", [KNOWN, Authorization("bearer", token=TOKEN)], ids=["basic", "bearer"]
)
def test_with_it_the_page_is_there_and_kept_nowhere(
    operator: Operator, auth: Authorization
) -> None:
    response = operator().get("/operator", auth=auth)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    tree = LexborHTMLParser(response.text)
    assert tree.css_first("meta[name=robots]").attributes["content"] == "noindex"
    assert "Set-Cookie" not in response.headers
    assert "/operator" in operator().get("/robots.txt").text


def rows(tree: LexborHTMLParser, section: str) -> list[list[str]]:
    table = tree.css_first(f"section[aria-labelledby={section}] table")
    return [
        [" ".join(cell.text().split()) for cell in row.css("th, td")]
        for row in table.css("tbody tr")
    ]


def test_what_it_says(operator: Operator) -> None:
    tree = LexborHTMLParser(operator().get("/operator", auth=KNOWN).text)
    figures = [" ".join(one.text(separator=" ").split()) for one in tree.css(".figures div")]
    assert figures[0] == "Lượt tìm 8 và 0 qua API"
    assert figures[1] == "Không có kết quả 50% 4 lượt"
    assert figures[2] == "Trang không ai mở gì 25% trong 4 trang có kết quả"
    assert "1.234,5 ms" in figures[5]
    assert "5 lượt không ghi lại được" in tree.css_first("[role=note]").text()
    assert rows(tree, "top-title")[0] == ["huế", "4", "3", "75%", "1,0"]
    assert rows(tree, "curve-title")[0][:4] == ["1", "4", "3", "75%"]
    assert rows(tree, "empty-title")[0][:2] == ["<script>alert(1)</script>", "3"]
    assert sum(int(row[1]) for row in rows(tree, "days-title")) == 8
    assert "chuyện của một người" not in (tree.html or "")
    assert "1 câu tìm (1 lượt)" in tree.css_first("main").text()
    assert tree.css("main script, main style, main [style]") == []


def test_it_is_there_in_english_and_for_other_times(operator: Operator) -> None:
    text = operator().get("/operator?lang=en&days=7", auth=KNOWN).text
    tree = LexborHTMLParser(text)
    assert tree.css_first("h1").text() == "Use of the search"
    assert "1,234.5 ms" in text
    current = tree.css_first(".sorts [aria-current]")
    assert current.text() == "Last 7 days"
    assert "lang=en" in str(current.attributes["href"])
    for odd in ("days=8", "days=x", "days="):
        shown = LexborHTMLParser(operator().get(f"/operator?{odd}", auth=KNOWN).text)
        assert shown.css_first(".sorts [aria-current]").text() == "30 ngày qua"


def test_without_a_log_or_an_index_it_says_so(operator: Operator, tmp_path: Path) -> None:
    response = operator(usage_file=tmp_path / "none").get("/operator", auth=KNOWN)
    assert response.status_code == 200
    assert "Chưa có gì được ghi" in response.text
    response = operator(index_dir=tmp_path / "none").get("/operator", auth=KNOWN)
    assert response.status_code == 200
    assert "there is no index" in response.text
    assert rows(LexborHTMLParser(response.text), "top-title")[0][0] == "huế"


def test_what_an_operator_tries_is_no_use(operator: Operator, log: Path) -> None:
    client = operator()
    headers = {"Accept-Language": "vi", "Referer": "http://localhost/operator?days=7"}
    assert client.get("/search?q=huế", headers=headers).status_code == 200
    usage = client.application.extensions["searchapp.usage"]
    usage.recorder.close()
    connection = sqlite3.connect(log)
    assert connection.execute("SELECT count(*) FROM searches").fetchone() == (8,)
    connection.close()
