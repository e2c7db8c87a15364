"""What lies in the cluster after builds, updates and deletions, and whose it is."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cluster import Cluster
from searchapp import backups
from searchapp.config import Settings
from searchapp.engines import opensearch_reader
from searchapp.engines.opensearch_bulk import BulkSender, Operation, put, take_out
from searchapp.engines.opensearch_client import Cluster as Client
from searchapp.engines.opensearch_making import make_empty
from searchapp.engines.opensearch_reader import read_mark
from searchapp.errors import CursorError, IndexRefusedError, SearchappError
from searchapp.generations import Generations
from searchapp.ingest.build import build, update
from searchapp.ingest.migrating import migrate
from searchapp.query.filters import Sort
from searchapp.search.service import SearchService

COUNT = 12


@pytest.fixture
def settings(opensearch: Cluster, tmp_path: Path) -> Iterator[Settings]:
    alias = f"thu-{secrets.token_hex(4)}"
    yield Settings(
        index_dir=tmp_path / "index",
        engine="opensearch",
        jobs=1,
        keep_generations=1,
        opensearch_hosts=opensearch.urls[0],
        opensearch_index=alias,
        opensearch_shards=2,
        opensearch_replicas=1,
        opensearch_timeout_s=30,
        search_timeout_ms=0,
    )
    opensearch.request("DELETE", f"/{alias}-*")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "tin"
    folder.mkdir()
    for number in range(COUNT):
        write(folder, number, f"Nước sông Hồng dâng cao, tin số {number}.")
    return folder


def write(folder: Path, number: int, text: str) -> None:
    (folder / f"{number:02}.txt").write_text(f"Bản tin {number}\n\n{text}", encoding="utf-8")


def indexes(nodes: Cluster, settings: Settings) -> list[str]:
    """The names, in order of age."""
    return sorted(nodes.request("GET", f"/{settings.opensearch_index}-*/_settings"))


def behind_alias(nodes: Cluster, settings: Settings) -> list[str]:
    return list(nodes.request("GET", f"/_alias/{settings.opensearch_index}"))


def found(settings: Settings, query: str = "sông hồng") -> int:
    return SearchService(settings).search(query).total


def test_the_alias_follows_the_live_index_and_only_what_is_kept_stays(
    opensearch: Cluster, settings: Settings, texts: Path
) -> None:
    build([texts], settings)
    (first,) = indexes(opensearch, settings)
    assert behind_alias(opensearch, settings) == [first]
    build([texts], settings)
    first_again, second = indexes(opensearch, settings)
    assert first_again == first, "one earlier is kept"
    assert behind_alias(opensearch, settings) == [second]

    backups.roll_back(Generations(settings.index_dir), settings)
    assert behind_alias(opensearch, settings) == [first]
    assert found(settings) == COUNT

    build([texts], settings)
    kept, third = indexes(opensearch, settings)
    assert kept == first, "the one that was live stays, the one that had been left goes"
    assert behind_alias(opensearch, settings) == [third]


def test_an_index_is_laid_out_as_it_is_set_and_takes_no_other_field(
    opensearch: Cluster, settings: Settings, texts: Path
) -> None:
    build([texts], settings)
    (name,) = indexes(opensearch, settings)
    set_ = opensearch.request("GET", f"/{name}/_settings?flat_settings=true")[name]["settings"]
    assert set_["index.number_of_shards"] == "2"
    assert set_["index.number_of_replicas"] == "1"
    assert set_["index.refresh_interval"] == "1s"
    assert set_["index.blocks.write"] == "true"
    assert "index.unassigned.node_left.delayed_timeout" not in set_, "only while it was filled"
    mappings = opensearch.request("GET", f"/{name}/_mapping")[name]["mappings"]
    assert mappings["dynamic"] == "strict"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to documents, by how their lines begin."""
    kinds: list[str] = []
    whole = BulkSender.add

    def add(self: BulkSender, operation: Operation) -> None:
        ((kind, _),) = json.loads(operation.lines.split(b"\n", 1)[0]).items()
        kinds.append(kind)
        whole(self, operation)

    monkeypatch.setattr(BulkSender, "add", add)
    return kinds


def test_an_update_sends_only_what_differs(
    settings: Settings, texts: Path, sent: list[str]
) -> None:
    build([texts], settings)
    assert sent == ["index"] * COUNT
    sent.clear()
    write(texts, 3, "Lúa chín vàng đồng.")
    write(texts, 99, "Sông Hồng cạn nước.")
    (texts / "05.txt").unlink()
    update([], settings)
    assert sorted(sent) == ["delete", "index", "index"]
    assert found(settings) == COUNT - 1
    assert found(settings, "lúa chín") == 1
    service = SearchService(settings)
    assert list(service.live().searcher.check()) == []


def test_another_number_of_shards_is_built_anew(
    opensearch: Cluster, settings: Settings, texts: Path, sent: list[str]
) -> None:
    build([texts], settings)
    sent.clear()
    write(texts, 3, "Lúa chín vàng đồng.")
    update([], replace(settings, opensearch_shards=3))
    assert sent == ["index"] * COUNT
    name = indexes(opensearch, settings)[-1]
    assert len(opensearch.request("GET", f"/{name}/_search_shards")["shards"]) == 3


def test_an_index_that_was_asked_for_twice_is_there_once(
    opensearch: Cluster, settings: Settings
) -> None:
    name = f"{settings.opensearch_index}-hai"
    for _ in range(2):  # the answer to the first request may have been lost
        make_empty(Client(settings), name, settings, {})
    assert indexes(opensearch, settings) == [name]


