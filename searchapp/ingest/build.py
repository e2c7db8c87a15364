"""Making an index anew, and bringing one up to date."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from searchapp.analysis.pyvi_model import load_pyvi_model
from searchapp.config import Settings
from searchapp.errors import IndexRefusedError, InputError
from searchapp.generation_files import Generation
from searchapp.generations import Generations
from searchapp.ingest.base import SourceFile
from searchapp.ingest.files import Collection, Root, collect, collect_roots, root_labels
from searchapp.ingest.limits import Limits
from searchapp.ingest.making import make_generation, new_building
from searchapp.ingest.mapping import FieldMap
from searchapp.ingest.planning import (
    POSTED,
    STDIN,
    Sources,
    Step,
    in_order,
    plan_files,
    plan_query,
    query_key,
    read_with,
)
from searchapp.ingest.report import Listener, Report
from searchapp.ingest.reuse import given_steps, is_usable, left_behind, live_store, usable_rubble
from searchapp.ingest.sql import SqlSource, without_password
from searchapp.ingest.store import Entry, Store
from searchapp.ingest.stream import Deleted

_NOTHING = Collection((), 0)


def build(
    paths: Sequence[Path],
    settings: Settings,
    listener: Listener | None = None,
    fields: FieldMap | None = None,
    *,
    queries: Sequence[SqlSource] = (),
    stdin: SourceFile | None = None,
    keep_posted: bool = True,
    generations: Generations | None = None,
) -> Report:
    """Build a new generation from files and folders, and make it live.

    ``queries`` of databases and standard input, spooled, come behind the files. ``fields`` are
    foreign names in records and tables. What programs put into the index before
    stays in it, unless ``keep_posted`` is off. A build that was interrupted is gone on with: what
    it read and analysed is used again where the files are as they were.

    Raises InputError if there is nothing to index or a database can't be asked, LockedError if
    another build is running; the live index is untouched unless all went well.
    """
    sources = Sources(
        tuple(map(Root.of, paths)), fields or FieldMap(), tuple(queries), stdin is not None
    )
    limits = Limits.of(settings)
    collection = _NOTHING
    if paths:
        collection = collect(paths, sources.fields, limits, settings.index_dir)
    model = load_pyvi_model()
    generations = generations or Generations(settings.index_dir)
    with generations.lock(), new_building(generations) as building:
        rubble = usable_rubble(building, model)
        with_what = read_with(sources.fields, limits)
        steps = plan_files(collection.files, with_what, rubble)
        steps += [plan_query(source, with_what, None) for source in queries]
        if stdin is not None:
            steps.append(Step(Entry(STDIN, "", with_what, None), file=stdin))
        posted = live_store(generations) if keep_posted else None
        if posted is not None:
            steps += given_steps(posted, model, [POSTED])
        elif keep_posted:
            unreadable = (*collection.unreadable, *left_behind(generations))
            collection = replace(collection, unreadable=unreadable)
        return make_generation(
            generations,
            building,
            sources,
            steps,
            settings=settings,
            model=model,
            stores=rubble,
            live=None,
            deleted=Deleted({} if posted is None else posted.deleted),
            listener=listener or Listener(),
            collection=collection,
        )


def update(
    paths: Sequence[Path],
    settings: Settings,
    listener: Listener | None = None,
    *,
    urls: Sequence[str] = (),
    generations: Generations | None = None,
) -> Report:
    """Bring the live index up to date with what it was built from, in one step.

    Only files that changed are read, and only texts that changed are analysed; what is gone is
    taken out. Among several sources only those are looked at that ``paths`` lie in; a path outside
    all of them is added. Databases are asked again; ``urls`` are addresses of theirs, with what
    they need to be asked with, such as a password. Standard input stays what it was. Where nothing
    has changed, no generation is made.

    Raises NoIndexError, LockedError, IndexRefusedError if the index can't be trusted, InputError if
    a folder that it was built from is gone, or if nothing would be left.
    """
    generations = generations or Generations(settings.index_dir)
    limits = Limits.of(settings)
    with generations.lock():
        current = generations.current()
        # It stays with the engine that it was built for.
        settings = replace(settings, engine=current.manifest.engine)
        live = live_store(generations)
        if live is None:
            raise IndexRefusedError(f"{current.store_folder} is damaged or missing")
        model = load_pyvi_model()
        before = Sources.of(live.head)
        sources = _with_new(before, paths, urls)
        usable = is_usable(live, model)
        left_alone = _left_alone(before, sources, paths, live) if usable else frozenset[Root]()
        _check_folders(sources.roots, left_alone)
        collection = collect_roots(
            sources.roots, sources.fields, limits, settings.index_dir, left_alone
        )
        with_what = read_with(sources.fields, limits)
        files = plan_files(collection.files, with_what, [live] if usable else [])
        steps = in_order(sources.roots, files, live, left_alone)
        for source in sources.queries:
            entry = live.entries.get(query_key(source))
            if usable and entry is not None and paths and source in before.queries:
                steps.append(Step(entry, live))
            else:
                steps.append(plan_query(source, with_what, live if usable else None))
        steps += given_steps(live, model)
        if usable and sources.head() == before.head() and _is_same(steps, live):
            return _unchanged(current, collection, live)
        with new_building(generations) as building:
            return make_generation(
                generations,
                building,
                sources,
                steps,
                settings=settings,
                model=model,
                stores=[*([live] if usable else []), *usable_rubble(building, model)],
                live=live,
                deleted=Deleted(live.deleted),
                listener=listener or Listener(),
                collection=collection,
            )


def _with_new(before: Sources, paths: Sequence[Path], urls: Sequence[str]) -> Sources:
    """The sources, and those of the paths that lie in none of them; databases by the addresses
    given. Raises InputError for an address that the index was not built from.
    """
    addresses = {without_password(url): url for url in urls}
    unknown = addresses.keys() - {source.url for source in before.queries}
    if unknown:
        raise InputError(
            f"the index was not built from {min(unknown)}: build one with searchapp index … --query"
        )
    queries = tuple(
        replace(source, url=addresses.get(source.url, source.url)) for source in before.queries
    )
    known = [root.path for root in before.roots]
    new = []
    for path in paths:
        place = Path(os.path.abspath(path))  # noqa: PTH100  # links stay
        if not any(place.is_relative_to(one) for one in known):
            new.append(Root.of(path))
    return replace(before, roots=(*before.roots, *new), queries=queries)


def _left_alone(
    before: Sources, sources: Sources, paths: Sequence[Path], live: Store
) -> frozenset[Root]:
    """The sources that are not looked at: none where no path is named."""
    if not paths or not all(live.is_sound(entry.runs) for entry in live.entries.values()):
        return frozenset()
    named = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100
    old_labels, labels = root_labels(before.roots), root_labels(sources.roots)
    return frozenset(
        root
        for root in before.roots
        if not any(path.is_relative_to(root.path) for path in named)
        and old_labels[root.path] == labels[root.path]
    )


def _check_folders(roots: Iterable[Root], left_alone: frozenset[Root]) -> None:
    for root in roots:
        if root.is_folder and root not in left_alone and not root.path.is_dir():
            raise InputError(
                f"the folder {root.shown} that the index was built from is gone; bring it back, or"
                " build an index without it: searchapp index [PATH…]"
            )


def _is_same(steps: Sequence[Step], live: Store) -> bool:
    keys = [step.entry.key for step in steps]
    return all(step.store is live for step in steps) and keys == list(live.entries)


def _unchanged(current: Generation, collection: Collection, live: Store) -> Report:
    report = Report(
        indexed=current.manifest.document_count,
        other_files=collection.other_files,
    )
    report.problems += collection.unreadable
    for entry in live.entries.values():
        report.problems += entry.problems
    return report
