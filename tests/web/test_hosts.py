"""Under which names the service answers."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from writers import problem

from searchapp.config import Settings
from searchapp.web import create_app

STRANGERS = [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8000",
    "1.2.3",
    "127.0.0.1@evil.example",
    "evil.example/x",
    'x"><script>',
    "a b",
    "[::1",
    "999.1.1.1",
]
OWN = [
    "localhost",
    "localhost:8000",
    "LOCALHOST",
    "tim.localhost",
    "127.0.0.1:8000",
    "192.168.1.20",
    "[::1]:8000",
    "[2001:db8::1]",
    socket.gethostname(),
]


def client_of(index_dir: Path, allowed: str) -> FlaskClient:
    app = create_app(Settings(index_dir=index_dir, allowed_hosts=allowed))
    app.testing = True
    return app.test_client()


def status(client: FlaskClient, host: str, path: str = "/help") -> int:
    return client.get(path, headers={"Host": host}).status_code


@pytest.mark.parametrize("host", OWN)
def test_names_that_no_stranger_can_own_are_good_by_default(client: FlaskClient, host: str) -> None:
    assert status(client, host) == 200


@pytest.mark.parametrize("host", STRANGERS)
def test_a_name_that_a_stranger_owns_is_refused(client: FlaskClient, host: str) -> None:
    for path in ("/", "/help", "/opensearch.xml", "/nichts", "/static/1/style.css"):
        with client.get(path, headers={"Host": host}) as response:
            assert response.status_code == 400
            assert "<script>" not in response.text
    response = client.get("/api/v1/stats", headers={"Host": host})
    assert "Host" in response.text or "ALLOWED_HOSTS" in response.text
    problem(response, 400)


@pytest.mark.parametrize(
    ("allowed", "good", "bad"),
    [
        (
            "tim.example",
            ["tim.example", "TIM.example:443"],
            ["localhost", "127.0.0.1", "a.tim.example"],
        ),
        (".tim.example", ["tim.example", "a.b.tim.example"], ["xtim.example"]),
        ("a.example, b.example", ["a.example", "b.example"], ["c.example"]),
        ("*", ["anything.example", "127.0.0.1"], []),
    ],
)
def test_names_of_the_settings(
    index_dir: Path, allowed: str, good: list[str], bad: list[str]
) -> None:
    client = client_of(index_dir, allowed)
    assert [status(client, host) for host in good] == [200] * len(good)
    assert [status(client, host) for host in bad] == [400] * len(bad)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitors_ask_by_the_address_that_they_know(index_dir: Path, path: str) -> None:
    client = client_of(index_dir, "tim.example")
    assert status(client, "10.0.0.7:8000", path) == 200


def test_a_header_of_a_proxy_is_not_believed_unasked(client: FlaskClient) -> None:
    for name in ("X-Forwarded-Host", "X-Host", "X-Original-Host", "Forwarded"):
        value = "host=evil.example" if name == "Forwarded" else "evil.example"
        for path in ("/opensearch.xml", "/opensearch/suggest?q=ban", "/api/v1/docs", "/"):
            assert "evil" not in client.get(path, headers={name: value}).text


def test_addresses_in_answers_have_the_name_that_was_asked(index_dir: Path) -> None:
    client = client_of(index_dir, "tim.example")
    text = client.get("/opensearch.xml", base_url="https://tim.example").text
    assert 'template="https://tim.example/search' in text
