"""What the page of the API's description needs of the template language."""

from __future__ import annotations

import re
import shlex
from urllib.parse import quote, urlencode

from flask import Flask
from markupsafe import Markup, escape

from searchapp.web.operations import Operation

_CODE = re.compile(r"`([^`]+)`")


def register(app: Flask) -> None:
    """Add the filters of `docs.html`."""
    app.jinja_env.filters.update(
        code=code, curl=curl, example_path=example_path, example_url=example_url
    )


def code(text: str) -> Markup:
    """Text with what stands between backquotes as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped before


def example_path(operation: Operation) -> str:
    """The path of an operation's example."""
    return operation.path.replace("{id}", quote(operation.example_id or "", safe="/"))


def example_url(operation: Operation) -> str:
    """The path and query string of an operation's example."""
    query = urlencode(operation.example)
    return example_path(operation) + (f"?{query}" if query else "")


def curl(operation: Operation, root: str) -> str:
    """A command that asks the example, readable as it was typed."""
    values = "".join(
        f" \\\n  --data-urlencode {shlex.quote(f'{name}={value}')}"
        for name, value in operation.example.items()
    )
    return f"curl --get {root.rstrip('/')}{example_path(operation)}{values}"
