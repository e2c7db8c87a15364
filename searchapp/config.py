"""Every setting: one row each, with its unit, default and meaning.

A setting is read from the environment variable ``SEARCHAPP_`` plus its name in capitals; what the
command line says wins.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any

from searchapp.errors import InputError

PREFIX = "SEARCHAPP_"
LANGUAGES = ("auto", "vi", "en")


SECRET_MIN_CHARS = 16
"""Shorter ones are guessed."""
_SECRET = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # what an Authorization header can hold (RFC 6750)


def _row(
    default: object,
    about: str,
    least: int | None = None,
    choices: tuple[str, ...] = (),
    *,
    secret: bool = False,
) -> Any:
    """``secret``: shown nowhere, neither in messages nor where settings are printed."""
    return dataclass_field(
        default=default,
        repr=not secret,
        metadata={"about": about, "least": least, "choices": choices, "secret": secret},
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process; immutable."""

    index_dir: Path = _row(Path("index"), "folder that holds the built indexes")
    engine: str = _row("whoosh", "engine for new indexes")
    jobs: int = _row(0, "processes that analyse text while building; 0 means one a core", 0)
    keep_generations: int = _row(1, "earlier indexes kept beside the live one", 0)
    file_max_mb: int = _row(500, "largest file that is read whole, in MB", 1)
    file_max_pages: int = _row(5000, "most pages of a file that are read", 1)
    file_timeout_s: int = _row(120, "longest wait for a file's next document, in seconds", 1)
    file_memory_mb: int = _row(1000, "most memory that reading a file may take, in MB", 50)
    archive_max_mb: int = _row(2000, "most that one archive may hold, unpacked, in MB", 1)
    archive_max_files: int = _row(100_000, "most files in one archive", 1)
    archive_max_nesting: int = _row(3, "most archives in one another", 1)
    write_wait_s: int = _row(10, "longest wait of a write for a build that runs, in seconds", 0)
    synonyms_file: Path | None = _row(None, "your own synonyms, in Solr's format")
    search_timeout_ms: int = _row(
        5000, "longest time that an answer may take, in milliseconds; 0 means any", 0
    )
    query_max_chars: int = _row(1000, "longest query, in characters", 1)
    analyze_max_chars: int = _row(10_000, "longest text that the API takes apart, in characters", 1)
    opensearch_hosts: str = _row(
        "http://127.0.0.1:9200", "addresses of the OpenSearch nodes, by commas"
    )
    opensearch_index: str = _row(
        "searchapp", "name of the index in OpenSearch: its alias, and what each build's begins with"
    )
    opensearch_user: str = _row("", "user name for OpenSearch; empty sends none")
    opensearch_password: str | None = _row(None, "password for OpenSearch", secret=True)
    opensearch_ca_file: Path | None = _row(
        None, "certificates that OpenSearch's own is checked with; without it those of the system"
    )
    opensearch_timeout_s: int = _row(10, "longest wait for OpenSearch to answer, in seconds", 1)
    opensearch_shards: int = _row(1, "shards of a new index in OpenSearch", 1)
    opensearch_replicas: int = _row(1, "copies of each shard beside the first", 0)
    opensearch_refresh_s: int = _row(
        1, "how soon a change to the index in OpenSearch is seen, in seconds", 1
    )
    cors_origins: str = _row(
        "", "pages of other origins that may call the API, by commas; * is all"
    )
    write_token: str | None = _row(
        None,
        "secret that programs send to add and delete documents; without it nobody can",
        secret=True,
    )
    write_max_documents: int = _row(1000, "most documents that one call adds or deletes", 1)
    write_max_mb: int = _row(20, "most that one call may send, unpacked, in MB", 1)
    language: str = _row(
        "auto", "language of the pages: auto is the reader's own, or vi or en", choices=LANGUAGES
    )
    page_size: int = _row(10, "hits on a page when the call does not say", 1)
    page_size_max: int = _row(100, "most hits on one page", 1)
    result_window: int = _row(10_000, "deepest hit that paging reaches: page times size", 1)
    facet_size_max: int = _row(1000, "most values counted for a facet", 1)
    expansion_max_terms: int = _row(
        500, "most words that a beginning or a fuzzy word stands for", 1
    )
    snippet_max_chars: int = _row(240, "length of a snippet, in characters", 40)
    snippets_per_hit: int = _row(2, "most snippets shown for a hit", 1)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
        """Settings from the environment; ``overrides`` that are not None win.

        Raises InputError that names every wrong value at once.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        wrong: list[str] = []
        for row in fields(cls):
            raw = environ.get(PREFIX + row.name.upper())
            if not raw:
                continue
            try:
                values[row.name] = _convert(raw, row)
            except ValueError as error:
                shown = "" if row.metadata["secret"] else f"={raw!r}"
                wrong.append(f"{PREFIX}{row.name.upper()}{shown} {error}")
        if wrong:
            raise InputError("; ".join(wrong))
        values.update({k: v for k, v in overrides.items() if v is not None})
        return cls(**values)

    @property
    def usual_page_size(self) -> int:
        """Hits on a page when the call does not say; never more than a call may ask for."""
        return min(self.page_size, self.page_size_max)


def _convert(raw: str, row: Field[Any]) -> object:
    kind, least, choices = row.type, row.metadata["least"], row.metadata["choices"]
    if kind in ("Path", "Path | None"):
        return Path(raw)
    if kind == "int":
        try:
            number = int(raw)
        except ValueError:
            raise ValueError("should be a whole number") from None
        if least is not None and number < least:
            raise ValueError(f"should be at least {least}")
        return number
    is_token = row.name.endswith("_token")
    if is_token and not (len(raw) >= SECRET_MIN_CHARS and _SECRET.fullmatch(raw)):
        raise ValueError(
            f"should be at least {SECRET_MIN_CHARS} characters of A-Z a-z 0-9 . _ ~ + / -;"
            " openssl rand -hex 32 makes a good one"
        )
    if choices and raw not in choices:
        raise ValueError(f"should be one of {', '.join(choices)}")
    return raw
