"""Style sheets, scripts and icons: browsers keep them for a year, for their address changes with
them.

The version stands in the path and not behind it, so that scripts that name each other, and what
style sheets name, get it by themselves.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, send_from_directory

from searchapp.web.access import open_to_all

_FOLDER = Path(__file__).with_name("static")
_A_YEAR_S = 365 * 24 * 3600


def register(app: Flask) -> None:
    """Serve the files, with the version of all of them in their addresses."""
    current = _version(_FOLDER)

    @app.get("/static/<version>/<path:filename>", endpoint="static")
    @open_to_all
    def static(version: str, filename: str) -> Response:
        response = send_from_directory(_FOLDER, filename, conditional=False)
        response.direct_passthrough = False
        response.make_sequence()  # some kilobytes: read now, they can be compressed
        response.close()  # the file: a browser that goes away before it is sent leaves none open
        response.make_conditional(request)  # no ranges: a part of what is compressed is none
        response.headers["Cache-Control"] = (
            f"public, max-age={_A_YEAR_S}, immutable" if version == current else "no-cache"
        )
        return response

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", current)


def _version(folder: Path) -> str:
    """A short digest of all files in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
