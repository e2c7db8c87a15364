"""What is named on the command line to be read: files, folders, databases, standard input."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from searchapp.errors import InputError
from searchapp.ingest.base import SourceFile
from searchapp.ingest.limits import Limits
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.sql import SqlSource, is_sql_url, without_password
from searchapp.ingest.stdin import spool_stdin

STDIN = "-"
_SAMPLES = "seeds"


@dataclass(frozen=True, slots=True)
class Named:
    """Arguments, told apart: paths, addresses of databases, and whether standard input is one."""

    paths: tuple[Path, ...]
    urls: tuple[str, ...]
    stdin: bool

    @classmethod
    def of(cls, arguments: Sequence[str]) -> Named:
        """The arguments of a command."""
        urls = tuple(one for one in arguments if is_sql_url(one))
        paths = tuple(Path(one) for one in arguments if one != STDIN and not is_sql_url(one))
        return cls(paths, urls, STDIN in arguments)

    def queries(self, query: str | None, fields: FieldMap) -> tuple[SqlSource, ...]:
        """The query of each database. Raises InputError if the two don't go together."""
        if self.urls and query is None:
            shown = without_password(self.urls[0])
            raise InputError(f"{shown} is a database: say what to read from it with --query")
        if query is not None and not self.urls:
            raise InputError(
                "--query is for a database: name one, such as postgresql://user@host/name or"
                " sqlite:///file.db"
            )
        return tuple(SqlSource(url, query or "", fields) for url in self.urls)

    @contextlib.contextmanager
    def spooled(self, limits: Limits, fields: FieldMap) -> Iterator[SourceFile | None]:
        """Standard input as a file, where it was named."""
        if not self.stdin:
            yield None
            return
        with spool_stdin(sys.stdin.buffer, limits, fields) as file:
            yield file


def named_or_samples(arguments: Sequence[str]) -> Sequence[str]:
    """What a command names, or the sample corpus, which is in a checkout and in no package.

    Raises InputError if there is neither.
    """
    if not arguments and not Path(_SAMPLES).exists():
        raise InputError(
            f"nothing is named, and there is no folder {_SAMPLES} here;"
            " name what to read, such as: searchapp index ~/tai-lieu"
        )
    return arguments or (_SAMPLES,)


def no_terminal_awaited(named: Named) -> None:
    """Say what is waited for where standard input is a terminal."""
    if named.stdin and sys.stdin.isatty():
        click.echo("Reading standard input; end it with Ctrl+D.", err=True)
