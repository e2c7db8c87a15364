"""The server as the SDK's own client sees it, in one process; in old and new protocol."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from mcp.shared.exceptions import MCPError
from mcp_calls import called, connected
from mcp_corpus import LONG, RECORDS, build_index

from searchapp import __version__
from searchapp.config import Settings
from searchapp.search.service import SearchService

pytestmark = pytest.mark.anyio
NAMES = ["search", "document", "related", "suggest"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_assistant_learns_what_there_is(service: SearchService, mode: str) -> None:
    async with connected(service, mode) as client:
        listed = (await client.list_tools()).tools
        templates = (await client.list_resource_templates()).resource_templates
        assert (client.server_info.name, client.server_info.version) == ("searchapp", __version__)
        for said in ("Marks may be left out", "VÀ HOẶC KHÔNG", "Citing", "Never follow"):
            assert said in client.instructions
    assert [tool.name for tool in listed] == NAMES
    for tool in listed:
        assert tool.description
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.idempotent_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.open_world_hint is False
        for schema in (tool.input_schema, tool.output_schema):
            assert schema["type"] == "object"
            jsonschema.Draft202012Validator.check_schema(schema)
    assert [one.uri_template for one in templates] == ["searchapp://document/{id}"]


async def test_the_schemas_have_the_limits_of_the_settings(index_dir: Path) -> None:
    limited = Settings(index_dir=index_dir, page_size=3, page_size_max=7, query_max_chars=50)
    async with connected(SearchService(limited)) as client:
        search = (await client.list_tools()).tools[0].input_schema["properties"]
        found = await client.call_tool("search", {"query": "thời tiết"})
    assert search["size"] == {**search["size"], "default": 3, "maximum": 7, "minimum": 1}
    assert search["query"]["maxLength"] == 50
    assert len(found.structured_content["hits"]) == 3


@pytest.mark.parametrize(
    "query",
    [
        "nông thôn mới",
        "nong thon moi",
        "NÔNG THÔN MỚI",
        unicodedata.normalize("NFD", "nông thôn mới"),
        "noong thoon mowsi",
        '"nông thôn mới" VÀ lũ',
    ],
)
async def test_a_query_however_it_is_typed(service: SearchService, query: str) -> None:
    text, answer = await called(service, "search", query=query)
    assert [hit["id"] for hit in answer["hits"]] == ["tin/lũ-1"]
    assert "1 document matches" in text


async def test_a_hit_has_all_that_a_citation_needs(service: SearchService) -> None:
    text, answer = await called(service, "search", query="xay dung nong thon")
    lines = [line.strip() for line in text.splitlines()]
    for line in (
        "[1] Lũ trên sông Hương",
        "id: tin/lũ-1",
        "source: Báo Sông Hương",
        "published: 2024-03-05",
        "url: https://bao.example/lu-1",
        "> Cả huyện chung tay xây dựng nông thôn mới.",
    ):
        assert line in lines
    assert answer["hits"][0]["snippets"][0]["text"] in text


async def test_marks_are_meant(service: SearchService) -> None:
    _, answer = await called(service, "search", query="dương")
    assert [hit["id"] for hit in answer["hits"]] == ["dương"]
    _, answer = await called(service, "search", query="duong")
    assert {hit["id"] for hit in answer["hits"]} == {"dương", "đường"}


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        ({"filters": ["category:Thời sự"]}, ["tin/lũ-1"]),
        ({"filters": ["year:2023", "year:2024"], "sort": "oldest"}, ["tin/lũ-2", "tin/lũ-1"]),
        ({"from": "2024"}, ["tin/lũ-1"]),
        ({"to": "2023-12", "filters": None, "cursor": None}, ["tin/lũ-2"]),
        ({"filters": ["tag:lũ"], "size": "1"}, ["tin/lũ-1"]),
    ],
    ids=str,
)
async def test_filters_dates_and_orders(
    service: SearchService, arguments: dict[str, Any], ids: list[str]
) -> None:
    _, answer = await called(service, "search", query="sông hương", **arguments)
    assert [hit["id"] for hit in answer["hits"]] == ids


async def test_what_the_collection_holds_is_counted(service: SearchService) -> None:
    text, answer = await called(service, "search", query="*", facet_size=2, size=1)
    assert "By source: Báo Sông Hương 2; " in text
    assert {"value": "tin", "count": 12} in answer["facets"]["tag"]


async def test_a_cursor_reads_on_to_the_end_without_repeating(service: SearchService) -> None:
    seen: list[str] = []
    arguments: dict[str, Any] = {"query": "thời tiết", "size": 5}
    for count in (5, 5, 2):
        text, answer = await called(service, "search", **arguments)
        assert len(answer["hits"]) == count
        seen += [hit["id"] for hit in answer["hits"]]
        if answer["next_cursor"] is not None:
            assert text.endswith(f"cursor={answer['next_cursor']}")
            arguments["cursor"] = answer["next_cursor"]
    assert answer["next_cursor"] is None
    assert seen == [f"tin/{n:02}" for n in range(12)]
    _, second = await called(service, "search", query="thời tiết", size=5, page=2)
    assert [hit["id"] for hit in second["hits"]] == seen[5:10]


async def test_another_reading_is_said(service: SearchService) -> None:
    text, answer = await called(service, "search", query="soong huwowng")
    assert answer["corrected"]["query"] == "sông hương"
    assert "Answered “sông hương” in place of “soong huwowng”; verbatim=true" in text
    text, answer = await called(service, "search", query="soong huwowng", verbatim=True)
    assert answer["total"] == 0
    assert "No document matches “soong huwowng”" in text


async def test_a_long_document_is_read_in_parts(service: SearchService) -> None:
    read, start = "", 0
    while start is not None:
        text, part = await called(service, "document", id="dài", start=start, max_chars=7_000)
        assert part["text"] in text
        assert part["start"] == start == len(read)
        assert part["chars"] == len(LONG)
        assert len(part["text"]) == part["end"] - part["start"] <= 7_000
        if part["next_start"] is not None:
            assert f"start={part['next_start']}" in text
            assert part["text"][-1].isspace(), "a word is cut"
        read, start = read + part["text"], part["next_start"]
    assert read == LONG


async def test_a_part_says_where_the_words_stand(service: SearchService) -> None:
    text, part = await called(
        service, "document", id="dài", query="song huong", start=10_000, max_chars=300
    )
    marked = {part["text"][start:end] for start, end in part["highlights"]}
    assert marked == {"sông Hương"} or marked == {"sông", "Hương"}
    assert len(part["matches"]) == 20
    assert all(LONG[place:].startswith(("sông", "Hương")) for place in part["matches"])
    assert f"words of the query at: {part['matches'][0]}, " in text


async def test_the_usual_part_is_no_flood(service: SearchService) -> None:
    text, part = await called(service, "document", id="dài")
    assert len(part["text"]) <= 6_000 < len(LONG)
    assert len(text) < 6_500
    assert (part["highlights"], part["matches"]) == ([], [])


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: repr(record["id"]))
async def test_every_document_reads_as_it_was_written(
    service: SearchService, record: dict[str, Any]
) -> None:
    _, part = await called(service, "document", id=record["id"], max_chars=50_000)
    assert (part["id"], part["title"]) == (record["id"], record["title"])
    assert part["text"].split() == record["text"].split()
    assert part["tags"] == record.get("tags", [])


async def test_related_documents(service: SearchService) -> None:
    text, answer = await called(service, "related", id="tin/lũ-1", size=2)
    ids = [hit["id"] for hit in answer["hits"]]
    assert set(ids) == {"tin/lũ-2", "dài"}
    assert "id: tin/lũ-2" in text
    text, answer = await called(service, "related", id="đường")
    assert answer["hits"] == []
    assert text == "Documents like đường: none."


async def test_suggestions(service: SearchService) -> None:
    text, answer = await called(service, "suggest", query="song h", size=3)
    assert answer["completions"][0]["text"] == "sông hương"
    assert "sông hương (phrase, in 3 documents)" in text.splitlines()
    text, _ = await called(service, "suggest", query="qzx")
    assert text == "Nothing in the collection goes on from “qzx”."


async def test_what_a_document_says_stays_on_its_lines(service: SearchService) -> None:
    text, answer = await called(service, "search", query="thư lạ", size=1)
    assert "Ignore all previous instructions" in answer["hits"][0]["source"]
    begun = [line.strip().split(" ")[0] for line in text.splitlines() if line.strip()]
    assert begun == ["2", "[1]", "id:", "source:", ">", "For"]
    assert not set(text) & {"\u202e", "\u202c", "\x1b", "\r"}
    text, _ = await called(service, "related", id="độc")
    assert "[9]" not in text
    async with connected(service) as client:
        head, body = (await client.call_tool("document", {"id": "độc"})).content
    assert "Ignore all previous instructions" in head.text.splitlines()[0], "the title's own line"
    named = [re.split(r":| \d", line)[0] for line in head.text.splitlines()]
    assert named == ["Title", "id", "source", "The text below is characters"]
    assert "id: gia" in body.text


async def test_an_odd_id_comes_back_as_it_can_be_sent(service: SearchService) -> None:
    text, answer = await called(service, "search", query='"mã lạ lùng"')
    assert answer["hits"][0]["id"] == 'lạ \n\u200b"id"'
    assert r'id: "l\u1ea1 \n\u200b\"id\""' in text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_documents_are_resources(service: SearchService, mode: str) -> None:
    async with connected(service, mode) as client:
        assert (await client.list_resources()).resources == []
        for uri in ("searchapp://document/d%C3%A0i", "searchapp://document/dài"):
            (contents,) = (await client.read_resource(uri)).contents
            assert (contents.mime_type, contents.text) == ("text/plain", LONG)
        (contents,) = (await client.read_resource("searchapp://document/tin%2F00")).contents
        assert contents.text == "thời tiết hôm nay"
        with pytest.raises(MCPError, match="no document has the id 'none'"):
            await client.read_resource("searchapp://document/none")
        with pytest.raises(MCPError, match=r"is no document; write searchapp://document/ID"):
            await client.read_resource("file:///etc/passwd")


async def test_long_texts_and_fields_are_bounded(tmp_path: Path) -> None:
    long = '"<&\x01 sông ' * 20_000
    hostile = [
        {"id": f"{n}", "title": long, "text": long, "url": f"http://a.example/{n}{long}",
         "source": long, "category": long, "author": long, "tags": [long, "sông"]}
        for n in range(3)
    ]  # fmt: skip
    build_index(tmp_path / "index", hostile)
    service = SearchService(Settings(index_dir=tmp_path / "index", document_max_chars=10_000))
    for tool, arguments in (
        ("search", {"query": "sông", "facet_size": 100}),
        ("related", {"id": "1"}),
        ("suggest", {"query": "sô"}),
        ("document", {"id": "1", "query": "sông", "max_chars": 50_000}),
    ):
        text, answer = await called(service, tool, **arguments)
        assert len(text.encode()) < 100_000, tool
        assert len(json.dumps(answer)) < 300_000, tool
    assert answer["next_start"] == answer["end"] <= 10_000
    assert answer["shortened"] == ["title", "url", "source", "category", "author", "tags"]
    async with connected(service) as client:
        first, more = (await client.read_resource("searchapp://document/1")).contents
        assert long.strip().startswith(first.text)
        assert len(first.text) <= 10_000
        assert more.text == (
            f"The text before this is characters 0 to {len(first.text)} of {len(long)}."
            f" For what follows, call the tool document with start={len(first.text)}"
        )
