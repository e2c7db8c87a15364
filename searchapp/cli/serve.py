"""``searchapp serve``: gunicorn, set up from the settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from searchapp.cli.options import index_dir_option
from searchapp.config import Settings
from searchapp.language.synonyms import load_synonyms
from searchapp.tokens import Scope, TokensFile


@click.command("serve")
@click.option("--host", default=None, help="Address to listen on (default: 127.0.0.1).")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=None,
    help="Port to listen on (default: 8000).",
)
@click.option(
    "--socket",
    type=click.Path(path_type=Path),
    default=None,
    help="Unix socket to listen on, instead of an address and a port.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=None, help="Processes (default: one a core)."
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    default=None,
    help="Requests that a process answers at once (default: as the engine needs).",
)
@index_dir_option
def serve_command(
    host: str | None,
    port: int | None,
    socket: Path | None,
    workers: int | None,
    threads: int | None,
    index_dir: Path | None,
) -> None:
    """Serve the search page and the JSON endpoint; stop with Ctrl+C.

    Every option is a setting, too (`serve_host`, `serve_port` …; `searchapp config` shows them).
    SIGHUP reads the settings anew, SIGTERM stops; neither drops a request.

    \b
    Example:
        searchapp serve --port 8080 --workers 4
        searchapp serve --socket /run/searchapp/web.sock
    """
    if socket is not None and (host is not None or port is not None):
        raise click.UsageError(
            "--socket stands instead of --host and --port; leave one of them out"
        )

    def load() -> Settings:
        settings = Settings.load(
            index_dir=index_dir,
            serve_host=host,
            serve_port=port,
            serve_socket=socket,
            serve_workers=workers,
            serve_threads=threads,
        )
        if settings.synonyms_file is not None:
            load_synonyms(own=settings.synonyms_file)  # says now what each search would find
        # Who names an address here doesn't want the socket that the file names.
        told = host is not None or port is not None
        return replace(settings, serve_socket=None) if told else settings

    settings = load()
    from searchapp.web.listening import check_address
    from searchapp.web.server import run

    _check_tokens(settings)
    check_address(settings)
    run(settings, load)


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