def test_a_late_writer_never_wins(opensearch: Cluster, settings: Settings) -> None:
    client = Client(settings)
    name = f"{settings.opensearch_index}-tre"
    make_empty(client, name, settings, {})

    def send(*operations: Operation) -> int:
        sending = BulkSender(client, name, 30)
        for one in operations:
            sending.add(one)
        sending.finish()
        opensearch.request("POST", f"/{name}/_refresh")
        return sending.superseded

    def version() -> int | None:
        told = opensearch.request("POST", f"/{name}/_mget", {"ids": ["a"]})["docs"][0]
        return told.get("_version") if told["found"] else None

    def document(text: str) -> dict[str, Any]:
        return {"document": {"id": "a", "text": text}}

    assert send(put("a", 20, document("mới"))) == 0
    assert send(put("a", 10, document("cũ"))) == 1
    assert version() == 20
    assert send(take_out("a", 15)) == 1
    assert version() == 20
    assert send(take_out("a", 30)) == 0
    assert send(put("a", 25, document("muộn"))) == 1, "also against one that was taken out"
    assert version() is None
    assert send(put("a", 25, document("muộn")), put("a", 40, document("sau"))) == 1
    assert version() == 40


def test_the_name_of_another_folder_is_not_taken(
    opensearch: Cluster, settings: Settings, texts: Path, tmp_path: Path
) -> None:
    build([texts], settings)
    before = indexes(opensearch, settings)
    other = replace(settings, index_dir=tmp_path / "khac")
    with pytest.raises(SearchappError, match="set SEARCHAPP_OPENSEARCH_INDEX to a name of its own"):
        build([texts], other)
    assert indexes(opensearch, settings) == before
    assert found(settings) == COUNT
    assert Generations(other.index_dir).whole() == []


def test_an_index_that_was_deleted_is_refused_and_made_anew_from_what_is_kept(
    opensearch: Cluster, settings: Settings, texts: Path
) -> None:
    build([texts], settings)
    service = SearchService(settings)
    assert service.search("sông hồng").total == COUNT
    opensearch.request("DELETE", f"/{settings.opensearch_index}-*")
    with pytest.raises(IndexRefusedError, match="is not in OpenSearch any more") as raised:
        service.search("nước sông hồng")
    assert "searchapp migrate --to opensearch" in str(raised.value)
    with pytest.raises(IndexRefusedError):
        found(settings)

    for path in texts.iterdir():
        path.unlink()
    migrate("opensearch", settings)
    assert found(settings) == COUNT
    assert service.search("tin sông hồng").total == COUNT


def test_another_index_of_the_same_name_is_not_searched(
    opensearch: Cluster, settings: Settings, texts: Path
) -> None:
    build([texts], settings)
    (name,) = indexes(opensearch, settings)
    opensearch.request("DELETE", f"/{name}")
    make_empty(Client(settings), name, settings, {})
    with pytest.raises(IndexRefusedError, match="is another one"):
        found(settings)


# -- reading on ------------------------------------------------------------------------------------


def test_cursors_go_on_without_counting_from_the_beginning(
    settings: Settings, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build([texts], settings)
    service = SearchService(settings)
    whole = {
        sort: [hit.document.id for hit in service.search("sông hồng", size=COUNT, sort=sort).hits]
        for sort in Sort
    }
    monkeypatch.setattr(opensearch_reader, "WINDOW", 4)
    monkeypatch.setattr(opensearch_reader.OpenSearchSearcher, "_walk", None)
    for sort in Sort:
        read: list[str] = []
        answer = service.search("sông hồng", size=3, sort=sort)
        while True:
            read += [hit.document.id for hit in answer.hits]
            if answer.next_cursor is None:
                break
            answer = service.search("sông hồng", size=3, sort=sort, cursor=answer.next_cursor)
        assert read == whole[sort]
        assert len(read) == COUNT


def test_a_cursor_that_was_made_up_is_refused(settings: Settings, texts: Path) -> None:
    build([texts], settings)
    service = SearchService(settings)
    honest = service.search("sông hồng", size=3).next_cursor
    assert honest is not None
    plain = base64.urlsafe_b64decode(honest + "=" * (-len(honest) % 4)).decode()
    forged = " ".join([*plain.split(" ", 3)[:3], '["a", "b"]'])
    cursor = base64.urlsafe_b64encode(forged.encode()).decode().rstrip("=")
    with pytest.raises(CursorError):
        service.search("sông hồng", size=3, cursor=cursor)


@pytest.mark.parametrize(
    ("sort", "mark"),
    [
        (Sort.RELEVANCE, [1.5, "tin/một.txt"]),
        (Sort.RELEVANCE, [0, ""]),
        (Sort.NEWEST, [-9223372036854775808, "a"]),
        (Sort.OLDEST, [19000, "a b"]),
        (Sort.TITLE, ["bản tin", "a"]),
        (Sort.TITLE, [None, "a"]),
    ],
)
def test_marks_that_an_order_has(sort: Sort, mark: list[Any]) -> None:
    assert read_mark(json.dumps(mark), sort) == mark


@pytest.mark.parametrize(
    ("sort", "mark"),
    [
        *((Sort.RELEVANCE, mark) for mark in ("", "x", "{}", "[]", "[1.5]", "null", "[[1], 2]")),
        *((Sort.RELEVANCE, mark) for mark in ('["a", "b"]', '[true, "b"]', "[1.5, 2]")),
        *((Sort.RELEVANCE, mark) for mark in ('[1.5, "b", 3]', '[NaN, "b"]', '[1e999, "b"]')),
        (Sort.NEWEST, '[1.5, "b"]'),
        (Sort.OLDEST, '[null, "b"]'),
        (Sort.TITLE, '[1, "b"]'),
    ],
)
def test_marks_that_it_has_not(sort: Sort, mark: str) -> None:
    with pytest.raises(CursorError):
        read_mark(mark, sort)
