"""The files in ``deploy/``: right by the programs that read them, and at one with each other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from processes import MAIN, free_port, serving
from proxied import DEPLOY, program

from cluster import distribution
from searchapp.config import PREFIX, Settings
from searchapp.setting_sources import FILE_VARIABLE

PROJECT = DEPLOY.parent
UNITS = (
    "searchapp.service",
    "searchapp.socket",
    "searchapp-update.service",
    "searchapp-update.timer",
)
SOCKET = "/run/searchapp/web.sock"
MOST_EXPOSED = 2.0  # of 10, as systemd counts; a unit without any hardening has 9.6


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.fixture
def units(tmp_path: Path) -> dict[str, str]:
    """Paths of the units, with a program that is there in place of the one that is installed."""
    for name in UNITS:
        text = read(name)
        assert "/opt/searchapp/bin/searchapp" in text or not name.endswith(".service")
        (tmp_path / name).write_text(
            text.replace("/opt/searchapp/bin/searchapp", sys.executable), encoding="utf-8"
        )
    return {name: str(tmp_path / name) for name in UNITS}


def test_systemd_takes_the_units(units: dict[str, str]) -> None:
    done = subprocess.run(
        [program("systemd-analyze", "systemd"), "verify", "--man=no", *units.values()],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["searchapp.service", "searchapp-update.service"])
def test_the_services_may_do_little(units: dict[str, str], name: str) -> None:
    analyze = program("systemd-analyze", "systemd")
    done = subprocess.run(
        [analyze, "security", "--offline=yes", "--no-pager", units[name]],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert exposure, done.stdout + done.stderr
    assert float(exposure[1]) < MOST_EXPOSED, done.stdout


def test_the_file_of_settings_is_taken(tmp_path: Path) -> None:
    settings = Settings.load({FILE_VARIABLE: str(DEPLOY / "searchapp.toml")})
    assert settings.serve_socket == Path(SOCKET)
    # And with all that is written as a comment; the secret is in a file that systemd makes.
    everything = re.sub(r"^#(?=\w+ = )", "", read("searchapp.toml"), flags=re.MULTILINE)
    (token,) = re.findall(r'write_token_file = "(.*)"', everything)
    assert f"write_token:/etc/searchapp/{Path(token).name}" in read("searchapp.service")
    (tmp_path / "token").write_text("9f86d081884c7d659a2f\n", encoding="utf-8")
    (tmp_path / "x.toml").write_text(everything.replace(token, str(tmp_path / "token")), "utf-8")
    found = Settings.gathered({FILE_VARIABLE: str(tmp_path / "x.toml")})
    assert {"write_token", "engine", "opensearch_hosts"} <= set(found.values)


def test_all_speak_of_the_same_socket() -> None:
    assert f"ListenStream={SOCKET}\n" in read("searchapp.socket")
    assert f"server unix:{SOCKET} " in read("nginx.conf")
    assert tomllib.loads(read("searchapp.toml"))["serve_socket"] == SOCKET
    assert compose()["services"]["searchapp"]["environment"]["SEARCHAPP_SERVE_SOCKET"] == SOCKET


def test_who_stops_it_waits_longer_than_it_does_itself() -> None:
    own_s = Settings().serve_stop_timeout_s
    (unit_s,) = re.findall(r"TimeoutStopSec=(\d+)", read("searchapp.service"))
    assert int(unit_s) > own_s
    assert int(compose()["services"]["searchapp"]["stop_grace_period"].removesuffix("s")) > own_s


# -- containers: there is no daemon to build them with here -------------------------------------


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
    return found


def test_what_is_mounted_is_there_and_every_volume_declared() -> None:
    told = compose()
    for name, service in told["services"].items():
        for mount in service["volumes"]:
            source = mount.split(":")[0]
            if source in ("./documents", "./tls"):
                continue  # the operator's own
            if source.startswith("."):
                assert (DEPLOY / source).is_file(), f"{name}: {source}"
            else:
                assert source in told["volumes"], f"{name}: {source}"
    assert (DEPLOY / told["services"]["searchapp"]["build"]["context"]).resolve() == PROJECT


def test_containers_are_given_settings_that_there_are() -> None:
    known = {PREFIX + row.name.upper() for row in fields(Settings)}
    known |= {PREFIX + r.name.upper() + "_FILE" for r in fields(Settings) if r.metadata["secret"]}
    for name in ("compose.yaml", "Dockerfile"):
        named = set(re.findall(r"\bSEARCHAPP_[A-Z_]*[A-Z]", read(name)))
        assert named
        assert named <= known, name


def test_the_cluster_is_the_one_that_is_tested() -> None:
    image = compose()["services"]["opensearch"]["image"]
    assert image == f"opensearchproject/opensearch:{distribution.VERSION}"


def test_the_image_is_made_of_what_is_there_and_sent() -> None:
    rules = [line for line in read("Dockerfile.dockerignore").splitlines() if line[:1] != "#"]
    assert rules[0] == "*"
    sent = [rule.removeprefix("!") for rule in rules if rule.startswith("!")]
    copied = [
        source
        for words in re.findall(
            r"^COPY (?!--from)(?:--\S+ )*(.+)$", read("Dockerfile"), re.MULTILINE
        )
        for source in words.split()[:-1]
    ]
    assert copied
    for source in copied:
        assert (PROJECT / source).exists(), source
        assert any(fnmatch(source, rule) or source.startswith(rule + "/") for rule in sent), source


def test_the_image_runs_as_nobody_in_particular_with_extras_that_there_are() -> None:
    text = read("Dockerfile")
    users = re.findall(r"^USER (\d+):(\d+)$", text, re.MULTILINE)
    assert users
    assert all(int(number) > 0 for number in users[-1])
    (extras,) = re.findall(r"'\.\[([a-z,]+)\]'", text)
    told = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    assert set(extras.split(",")) <= set(told["project"]["optional-dependencies"])


def _health(home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    return subprocess.run(
        [sys.executable, str(DEPLOY / "healthcheck.py")],
        cwd=home, env={**kept, **variables},
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip


def test_health_is_asked_for_by_socket_and_by_port(home: Path, socket_path: Path) -> None:
    by_socket = {"SEARCHAPP_SERVE_SOCKET": str(socket_path)}
    before = _health(home, **by_socket)
    assert before.returncode == 1
    assert before.stdout.startswith("the service does not answer: ")
    with serving(home, socket_path, "--workers", "1", main=MAIN):
        assert _health(home, **by_socket).returncode == 0
    port = free_port()
    by_port = {"SEARCHAPP_SERVE_HOST": "0.0.0.0", "SEARCHAPP_SERVE_PORT": str(port)}
    with serving(home, port, "--workers", "1", "--index-dir", "nothing"):
        empty = _health(home, **by_port)
    assert empty.returncode == 1
    assert "there is no index" in empty.stdout
