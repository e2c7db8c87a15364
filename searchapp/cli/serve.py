"""``searchapp serve``: gunicorn on ``wsgi:app``."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click

from searchapp.cli.options import index_dir_option
from searchapp.config import PREFIX, Settings
from searchapp.errors import SearchappError
from searchapp.tokens import Scope, TokensFile


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--workers", type=click.IntRange(min=1), default=None, help="Processes (default: one a core)."
)
@index_dir_option
def serve_command(host: str, port: int, workers: int | None, index_dir: Path | None) -> None:
    """Serve the search page and the JSON endpoint; stop with Ctrl+C.

    \b
    Example:
        searchapp serve --port 8080 --workers 4
    """
    settings = Settings.load(index_dir=index_dir)
    # The workers read their settings from the environment, as under any other gunicorn.
    os.environ[PREFIX + "INDEX_DIR"] = str(settings.index_dir)
    _check_tokens(settings)
    _check_address(host, port)
    from searchapp.web.server import run

    run(host, port, workers or os.cpu_count() or 1)


def _check_tokens(settings: Settings) -> None:
    """Say now what the first request would find. Raises TokensFileError."""
    tokens = TokensFile(settings.tokens_path)
    if settings.read_access == "token" and not tokens.allows(Scope.READ):
        click.echo(
            "searchapp: nobody can read yet: read_access is token, and no token has the scope read;"
            " make one with: searchapp tokens create NAME --scope read",
            err=True,
        )
    tokens.tokens()


def _check_address(host: str, port: int) -> None:
    """Say in a line what gunicorn says in many, after some tries."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        reason = error.strerror or error
        raise SearchappError(
            f"can't listen on {host}, port {port} ({reason}); choose another with --host or --port"
        ) from error
