"""What tests of writing share: calls, checks of what is answered, and a stand-in for the index."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from flask.testing import FlaskClient

from searchapp.config import Settings
from searchapp.contract.answers import Problem, WriteAnswer
from searchapp.documents import Document
from searchapp.ingest import programs
from searchapp.web import create_app

TOKEN = "mot-bi-mat-that-dai-0123456789"
SENT = {"Authorization": f"Bearer {TOKEN}"}
DOCUMENTS = "/api/v1/documents"
MOST, MOST_MB = 5, 1
HUE = {
    "id": "tin/huế 1.md",
    "title": "Sông Hương",
    "text": "Nước sông Hương xuống thấp.",
    "url": "https://vi.example/huong",
    "source": "Báo Sông Thương",
    "category": "Tin tức",
    "author": "Nguyễn Thu Lam",
    "tags": ["sông", "Huế"],
    "published": "2024-03",
    "language": "vi",
}
BARE = {"id": "b", "text": "Một đoạn không tựa."}
CALLS = [
    ("POST", DOCUMENTS, HUE),
    ("DELETE", DOCUMENTS, {"ids": ["a"]}),
    ("PUT", f"{DOCUMENTS}/a", {"text": "x"}),
    ("DELETE", f"{DOCUMENTS}/a", None),
]
"""One of each kind: method, path and body."""
JSON, NDJSON = "application/json", "application/x-ndjson"
TCVN3 = (
    "Thµnh phè Hå ChÝ Minh lµ mét trong nh÷ng trung t©m kinh tÕ, chÝnh trÞ vµ v¨n hãa quan träng"
    " cña ViÖt Nam."
)


def app_with(**more: Any) -> FlaskClient:
    app = create_app(Settings(write_max_documents=MOST, write_max_mb=MOST_MB, **more))
    app.testing = True
    return app.test_client()


def send(client: FlaskClient, method: str, path: str, body: Any = None, **more: Any) -> Any:
    headers = {**SENT, **more.pop("headers", {})}
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    more.setdefault("content_type", None if body is None else JSON)
    return client.open(path, method=method, data=body, headers=headers, **more)


def written(response: Any, status: int = 200) -> WriteAnswer:
    assert response.status_code == status, response.text
    assert response.content_type == JSON
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert response.headers["X-Request-ID"]
    answer = msgspec.json.decode(response.data, type=WriteAnswer)
    assert set(response.json) == {"generation", "documents", "results", "took_ms"}
    assert all(set(one) == {"id", "result", "notes"} for one in response.json["results"])
    return answer


def problem(response: Any, status: int) -> Problem:
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    found = msgspec.json.decode(response.data, type=Problem)
    assert set(response.json) == set(Problem.__struct_fields__)
    assert found.status == status
    assert found.type.startswith("/api/v1/docs#problem-")
    assert "\n" not in found.detail
    assert TOKEN not in response.text
    return found


def lines(*documents: dict[str, Any], end: str = "\n") -> bytes:
    return end.join(json.dumps(one, ensure_ascii=False) for one in documents).encode()


@dataclass
class FakePrograms:
    """Stands for `searchapp.ingest.programs`: keeps documents in memory, and remembers calls."""

    held: dict[str, Document] = field(default_factory=dict)
    calls: list[tuple[str, list[str]]] = field(default_factory=list)
    generation: int = 0
    fails: Exception | None = None

    def put_documents(self, documents: Sequence[Document], settings: Settings) -> programs.Applied:
        self.calls.append(("put", [one.id for one in documents]))
        changes = []
        for one in documents:
            known = self.held.get(one.id)
            result = "created" if known is None else "unchanged" if known == one else "updated"
            changes.append(programs.Change(one.id, result))
        return self._applied(changes, {one.id: one for one in documents}, ())

    def delete_documents(self, ids: Sequence[str], settings: Settings) -> programs.Applied:
        self.calls.append(("delete", list(ids)))
        changes = [programs.Change(one, "deleted" if one in self.held else "absent") for one in ids]
        return self._applied(changes, {}, ids)

    def _applied(
        self, changes: list[programs.Change], put: dict[str, Document], gone: Sequence[str]
    ) -> programs.Applied:
        if self.fails is not None:
            raise self.fails
        self.held |= put
        for one in gone:
            self.held.pop(one, None)
        self.generation += any(one.result not in ("unchanged", "absent") for one in changes)
        name = f"20240305T081500-{self.generation:04x}"
        return programs.Applied(name, len(self.held), tuple(changes))


class Unreadable(io.BytesIO):
    """The input of a request whose body must not be read."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")

    readinto = readline = readlines = read  # type: ignore[assignment]
