"""``searchapp mcp`` as a process of its own, spoken to by the SDK's client: over pipes and HTTP."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.client.stdio import stdio_client
from mcp_corpus import RECORDS, build_index
from mcp_processes import MAIN, PATIENCE_S, called, environment, served, started


@pytest.mark.anyio
async def test_over_pipes_while_the_index_is_rebuilt(tmp_path: Path) -> None:
    build_index(tmp_path / "index")
    process = StdioServerParameters(
        command=MAIN[0], args=[*MAIN[1:], "mcp"], cwd=tmp_path, env={"LC_ALL": "C"}
    )
    with (tmp_path / "errors").open("w+", encoding="utf-8") as errors, anyio.fail_after(60):
        async with Client(stdio_client(process, errlog=errors)) as client:
            assert len((await client.list_tools()).tools) == 4
            result = await client.call_tool("search", {"query": "lũ trên sông", "size": 1})
            assert result.structured_content["hits"][0]["title"] == "Lũ trên sông Hương"
            assert "Lũ trên sông Hương" in result.content[0].text
            new = {"id": "mới", "title": "Hồ Ba Bể", "text": "Nước hồ trong xanh 🛶."}
            await anyio.to_thread.run_sync(build_index, tmp_path / "index", [new, *RECORDS])
            result = await client.call_tool("search", {"query": "ho ba be"})
            assert [hit["id"] for hit in result.structured_content["hits"]] == ["mới"]
            result = await client.call_tool("document", {"id": "mới"})
            assert result.structured_content["text"] == new["text"]
            assert (await client.call_tool("search", {"query": ""})).is_error
            # Calls at the same time, in both directions of the pipe.
            async with anyio.create_task_group() as group:
                for n in range(20):
                    group.start_soon(_finds, client, f"bản tin {n % 12}")
        errors.seek(0)
        assert errors.read() == ""


async def _finds(client: Client, query: str) -> None:
    result = await client.call_tool("search", {"query": f'"{query}"', "size": 1})
    assert result.structured_content["hits"][0]["title"].lower() == query


def test_what_is_no_message_does_not_end_it(index_dir: Path) -> None:
    process = started("--index-dir", str(index_dir), cwd=index_dir.parent)
    ping = {"jsonrpc": "2.0", "id": 7, "method": "ping"}
    hello = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                   "clientInfo": {"name": "thử", "version": "1"}},
    }  # fmt: skip
    lines = ["không phải JSON", json.dumps(hello), '"\\ud800"', "{}", json.dumps(ping)]
    assert process.stdin is not None
    assert process.stdout is not None
    bound = threading.Timer(PATIENCE_S, process.kill)
    bound.start()
    try:
        process.stdin.write("".join(f"{line}\n" for line in lines))
        process.stdin.flush()
        answered = [json.loads(process.stdout.readline())]
        while answered[-1].get("id") != ping["id"]:
            answered.append(json.loads(process.stdout.readline()))
        out, errors = process.communicate(timeout=PATIENCE_S)
    finally:
        bound.cancel()
        process.kill()
    assert process.returncode == 0
    assert 1 in {answer.get("id") for answer in answered}
    assert out == ""
    assert "Traceback" not in errors


def test_ctrl_c_ends_it_while_it_waits(index_dir: Path) -> None:
    process = started(cwd=index_dir.parent)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}\n')
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE_S) == 130
    finally:
        process.kill()
        _, errors = process.communicate()
    assert errors == "searchapp: interrupted\n"


@pytest.fixture(scope="module")
def url(index_dir: Path) -> Iterator[str]:
    """Where a server answers."""
    with served(index_dir.parent, "--allow-host", "tim.example") as server:
        assert re.fullmatch(r"\S+: MCP on \S+ \(.*\)\n", server.said)
        yield server.url
    for line in server.errors.splitlines():
        assert re.fullmatch(r"searchapp: WARNING Invalid (Host|Origin) header: \S+", line)


@pytest.mark.anyio
@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_over_http(url: str, mode: str) -> None:
    with anyio.fail_after(60):
        async with Client(url, mode=mode) as client:
            result = await client.call_tool("search", {"query": "dong song que", "size": 2})
            assert not result.is_error
            result = await client.call_tool("document", {"id": "dài", "max_chars": 90})
            assert result.structured_content["text"].startswith("Đoạn 0: nước sông Hương")
            assert (await client.call_tool("document", {"id": "none"})).is_error


def _posted(url: str, **headers: str) -> int:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
    asks = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    request = urllib.request.Request(url, body, {**asks, **headers})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8001"}, 200),
        ({"Host": "tim.example"}, 200),
        ({"Host": "tim.example:8443", "Origin": "https://tim.example"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:8001"}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
    ids=str,
)
def test_who_may_call(url: str, headers: dict[str, Any], status: int) -> None:
    assert _posted(url, **headers) == status


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--port", "9000"], 2, "--port goes with --http; without it nothing listens"),
        (["--allow-host", "a"], 2, "--allow-host goes with --http"),
        (["--http", "--host", "0.0.0.0"], 2, "say by which name they may, such as --allow-host"),
        (["--http", "--host", "no.such.host.invalid", "--allow-host", "a"], 1, "can't listen on"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_can_not_be_served(
    tmp_path: Path, arguments: list[str], status: int, said: str
) -> None:
    done = called(*arguments, cwd=tmp_path)
    assert said in done.stderr
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (status, "", 1)


def test_without_the_extra(tmp_path: Path) -> None:
    (tmp_path / "mcp.py").write_text("raise ModuleNotFoundError('no', name='mcp')\n")
    done = subprocess.run(
        [*MAIN, "mcp"],
        cwd=tmp_path, env=environment(PYTHONPATH=str(tmp_path)), capture_output=True, text=True,
        input="", timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == (
        "searchapp: searchapp mcp needs the package mcp;"
        " install it with: pip install 'searchapp[mcp]'\n"
    )
    assert (done.returncode, done.stdout) == (2, "")
