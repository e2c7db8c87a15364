"""Debian's nginx as a normal program, with the configuration in ``deploy/`` and paths of a test."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from processes import Answer, free_port, wait_until

DEPLOY = Path(__file__).parents[2] / "deploy"
_MAIN = """\
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log notice;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/searchapp.conf;
    server {{
        listen 127.0.0.1:{plain};
        access_log off;
        include {folder}/nginx-prefix.conf;
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where nginx listens: by TLS, for what is sent on to TLS, and without it below /search/."""

    tls: int
    moved: int
    plain: int


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running nginx; ``upstream`` is the socket that it passes requests on to."""

    ports: Ports
    folder: Path
    upstream: Path

    def get(
        self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> Answer:
        """One request over TLS; underscores in names of headers are hyphens."""
        trusted = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        connection = http.client.HTTPSConnection(
            "localhost", self.ports.tls, context=trusted, timeout=15
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with contextlib.closing(connection):
            connection.request(method, path, body=body, headers=named)
            return Answer(connection.getresponse())

    def log(self) -> str:
        return (self.folder / "access.log").read_text(encoding="utf-8")


def program(name: str, package: str) -> str:
    """A program of the system's; where CI is set its absence is a failure, not a skip."""
    found = shutil.which(name, path=os.environ["PATH"] + os.pathsep + "/usr/sbin")
    if found is None:
        why = f"these tests need {name}: apt-get install {package} (or your system's package of it)"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return found


@contextlib.contextmanager
def nginx(folder: Path, upstream: Path) -> Iterator[Nginx]:
    """nginx before the server on a socket, until the block ends."""
    executable, openssl = program("nginx", "nginx"), program("openssl", "openssl")
    ports = Ports(free_port(), free_port(), free_port())
    subprocess.run(
        [
            openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
            "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost",
            "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem"),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    _write_configuration(folder, upstream, ports)
    user = "user root;" if os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(_MAIN.format(folder=folder, user=user, plain=ports.plain), encoding="utf-8")
    with (folder / "said").open("wb") as said:
        command = [executable, "-p", str(folder), "-c", str(main), "-e", str(folder / "error.log")]
        process = subprocess.Popen(command, stderr=said, stdout=said)
    found = Nginx(ports, folder, upstream)
    try:
        wait_until(lambda: _listens(process, found), "nginx answers")
        yield found
    finally:
        process.terminate()
        process.wait(timeout=15)


def _listens(process: subprocess.Popen[bytes], found: Nginx) -> bool:
    said = (found.folder / "said").read_text(encoding="utf-8")
    assert process.poll() is None, said
    assert "[warn]" not in said, said
    try:
        return found.get("/metrics").status == 404
    except OSError:
        return False


def _write_configuration(folder: Path, upstream: Path, ports: Ports) -> None:
    """The files of ``deploy/``, with ports, names and paths of a test for the system's."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for ours, theirs in {
        "unix:/run/searchapp/web.sock": f"unix:{upstream}",
        "    listen 80;\n    listen [::]:80;\n": f"    listen 127.0.0.1:{ports.moved};\n",
        "    listen 443 ssl http2;\n    listen [::]:443 ssl http2;\n": (
            f"    listen 127.0.0.1:{ports.tls} ssl http2;\n"
        ),
        "server_name search.example.org": "server_name localhost",
        "/etc/ssl/searchapp": str(folder),
        "/var/log/nginx/searchapp.log": f"{folder}/access.log",
        "/var/cache/nginx/searchapp": f"{folder}/cache",
        "/usr/share/searchapp": str(DEPLOY),
    }.items():
        assert ours in text, f"deploy/nginx.conf has no {ours!r} to put a test's own in place of"
        text = text.replace(ours, theirs)
    (folder / "searchapp.conf").write_text(text, encoding="utf-8")
    shutil.copy(DEPLOY / "nginx-proxy.conf", folder / "searchapp-proxy.conf")
    shutil.copy(DEPLOY / "nginx-prefix.conf", folder)
