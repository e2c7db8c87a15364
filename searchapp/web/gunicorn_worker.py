"""gunicorn's threaded worker, which on stopping also answers whoever waits to be let in."""

from __future__ import annotations

from gunicorn.workers.gthread import ThreadWorker

_MOST_TAKEN_IN = 2048  # gunicorn's backlog: more than the kernel keeps waiting at a socket


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A stopping gthread worker closes its sockets with callers still in the kernel's queue, who
    have connected and perhaps sent their request: each of them sees a reset. This one takes them
    in first. What comes after the sockets are closed is refused, and never half served.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            for _ in range(_MOST_TAKEN_IN):
                before = self.nr_conns
                self.accept(listener)  # does nothing where nobody waits
                if self.nr_conns == before:
                    break
            listener.close()
