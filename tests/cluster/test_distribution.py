from __future__ import annotations

from pathlib import Path

import pytest

from cluster import MissingError, distribution

INSTALL = "apt-get install openjdk-17-jre-headless maven"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in PATH besides the system's shell; nothing is cached."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def script(path: Path, lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    path.chmod(0o755)


def test_no_java(programs: Path) -> None:
    with pytest.raises(MissingError, match=f"no java found.*{INSTALL}"):
        distribution.java()


@pytest.mark.parametrize("version", ["1.8.0_392", "11.0.21", "16", "24", "25.0.1"])
def test_a_java_that_does_not_fit(programs: Path, version: str) -> None:
    script(programs / "java", f"echo 'openjdk version \"{version}\" 2023-10-17' >&2")
    with pytest.raises(MissingError, match=f'version "{version}".*{INSTALL}'):
        distribution.java()


@pytest.mark.parametrize("version", ["17.0.15", "21.0.7", "23"])
def test_a_java_that_fits(programs: Path, version: str) -> None:
    script(programs / "java", f"echo 'openjdk version \"{version}\" 2025-04-15' >&2")
    assert distribution.java() == str(programs / "java")


def test_java_home_comes_first(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (programs, tmp_path / "jdk" / "bin"):
        script(folder / "java", "echo 'openjdk version \"21.0.7\"' >&2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    assert distribution.java() == str(tmp_path / "jdk" / "bin" / "java")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))
    with pytest.raises(MissingError, match="JAVA_HOME"):
        distribution.java()


def test_no_maven(programs: Path) -> None:
    with pytest.raises(MissingError, match=f"no mvn found.*{INSTALL}"):
        distribution.opensearch_home()


def test_a_download_that_fails_says_why_in_one_line_and_leaves_nothing(programs: Path) -> None:
    script(programs / "mvn", "echo '[ERROR] Unknown host: mirror.example'; exit 1")
    with pytest.raises(MissingError, match=r"could not fetch .*Unknown host: mirror") as raised:
        distribution.opensearch_home()
    assert "\n" not in str(raised.value)
    assert list(distribution.cache_folder().iterdir()) == []


def test_it_is_unpacked_once(programs: Path) -> None:
    unpacked = f"opensearch-{distribution.VERSION}/lib"
    script(
        programs / "mvn",
        'for word; do case "$word" in -DoutputDirectory=*) to="${word#*=}";; esac; done\n'
        f'/bin/mkdir -p "$to/{unpacked}"',
    )
    home = distribution.opensearch_home()
    assert (home / "lib").is_dir()
    (programs / "mvn").unlink()
    assert distribution.opensearch_home() == home
    assert [path.name for path in distribution.cache_folder().iterdir()] == [home.name]
