"""Serving assistants: over standard input and output, or over HTTP."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from typing import NoReturn

import anyio
import uvicorn
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from searchapp.assistants.access import App, RequireReading
from searchapp.assistants.server import make_server
from searchapp.config import Settings
from searchapp.errors import InputError, SearchappError
from searchapp.search.service import SearchService
from searchapp.tokens import TokensFile

PATH = "/mcp"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_LOOPBACK_ADDRESSES = ("127.0.0.1", "localhost", "::1")
_INTERRUPTED = 130
_GRACEFUL_TIMEOUT_S = 5


def serve_stdio(settings: Settings) -> None:
    """Answer one assistant until it closes standard input. Standard output is the protocol's."""
    _log_to_stderr()
    # A thread waits for the next line and can't be woken: by itself Ctrl+C would wait for it, too.
    signal.signal(signal.SIGINT, _leave)
    anyio.run(_speak, settings)


async def _speak(settings: Settings) -> None:
    server = make_server(SearchService(settings))
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def _leave(*_: object) -> NoReturn:
    os.write(2, b"searchapp: interrupted\n")
    os._exit(_INTERRUPTED)


def serve_http(settings: Settings, host: str, port: int, allowed_hosts: tuple[str, ...]) -> None:
    """Answer assistants over streamable HTTP until stopped.

    ``allowed_hosts`` are the names by which they may call, with a port or without, beside those of
    this machine where only it can reach us: a page that has its own name point here is refused.
    Where `read_access` is ``token``, so is who brings no token of the scope ``read``.
    Raises InputError if nobody could call, SearchappError if the port is taken.
    """
    security = _security(host, allowed_hosts)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        reason = error.strerror or error
        raise SearchappError(
            f"can't listen on {host}, port {port} ({reason}); choose another with --host or --port"
        ) from error
    # asyncio does so only for sockets that were made with the number of the protocol; without it an
    # answer waits 40 ms for the other side's acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _log_to_stderr()
    # Every call stands for itself: any number of assistants, and none is lost by a restart.
    app: App = make_server(SearchService(settings)).streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        transport_security=security,
    )
    is_closed = settings.read_access == "token"
    if is_closed:
        app = RequireReading(
            app,
            TokensFile.with_secrets(
                settings.tokens_path, settings.write_token, settings.operator_token
            ),
        )
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GRACEFUL_TIMEOUT_S,
        )
    )
    # uvicorn stops in order, then sends itself the signal again: that is no fault of anybody.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}{PATH}"
    asked = ", with a token of the scope read" if is_closed else ""
    sys.stderr.write(f"searchapp: MCP on {address}{asked} (Ctrl+C stops)\n")
    server.run(sockets=[listening])


def _security(host: str, allowed_hosts: tuple[str, ...]) -> TransportSecuritySettings:
    names = [*allowed_hosts, *(_LOOPBACK if host in _LOOPBACK_ADDRESSES else ())]
    if not names:
        raise InputError(
            f"on {host} others can call: say by which name they may, such as"
            " --allow-host search.example.vn"
        )
    hosts = [form for name in names for form in (name, f"{name}:*")]
    return TransportSecuritySettings(
        allowed_hosts=hosts,
        allowed_origins=[f"{scheme}://{one}" for one in hosts for scheme in ("http", "https")],
    )


def _log_to_stderr() -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="searchapp: %(levelname)s %(message)s"
    )
