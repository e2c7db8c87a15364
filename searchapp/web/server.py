"""gunicorn, set up for this application without a configuration file."""

from __future__ import annotations

import ctypes
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.http import message
from gunicorn.util import import_app

from searchapp.config import Settings
from searchapp.errors import SearchappError
from searchapp.search.service import SearchService
from searchapp.web import metrics_files, observing
from searchapp.web.exchange import LONGEST_ADDRESS
from searchapp.web.logs import set_up_logs

# From glibc's malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8

THREADS = 4  # a worker; a request waits for disk now and then, and slow clients are kept apart
TIMEOUT_S = 60
GRACEFUL_TIMEOUT_S = 15
_LONGEST_REQUEST_LINE = LONGEST_ADDRESS + 1024  # a little more: the application says it better


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return import_app("wsgi:app")


def _open_index(worker: Any) -> None:
    """Open the index before the first request, not during it."""
    service: SearchService = worker.wsgi.extensions["searchapp"]
    try:
        service.generation()
    except SearchappError as error:
        worker.log.warning("%s", error)


def _hold_little_memory() -> None:
    """Have glibc give freed memory back: a query's arrays live for milliseconds.

    By default each thread gets an arena of its own, and a freed block of some megabytes raises the
    size up to which blocks are kept: after a hundred queries a worker held twice what it used.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # musl and macOS have none
        mallopt(_M_ARENA_MAX, 2)
        mallopt(_M_MMAP_THRESHOLD, 256 << 10)
        mallopt(_M_TRIM_THRESHOLD, 1 << 20)


def _take_long_addresses() -> None:
    """Let a question be as long as it may be: 1,000 Vietnamese letters take 9 KB, encoded.

    gunicorn takes 4 KB by default, and no setting but "endless" takes it beyond this constant.
    """
    message.MAX_REQUEST_LINE = _LONGEST_REQUEST_LINE


def run(host: str, port: int, workers: int) -> None:
    """Serve until told to stop."""
    _hold_little_memory()
    _take_long_addresses()
    settings = Settings.load()
    observing.check_settings(settings)
    set_up_logs(settings)
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    _Server(
        {
            "bind": address,
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "limit_request_line": _LONGEST_REQUEST_LINE,
            "timeout": TIMEOUT_S,
            "graceful_timeout": GRACEFUL_TIMEOUT_S,
            "proc_name": "searchapp",
            "post_worker_init": _open_index,
            "logger_class": "searchapp.web.logs.ServerLogger",
            **(metrics_files.server_hooks() if settings.metrics != "off" else {}),
            # By default a socket in the user's home, the same one for every server.
            "control_socket_disable": True,
        }
    ).run()
