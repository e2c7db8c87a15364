"""Mail: one message (.eml) or a box of them (.mbox), with what is attached."""

from __future__ import annotations

import mailbox
import mimetypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from functools import partial
from io import BytesIO
from typing import Any

from searchapp.ingest.base import Item, Problem, SourceFile, UnreadableError
from searchapp.ingest.fragments import html_to_text
from searchapp.ingest.mail_headers import addresses, decoded, decoded_text, iso_date
from searchapp.ingest.member_names import clean_name
from searchapp.ingest.opening import whole_bytes
from searchapp.ingest.records import record_items
from searchapp.ingest.unpacking import Member, read_members

_ENCRYPTED = frozenset(
    ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
)
_SIGNATURES = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)
_PGP = "-----BEGIN PGP MESSAGE-----"
_MOST_PARTS = 10_000


def read_eml(file: SourceFile) -> Iterator[Item]:
    """The message, and the documents attached to it as ``id/name``."""
    yield from _read_message(whole_bytes(file), file)


def read_mbox(file: SourceFile) -> Iterator[Item]:
    """The messages of a box, one at a time; each is called by its Message-ID, else its number."""
    box = mailbox.mbox(str(file.path.resolve()), factory=None, create=False)
    try:
        number = 0
        for number, key in enumerate(box.iterkeys(), start=1):
            data = box.get_bytes(key)
            if len(data) > file.limits.file_bytes:
                allowed = file.limits.file_bytes // 1_000_000
                reason = f"message {number} is larger than {allowed} MB; file_max_mb allows more"
                yield Problem(file.shown, reason)
                continue
            try:
                yield from _read_message(data, file, number)
            except RecursionError:
                yield Problem(file.shown, f"message {number} is nested too deeply")
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                # What the standard library raises for heads and parts that nobody thought of.
                yield Problem(file.shown, f"message {number} can't be read ({error})")
        if not number:
            raise UnreadableError("holds no message")
    finally:
        box.close()


def _read_message(data: bytes, file: SourceFile, number: int | None = None) -> Iterator[Item]:
    message = BytesParser(policy=compat32).parsebytes(data)
    if number is not None:
        called = decoded(message, "message-id").strip("<> ") or str(number)
        called = clean_name(called.replace("/", "_"))
        file = replace(file, id=f"{file.id}/{called}", name=f"{file.name}/{number}")
    if not message.keys():
        raise UnreadableError("is no message: it has no head")
    parts = _Parts(message)
    text, notes = parts.text()
    published = decoded(message, "date")
    values = {
        "id": file.id,
        "title": decoded(message, "subject"),
        "text": text,
        "author": addresses(message, "from"),
        "published": iso_date(published) or published or None,
        "language": decoded(message, "content-language") or None,
        "tags": decoded(message, "keywords"),
    }
    yield from record_items(values, file.shown, notes=notes)
    yield from read_members(file, parts.attachments(), Counter())


class _Parts:
    """The parts of a message: those to read as its text, and those to read as files."""

    def __init__(self, message: Message) -> None:
        self._texts: list[Message] = []
        self._files: list[Message] = []
        self._locked = False
        self._sort(message)

    def _sort(self, message: Message) -> None:
        """Depth first, without recursion: parts may be nested as deeply as the sender likes."""
        waiting = [message]
        for _ in range(_MOST_PARTS):
            if not waiting:
                return
            part = waiting.pop()
            kind = part.get_content_type()
            if kind in _ENCRYPTED:
                self._locked = True
            elif kind == "message/rfc822" or _is_file(part):
                self._files.append(part)
            elif part.is_multipart():
                children: list[Any] = list(part.get_payload())
                if kind == "multipart/alternative":
                    children = _preferred(children)
                waiting.extend(reversed(children))
            elif kind in {"text/plain", "text/html"}:
                self._texts.append(part)
        raise UnreadableError(f"has more than {_MOST_PARTS} parts")

    def text(self) -> tuple[str, list[str]]:
        """The text, its parts one after the other, and notes for a person."""
        texts = []
        for part in self._texts:
            text = decoded_text(part)
            if part.get_content_type() == "text/html":
                text = html_to_text(text)
            if _PGP in text:
                self._locked = True
                text = text.partition(_PGP)[0]
            texts.append(text.strip())
        notes = ["is encrypted; only its head was indexed"] if self._locked else []
        return "\n\n".join(filter(None, texts)), notes

    def attachments(self) -> Iterator[Member]:
        """What is attached, under names of which no two are the same."""
        seen: Counter[str] = Counter()
        for number, part in enumerate(self._files, start=1):
            name = _file_name(part) or f"part-{number}{_ending(part)}"
            seen[name] += 1
            if seen[name] > 1:
                stem, dot, ending = name.rpartition(".")
                name = f"{stem or ending} ({seen[name]}){dot}{ending if stem else ''}"
            yield Member(name, partial(_opened, part))


def _is_file(part: Message) -> bool:
    """Whether a part is a file: attached, or named; pictures in the text and signatures are not."""
    if part.is_multipart() or part.get_content_type() in _SIGNATURES:
        return False
    disposition = part.get_content_disposition()
    if part.get_content_maintype() == "image" and disposition != "attachment":
        return False
    return disposition == "attachment" or bool(_file_name(part))


def _preferred(parts: list[Message]) -> list[Message]:
    """Of several ways to say the same, plain text if it is there, else the last, the richest."""
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    return plain[:1] or parts[-1:]


def _file_name(part: Message) -> str:
    """The name of an attached file; those of RFC 2231, of RFC 2047, and bare ones."""
    found = part.get_param("filename", None, "content-disposition") or part.get_param("name")
    if isinstance(found, tuple):
        charset, _, raw = found
        try:
            found = raw.encode("latin-1", "replace").decode(charset or "utf-8", "replace")
        except LookupError:
            found = raw
    name = clean_name(decoded(found or ""))
    return name.rpartition("/")[2].lstrip(".")


def _ending(part: Message) -> str:
    kind = part.get_content_type()
    return ".eml" if kind == "message/rfc822" else mimetypes.guess_extension(kind) or ""


def _opened(part: Message) -> BytesIO:
    if part.is_multipart():
        inner = part.get_payload(0)
        assert isinstance(inner, Message)
        return BytesIO(inner.as_bytes())
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return BytesIO(payload)
