"""``searchapp watch``: keeps the live index up to date while files change."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from searchapp.cli.building import progress_bar
from searchapp.cli.options import index_dir_option
from searchapp.cli.sources import named_or_samples
from searchapp.cli.update import summary
from searchapp.config import Settings
from searchapp.errors import LockedError, NoIndexError, SearchappError
from searchapp.generations import Generations
from searchapp.ingest.build import build, update
from searchapp.ingest.planning import Sources
from searchapp.ingest.reuse import live_store


@click.command("watch")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH…]")
@click.option(
    "--every",
    "every_s",
    type=click.FloatRange(min=0.1),
    default=60.0,
    show_default=True,
    help="Seconds between looks at everything: network drives tell nobody of changes.",
)
@index_dir_option
def watch_command(paths: tuple[Path, ...], every_s: float, index_dir: Path | None) -> None:
    """Keep the live index up to date as files change, until it is stopped (Ctrl+C).

    Begins with an update; where there is no index yet, with building one from PATH. What can't be
    done at once, such as while another build runs, is tried again.

    \b
    Example:
        searchapp watch docs/
    """
    settings = Settings.load(index_dir=index_dir)
    stop = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stop.set())
    _begin(paths, settings)
    for _ in _moments(settings, every_s, stop):
        _update(settings)
    click.echo("Stopped watching.")


def _begin(paths: tuple[Path, ...], settings: Settings) -> None:
    with progress_bar() as listener:
        try:
            report = update(paths, settings, listener)
        except NoIndexError:
            named = named_or_samples([str(path) for path in paths])
            report = build([Path(one) for one in named], settings, listener)
            _say(f"Indexed {report.indexed} documents.")
        else:
            _say(summary(report, settings))


def _moments(settings: Settings, every_s: float, stop: threading.Event) -> Iterator[None]:
    """A moment after each change, and one after every so many seconds."""
    from watchfiles import DefaultFilter, watch

    live = live_store(Generations(settings.index_dir))
    roots = () if live is None else Sources.of(live.head).roots
    folders = [root.path if root.is_folder else root.path.parent for root in roots]
    ours = DefaultFilter(ignore_paths=[settings.index_dir.resolve()])
    _say(f"Watching {', '.join(root.shown for root in roots)}; Ctrl+C stops.")
    changes = watch(
        *folders,
        watch_filter=ours,
        stop_event=stop,
        rust_timeout=int(every_s * 1000),
        yield_on_timeout=True,
    )
    for _ in changes:
        if not stop.is_set():
            yield


def _update(settings: Settings) -> None:
    try:
        report = update([], settings)
    except LockedError:
        return  # what it does now is looked at when it is done, at the next moment
    except (SearchappError, OSError) as error:
        _say(f"searchapp: {error}", is_wrong=True)
        return
    if report.generation is not None:
        _say(summary(report, settings))
        for problem in report.problems:
            _say(f"{'warning' if problem.kept else 'skipped'}: {problem}", is_wrong=True)


def _say(line: str, *, is_wrong: bool = False) -> None:
    click.echo(f"{datetime.now().astimezone():%H:%M:%S} {line}", err=is_wrong)
