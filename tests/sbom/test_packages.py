"""All that is needed is found, with what it is for, and nothing else."""

from __future__ import annotations

import tomllib
from importlib.metadata import metadata, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sbom.packages import EXTRAS, MissingPackageError, needed_packages

PROJECT = tomllib.loads(
    (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8")
)["project"]
FOR_DEVELOPERS = {"audit", "bench", "dev"}


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(one).name) for one in requirements}


def test_what_the_project_requires_is_in_it_with_what_that_requires() -> None:
    found = needed_packages("searchapp")
    assert names(PROJECT["dependencies"]) <= found["searchapp"].needs
    for extra in EXTRAS:
        assert names(PROJECT["optional-dependencies"][extra]) <= found["searchapp"].needs
    assert all(one.needs <= found.keys() for one in found.values())
    assert all(one.version == version(name) for name, one in found.items())
    # By way of others: Flask's templates, and what pyvi's model was trained with.
    assert {"jinja2", "scikit-learn"} <= found.keys()


def test_what_it_is_developed_with_is_not_in_it() -> None:
    assert not needed_packages("searchapp").keys() & {"pytest", "ruff", "mypy", "sphinx", "uv"}


def test_what_only_extras_need_is_optional() -> None:
    found = needed_packages("searchapp")
    assert found["tantivy"].is_optional
    assert found["grpcio"].is_optional, "by way of opensearch-py"
    assert not found["numpy"].is_optional
    assert not needed_packages("searchapp", extras=()).keys() & {"tantivy", "mcp"}


def test_every_extra_is_for_users_or_for_developers() -> None:
    provided = set(metadata("searchapp").get_all("Provides-Extra"))
    assert provided == {*EXTRAS, *FOR_DEVELOPERS}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Installs a package that is nothing but its metadata."""

    def install(name: str, *requires: str) -> None:
        folder = tmp_path / f"{name}-1.dist-info"
        folder.mkdir()
        lines = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1"]
        lines += [f"Requires-Dist: {one}" for one in requires]
        (folder / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")

    monkeypatch.syspath_prepend(tmp_path)
    return install


def test_markers_extras_and_circles_are_followed(installed) -> None:
    installed("app", "Left", "right[deep]; extra == 'more'", "no-such; sys_platform == 'none'")
    installed("left", "app", "app[all]")
    installed("right", "bottom; extra == 'deep'", "no-such; extra == 'other'")
    installed("bottom")
    found = needed_packages("app", ["more"])
    assert {name: set(one.needs) for name, one in found.items()} == {
        "app": {"left", "right"},
        "left": {"app"},
        "right": {"bottom"},
        "bottom": set(),
    }
    assert [name for name, one in found.items() if one.is_optional] == ["right", "bottom"]


def test_a_package_that_is_needed_and_missing_is_told(installed) -> None:
    installed("app", "left")
    installed("left", "no-such>=2")
    with pytest.raises(MissingPackageError, match="left needs no-such, which is not installed"):
        needed_packages("app", [])
