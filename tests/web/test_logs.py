"""Log lines: one an event, whatever is in them; the same fields as text and as JSON."""

from __future__ import annotations

import io
import json
import logging
import unicodedata

import pytest

from searchapp.config import Settings
from searchapp.observation import Observation, observe, stop_observing
from searchapp.web.logs import escaped, set_up_logs

HOSTILE = [
    "một dòng\n2026-01-01T00:00:00.000+00:00 INFO searchapp.request request status=200",
    "\r\nGET / 200",
    "\x1b[2K\x1b[1A xóa dòng trên",
    "\x9b31m C1 cũng là lệnh của máy đầu cuối",
    "\x00 \x07 \x08 \x7f",
    "\u2028{}\u2029",
    "a\u202eb\u2066c\u200f",
    "nửa cặp \ud800 và \udcff",
    '" status=200 x="',
    '{"level": "ERROR"}',
]


@pytest.fixture
def stream():
    """What is logged; logging is as before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    quiet = logging.getLogger("urllib3").level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("urllib3").setLevel(quiet)


def lines(stream: io.StringIO) -> list[str]:
    return stream.getvalue().removesuffix("\n").split("\n")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", ["text", "json"])
def test_nothing_that_is_logged_makes_a_line_of_its_own(stream, form: str, text: str) -> None:
    set_up_logs(Settings(log_format=form), stream)
    logging.getLogger("thử").info("tìm %s", text, extra={"query": text})
    (line,) = lines(stream)
    line.encode("utf-8")
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    if form == "json":
        told = json.loads(line)
        assert told["query"] == text
        assert told["message"] == f"tìm {text}"
        assert told["level"] == "INFO"
    else:
        assert line.split(" ")[1:3] == ["INFO", "thử"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_vietnamese_stays_legible(stream, form: str) -> None:
    set_up_logs(Settings(log_format=form), stream)
    logging.getLogger("thử").warning("chậm", extra={"query": "xây dựng Đảng"})
    assert 'xây dựng Đảng"' in stream.getvalue()


def test_fields_of_a_line_of_text(stream) -> None:
    set_up_logs(Settings(), stream)
    fields = {"status": 200, "route": "/search", "query": "hà nội", "corrected": None, "x": "a=b"}
    logging.getLogger("thử").info("request", extra=fields)
    time, rest = lines(stream)[0].split(" ", 1)
    assert len(time) == len("2026-03-01T10:15:00.123+00:00")
    assert rest == 'INFO thử request status=200 route=/search query="hà nội" corrected=null x="a=b"'


def test_a_traceback_can_not_be_taken_for_events(stream) -> None:
    set_up_logs(Settings(), stream)
    try:
        raise ValueError("hỏng\n2026-01-01T00:00:00.000+00:00 INFO root giả")
    except ValueError:
        logging.getLogger("thử").exception("lỗi")
    head, *trace = lines(stream)
    assert head.endswith("ERROR thử lỗi")
    assert trace
    assert all(line.startswith("  | ") for line in trace)


def test_a_traceback_in_json_is_a_field(stream) -> None:
    set_up_logs(Settings(log_format="json"), stream)
    try:
        raise ValueError("hỏng")
    except ValueError:
        logging.getLogger("thử").exception("lỗi")
    (line,) = lines(stream)
    assert json.loads(line)["traceback"].endswith("ValueError: hỏng")


@pytest.mark.parametrize("form", ["text", "json"])
def test_every_line_of_a_request_has_its_ids(stream, form: str) -> None:
    set_up_logs(Settings(log_format=form), stream)
    seen = Observation("r-42")
    seen.trace_id, seen.span_id = "a" * 32, "b" * 16
    token = observe(seen)
    logging.getLogger("máy.nào.đó").warning("trong")
    stop_observing(token)
    logging.getLogger("máy.nào.đó").warning("ngoài")
    inside, outside = lines(stream)
    for value in ("r-42", "a" * 32, "b" * 16):
        assert value in inside
        assert value not in outside


def test_levels_and_setting_up_twice(stream) -> None:
    for _ in range(2):
        set_up_logs(Settings(log_level="warning"), stream)
    logging.getLogger("thử").info("không")
    logging.getLogger("thử").warning("có")
    assert len(lines(stream)) == 1


def test_escapes_are_those_of_json() -> None:
    assert escaped("a\nb\x9b\u202e") == "a\\u000ab\\u009b\\u202e"
    assert json.loads(f'"{escaped(chr(10))}"') == "\n"
    assert escaped("Hà Nội – “mùa thu”") == "Hà Nội – “mùa thu”"
