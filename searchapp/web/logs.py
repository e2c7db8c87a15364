"""The server's log: one line an event on standard error, as text or JSON, gunicorn's among them.

What a caller sends can't forge a line: control characters, line breaks and marks that turn the
direction of text are written as escapes. Every line written while a request is answered has its id,
and the ids of its trace where there is one.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from functools import cache
from typing import Any, TextIO

from gunicorn.glogging import Logger
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from searchapp.config import Settings
from searchapp.observation import current_observation
from searchapp.web.unblocked import Unblocked

_NO_FIELDS = frozenset((*RESERVED_ATTRS, "message", "taskName"))
# C0 and C1 (terminals obey both), line and paragraph separators, direction marks, halves of pairs.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_PLAIN_VALUE = re.compile(r"[^\s\"=]+")
_ROWS_OF_TRACE = "  | "  # no line of a traceback begins like an event


def escaped(text: str) -> str:
    """``text`` in one line that shows whatever is in it; the escapes are those of JSON."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class _RequestFilter(logging.Filter):
    """Gives each record the ids of the request that its thread answers."""

    def filter(self, record: logging.LogRecord) -> bool:
        seen = current_observation()
        if seen is not None:
            record.request_id = seen.request_id
            if seen.trace_id:
                record.trace_id, record.span_id = seen.trace_id, seen.span_id
        return True


def _time_of(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class TextFormatter(logging.Formatter):
    """``time LEVEL logger message key=value …``, for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; a traceback follows in lines of its own, each behind a bar."""
        head = f"{_time_of(record)} {record.levelname} {record.name} {record.getMessage()}"
        fields = (
            f"{name}={_shown(value)}"
            for name, value in record.__dict__.items()
            if name not in _NO_FIELDS
        )
        line = escaped(" ".join((head, *fields)))
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            line += "".join(f"\n{_ROWS_OF_TRACE}{escaped(row)}" for row in trace.splitlines())
        return line


def _shown(value: object) -> str:
    if isinstance(value, str) and _PLAIN_VALUE.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


class JsonLines(JsonFormatter):
    """An object a line: time, level, logger, process, message, and what the event has beside it."""

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "name", "process", "message"],
            rename_fields={
                "levelname": "level",
                "name": "logger",
                "exc_info": "traceback",
            },
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """The time stands first, where people look for it."""
        return {"time": log_data.pop("time"), **log_data}

    def add_fields(
        self,
        log_data: dict[str, Any],
        record: logging.LogRecord,
        message_dict: dict[str, Any],
    ) -> None:
        """What the record has, and when it was."""
        super().add_fields(log_data, record, message_dict)
        log_data["time"] = _time_of(record)

    def format(self, record: logging.LogRecord) -> str:
        """The object in one line; its escapes stand inside strings, where JSON reads them."""
        return escaped(super().format(record))


def set_up_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Have everything that this process logs written as the settings say, and nothing twice."""
    handler = logging.StreamHandler(_standard_error() if stream is None else stream)
    handler.setFormatter(JsonLines() if settings.log_format == "json" else TextFormatter())
    handler.addFilter(_RequestFilter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    # What libraries tell of each connection is nothing that an operator asked for.
    logging.getLogger("urllib3").setLevel(logging.WARNING)


@cache
def _standard_error() -> Unblocked:
    return Unblocked(sys.stderr.fileno())


class ServerLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own lines, where `set_up_logs` has all others written.

    Requests are logged by the application.
    """

    def setup(self, cfg: Any) -> None:
        """Called at the start, and again when gunicorn reads its settings anew."""
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.propagate = True
        self.error_log.handlers[:] = []
        self.error_log.setLevel(logging.NOTSET)

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        """Nothing: `searchapp.web.request_log` says it better."""
