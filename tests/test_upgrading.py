"""What happens to an index when the program is another version; docs/upgrading.md says the same."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from searchapp import __version__
from searchapp.analysis.analyzer import ANALYZER_VERSION
from searchapp.backups import roll_back
from searchapp.config import Settings
from searchapp.documents import Document
from searchapp.errors import IndexRefusedError
from searchapp.generations import Generations
from searchapp.ingest import making, reuse
from searchapp.ingest.build import build, update
from searchapp.ingest.programs import put_documents
from searchapp.manifest import FORMAT, manifest_sum
from searchapp.search.service import SearchService

PROJECT = Path(__file__).resolve().parents[1]
NOTES = (PROJECT / "docs" / "upgrading.md").read_text(encoding="utf-8")
CHANGES = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")


def rows(table_begins: str) -> list[list[str]]:
    """The cells of a table of the notes."""
    lines = NOTES[NOTES.index(table_begins) :].splitlines()
    end = next((n for n, line in enumerate(lines) if not line.startswith("|")), len(lines))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:end]]


def required(package: str) -> str:
    """The lowest version of a package that is taken."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for line in (*project["dependencies"], *extras["tantivy"]):
        if found := re.match(rf"{package}>=([0-9.]+)", line):
            return found[1]
    raise AssertionError(f"{package} is not required")


def test_the_notes_name_the_numbers_of_this_version() -> None:
    now = {row[0].partition(" (")[0].partition(",")[0]: row[1] for row in rows("| what | now")}
    assert now["format of the files"] == str(FORMAT)
    assert now["analyzer version"] == str(ANALYZER_VERSION)
    assert required("pyvi").startswith(now["pyvi"])
    assert required("tantivy").startswith(now["package `tantivy`"])


def test_the_last_release_in_the_notes_is_this_one_or_the_next() -> None:
    release, format_, analyzer, pyvi = rows("| release |")[-1]
    assert release == __version__.partition(".dev")[0]
    assert (format_, analyzer) == (str(FORMAT), str(ANALYZER_VERSION))
    assert required("pyvi").startswith(pyvi)


def test_the_version_and_the_changelog_go_together() -> None:
    headings = re.findall(r"^## \[([^\]]+)\]", CHANGES, re.MULTILINE)
    assert headings[0] == "Unreleased"
    if ".dev" not in __version__:
        assert headings[1] == __version__, "a release has its heading"
        assert re.search(
            rf"^## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d$", CHANGES, re.MULTILINE
        )
    else:
        assert __version__.partition(".dev")[0] not in headings, "it is released already"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of an index with a file and a document of a program's."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("Lũ trên sông Hương", encoding="utf-8")
    settings = Settings(index_dir=tmp_path / "index", jobs=1)
    build([tmp_path / "docs"], settings)
    put_documents([Document("p", "Sông Mã", "Sông Mã đầy nước.")], settings)
    return settings


def ids(settings: Settings) -> set[str]:
    return {hit.document.id for hit in SearchService(settings).search("sông").hits}


def of_format(settings: Settings, number: int) -> None:
    """Make the live index one of another format, as another version would have written it."""
    path = Generations(settings.index_dir).current().folder / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8")) | {"format": number}
    path.write_text(json.dumps(data), encoding="utf-8")
    path.with_name("manifest.json.sha256").write_text(manifest_sum(data))


@pytest.mark.parametrize("number", [FORMAT - 1, FORMAT + 1], ids=["older", "newer"])
def test_another_format_is_refused_and_built_again(settings: Settings, number: int) -> None:
    assert ids(settings) == {"docs/a.txt", "p"}
    of_format(settings, number)
    followed = SearchService(settings)
    for use in (
        lambda: followed.search("sông"),
        lambda: update([], settings),
        lambda: put_documents([Document("q", "Q", "q")], settings),
    ):
        with pytest.raises(
            IndexRefusedError,
            match=rf"format {number}, this version reads {FORMAT}.*searchapp index",
        ):
            use()
    report = build([settings.index_dir.parent / "docs"], settings)
    (warning,) = report.problems
    assert f"has format {number}, this version reads {FORMAT}; send it again" in warning.reason
    assert "what programs put into this index" in warning.reason
    assert warning.kept
    assert "\n" not in str(warning)
    assert followed.search("sông").total == 1, "the running service answers as soon as one fits"


def test_a_build_says_nothing_of_programs_where_all_is_taken_over(settings: Settings) -> None:
    report = build([settings.index_dir.parent / "docs"], settings)
    assert report.problems == []
    assert ids(settings) == {"docs/a.txt", "p"}
    of_format(settings, FORMAT - 1)
    report = build([settings.index_dir.parent / "docs"], settings, keep_posted=False)
    assert report.problems == [], "they were given up"


def test_rollback_passes_over_what_it_can_not_read(settings: Settings) -> None:
    first = Generations(settings.index_dir).earlier()[0].name
    of_format(settings, FORMAT + 1)
    assert roll_back(Generations(settings.index_dir), settings).name == first
    assert ids(settings) == {"docs/a.txt"}


def test_another_analyzer_is_refused_and_an_update_suffices(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        for module in (reuse, making):
            before.setattr(module, "ANALYZER_VERSION", ANALYZER_VERSION - 1)
        update([], settings)
    with pytest.raises(IndexRefusedError, match=f"analyzer version {ANALYZER_VERSION - 1}"):
        SearchService(settings).search("sông")
    report = update([], settings)
    assert report.generation is not None
    assert report.posted == 1
    assert ids(settings) == {"docs/a.txt", "p"}
