"""Exit status 0 if the service here can answer: for Docker's HEALTHCHECK, and whoever else asks.

Asks /readyz where the settings say that the service listens. Any address of this machine is asked
for by its loopback.
"""

import http.client
import socket
import sys

from searchapp.config import Settings

_TIMEOUT_S = 4


def main() -> int:
    """1, with a line that says why, if it can't."""
    settings = Settings.load()
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.serve_host, settings.serve_host)  # noqa: S104
    connection = http.client.HTTPConnection(host, settings.serve_port, timeout=_TIMEOUT_S)
    try:
        if settings.serve_socket is not None:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(_TIMEOUT_S)
            connection.sock.connect(str(settings.serve_socket))
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        response = connection.getresponse()
        print(response.read().decode("utf-8"))  # noqa: T201  # `docker inspect` shows it
    except OSError as error:
        print(f"the service does not answer: {error}")  # noqa: T201
        return 1
    finally:
        connection.close()
    return 0 if response.status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
