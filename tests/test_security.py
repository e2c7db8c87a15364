"""What SECURITY.md promises: each threat has its tests, and they are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
TEXT = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[tuple[str, str, str]]:
    """The cells of the table of threats."""
    _, _, behind = TEXT.partition("| threat | what holds it off | proved by |\n")
    table = behind.split("\n\n")[0].splitlines()[1:]
    found = []
    for line in table:
        threat, defence, tests = (cell.strip() for cell in line.strip("|").split("|"))
        found.append((threat, defence, tests))
    return found


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((PROJECT / path).read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(node.name for node in tree.body if isinstance(node, kinds))


def test_the_table_is_read() -> None:
    assert len(rows()) > 35


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:50])
def test_every_threat_has_tests_that_are_there(row: tuple[str, str, str]) -> None:
    threat, defence, tests = row
    assert threat
    assert defence
    named = _TEST.findall(tests)
    assert named, threat
    assert _TEST.sub("", tests).replace(",", "").strip() == "", "and nothing but tests"
    for path, name in named:
        assert name.startswith("test_")
        assert name in functions(path), f"{path} has no {name}"


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def importing(*modules: str) -> set[str]:
    """The modules of the package that import one of these, or what is below it."""
    home = PROJECT / "searchapp"
    return {
        path.relative_to(home).as_posix()
        for path in home.rglob("*.py")
        if any(name == m or name.startswith(f"{m}.") for name in imports(path) for m in modules)
    }


def test_only_these_modules_open_connections() -> None:
    """Nothing that is read or asked is fetched: what can connect goes where settings say."""
    assert importing("urllib3", "urllib.request", "http.client", "requests", "httpx") <= {
        "client.py",
        "engines/opensearch_client.py",
        "engines/opensearch_bulk.py",
    }
    # Listening, and the name of this machine.
    assert importing("socket") <= {
        "assistants/running.py",
        "web/gunicorn_worker.py",
        "web/hosts.py",
        "web/listening.py",
    }
    assert importing("psycopg") == {"ingest/postgresql.py"}


def test_only_these_modules_read_pickles() -> None:
    assert importing("pickle", "shelve", "marshal", "dill", "joblib") == {
        "analysis/pyvi_model.py",
        "engines/whoosh_pickles.py",
        "engines/whoosh_terms.py",  # writes one
        "engines/whoosh_verify.py",  # names its error
    }
    for path in (PROJECT / "searchapp").rglob("*.py"):
        assert not re.search(r"allow_pickle\s*=\s*True", path.read_text(encoding="utf-8")), path


def test_no_shell_and_no_evaluation_of_texts() -> None:
    for path in (PROJECT / "searchapp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in {"eval", "exec", "os.system", "os.popen", "yaml.load"}, path
                shell = [k for k in node.keywords if k.arg == "shell"]
                assert not shell, path
