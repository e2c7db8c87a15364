"""Where settings come from: the command line, then the environment, then one file of TOML.

A secret may also lie in a file of its own, which its name with ``_file`` behind it names: that is
how systemd and Docker hand secrets over.
"""

from __future__ import annotations

import difflib
import logging
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import Field, dataclass, field
from pathlib import Path
from typing import Any

from searchapp.setting_values import from_text, from_toml, toml_text

PREFIX = "SEARCHAPP_"
FILE_VARIABLE = "SEARCHAPP_CONFIG"
USUAL_FILE = Path("searchapp.toml")
"""Read where it lies in the working folder and no other file is named."""

_OTHERS_READ = 0o004
_ORCHESTRATORS = re.compile(r"(SERVICE_(HOST|PORT)|PORT)(_\w+)?")
"""What Kubernetes sets by itself where a service is called searchapp."""
_log = logging.getLogger(__name__)
_Rows = Mapping[str, Field[Any]]


@dataclass(slots=True)
class Gathered:
    """Values by name, where each came from, and what is wrong with others, all of it."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    file: Path | None = None

    def take(self, name: str, value: object, origin: str) -> None:
        """A value, in place of what an earlier source said."""
        self.values[name], self.origins[name] = value, origin


def gather(
    rows: Sequence[Field[Any]], environ: Mapping[str, str], overrides: Mapping[str, object]
) -> Gathered:
    """What all sources say about these rows, the strongest last; ``overrides`` may hold None."""
    found = Gathered()
    by_name = {row.name: row for row in rows}
    _read_file(found, by_name, environ)
    _read_environment(found, by_name, environ)
    for name, value in overrides.items():
        if value is not None:
            found.take(name, value, "command line")
    return found


def _read_file(found: Gathered, rows: _Rows, environ: Mapping[str, str]) -> None:
    named = environ.get(FILE_VARIABLE)
    path = Path(named) if named else USUAL_FILE
    if not named and not path.is_file():
        return
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        found.wrong.append(f"{path} can't be read ({error.strerror}); it is to hold the settings")
        return
    except UnicodeDecodeError:
        found.wrong.append(f"{path} is not UTF-8")
        return
    except tomllib.TOMLDecodeError as error:
        found.wrong.append(f"{path} is not TOML: {error}")
        return
    found.file = path
    for name, value in told.items():
        _take_key(found, rows, told, name, value)
    secrets = [name for name in told if name in rows and rows[name].metadata["secret"]]
    if secrets and path.stat().st_mode & _OTHERS_READ:
        found.warnings.append(
            f"{path} holds {' and '.join(secrets)} and everybody can read it;"
            f" chmod o-r {path} mends that"
        )


def _take_key(
    found: Gathered, rows: _Rows, told: Mapping[str, object], name: str, value: object
) -> None:
    where = f"{found.file}: {name}"
    row, is_file = _row_of(name, rows)
    if row is None:
        table = " (settings stand in no table)" if isinstance(value, dict) else ""
        found.wrong.append(f"{found.file}: there is no setting {name}{_nearest(name, rows)}{table}")
    elif is_file and row.name in told:
        found.wrong.append(f"{where} and {row.name} say the same; leave one of them out")
    elif is_file and isinstance(value, str):
        _take_secret(found, row, value, where)
    elif is_file:
        found.wrong.append(f"{where} should be a text, in quotes")
    else:
        try:
            found.take(name, from_toml(value, row), where)
        except ValueError as error:
            shown = "" if row.metadata["secret"] else f" = {toml_text(value)}"
            found.wrong.append(f"{where}{shown} {error}")


def _read_environment(found: Gathered, rows: _Rows, environ: Mapping[str, str]) -> None:
    for variable, raw in environ.items():
        if not variable.startswith(PREFIX) or variable == FILE_VARIABLE or not raw:
            continue
        name = variable.removeprefix(PREFIX)
        row, is_file = _row_of(name.lower(), rows)
        if row is None or not name.isupper():
            if not _ORCHESTRATORS.fullmatch(name):
                near = _nearest(name.lower(), rows, PREFIX)
                found.warnings.append(f"{variable} is no setting and is not heeded{near}")
        elif is_file:
            if environ.get(PREFIX + row.name.upper()):
                found.wrong.append(
                    f"{variable} and {PREFIX}{row.name.upper()} say the same; leave one of them out"
                )
            else:
                _take_secret(found, row, raw, variable)
        else:
            try:
                found.take(row.name, from_text(raw, row), variable)
            except ValueError as error:
                shown = "" if row.metadata["secret"] else f"={raw!r}"
                found.wrong.append(f"{variable}{shown} {error}")


def _row_of(name: str, rows: _Rows) -> tuple[Field[Any] | None, bool]:
    """The row of this name; or the secret whose file it names, and True."""
    row = rows.get(name)
    if row is None and name.endswith("_file"):
        row = rows.get(name.removesuffix("_file"))
        return (row, True) if row is not None and row.metadata["secret"] else (None, False)
    return row, False


def _take_secret(found: Gathered, row: Field[Any], path: str, where: str) -> None:
    """The secret in a file: its text without the line's end."""
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        found.wrong.append(f"{where} names {path}, which can't be read ({error.strerror})")
        return
    except UnicodeDecodeError:
        found.wrong.append(f"{where} names {path}, which is not UTF-8")
        return
    if not text:
        found.wrong.append(f"{where} names {path}, which is empty")
        return
    try:
        found.take(row.name, from_text(text, row), where)
    except ValueError as error:
        found.wrong.append(f"{where} names {path}, whose text {error}")


def _nearest(name: str, known: Iterable[str], prefix: str = "") -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    shown = [prefix + one.upper() if prefix else one for one in near]
    return f"; did you mean {shown[0]}?" if shown else ""


def warn(found: Gathered) -> None:
    """Say what is odd, but no reason to refuse."""
    for warning in found.warnings:
        _log.warning("%s", warning)
