"""``searchapp``: finds the command, runs it, and turns errors into one line and an exit status."""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import TextIO

import click

from searchapp import __version__
from searchapp.cli.interruption import interrupt_when_told_to_end
from searchapp.cli.terminal import shown
from searchapp.errors import SearchappError

# Name of the command: where it is, and what it does. It is imported on use, and its line in the
# list stands here, so that --help answers at once.
_COMMANDS = {
    "index": ("searchapp.cli.index:index_command", "Build an index and make it live."),
    "update": ("searchapp.cli.update:update_command", "Bring the live index up to date."),
    "migrate": ("searchapp.cli.migrate:migrate_command", "Move the live index to another engine."),
    "watch": ("searchapp.cli.watch:watch_command", "Keep the index up to date as files change."),
    "search": ("searchapp.cli.search:search_command", "Search the live index."),
    "suggest": ("searchapp.cli.suggest:suggest_command", "Complete what is being typed."),
    "analyze": ("searchapp.cli.analyze:analyze_command", "Show what a text becomes."),
    "eval": ("searchapp.cli.evaluate:eval_command", "Measure the ranking of the live index."),
    "serve": ("searchapp.cli.serve:serve_command", "Serve the page and the JSON endpoint."),
    "config": ("searchapp.cli.settings:config_command", "Show every setting and its source."),
    "report": (
        "searchapp.cli.report:report_command",
        "Say what was searched for, and how it went.",
    ),
    "mcp": ("searchapp.cli.mcp:mcp_command", "Let assistants search, over MCP."),
    "stats": ("searchapp.cli.inspect:stats_command", "Say what the live index holds."),
    "backup": ("searchapp.cli.keeping:backup_command", "Write the live index into a file."),
    "restore": ("searchapp.cli.keeping:restore_command", "Make the index in a backup live."),
    "rollback": ("searchapp.cli.keeping:rollback_command", "Go back to the index before."),
    "tokens": ("searchapp.cli.tokens:tokens_command", "Make, list and revoke tokens of the API."),
    "verify": ("searchapp.cli.inspect:verify_command", "Say whether the live index is whole."),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        found = _COMMANDS.get(cmd_name)
        if found is None:
            return None
        module, attribute = found[0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in _COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="searchapp")
@click.option("--config", "file", metavar="FILE", help="File of settings (TOML).")
def commands(file: str | None) -> None:
    """Full-text search for Vietnamese documents.

    Build an index from a folder, then search it here, in the browser or over HTTP:

    \b
        searchapp index seeds/
        searchapp search "xây dựng đảng"
        searchapp serve
    """
    if file is not None:
        # Processes that a command starts have the same settings.
        os.environ["SEARCHAPP_CONFIG"] = os.path.abspath(file)  # noqa: PTH100  # pathlib is slow


def main() -> None:
    """The entry point of the ``searchapp`` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal without Vietnamese letters shows their numbers, and no traceback.
            stream.reconfigure(errors="backslashreplace")
    interrupt_when_told_to_end()
    try:
        commands.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.Abort:
        click.echo("searchapp: interrupted", err=True)
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"searchapp: {_in_a_line(error)}", err=True)
        sys.exit(error.exit_code)
    except SearchappError as error:
        click.echo(f"searchapp: {shown(str(error))}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader went away (`searchapp … | head`): nothing is wrong.
        _silence(sys.stdout)
        sys.exit(0)
    except OSError as error:
        _silence(sys.stdout)  # what could not be written would be tried again at the end
        click.echo(f"searchapp: {error}", err=True)
        sys.exit(1)


def _in_a_line(error: click.ClickException) -> str:
    """What click has to say of a wrong call, in a line, and where the right one stands."""
    said = shown(" ".join(error.format_message().split())).rstrip(".")
    said = said[:1].lower() + said[1:]
    context = error.ctx if isinstance(error, click.UsageError) else None
    return said if context is None else f"{said} (see: {context.command_path} --help)"


def _silence(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
