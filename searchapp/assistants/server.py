"""The tools and documents over the Model Context Protocol, by its official SDK."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote

import anyio.to_thread
import msgspec
from anyio import CapacityLimiter
from mcp import types
from mcp.server import Server, ServerRequestContext
from mcp.shared.exceptions import MCPError

from searchapp import __version__
from searchapp.assistants.arguments import read_arguments
from searchapp.assistants.guide import GUIDE
from searchapp.assistants.schemas import answer_schema, parameters_schema
from searchapp.assistants.tools import TOOLS, Tool
from searchapp.config import Settings
from searchapp.errors import SearchappError
from searchapp.search.service import SearchService

_URI = "searchapp://document/"
_THREADS = 4  # as many as a web worker has: a searcher is opened in each
_FAULT = "the server made a mistake; it has been logged"
_ABOUT = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_log = logging.getLogger(__name__)
_Context = ServerRequestContext[Any]
_Answer = TypeVar("_Answer")


def make_server(service: SearchService) -> Server[Any]:
    """A server over whichever index of ``service`` is live when a call comes."""
    listed = [_described(tool, service.settings) for tool in TOOLS]
    by_name = {tool.name: tool for tool in TOOLS}
    threads = CapacityLimiter(_THREADS)

    async def apart(work: Callable[[], _Answer]) -> _Answer:
        """Searching takes the processor for milliseconds: beside the loop, not in it."""
        return await anyio.to_thread.run_sync(work, limiter=threads)

    async def list_tools(
        _: _Context, __: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=listed)

    async def call_tool(_: _Context, call: types.CallToolRequestParams) -> types.CallToolResult:
        tool = by_name.get(call.name)
        if tool is None:
            raise MCPError(
                types.INVALID_PARAMS, f"there is no tool {call.name!r}, only {', '.join(by_name)}"
            )
        return await apart(lambda: _called(tool, service, call.arguments or {}))

    async def list_resources(
        _: _Context, __: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        # A collection is searched, not listed: documents are read by the template below.
        return types.ListResourcesResult(resources=[])

    async def list_templates(
        _: _Context, __: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(
            resource_templates=[
                types.ResourceTemplate(
                    name="document",
                    title="Tài liệu · A document",
                    uri_template=f"{_URI}{{id}}",
                    description="The text of a document by its id (percent-encoded); the beginning"
                    " of a long one.",
                    mime_type="text/plain",
                )
            ]
        )

    async def read_resource(
        _: _Context, asks: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        return await apart(lambda: _resource(service, str(asks.uri)))

    return Server(
        "searchapp",
        version=__version__,
        title="searchapp",
        description="Full-text search over a collection of Vietnamese documents.",
        instructions=GUIDE,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


def _described(tool: Tool, settings: Settings) -> types.Tool:
    limits: dict[str, dict[str, Any]] = {}
    if tool.name == "search":
        limits = {
            "size": {"maximum": settings.page_size_max, "default": settings.usual_page_size},
            "facet_size": {"maximum": settings.facet_size_max},
        }
    if tool.name != "related":
        limits["query"] = {"maxLength": settings.query_max_chars}
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.about,
        input_schema=parameters_schema(tool.parameters, limits),
        output_schema=answer_schema(tool.answer),
        annotations=_ABOUT,
    )


def _called(tool: Tool, service: SearchService, given: dict[str, Any]) -> types.CallToolResult:
    """An answer, or an error that the assistant can read and mend."""
    try:
        answer = tool.call(service, read_arguments(tool.parameters, given))
        texts = tool.read(answer)
    except SearchappError as error:
        return _failed(str(error))
    except Exception:  # noqa: BLE001  # logged; the assistant hears that, and no traceback
        _log.exception("fault in the tool %s", tool.name)
        return _failed(_FAULT)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text) for text in texts],
        structured_content=msgspec.to_builtins(answer),
    )


def _failed(message: str) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=message)], is_error=True
    )


def _resource(service: SearchService, uri: str) -> types.ReadResourceResult:
    """The text of a document; of a long one the first part, and how to go on in a block of its own.

    Raises MCPError with our message.
    """
    try:
        if not uri.startswith(_URI):
            raise MCPError(types.INVALID_PARAMS, f"{uri!r} is no document; write {_URI}ID")
        found = service.document(unquote(uri.removeprefix(_URI)))
    except SearchappError as error:
        wrong = types.INVALID_PARAMS if error.http_status < 500 else types.INTERNAL_ERROR
        raise MCPError(wrong, str(error), {"uri": uri}) from error
    part, chars = found.text, len(found.document.text)
    texts = [part.text]
    if part.end < chars:
        texts.append(
            f"The text before this is characters 0 to {part.end} of {chars}."
            f" For what follows, call the tool document with start={part.end}"
        )
    return types.ReadResourceResult(
        contents=[
            types.TextResourceContents(uri=uri, mime_type="text/plain", text=text) for text in texts
        ]
    )
