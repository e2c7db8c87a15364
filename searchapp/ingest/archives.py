"""ZIP and TAR: their files in order of name, each read as a file of its own.

An id is the archive's, a slash and the name in it. Hidden files are left out, as in folders; only
regular files are read.
"""

from __future__ import annotations

import stat
import struct
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import IO

from searchapp.ingest.base import Item, Problem, SourceFile, UnreadableError
from searchapp.ingest.compressed import read_compressed
from searchapp.ingest.member_names import clean_name, decode_names, is_hidden
from searchapp.ingest.opening import is_compressed
from searchapp.ingest.unpacking import Member, read_members

_LOCKED_FLAGS = 0x1 | 0x40
_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075  # Info-ZIP's extra field: version, CRC of the other name, name in UTF-8
_ENCRYPTED = "is locked with a password; pack it again without one"
_NOT_REGULAR = "links or devices"
_DAMAGED_ZIP = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError)


def read_zip(file: SourceFile) -> Iterator[Item]:
    """The documents of the files in a ZIP archive."""
    left_out: Counter[str] = Counter()
    try:
        archive = zipfile.ZipFile(file.path)
    except _DAMAGED_ZIP as error:
        raise UnreadableError(f"is damaged or no ZIP file ({error}); copy it anew") from error
    with archive:
        members = []
        for info, name in _named(archive.infolist()):
            if info.is_dir() or not name or is_hidden(name):
                continue
            if not _is_regular(info):
                left_out[_NOT_REGULAR] += 1
                continue
            refused = _ENCRYPTED if info.flag_bits & _LOCKED_FLAGS else None
            members.append(Member(name, partial(archive.open, info), refused))
        yield from read_members(file, sorted(members, key=_by_name), left_out)


def _by_name(member: Member) -> str:
    return member.name


def _is_regular(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)  # 0 where the archive was not made on Unix
    return kind in {0, stat.S_IFREG}


def _named(infos: list[zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Each file with its name, cleaned; names that are not said to be UTF-8 are decoded together,
    for one tool wrote them all.
    """
    raw = [_raw_name(info) for info in infos]
    unknown = decode_names([name for name in raw if isinstance(name, bytes)], fallback="cp437")
    decoded = iter(unknown)
    for info, name in zip(infos, raw, strict=True):
        yield info, clean_name(name if isinstance(name, str) else next(decoded))


def _raw_name(info: zipfile.ZipInfo) -> str | bytes:
    """The name where its encoding is told, else its bytes."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _UNICODE_PATH and 5 < size <= len(extra) - 4:
            return extra[9 : 4 + size].decode("utf-8", "replace")
        extra = extra[4 + size :]
    try:
        return info.orig_filename.encode("cp437")  # which is how zipfile decoded it
    except UnicodeEncodeError:
        return info.filename


def read_tar(file: SourceFile) -> Iterator[Item]:
    """The documents of the files in a TAR archive, compressed or not."""
    with file.path.open("rb") as opened:
        compressed = is_compressed(opened.read(8))
    yield from (read_compressed if compressed else _read_plain_tar)(file)


def _read_plain_tar(file: SourceFile) -> Iterator[Item]:
    left_out: Counter[str] = Counter()
    infos: list[tarfile.TarInfo] = []
    damage = None
    try:
        archive = tarfile.open(file.path, "r:", encoding="utf-8")  # noqa: SIM115  # closed below
    except tarfile.TarError as error:
        raise UnreadableError(f"is damaged or no TAR file ({error}); copy it anew") from error
    with archive:
        try:
            for seen, info in enumerate(archive):
                if seen > file.limits.archive_files:
                    break  # read_members tells it
                if info.isreg() and not info.issparse():
                    infos.append(info)
                elif not info.isdir():
                    # Sparse files are all holes: a few bytes here are gigabytes when unpacked.
                    left_out[_NOT_REGULAR] += 1
                archive.members = []  # type: ignore[attr-defined]  # it keeps all, for extracting
            else:
                damage = _unfinished(file, archive.offset)
        except (tarfile.TarError, ValueError, struct.error, EOFError) as error:
            damage = f"is damaged ({error}); what comes before was read"
        raw = [info.name.encode("utf-8", "surrogateescape") for info in infos]
        names = map(clean_name, decode_names(raw, fallback="latin-1"))
        members = [
            Member(name, _opener(archive, info))
            for info, name in zip(infos, names, strict=True)
            if name and not is_hidden(name)
        ]
        yield from read_members(
            file, sorted(members, key=_by_name), left_out, paid=file.budget is not None
        )
    if damage is not None:
        yield Problem(file.shown, damage)


def _unfinished(file: SourceFile, offset: int) -> str | None:
    """What is wrong where tarfile found no further header: it stops at any rubbish in silence."""
    with file.path.open("rb") as opened:
        opened.seek(offset)
        if opened.read(tarfile.BLOCKSIZE) == tarfile.NUL * tarfile.BLOCKSIZE:
            return None
    return "is damaged or cut off (it has no mark at its end); what comes before was read"


def _opener(
    archive: tarfile.TarFile, info: tarfile.TarInfo
) -> Callable[[], AbstractContextManager[IO[bytes]]]:
    def open_() -> AbstractContextManager[IO[bytes]]:
        stream = archive.extractfile(info)
        assert stream is not None  # it is a regular file
        return stream

    return open_
