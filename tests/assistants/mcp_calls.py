"""Calls of the server by the SDK's own client, in one process."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import jsonschema
from mcp.client import Client

from searchapp.assistants.server import make_server
from searchapp.search.service import SearchService


@contextlib.asynccontextmanager
async def connected(service: SearchService, mode: str = "auto") -> AsyncIterator[Client]:
    async with Client(make_server(service), mode=mode) as client:
        yield client


async def called(service: SearchService, tool: str, **arguments: Any) -> tuple[str, dict[str, Any]]:
    """What a tool says, as text and as JSON."""
    async with connected(service) as client:
        (described,) = (one for one in (await client.list_tools()).tools if one.name == tool)
        result = await client.call_tool(tool, arguments)
    text = "\n".join(block.text for block in result.content)
    assert not result.is_error, text
    jsonschema.validate(result.structured_content, described.output_schema)
    return text, result.structured_content


async def refused(service: SearchService, tool: str, **arguments: Any) -> str:
    """What a tool says that can't answer: one line."""
    async with connected(service) as client:
        result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert result.structured_content is None
    (block,) = result.content
    assert "\n" not in block.text
    assert "Traceback" not in block.text
    return block.text
