"""Documents and ids that mean harm, over the API and the pages."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask.testing import FlaskClient
from hostile import HOSTILE
from selectolax.lexbor import LexborHTMLParser
from writers import DOCUMENTS, JSON, FakePrograms, problem, send

PAGES = ["/search?q=Hà+Nội", "/documents/hostile", "/documents/hostile?q=thu"]


def test_html_of_the_api_has_marks_alone(client: FlaskClient) -> None:
    hits = client.get("/api/v1/search", query_string={"q": "Hà Nội alert script"}).json["hits"]
    (hit,) = (one for one in hits if one["id"] == "hostile")
    texts = [*hit["snippets"], *(value for value in hit.values() if isinstance(value, dict))]
    assert any("<mark>" in one["html"] for one in texts)
    for one in texts:
        if "html" not in one:
            continue
        bare = one["html"].replace("<mark>", "").replace("</mark>", "")
        assert not set(bare) & set("<>\"'")
        assert html.unescape(bare) == one["text"]


def test_answers_of_the_api_are_no_pages(client: FlaskClient) -> None:
    for path in ("/api/v1/search?q=<script>", "/api/v1/documents/<script>", "/api/<script>"):
        response = client.get(path)
        assert response.content_type in ("application/json", "application/problem+json")
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("form", ["{{7*191}}", "{% print 7*191 %}", "${7*191}", "#{7*191}"])
def test_no_template_runs(client: FlaskClient, form: str) -> None:
    asked = {"q": form, "lang": form, "filter": f"source:{form}"}
    for path in ("/search", "/documents/hostile", f"/documents/{form}", f"/{form}"):
        assert "1337" not in client.get(path, query_string=asked).text
    for path in PAGES:
        assert "{{7*7}}" in html.unescape(client.get(path).text) or "documents" not in path


@pytest.mark.parametrize("path", PAGES)
def test_no_link_runs_a_script(client: FlaskClient, path: str) -> None:
    tree = LexborHTMLParser(client.get(path).text)
    for node in tree.css("[href], [src], [action], [formaction]"):
        for name in ("href", "src", "action", "formaction"):
            address = (node.attributes.get(name) or "").strip().lower()
            assert re.match(r"(?:https?://|/|\?|#|$)", address), address
    assert tree.css("[style], iframe, object, embed, base, meta[http-equiv]") == []


@pytest.mark.parametrize(
    "document_id",
    [
        "../../../../etc/passwd",
        "/etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "....//....//etc/passwd",
        "file:///etc/passwd",
        "manifest.json",
        "../manifest.json",
        "..\\..\\etc\\passwd",
        "a\0/etc/passwd",
    ],
)
def test_ids_lead_to_no_file(client: FlaskClient, document_id: str) -> None:
    for base in ("/documents/", "/api/v1/documents/"):
        for end in ("", "/related"):
            path = base + document_id.replace("%", "%25").replace("\0", "%00") + end
            response = client.get(path)
            assert response.status_code == 404
            assert "root:" not in response.text
            assert '"engine"' not in response.text


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"documents":['])
def test_deep_json_is_refused(
    writer: FlaskClient, fake_programs: FakePrograms, opening: str
) -> None:
    problem(send(writer, "POST", DOCUMENTS, opening.encode() * 50_000, content_type=JSON), 400)
    assert fake_programs.calls == []


def test_one_key_many_times_takes_no_longer(writer: FlaskClient) -> None:
    body = json.dumps({f"k{n}": n for n in range(50_000)}).encode()
    assert send(writer, "POST", DOCUMENTS, body).status_code in (400, 422)


def test_what_is_asked_comes_back_as_text(client: FlaskClient) -> None:
    for path in ("/search", "/api/v1/docs", "/help", "/nichts"):
        page = client.get(path, query_string={"q": HOSTILE, "lang": HOSTILE}).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
