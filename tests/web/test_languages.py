"""Pages in Vietnamese and English: every text, number and date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from searchapp.config import Settings
from searchapp.web import create_app, languages

WEB = Path(languages.__file__).parent
PAGES = ["/", "/search?q=huế", "/search?q=zzz", "/documents/hue?q=huế", "/help", "/nichts"]


def texts_in_the_code() -> set[object]:
    found = extract_from_dir(
        WEB,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map={"templates/**.html": {"newstyle_gettext": "true"}},
        keywords={"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)},
    )
    return {message for _, _, message, _, _ in found}


def test_every_text_is_in_the_catalogue_and_nothing_else_is() -> None:
    with (WEB / "locales" / "en.po").open("rb") as file:
        catalogue = [message for message in read_po(file, "en") if message.id]
    assert {m.id for m in catalogue} == texts_in_the_code()
    for message in catalogue:
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), message.id
        assert not message.fuzzy
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        for original, text in zip(originals, texts, strict=True):
            for placeholder in ("%(shown)s", "%(query)s", "%(number)s", "%(when)s", "{count}"):
                assert (placeholder in original) == (placeholder in text), original


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_in_one_language(client: FlaskClient, path: str) -> None:
    vietnamese = client.get(path)
    english = client.get(path, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert LexborHTMLParser(vietnamese.text).css_first("html").attributes["lang"] == "vi"
    assert LexborHTMLParser(english.text).css_first("html").attributes["lang"] == "en"
    assert vietnamese.headers["Content-Language"] == "vi"
    assert english.headers["Content-Language"] == "en"
    assert "Accept-Language" in vietnamese.headers["Vary"]
    assert "Cách tìm" in vietnamese.text
    assert "How to search" in english.text
    assert "Cách tìm" not in english.text


@pytest.mark.parametrize(
    ("setting", "accepted", "asked", "language"),
    [
        ("auto", None, None, "vi"),
        ("auto", "fr", None, "vi"),
        ("auto", "en-US,en;q=0.9,vi;q=0.8", None, "en"),
        ("auto", "vi-VN,vi;q=0.9,en;q=0.8", None, "vi"),
        ("auto", "vi", "en", "en"),
        ("en", "vi", None, "en"),
        ("vi", "en", None, "vi"),
        ("vi", "en", "en", "en"),
        ("auto", "en", "xx", "en"),
    ],
)
def test_which_language(
    index_dir: Path, setting: str, accepted: str | None, asked: str | None, language: str
) -> None:
    client = create_app(Settings(index_dir=index_dir, language=setting)).test_client()
    headers = {"Accept-Language": accepted} if accepted else {}
    query = {"lang": asked} if asked else {}
    assert client.get("/", headers=headers, query_string=query).headers["Content-Language"] == (
        language
    )


def test_a_chosen_language_goes_along_and_the_canonical_address_has_none(
    client: FlaskClient,
) -> None:
    tree = LexborHTMLParser(client.get("/search?q=huế&lang=en").text)
    inner = [
        a.attributes["href"] or ""
        for a in tree.css("a")
        if (a.attributes["href"] or "").startswith(("/search", "/documents", "/help"))
    ]
    assert inner
    assert sum("lang=vi" in link for link in inner) == 1, "the way to the other language"
    assert all("lang=" in link for link in inner)
    assert 'name="lang" value="en"' in (tree.html or "")
    canonical = tree.css_first("link[rel=canonical]").attributes["href"] or ""
    assert "lang" not in canonical
    plain = LexborHTMLParser(client.get("/search?q=huế").text)
    links = [a.attributes["href"] or "" for a in plain.css("main a")]
    assert not any("lang=" in link for link in links)


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        ("2024-03-05", "5/3/2024", "5 Mar 2024"),
        ("2024-03", "3/2024", "Mar 2024"),
        ("2024", "2024", "2024"),
        ("2024-02-30", "2024-02-30", "2024-02-30"),
        ("hôm qua", "hôm qua", "hôm qua"),
        ("2024-03-05-06", "2024-03-05-06", "2024-03-05-06"),
        ("", "", ""),
        ("9" * 30, "9" * 30, "9" * 30),
    ],
)
def test_dates(app: Flask, value: str, vietnamese: str, english: str) -> None:
    for code, expected in (("vi", vietnamese), ("en", english)):
        with app.test_request_context("/", query_string={"lang": code}):
            app.preprocess_request()
            assert languages.day(value) == expected


@pytest.mark.parametrize(
    "query",
    ["endpoint=x", "_scheme=x", "_method=GET", "_anchor=z", "_external=1", "lang=en&lang=vi"],
)
@pytest.mark.parametrize("path", ["/", "/search?q=huế", "/documents/hue", "/help"])
def test_what_an_address_says_is_no_argument(client: FlaskClient, path: str, query: str) -> None:
    response = client.get(f"{path}{'&' if '?' in path else '?'}{query}")
    assert response.status_code == 200
    tree = LexborHTMLParser(response.text)
    (other,) = tree.css(".foot a[hreflang]")
    assert (other.attributes["href"] or "").startswith(path.split("?", maxsplit=1)[0])


def test_the_api_page_says_what_is_vietnamese(client: FlaskClient) -> None:
    tree = LexborHTMLParser(client.get("/api/v1/docs?lang=en").text)
    assert tree.css_first(".layout").attributes["lang"] == "vi"
    (other,) = tree.css(".foot a[hreflang]")
    assert other.attributes["href"] == "/api/v1/docs?lang=vi"


def test_only_values_of_the_corpus_are_said_to_be_vietnamese(seeds_client: FlaskClient) -> None:
    path = "/search?q=hà nội&filter=category:&filter=category:Ẩm thực&lang=en"
    tree = LexborHTMLParser(seeds_client.get(path).text)
    options = {one.text(): one.attributes.get("lang") for one in tree.css(".facet .label")}
    assert options["Unknown"] is None
    assert options["Ẩm thực"] == "vi"
    dated = LexborHTMLParser(seeds_client.get(path + "&from=2021").text)
    chips = [one.css("span")[1] for one in dated.css(".active .chip")]
    assert {one.text(): one.attributes.get("lang") for one in chips} == {
        "Unknown": None,
        "Ẩm thực": "vi",
        "2021": None,
    }


def test_numbers_and_ages(app: Flask) -> None:
    hour = (datetime.now(UTC) - timedelta(hours=3)).isoformat()
    ahead = (datetime.now(UTC) + timedelta(seconds=50)).isoformat()
    with app.test_request_context("/?lang=vi"):
        app.preprocess_request()
        assert languages.number(12345.6) == "12.346"
        assert languages.since(hour) == "3 giờ trước"
        assert "trước" in languages.since(ahead), "clocks differ: nothing was built in the future"
    with app.test_request_context("/?lang=en"):
        app.preprocess_request()
        assert languages.number(12345.6) == "12,346"
        assert languages.since(hour) == "3 hours ago"
