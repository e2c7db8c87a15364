"""Which files are read, under which ids, and what is said of the others."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from searchapp.documents import Document
from searchapp.errors import InputError
from searchapp.ingest.base import Problem
from searchapp.ingest.files import collect
from searchapp.ingest.reading import read_file

PROJECT = Path(__file__).resolve().parents[2]


def ids(*paths: Path) -> list[str]:
    return [file.id for file in collect(paths).files]


def write(path: Path, text: str = "Tựa\nvăn bản") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_in_order_of_name_with_the_folders_own_name(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "sub/c.html", "sub/deep/d.jsonl", "z.TXT"):
        write(tmp_path / "docs" / name)
    assert ids(tmp_path / "docs") == [
        "docs/a.md",
        "docs/b.txt",
        "docs/z.TXT",
        "docs/sub/c.html",
        "docs/sub/deep/d.jsonl",
    ]


def test_other_kinds_are_counted(tmp_path: Path) -> None:
    for name in ("a.txt", "b.png", "c", "sub/d.py", "e.ipynb"):
        write(tmp_path / name)
    assert collect([tmp_path]).other_files == 4


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    for name in ("a.txt", ".hidden.txt", ".git/b.txt", "sub/.c/d.txt"):
        write(tmp_path / "docs" / name)
    collection = collect([tmp_path / "docs"])
    assert [file.id for file in collection.files] == ["docs/a.txt"]
    assert collection.other_files == 0


def test_a_hidden_folder_that_was_named_is_read(tmp_path: Path) -> None:
    write(tmp_path / ".notes" / "a.txt")
    assert ids(tmp_path / ".notes") == [".notes/a.txt"]


def test_same_names_in_two_folders_are_two_documents(tmp_path: Path) -> None:
    for name in ("x/docs/a.txt", "y/docs/a.txt", "x/sub/a.txt"):
        write(tmp_path / name)
    assert ids(tmp_path / "x" / "docs", tmp_path / "y" / "docs") == [
        "x/docs/a.txt",
        "y/docs/a.txt",
    ]
    assert ids(tmp_path / "x") == ["x/docs/a.txt", "x/sub/a.txt"]
    assert ids(tmp_path / "x/docs/a.txt", tmp_path / "y/docs/a.txt") == [
        "x/docs/a.txt",
        "y/docs/a.txt",
    ]


def test_ids_do_not_hang_on_where_the_command_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "docs" / "a.txt")
    expected = ids(tmp_path / "docs")
    monkeypatch.chdir(tmp_path)
    assert ids(Path("docs")) == ids(Path("./docs/")) == expected
    monkeypatch.chdir(tmp_path / "docs")
    assert ids(Path()) == ids(Path("../docs")) == expected


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    inner = write(tmp_path / "docs" / "a.txt")
    (tmp_path / "docs" / "link.txt").symlink_to(inner)
    assert len(ids(tmp_path / "docs", inner, tmp_path / "docs")) == 1


@pytest.mark.parametrize("name", ["không có", "docs/absent.txt"])
def test_a_path_that_is_not_there(tmp_path: Path, name: str) -> None:
    write(tmp_path / "docs" / "a.txt")
    with pytest.raises(InputError, match=f"there is no .*{name}"):
        collect([tmp_path / "docs", tmp_path / name])


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing to index.*\.jsonl"):
        collect([tmp_path])


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="of no kind"):
        collect([write(tmp_path / "a.png")])


def problems_of(folder: Path) -> tuple[list[Document], list[Problem]]:
    items = [item for file in collect([folder]).files for item in read_file(file)]
    return (
        [i for i in items if isinstance(i, Document)],
        [i for i in items if isinstance(i, Problem)],
    )


def test_a_broken_symlink_is_named(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "a.txt")
    (tmp_path / "docs" / "b.txt").symlink_to(tmp_path / "gone.txt")
    documents, (problem,) = problems_of(tmp_path / "docs")
    assert len(documents) == 1
    assert problem.path.endswith("b.txt")
    assert "can't be read" in problem.reason


def test_links_out_of_the_folder_are_not_followed_and_named(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "a.txt")
    write(tmp_path / "secret" / "b.txt")
    (tmp_path / "docs" / "file.txt").symlink_to(tmp_path / "secret" / "b.txt")
    (tmp_path / "docs" / "folder").symlink_to(tmp_path / "secret")
    collection = collect([tmp_path / "docs"])
    assert [file.id for file in collection.files] == ["docs/a.txt"]
    assert {Path(problem.path).name for problem in collection.unreadable} == {"file.txt", "folder"}
    assert all("link out of the folder" in problem.reason for problem in collection.unreadable)


def test_links_inside_the_folder_are_read_once(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "a.txt")
    (tmp_path / "docs" / "b.txt").symlink_to(tmp_path / "docs" / "a.txt")
    collection = collect([tmp_path / "docs"])
    assert [file.id for file in collection.files] == ["docs/a.txt"]
    assert collection.unreadable == ()


def test_symlinks_in_a_circle_end(tmp_path: Path) -> None:
    write(tmp_path / "docs" / "a.txt")
    (tmp_path / "docs" / "again").symlink_to(tmp_path / "docs")
    (tmp_path / "docs" / "self.txt").symlink_to(tmp_path / "docs" / "self.txt")
    documents, (problem,) = problems_of(tmp_path / "docs")
    assert len(documents) == 1
    assert problem.path.endswith("self.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["b.txt", "b.jsonl", "b.jsonl.gz"])
def test_a_file_without_leave_to_read_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path / "docs" / "a.txt")
    write(tmp_path / "docs" / name).chmod(0)
    documents, (problem,) = problems_of(tmp_path / "docs")
    assert len(documents) == 1
    assert "Permission denied" in problem.reason


@pytest.mark.parametrize("name", ["b.txt", "b.jsonl", "b.md", "b.html", "b.jsonl.gz"])
def test_a_file_that_fails_while_it_is_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Also for root, who may read everything: the file goes away between listing and reading."""
    write(tmp_path / "docs" / "a.txt")
    write(tmp_path / "docs" / name)
    files = collect([tmp_path / "docs"]).files
    (tmp_path / "docs" / name).unlink()
    (tmp_path / "docs" / name).mkdir()
    items = [item for file in files for item in read_file(file)]
    assert len([i for i in items if isinstance(i, Document)]) == 1
    (problem,) = (i for i in items if isinstance(i, Problem))
    assert problem.path.endswith(name)
    assert "can't be read" in problem.reason


