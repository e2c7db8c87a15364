"""What assistants are told when they are wrong, or the server is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_calls import connected, refused
from mcp_corpus import build_index

from searchapp.config import Settings
from searchapp.errors import UnavailableError
from searchapp.search.service import SearchService

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("search", {}, "query is missing; it should be some words"),
        ("search", {"query": " \n "}, "query is ' \\n ', it should be some words"),
        ("search", {"query": "x" * 1001}, "the query has 1001 characters, at most 1000 are taken"),
        ("search", {"query": "a", "size": 0}, "size is 0, it should be a whole number from 1 on"),
        ("search", {"query": "a", "size": 101}, "size is 101, it may be 1 to 100"),
        ("search", {"query": "a", "page": 1.5}, "page is 1.5, it should be a whole number"),
        ("search", {"query": "a", "page": 2000}, "paging reaches 10000"),
        ("search", {"query": ["a"]}, "query is ['a'], it should be some words"),
        ("search", {"query": "a", "filters": "year:2024"}, "it should be a list of at most 50"),
        ("search", {"query": "a", "filters": ["colour:red"]}, "the filter 'colour:red' should be"),
        ("search", {"query": "a", "from": "last week"}, "'last week'"),
        ("search", {"query": "a", "sort": "best"}, "it should be newest or oldest or relevance"),
        ("search", {"query": "a", "cursor": "x"}, "the cursor can't be read"),
        ("search", {"query": "a", "verbatim": "maybe"}, "it should be true or false"),
        ("search", {"query": "a", "limit": 3}, "there is no parameter 'limit', only query, filt"),
        ("search", {"q": "a", "size": "x"}, "query is missing; it should be some words; size is"),
        ("document", {"id": ""}, "id is ''"),
        ("document", {"id": "none"}, "no document has the id 'none'"),
        ("document", {"id": "dài", "start": -1}, "start is -1"),
        ("document", {"id": "dài", "start": 99_999}, "start is 99999, the document has"),
        ("document", {"id": "dài", "max_chars": 50_001}, "a whole number from 1 to 50000"),
        ("document", {"id": "dài", "query": "x" * 1001}, "query has 1001 characters"),
        ("related", {"id": "none"}, "no document has the id 'none'"),
        ("related", {"id": "dài", "size": 51}, "a whole number from 1 to 50"),
        ("suggest", {"query": "x" * 1001}, "query has 1001 characters"),
    ],
    ids=str,
)
async def test_what_is_wrong_is_said_in_a_line(
    service: SearchService, tool: str, arguments: dict[str, Any], said: str
) -> None:
    assert said in await refused(service, tool, **arguments)


async def test_a_tool_that_is_not_there(service: SearchService) -> None:
    async with connected(service) as client:
        with pytest.raises(MCPError, match="there is no tool 'delete', only search, document"):
            await client.call_tool("delete", {"id": "dài"})


async def test_no_index_is_an_error_until_there_is_one(tmp_path: Path) -> None:
    service = SearchService(Settings(index_dir=tmp_path / "index"))
    async with connected(service) as client:
        for tool, arguments in (("search", {"query": "a"}), ("document", {"id": "a"})):
            result = await client.call_tool(tool, arguments)
            assert result.is_error
            assert "build one with: searchapp index [PATH…]" in result.content[0].text
        with pytest.raises(MCPError, match="build one with: searchapp index"):
            await client.read_resource("searchapp://document/a")
        build_index(tmp_path / "index", [{"id": "a", "title": "Sông Mã", "text": "Sông Mã."}])
        result = await client.call_tool("search", {"query": "song ma"})
        assert result.structured_content["total"] == 1
        build_index(tmp_path / "index", [{"id": "b", "title": "Sông Lô", "text": "Sông Lô."}])
        assert (await client.call_tool("search", {"query": "song ma"})).structured_content[
            "total"
        ] == 0
        result = await client.call_tool("document", {"id": "b"})
        assert result.structured_content["text"] == "Sông Lô."


async def test_an_engine_that_is_away(
    service: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise UnavailableError("OpenSearch at 127.0.0.1:9200 does not answer; start it")

    monkeypatch.setattr(SearchService, "search", away)
    said = await refused(service, "search", query="a")
    assert said == "OpenSearch at 127.0.0.1:9200 does not answer; start it"


async def test_a_fault_is_logged_and_not_told(
    service: SearchService, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret path /srv/x")

    monkeypatch.setattr(SearchService, "search", broken)
    monkeypatch.setattr(SearchService, "document", broken)
    said = await refused(service, "search", query="a")
    assert said == "the server made a mistake; it has been logged"
    assert "the secret path /srv/x" in caplog.text
    async with connected(service) as client:
        with pytest.raises(MCPError) as caught:
            await client.read_resource("searchapp://document/a")
    assert "secret" not in str(caught.value)
