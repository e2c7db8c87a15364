"""Style sheets and icons: browsers keep them for a year, for their address changes with them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

_A_YEAR_S = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Put the version of the files into their addresses, and say how long they may be kept."""
    assert app.static_folder is not None
    version = _version(Path(app.static_folder))

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("v", version)

    @app.after_request
    def say_how_long(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code < 400:
            response.direct_passthrough = False
            response.make_sequence()  # some kilobytes: read now, they can be compressed
            current = request.args.get("v") == version
            response.headers["Cache-Control"] = (
                f"public, max-age={_A_YEAR_S}, immutable" if current else "no-cache"
            )
        return response


def _version(folder: Path) -> str:
    """A short digest of all files in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
