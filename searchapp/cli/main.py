"""``searchapp``: finds the command, runs it, and turns errors into one line and an exit status."""

from __future__ import annotations

import importlib
import os
import sys

import click

from searchapp import __version__
from searchapp.errors import SearchappError

# Name of the command: module and attribute. Imported on use, so that --help answers at once.
_COMMANDS = {
    "index": "searchapp.cli.index:index_command",
    "search": "searchapp.cli.search:search_command",
    "analyze": "searchapp.cli.analyze:analyze_command",
    "eval": "searchapp.cli.evaluate:eval_command",
    "serve": "searchapp.cli.serve:serve_command",
    "stats": "searchapp.cli.inspect:stats_command",
    "verify": "searchapp.cli.inspect:verify_command",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, attribute = place.split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="searchapp")
def commands() -> None:
    """Full-text search for Vietnamese documents.

    Build an index from a folder, then search it here, in the browser or over HTTP:

    \b
        searchapp index seeds/
        searchapp search "xây dựng đảng"
        searchapp serve
    """


def main() -> None:
    """The entry point of the ``searchapp`` command."""
    try:
        commands.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("searchapp: interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except SearchappError as error:
        click.echo(f"searchapp: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader went away (`searchapp … | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
