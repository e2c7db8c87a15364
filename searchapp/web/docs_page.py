"""What the page of the API's description needs of the template language."""

from __future__ import annotations

import re
import shlex
from urllib.parse import quote

import msgspec
from flask import Flask
from markupsafe import Markup, escape

from searchapp.web.openapi_parts import Json
from searchapp.web.operations import Operation

_CODE = re.compile(r"`([^`]+)`")
_PAIR = re.compile(r"\[\s*(\d+),\s*(\d+)\s*\]")


def register(app: Flask) -> None:
    """Add the filters of `docs.html`."""
    app.jinja_env.filters.update(
        code=code,
        curl=curl,
        curl_write=curl_write,
        example_path=example_path,
        plain=plain,
        pretty=pretty,
    )


def code(text: str) -> Markup:
    """Text with what stands between backquotes as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped before


def example_path(operation: Operation) -> str:
    """The path of an operation's example."""
    return operation.path.replace("{id}", quote(operation.example_id or "", safe="/"))


def plain(value: object) -> str:
    """A value as JSON, in one line and with its own letters."""
    return msgspec.json.encode(value).decode()


def pretty(value: object) -> str:
    """A value as JSON, indented; pairs of numbers stay in one line."""
    indented = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return _PAIR.sub(r"[\1, \2]", indented)


def curl(operation: Operation, root: str) -> str:
    """A command that asks the example, readable as it was typed."""
    values = "".join(
        f" \\\n  --data-urlencode {shlex.quote(f'{name}={value}')}"
        for name, value in operation.example.items()
    )
    return f"curl --get {root.rstrip('/')}{example_path(operation)}{values}"


def curl_write(operation: Operation, described: Json, root: str) -> str:
    """A command that writes the example; the token is a variable of the shell."""
    lines = [
        f"curl -X {operation.method} {root.rstrip('/')}{example_path(operation)}",
        '-H "Authorization: Bearer $SEARCHAPP_WRITE_TOKEN"',
    ]
    if "requestBody" in described:
        examples = described["requestBody"]["content"]["application/json"]["examples"]
        body = plain(next(iter(examples.values()))["value"])
        lines += ["-H 'Content-Type: application/json'", "-d " + shlex.quote(body)]
    return " \\\n  ".join(lines)
