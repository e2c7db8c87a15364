"""``searchapp mcp``: search for assistants, over the Model Context Protocol."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from searchapp.cli.options import index_dir_option
from searchapp.config import Settings
from searchapp.errors import InputError


@click.command("mcp")
@click.option("--http", "over_http", is_flag=True, help="Over HTTP, at /mcp, for several at once.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http: its address.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="With --http: its port.",
)
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="With --http: a name by which it may be called; may be repeated. Needed where others than"
    " this machine can call.",
)
@index_dir_option
@click.pass_context
def mcp_command(
    context: click.Context,
    over_http: bool,
    host: str,
    port: int,
    allowed_hosts: tuple[str, ...],
    index_dir: Path | None,
) -> None:
    """Let assistants search the collection and cite it, over the Model Context Protocol.

    The tools are search, document, related and suggest; nothing can be written. Without --http an
    assistant starts this command itself and speaks to it over standard input and output: see
    docs/mcp.md for what to put into its configuration. The index may be rebuilt meanwhile.

    \b
    Examples:
        searchapp mcp --index-dir /srv/search/index
        searchapp mcp --http --port 8001
    """
    settings = Settings.load(index_dir=index_dir)
    for name in ("host", "port", "allowed_hosts"):
        given = context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        if given and not over_http:
            option = "--allow-host" if name == "allowed_hosts" else f"--{name}"
            raise InputError(f"{option} goes with --http; without it nothing listens", name)
    try:
        from searchapp.assistants.running import serve_http, serve_stdio
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] == "searchapp":
            raise
        raise InputError(
            "searchapp mcp needs the package mcp; install it with: pip install 'searchapp[mcp]'"
        ) from error
    if over_http:
        serve_http(settings, host, port, allowed_hosts)
        return
    if sys.stdin.isatty():
        click.echo(
            "searchapp: waiting for MCP on standard input; assistants start this command by"
            " themselves, see docs/mcp.md (Ctrl+C stops)",
            err=True,
        )
    serve_stdio(settings)
