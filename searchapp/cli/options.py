"""Options that several commands have."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

index_dir_option = click.option(
    "--index-dir",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder of the index (default: index/, or SEARCHAPP_INDEX_DIR).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Words(click.ParamType[str]):
    """Text from the command line; bytes that are no UTF-8 are replaced."""

    name = "text"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,  # noqa: ARG002  # click's
        ctx: click.Context | None,  # noqa: ARG002
    ) -> str:
        return str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def echo_json(values: object) -> None:
    """Print JSON: letters as they are where the terminal has them, else as escapes."""
    plain = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
    click.echo(json.dumps(values, ensure_ascii=plain, indent=2))
