"""What unpacks to much is stopped early, by size, number and depth, in archives and without."""

from __future__ import annotations

import bz2
import gzip
import json
import struct
import tarfile
from pathlib import Path

import pytest
from archive_files import read, tarred, zipped

from searchapp.ingest.limits import Limits

pytestmark = pytest.mark.usefixtures("temporary_folder")

SMALL = Limits(file_bytes=1_000_000, archive_bytes=3_000_000, archive_files=50)
ZEROS = b"\0" * 100_000_000


def test_a_run_of_zeros_is_stopped_early(tmp_path: Path) -> None:
    data = zipped({"a.txt": "Chợ nổi", "b.txt": ZEROS, "c.txt": "Hồ sen"})
    documents, (problem,) = read(tmp_path / "x.zip", data, SMALL)
    assert [one.id for one in documents] == ["x.zip/a.txt", "x.zip/c.txt"]
    assert problem.path.endswith("x.zip/b.txt")
    assert "larger than 1 MB" in problem.reason
    assert "file_max_mb" in problem.reason


def test_many_files_of_the_allowed_size_are_stopped_together(tmp_path: Path) -> None:
    text = "từ " * 190_000  # just under a megabyte
    data = zipped({f"{n}.txt": f"Tựa {n}\n{text}" for n in range(9)})
    documents, (problem,) = read(tmp_path / "x.zip", data, SMALL)
    assert [one.id for one in documents] == ["x.zip/0.txt", "x.zip/1.txt", "x.zip/2.txt"]
    assert problem.path == str(tmp_path / "x.zip")
    assert "more than 3 MB" in problem.reason
    assert not problem.kept


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_what_archives_in_an_archive_hold_is_paid_from_one_purse(tmp_path: Path, pack) -> None:
    text = "từ " * 190_000
    inner = [zipped({"a.txt": f"Tựa {n}\n{text}"}) for n in range(9)]
    data = pack({f"{n}.zip": raw for n, raw in enumerate(inner)})
    documents, (problem,) = read(tmp_path / "x.zip", data, SMALL)
    assert len(documents) == 3
    assert "more than 3 MB" in problem.reason
    assert problem.path == str(tmp_path / "x.zip")


def test_too_many_files_are_stopped(tmp_path: Path) -> None:
    data = zipped({f"{n:03}.txt": f"Tựa {n}" for n in range(80)})
    documents, (problem,) = read(tmp_path / "x.zip", data, SMALL)
    assert len(documents) == 50
    assert "more than 50 files" in problem.reason
    assert "archive_max_files" in problem.reason


def test_a_bomb_of_archives_in_archives(tmp_path: Path) -> None:
    """As 42.zip: sixteen of each in each, six levels deep."""
    data = zipped({"0.txt": ZEROS})
    for _ in range(5):
        data = zipped({f"{n:02}.zip": data for n in range(16)})
    documents, problems = read(tmp_path / "x.zip", data)
    assert documents == []
    assert 0 < len(problems) < 1000
    assert any("too deeply" in problem.reason for problem in problems)
    limited = read(tmp_path / "y.zip", data, SMALL)
    assert any("more than" in problem.reason for problem in limited[1])


@pytest.mark.parametrize(("nesting", "count"), [(1, 1), (2, 2), (3, 3), (9, 6)])
def test_how_deep_archives_may_be_in_one_another(tmp_path: Path, nesting: int, count: int) -> None:
    data = zipped({"0.txt": "Tựa 0"})
    for level in range(1, 6):
        data = zipped({f"{level}.txt": f"Tựa {level}", "z.zip": data})
    documents, problems = read(tmp_path / "x.zip", data, Limits(nesting=nesting))
    assert len(documents) == count
    assert len(problems) == (count < 6)


def test_compression_upon_compression_ends(tmp_path: Path) -> None:
    data = "Chợ nổi".encode()
    for _ in range(9):
        data = gzip.compress(data, mtime=0)
    documents, (problem,) = read(tmp_path / f"x.txt{'.gz' * 9}", data)
    assert documents == []
    assert "archive_max_nesting" in problem.reason


@pytest.mark.parametrize("name", ["x.html.gz", "x.txt.bz2"])
def test_a_compressed_bomb_is_stopped_early(tmp_path: Path, name: str) -> None:
    data = (gzip if name.endswith("gz") else bz2).compress(ZEROS)
    documents, (problem,) = read(tmp_path / name, data, SMALL)
    assert documents == []
    assert "larger than 1 MB" in problem.reason


def test_a_compressed_tar_bomb_is_stopped_early(tmp_path: Path) -> None:
    data = gzip.compress(tarred({"a.txt": ZEROS}), mtime=0)
    documents, problems = read(tmp_path / "x.tar.gz", data, SMALL)
    assert documents == []
    assert any("more than 3 MB" in problem.reason for problem in problems)


def test_one_endless_line_is_stopped(tmp_path: Path) -> None:
    lines = b'{"id": "a", "title": "a"}\n' + b" " * 9_000_000 + b'\n{"id": "b", "title": "b"}\n'
    documents, (problem,) = read(tmp_path / "x.jsonl.gz", gzip.compress(lines, mtime=0), SMALL)
    assert [one.id for one in documents] == ["a", "b"]
    assert (problem.line, problem.kept) == (2, False)
    assert "longer than 1 MB" in problem.reason


def test_entries_that_share_their_bytes_are_paid_each(tmp_path: Path) -> None:
    """A directory that names one file a thousand times: nothing is unpacked but what is counted."""
    data = zipped({"a.txt": "từ " * 190_000})
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entries = data[start:end] * 1000
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, len(entries), start, 0)
    documents, problems = read(tmp_path / "x.zip", data[:start] + entries + tail, SMALL)
    assert len(documents) <= 4
    assert problems


@pytest.mark.parametrize("size", [0, 3, 2_000_000_000])
def test_sizes_that_are_not_true(tmp_path: Path, size: int) -> None:
    data = bytearray(zipped({"a.txt": "Chợ nổi " * 99, "b.txt": "Hồ sen"}))
    struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 24, size)
    documents, problems = read(tmp_path / "x.zip", bytes(data), SMALL)
    assert "x.zip/b.txt" in [one.id for one in documents]
    assert len(documents) + len(problems) == 2


def test_a_sparse_tar_is_not_blown_up(tmp_path: Path) -> None:
    """GNU's old sparse header: 10 GB that are one hole."""
    info = tarfile.TarInfo("a.txt")
    info.type = tarfile.GNUTYPE_SPARSE
    raw = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    raw[386:410] = b"00000000000\0" * 2
    raw[483:495] = b"%011o\0" % (7 << 30)
    raw[148:156] = b" " * 8
    raw[148:156] = b"%06o\0 " % sum(raw)
    documents, (problem,) = read(tmp_path / "x.tar", bytes(raw) + b"\0" * 1024)
    assert documents == []
    assert problem.kept


def test_many_json_lines_in_a_packed_file_are_paid_too(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "title": "x" * 900}) + "\n"
    inner = gzip.compress(line.encode() * 90_000, mtime=0)
    documents, (problem,) = read(tmp_path / "x.zip", zipped({"a.jsonl.gz": inner}), SMALL)
    assert documents == []
    assert "1 MB" in problem.reason
