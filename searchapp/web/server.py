"""gunicorn, set up for this application without a configuration file.

The application is made once and then forked, so that processes share what it is made of. Each
opens the index for itself, after the fork: open files, locks and threads are nobody else's.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import resource
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.http import message

from searchapp.config import Settings
from searchapp.errors import SearchappError
from searchapp.search.service import SearchService
from searchapp.setting_forms import socket_mode
from searchapp.web import metrics_files, observing
from searchapp.web.app import create_app
from searchapp.web.exchange import LONGEST_ADDRESS
from searchapp.web.gunicorn_worker import Worker
from searchapp.web.listening import bind_address
from searchapp.web.logs import ServerLogger, set_up_logs
from searchapp.web.sizing import size_for

# From glibc's malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8

_LONGEST_REQUEST_LINE = LONGEST_ADDRESS + 1024  # a little more: the application says it better
_SPARE_THREADS = 2  # for what never waits: health, metrics and files
_CONNECTIONS = 1000  # that a process keeps open; gunicorn's own default
_OTHER_FILES = 200  # an index, its store, logs, metrics, connections to a cluster
_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # a folder whose files gunicorn unlinks at once
_log = logging.getLogger("gunicorn.error")


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(
        self,
        settings: Settings,
        load_settings: Callable[[], Settings],
        hooks: Mapping[str, Callable[..., None]],
    ) -> None:
        self._hooks = hooks
        self._settings = settings
        self._load_settings = load_settings
        self._bind = bind_address(settings)
        super().__init__()

    def load_config(self) -> None:
        for name, value in {**_options(self._settings, self._bind), **self._hooks}.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        app = create_app(self._settings)
        # What there is now is there for good: collecting would write into pages that are shared.
        gc.unfreeze()  # after a reload what was made before is there for good no more
        gc.collect()
        gc.freeze()
        return app

    def reload(self) -> None:
        """Read the settings anew (SIGHUP). Wrong ones are told, and the old ones stay."""
        try:
            settings = self._load_settings()
            observing.check_settings(settings)
        except SearchappError as error:
            _log.error("the settings stay as they were: %s", error)
            return
        if bind_address(settings) != self._bind:
            _log.warning("another address or socket needs a restart; still %s", self._bind)
        self._settings = settings
        set_up_logs(settings)
        self.callable = None
        super().reload()


def _options(settings: Settings, bind: str) -> dict[str, Any]:
    size = size_for(settings)
    options = {
        "bind": bind,
        "umask": 0o777 & ~socket_mode(settings.serve_socket_mode),
        "workers": size.workers,
        "worker_class": Worker,
        "threads": size.threads + settings.serve_waiting + _SPARE_THREADS,
        "worker_connections": max(min(_CONNECTIONS, _open_files() - _OTHER_FILES), 1),
        "preload_app": True,
        "limit_request_line": _LONGEST_REQUEST_LINE,
        "timeout": settings.serve_timeout_s,
        "graceful_timeout": settings.serve_stop_timeout_s,
        "keepalive": settings.serve_keep_alive_s,
        "max_requests": settings.serve_max_requests,
        # Not all at once
        "max_requests_jitter": settings.serve_max_requests // 10,
        "proc_name": "searchapp",
        "post_worker_init": _open_index,
        "logger_class": ServerLogger,
        # Whom to believe is decided in proxies.py alone; gunicorn would believe every Unix socket.
        "forwarded_allow_ips": "",
        "secure_scheme_headers": {},
        "forwarder_headers": "",
        # By default a socket in the user's home, the same one for every server.
        "control_socket_disable": True,
    }
    if os.access(_IN_MEMORY, os.W_OK):
        options["worker_tmp_dir"] = str(_IN_MEMORY)  # signs of life never wait for a disk
    return options


def _open_index(worker: Any) -> None:
    """Open the index before the first request, not during it."""
    service: SearchService = worker.wsgi.extensions["searchapp"]
    try:
        service.generation()
    except SearchappError as error:
        worker.log.warning("%s", error)


def _open_files() -> int:
    """How many files a process may have open. As many as the system lets it ask for, from now on.

    The usual limit of 1,024 is there for programs that use select(). A process that reaches it can
    neither take in a connection nor open an index.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
        except (OSError, ValueError) as error:  # macOS names an endless limit and takes none
            _log.info("it stays at %d open files: %s", soft, error)
    return _CONNECTIONS + _OTHER_FILES if soft == resource.RLIM_INFINITY else soft


def _hold_little_memory() -> None:
    """Have glibc give freed memory back: a query's arrays live for milliseconds.

    By default each thread gets an arena of its own, and a freed block of some megabytes raises the
    size up to which blocks are kept: after a hundred queries a worker held twice what it used. What
    is given back has to be filled with zeros by the kernel when it is asked for again, so arrays of
    a number a document are kept up to half a million documents: given back, they cost a query over
    51,000 documents 4,000 page faults and a third of its time, and saved 7 of 123 MB.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # musl and macOS have none
        mallopt(_M_ARENA_MAX, 2)
        mallopt(_M_MMAP_THRESHOLD, 4 << 20)
        mallopt(_M_TRIM_THRESHOLD, 16 << 20)


def _take_long_addresses() -> None:
    """Let a question be as long as it may be: 1,000 Vietnamese letters take 9 KB, encoded.

    gunicorn takes 4 KB by default, and no setting but "endless" takes it beyond this constant.
    """
    message.MAX_REQUEST_LINE = _LONGEST_REQUEST_LINE


def run(settings: Settings, load_settings: Callable[[], Settings]) -> None:
    """Serve until told to stop; ``load_settings`` is asked again when told to reload."""
    _hold_little_memory()
    _take_long_addresses()
    observing.check_settings(settings)
    set_up_logs(settings)
    hooks = metrics_files.server_hooks() if settings.metrics != "off" else {}
    _Server(settings, load_settings, hooks).run()
