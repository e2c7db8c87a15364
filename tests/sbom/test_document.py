"""What ``make sbom`` writes: a valid document, with a version and a licence for each package."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from sbom.__main__ import main
from sbom.document import InvalidDocumentError, check, document
from sbom.packages import needed_packages

WHEN = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bill") / "build" / "sbom.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(int(WHEN.timestamp())))
        assert main([str(target)]) == 0
    return target


@pytest.fixture(scope="module")
def said(written: Path):
    return json.loads(written.read_text(encoding="utf-8"))


def test_it_says_which_format_it_is_of_what_and_when(said) -> None:
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.6")
    assert said["metadata"]["timestamp"] == "2026-01-02T00:00:00+00:00"
    root = said["metadata"]["component"]
    assert (root["name"], root["version"]) == ("searchapp", version("searchapp"))
    assert (root["type"], root["licenses"][0]["license"]["id"]) == ("application", "MIT")


def test_every_package_has_its_version_licence_and_address(said) -> None:
    found = {one["name"]: one for one in said["components"]}
    assert found.keys() == {one.name for one in needed_packages("searchapp").values()} - {
        "searchapp"
    }
    for name, one in found.items():
        assert one["version"] == version(name)
        assert one["purl"].startswith("pkg:pypi/")
        assert one["purl"].endswith(f"@{one['version']}")
        assert one.get("licenses"), f"{name} says nothing of its licence; see sbom/licences.py"
    assert found["Whoosh"]["licenses"][0]["license"]["id"] == "BSD-2-Clause"
    assert (found["numpy"]["scope"], found["tantivy"]["scope"]) == ("required", "optional")


def test_it_says_what_needs_what(said) -> None:
    needs = {one["ref"]: set(one.get("dependsOn", ())) for one in said["dependencies"]}
    known = {one["bom-ref"] for one in (*said["components"], said["metadata"]["component"])}
    assert needs.keys() == known
    assert set().union(*needs.values()) <= known
    flask = f"pkg:pypi/flask@{version('flask')}"
    assert flask in needs[said["metadata"]["component"]["bom-ref"]]
    assert f"pkg:pypi/werkzeug@{version('werkzeug')}" in needs[flask]


def test_the_same_packages_make_the_same_file(written: Path) -> None:
    again = document(needed_packages("searchapp"), "searchapp", WHEN)
    assert again == written.read_text(encoding="utf-8")


def test_what_breaks_the_schema_is_refused(said) -> None:
    broken = {**said, "components": [{"name": "of no type"}]}
    with pytest.raises(InvalidDocumentError, match="schema of CycloneDX"):
        check(json.dumps(broken))


@pytest.mark.parametrize(
    ("words", "epoch", "status", "message"),
    [
        ([], "", 2, "name the file to write"),
        (["--help"], "", 2, "name the file to write"),
        (["one", "two"], "", 2, "name the file to write"),
        (["{folder}/x.json"], "soon", 2, "SOURCE_DATE_EPOCH is a number of seconds, not 'soon'"),
        (["{folder}"], "", 1, "no bill of materials"),
    ],
)
def test_what_is_wrong_is_one_line(
    tmp_path: Path, capsys, monkeypatch, words, epoch, status, message
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert main([one.format(folder=tmp_path) for one in words]) == status
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_without_a_package_that_is_needed_no_file_is_written(
    tmp_path: Path, capsys, monkeypatch
) -> None:
    (tmp_path / "searchapp-1.dist-info").mkdir()
    (tmp_path / "searchapp-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: searchapp\nVersion: 1\nRequires-Dist: no-such\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert main([str(tmp_path / "sbom.json")]) == 1
    assert "searchapp needs no-such, which is not installed here" in capsys.readouterr().err
    assert not (tmp_path / "sbom.json").exists()
