"""Every setting: one row each, with its unit, default and meaning.

What the command line says wins; then the environment variable ``SEARCHAPP_`` plus the name in
capitals, then the file of settings; `setting_sources.py` reads them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any

from searchapp import setting_forms
from searchapp.errors import InputError
from searchapp.setting_sources import PREFIX, Gathered, gather, warn

__all__ = ["LANGUAGES", "PREFIX", "Settings"]

LANGUAGES = ("auto", "vi", "en")
METRICS = ("off", "local", "token", "open")
LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("debug", "info", "warning", "error")


def _row(
    default: object,
    about: str,
    least: int | None = None,
    choices: tuple[str, ...] = (),
    *,
    secret: bool = False,
    form: Callable[[Any], object] | None = None,
) -> Any:
    """``secret``: shown nowhere, neither in messages nor where settings are printed.

    ``form`` raises ValueError for a value that has not its form, as in `setting_forms.py`.
    """
    return dataclass_field(
        default=default,
        repr=not secret,
        metadata={
            "about": about,
            "least": least,
            "choices": choices,
            "secret": secret,
            "form": form,
        },
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
    rate_per_minute: int = _row(
        1200, "requests a minute that one address may make on average; 0 means any", 0
    )
    rate_burst: int = _row(200, "requests that one address may make at once", 1)
    answers_remembered: int = _row(
        200, "answers that each process remembers, for questions that come again; 0 means none", 0
    )
    query_max_chars: int = _row(1000, "longest query, in characters", 1)
    analyze_max_chars: int = _row(10_000, "longest text that the API takes apart, in characters", 1)
    document_max_chars: int = _row(
        200_000, "most characters of a document's text in one answer; longer ones go on", 1000
    )
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
    tokens_file: Path | None = _row(
        None, "file of the tokens that `searchapp tokens` makes; without it, in index_dir"
    )
    read_access: str = _row(
        "open",
        "who may search and read: open is everyone, token is who has one with the scope read",
        choices=("open", "token"),
    )
    allowed_hosts: str = _row(
        "",
        "names that the service answers to, by commas; without any: addresses and this machine's",
        form=setting_forms.hosts,
    )
    write_max_documents: int = _row(1000, "most documents that one call adds or deletes", 1)
    write_max_mb: int = _row(20, "most that one call may send, unpacked, in MB", 1)
    usage_log: bool = _row(
        True, "whether searches and clicks are kept, here and without identities"
    )
    usage_file: Path | None = _row(
        None, "file that they are kept in; without it usage.sqlite in index_dir"
    )
    usage_retention_days: int = _row(90, "how long searches and clicks are kept, in days", 1)
    report_min_count: int = _row(
        2, "how often a query was asked before reports and exports show it", 1
    )
    operator_token: str | None = _row(
        None,
        "secret that opens the operator's page, as a password; so do tokens of the scope operate",
        secret=True,
    )
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
    metrics: str = _row(
        "local",
        "who may read /metrics: off is nobody, local this machine without a proxy between, token"
        " whoever sends metrics_token, open everybody",
        choices=METRICS,
    )
    metrics_token: str | None = _row(
        None, "secret that reads /metrics, where metrics is token", secret=True
    )
    log_format: str = _row(
        "text", "form of the server's log lines: text or json", choices=LOG_FORMATS
    )
    log_level: str = _row(
        "info",
        "least that the server logs: debug, info (a line a request), warning or error",
        choices=LOG_LEVELS,
    )
    slow_query_ms: int = _row(
        1000, "a search that takes longer is logged with its words, in milliseconds; 0 logs none", 0
    )
    otel_endpoint: str = _row(
        "", "address that traces are sent to, by OTLP over HTTP; empty sends none"
    )

    # -- serving ---------------------------------------------------------------------------
    serve_host: str = _row("127.0.0.1", "address that serve listens on")
    serve_port: int = _row(8000, "port that serve listens on", 0, form=setting_forms.port)
    serve_socket: Path | None = _row(
        None, "Unix socket that serve listens on, instead of an address and a port"
    )
    serve_socket_mode: str = _row(
        "660", "permissions of that socket, in octal", form=setting_forms.socket_mode
    )
    serve_workers: int = _row(0, "processes that answer; 0 means one a core", 0)
    serve_threads: int = _row(
        0, "requests that a process answers at once; 0 means as many as the engine can use", 0
    )
    serve_waiting: int = _row(64, "requests that wait in a process while it is busy", 0)
    serve_wait_ms: int = _row(3000, "longest wait for a busy process, in milliseconds", 0)
    serve_timeout_s: int = _row(
        60, "how long a process may give no sign of life before it is replaced, in seconds", 1
    )
    serve_stop_timeout_s: int = _row(
        15, "longest wait for requests under way when stopping, in seconds", 1
    )
    serve_keep_alive_s: int = _row(
        75, "how long a connection may stay open without a request, in seconds", 0
    )
    serve_max_requests: int = _row(
        50_000, "requests after which a process is replaced by a fresh one; 0 means never", 0
    )
    trusted_proxies: str = _row(
        "unix",
        "proxies whose X-Forwarded headers are believed: addresses and networks by commas;"
        " unix is whoever reaches the socket, none is nobody",
        form=setting_forms.proxies,
    )

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
        """Settings from the environment and the file; ``overrides`` that are not None win.

        Raises InputError that names every wrong value at once.
        """
        return cls(**cls.gathered(environ, **overrides).values)

    @classmethod
    def gathered(cls, environ: Mapping[str, str] | None = None, **overrides: object) -> Gathered:
        """The values that `load` makes settings of, with where each came from.

        What is odd, but no reason to refuse, is logged.

        Raises InputError that names every wrong value at once.
        """
        found = gather(fields(cls), os.environ if environ is None else environ, overrides)
        warn(found)
        if not found.wrong:
            found.wrong.extend(_at_odds(cls(**found.values), found.origins))
        if found.wrong:
            raise InputError("; ".join(found.wrong))
        return found

    @property
    def tokens_path(self) -> Path:
        """Where tokens are kept."""
        return self.tokens_file or self.index_dir / "tokens.json"

    @property
    def usual_page_size(self) -> int:
        """Hits on a page when the call does not say; never more than a call may ask for."""
        return min(self.page_size, self.page_size_max)

    @property
    def usage_path(self) -> Path:
        """Where searches and clicks are kept."""
        return self.usage_file or self.index_dir / "usage.sqlite"


def _at_odds(settings: Settings, origins: Mapping[str, str]) -> list[str]:
    """Settings that are right alone and wrong together."""
    wrong = []
    # The usual one gives way by itself (`usual_page_size`); a wish for more is a mistake.
    if "page_size" in origins and settings.page_size > settings.page_size_max:
        wrong.append(
            f"page_size ({settings.page_size}, from {origins['page_size']}) should be at most"
            f" page_size_max ({settings.page_size_max})"
        )
    return wrong
