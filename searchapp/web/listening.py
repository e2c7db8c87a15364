"""Where the server listens: an address and a port, a Unix socket, or what systemd opened."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

from searchapp.config import Settings
from searchapp.errors import InputError, SearchappError

_HANDED_OVER = ("LISTEN_FDS", "GUNICORN_FD")
"""Sockets that are open already: systemd's, or those of a server that this one follows."""
_LONGEST_SOCKET_PATH = 107  # bytes; sun_path in Linux's sockaddr_un, less its end


def bind_address(settings: Settings) -> str:
    """The address as gunicorn writes it."""
    if settings.serve_socket is not None:
        return f"unix:{settings.serve_socket.absolute()}"
    host, port = settings.serve_host, settings.serve_port
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def check_address(settings: Settings) -> None:
    """Say in a line what gunicorn says in many, after some tries.

    Raises SearchappError if nothing can listen there.
    """
    if any(name in os.environ for name in _HANDED_OVER):
        return
    if settings.serve_socket is not None:
        _check_socket(settings.serve_socket.absolute())
    else:
        _check_port(settings.serve_host, settings.serve_port)


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        reason = error.strerror or error
        raise SearchappError(
            f"can't listen on {host}, port {port} ({reason}); choose another with --host or --port"
        ) from error


def _check_socket(path: Path) -> None:
    other = "choose another with --socket or serve_socket"
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        raise InputError(
            f"{path} is longer than the {_LONGEST_SOCKET_PATH} bytes that a socket's path may have;"
            f" {other}"
        )
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent} for the socket; make it, or {other}")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise SearchappError(f"can't make a socket in {path.parent}, which isn't ours; {other}")
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise InputError(f"{path} is there and no socket; {other}")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            return  # left by a server that was killed; gunicorn takes it away
        except OSError as error:
            raise SearchappError(f"can't listen on {path} ({error.strerror}); {other}") from error
    raise SearchappError(f"another server listens on {path}; stop it, or {other}")
