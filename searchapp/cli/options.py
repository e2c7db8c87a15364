"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path

import click

index_dir_option = click.option(
    "--index-dir",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder of the index (default: index/, or SEARCHAPP_INDEX_DIR).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
