"""gunicorn's threaded worker, with a door: nobody waits for a thread in order to be refused.

gunicorn gives each connection to a pool of threads, whose queue has no end: in a flood a request
stands there for longer than its answer takes, and so does a refusal. Here the thread that sees
requests come counts them, and refuses itself what is too much, on the same way through the
application. That thread waits for nobody: not for those who have yet to send what they ask, and
not for those who have yet to hang up.
"""

from __future__ import annotations

import contextlib
import errno
import select
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from searchapp.web.admission import ADMISSION, Admission, is_limited, refusing

_TAKEN_AT_ONCE = 16
_COURTESY_S = 0.0005
_JUST_NOW_S = 0.005
_MOST_TAKEN_IN = 2048  # gunicorn's backlog: more than the kernel keeps waiting at a socket
_NO_FILE_S = 0.1
_HEAD_S = 5.0  # for a request's head to come in whole; as long as gunicorn's threads wait for one
_LOOKED_AT = 64 << 10  # bytes of a head
_REST_S = 0.05
_LINGER_S = 2.0
_LINGERING_MOST = 256
_BODY_HEADERS = (b"\r\ncontent-length:", b"\r\ntransfer-encoding:")


class _Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A client's connection; ``counted`` while its request is one of those that are counted."""

    def __init__(self, *given: Any, linger: Callable[[socket.socket], None]) -> None:
        super().__init__(*given)
        self.counted = False
        self._linger = linger

    def close(self, graceful: bool = False) -> None:
        if graceful:
            self._linger(self.sock)
        else:
            super().close()


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Methods do what gunicorn's of the same names do, all in the main thread but for one."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._inside = 0
        self._accepted_at = float("-inf")
        self._lingering: dict[socket.socket, float] = {}

    def load_wsgi(self) -> None:
        super().load_wsgi()
        admission: Admission = self.wsgi.extensions[ADMISSION]
        self._limit = admission.limit

    def accept(self, listener: socket.socket) -> None:
        """Take in who waits at a socket.

        Connections stay with the process that takes them in. So one that is at work, or has just
        taken one in, leaves the next for a moment to the others, and takes one at a time; unless it
        stops or only has to refuse.
        """
        free = self._limit.at_once + self._limit.waiting - self._inside
        several = free <= 0 or not self.alive
        just_now = time.monotonic() - self._accepted_at < _JUST_NOW_S
        if not several and (just_now or self._inside >= self._limit.at_once):
            time.sleep(_COURTESY_S)
        for _ in range(_TAKEN_AT_ONCE if several else 1):
            try:
                client, address = listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in (errno.EMFILE, errno.ENFILE):
                    raise
                # Those who wait do so until others have hung up.
                self.log.warning("no file is left for another connection: %s", error)
                time.sleep(_NO_FILE_S)
                return
            self.nr_conns += 1
            self._accepted_at = time.monotonic()
            name = listener.getsockname()
            self.enqueue_req(_Connection(self.cfg, client, address, name, linger=self._linger))

    def enqueue_req(self, conn: _Connection) -> None:
        """Have a request answered, refuse it, or wait until it has come in."""
        if conn.initialized and conn.parser.unreader.buf.getvalue():
            super().enqueue_req(conn)  # read in already, behind the one before
            return
        head = _head(conn.sock)
        if head is None:
            conn.sock.setblocking(False)
            conn.timeout = time.monotonic() + _HEAD_S
            self.pending_conns.append(conn)
            self.poller.register(
                conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn)
            )
        else:
            self._answer(conn, head)

    def on_pending_socket_readable(self, conn: _Connection, client: socket.socket) -> None:
        head = _head(client)
        if head is not None:
            self.poller.unregister(client)
            self.pending_conns.remove(conn)
            self._answer(conn, head)

    def _answer(self, conn: _Connection, head: bytes) -> None:
        if not head:
            self.nr_conns -= 1
            conn.close()
            return
        conn.data_ready = True
        method, _, asked = head.partition(b" ")
        conn.counted = is_limited(method.decode("latin-1"), asked[:64].decode("latin-1"))
        if conn.counted:
            if not self._limit.admits(self._inside):
                self._refuse(conn, head)
                return
            self._inside += 1
        super().enqueue_req(conn)

    def _refuse(self, conn: _Connection, head: bytes) -> None:
        conn.counted = False
        if not _is_whole(head):
            super().enqueue_req(conn)  # reading on could take long: a thread does it, and refuses
            return
        done: Future[Any] = Future()
        self.nr -= 1  # a flood is no reason to replace the process (max_requests)
        with refusing():
            done.set_result(_takes_an_answer(conn.sock) and self.handle(conn))
        self.finish_request(conn, done)

    def _keepalive_after(self, conn: _Connection, keepalive: bool) -> bool:
        """In the thread of the request."""
        # gunicorn waits five seconds for the rest of a body that nobody wants.
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + _REST_S))

    def finish_request(self, conn: _Connection, fs: Future[Any]) -> None:
        if conn.counted:
            conn.counted = False
            self._inside -= 1
        super().finish_request(conn, fs)

    def _linger(self, client: socket.socket) -> None:
        """Close a connection as RFC 9112, 9.6 has it: the answer's end first, then wait for theirs.

        gunicorn does that wait in the main thread: one client that does not hang up kept everybody
        else waiting for two seconds.
        """
        try:
            client.shutdown(socket.SHUT_WR)
            client.setblocking(False)
            self.poller.register(client, selectors.EVENT_READ, self._on_lingering_socket_readable)
        except OSError:
            client.close()
            return
        self._lingering[client] = time.monotonic() + _LINGER_S
        if len(self._lingering) > _LINGERING_MOST:
            self._hang_up(next(iter(self._lingering)))

    def _on_lingering_socket_readable(self, client: socket.socket) -> None:
        try:
            more = client.recv(_LOOKED_AT)
        except BlockingIOError:
            return
        except OSError:
            more = b""
        if not 0 < len(more) < _LOOKED_AT:
            self._hang_up(client)

    def _hang_up(self, client: socket.socket) -> None:
        del self._lingering[client]
        self.poller.unregister(client)
        client.close()

    def murder_pending(self) -> None:
        super().murder_pending()
        now = time.monotonic()
        for client in [one for one, until in self._lingering.items() if until <= now]:
            self._hang_up(client)

    def set_accept_enabled(self, enabled: bool) -> None:
        """A stopping gthread worker closes its sockets with callers still in the kernel's queue,
        who have connected and perhaps sent their request: each of them sees a reset. This one takes
        them in first. What comes after the sockets are closed is refused, and never half served.
        """
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            for _ in range(_MOST_TAKEN_IN // _TAKEN_AT_ONCE):
                before = self.nr_conns
                self.accept(listener)  # does nothing where nobody waits
                if self.nr_conns == before:
                    break
            listener.close()


def _head(client: socket.socket) -> bytes | None:
    """The head of the request that has come in, left there to be read; empty after the last one.

    None while it is not there as a whole; then the socket counts as readable when there is more.
    """
    try:
        seen = client.recv(_LOOKED_AT, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        return b""
    if not seen or b"\r\n\r\n" in seen or len(seen) == _LOOKED_AT:
        _count_as_readable(client, 1)
        return seen
    return None if _count_as_readable(client, len(seen) + 1) else seen


def _count_as_readable(client: socket.socket, size: int) -> bool:
    """Have a socket count as readable from so many bytes on; whether it can."""
    if client.family == socket.AF_UNIX:
        return False  # the kernel does not heed it there; a proxy sends a head at once
    with contextlib.suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
        return True
    return False


def _is_whole(head: bytes) -> bool:
    """Whether nothing comes after it."""
    return head.find(b"\r\n\r\n") == len(head) - 4 and not any(
        name in head.lower() for name in _BODY_HEADERS
    )


def _takes_an_answer(client: socket.socket) -> bool:
    """Whether a short answer can be sent without a wait: those before it have been read."""
    poller = select.poll()
    poller.register(client, select.POLLOUT)
    return bool(poller.poll(0))