@pytest.fixture
def not_for_ever() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TimeoutError("reading waits for ever")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(5)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def test_a_pipe_among_the_files_is_not_waited_for(tmp_path: Path, not_for_ever: None) -> None:
    write(tmp_path / "docs" / "a.txt")
    os.mkfifo(tmp_path / "docs" / "b.txt")
    documents, _ = problems_of(tmp_path / "docs")
    assert len(documents) == 1
    # Nor while it is found out what has changed, which comes before reading.
    (problem,) = collect([tmp_path / "docs"]).unreadable
    assert (problem.path, problem.kept) == (f"{tmp_path}/docs/b.txt", False)
    assert "is a pipe" in problem.reason


def test_a_pipe_that_was_named_is_refused(tmp_path: Path, not_for_ever: None) -> None:
    os.mkfifo(tmp_path / "b.txt")
    with pytest.raises(InputError, match=r"is a pipe.*searchapp index -"):
        collect([tmp_path / "b.txt"])


def test_a_folder_that_may_be_listed_and_not_entered_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for root, who may enter everything: a look at what is in it is refused."""
    is_symlink = Path.is_symlink

    def refuse(path: Path) -> bool:
        if path.parent.name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return is_symlink(path)

    write(tmp_path / "docs" / "a.txt")
    write(tmp_path / "docs" / "shut" / "b.txt")
    monkeypatch.setattr(Path, "is_symlink", refuse)
    collection = collect([tmp_path / "docs"])
    assert [file.id for file in collection.files] == ["docs/a.txt"]
    (problem,) = collection.unreadable
    assert problem.path.endswith("docs/shut/b.txt")
    assert "Permission denied" in problem.reason


def test_a_path_that_may_not_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    write(tmp_path / "docs" / "a.txt")
    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(InputError, match=r"can't be read .Permission denied."):
        collect([tmp_path / "docs" / "a.txt"])


# -- the sample corpus --------------------------------------------------------------------------


def seed_items() -> list[tuple[Path, Document | Problem]]:
    return [
        (file.path, item) for file in collect([PROJECT / "seeds"]).files for item in read_file(file)
    ]


def test_every_seed_reads_without_problems() -> None:
    items = seed_items()
    assert [str(item) for _, item in items if isinstance(item, Problem)] == []
    assert collect([PROJECT / "seeds"]).other_files == 0
    found = {path.suffix for path, _ in items}
    assert found == {".txt", ".md", ".html", ".jsonl"}
    names = [item.id for _, item in items if isinstance(item, Document)]
    assert len(set(names)) == len(names) > 30


def test_every_seed_has_its_fields() -> None:
    for path, document in seed_items():
        assert isinstance(document, Document)
        assert document.title, path
        assert len(document.text) > 100, path
        if path.suffix != ".txt":
            for name in ("source", "category", "author", "tags", "published"):
                assert getattr(document, name), f"{path}: {name}"
