"""What browsers ask to search from their address bar."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

NAMESPACE = "{http://a9.com/-/spec/opensearch/1.1/}"


def test_pages_lead_to_the_description(client: FlaskClient) -> None:
    link = LexborHTMLParser(client.get("/").get_data(as_text=True)).css_first("link[rel=search]")
    assert link is not None
    assert link.attributes["type"] == "application/opensearchdescription+xml"
    assert client.get(link.attributes["href"]).status_code == 200


def test_the_description(client: FlaskClient) -> None:
    response = client.get("/opensearch.xml", base_url="https://localhost:8443/")
    assert response.content_type.startswith("application/opensearchdescription+xml")
    root = ET.fromstring(response.data)
    name = root.findtext(f"{NAMESPACE}ShortName") or ""
    assert 0 < len(name) <= 16, "OpenSearch 1.1 allows no more"
    assert root.findtext(f"{NAMESPACE}Language") == "vi"
    templates = {url.get("type"): url.get("template") for url in root.iter(f"{NAMESPACE}Url")}
    root_url = "https://localhost:8443"
    # No page: who knows none would ask for an empty one, which is none.
    assert templates["text/html"] == f"{root_url}/search?q={{searchTerms}}"
    assert templates["application/x-suggestions+json"] == (
        f"{root_url}/opensearch/suggest?q={{searchTerms}}"
    )
    assert templates["application/json"] == f"{root_url}/api/v1/search?q={{searchTerms}}"
    image = root.findtext(f"{NAMESPACE}Image") or ""
    with client.get(image.removeprefix(root_url)) as icon:
        assert icon.status_code == 200


def test_suggestions(client: FlaskClient) -> None:
    response = client.get("/opensearch/suggest?q=ban t")
    assert response.content_type == "application/x-suggestions+json"
    query, texts, descriptions, urls = response.json
    assert query == "ban t"
    assert len(texts) == len(descriptions) == len(urls) > 0
    assert all(url.startswith("http://localhost/search?q=") for url in urls)
    assert client.get(urls[0].removeprefix("http://localhost")).status_code == 200


def test_suggestions_for_nothing(client: FlaskClient) -> None:
    assert client.get("/opensearch/suggest").json == ["", [], [], []]
