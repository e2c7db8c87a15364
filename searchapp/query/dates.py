"""Days as people write them: ``2024``, ``2024-03``, ``5/3/2024``, and spans of them."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from searchapp.query.expression import Published

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(?:(\d{1,2})[/.-])?(\d{1,2})[/.-](\d{4})")
_BRACKETED = re.compile(
    r"([\[{])\s*(.+?)\s+(?:TO|ĐẾN)\s+(.+?)\s*([\]}])|([\[{])(.+?)\.\.(.+?)([\]}])"
)
_BARE = re.compile(r"([^.\s]+)\.\.([^.\s]+)")
_COMPARED = re.compile(r"(>=|<=|>|<|=)\s*(.+)")
_ONE_DAY = timedelta(days=1)
_MAX_CHARS = 60


def parse_period(text: str) -> tuple[date, date]:
    """The first and last day of a day, month or year.

    Written as ISO 8601 does, or day first as in Vietnam. Raises ValueError.
    """
    found = _ISO.fullmatch(text)
    if found:
        year, month, day = found.groups()
    else:
        found = _DAY_FIRST.fullmatch(text)
        if not found:
            raise ValueError("days are written 2024-03-05 or 5/3/2024, months 2024-03, years 2024")
        day, month, year = found.groups()
    first = date(int(year), int(month or 1), int(day or 1))
    if day:
        return first, first
    last_month = int(month or 12)
    return first, date(first.year, last_month, calendar.monthrange(first.year, last_month)[1])


def parse_published(text: str) -> Published:
    """A period, a comparison such as ``>=2024-03``, or a range such as ``[2023 TO 2024-06]``.

    Curly brackets leave their end out; a star is an open end. Raises ValueError.
    """
    text = text.strip()[:_MAX_CHARS]
    compared = _COMPARED.fullmatch(text)
    if compared:
        return _compared(compared[1], parse_period(compared[2]))
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        opened, low, high, closed = (part for part in bracketed.groups() if part is not None)
        return _span(low, high, leave_first=opened == "{", leave_last=closed == "}")
    bare = _BARE.fullmatch(text)
    if bare:
        return _span(bare[1], bare[2])
    return Published(*parse_period(text))


def _compared(sign: str, period: tuple[date, date]) -> Published:
    first, last = period
    match sign:
        case ">=":
            return Published(first, None)
        case "<=":
            return Published(None, last)
        case ">":
            return Published(_after(last), None)
        case "<":
            return Published(None, _before(first))
    return Published(first, last)


def _span(low: str, high: str, *, leave_first: bool = False, leave_last: bool = False) -> Published:
    first = last = None
    if low != "*":
        period = parse_period(low)
        first = _after(period[1]) if leave_first else period[0]
    if high != "*":
        period = parse_period(high)
        last = _before(period[0]) if leave_last else period[1]
    if first and last and first > last:
        raise ValueError("the range ends before it begins")
    return Published(first, last)


def _after(day: date) -> date:
    if day == date.max:
        raise ValueError("there is no day behind the last one")
    return day + _ONE_DAY


def _before(day: date) -> date:
    if day == date.min:
        raise ValueError("there is no day before the first one")
    return day - _ONE_DAY


def period_text(span: Published) -> str:
    """A span as `parse_published` reads it, as short as it goes."""
    first, last = span.first, span.last
    if first is None and last is None:
        return "[* TO *]"
    if last is None:
        return f">={first}"
    if first is None:
        return f"<={last}"
    for short in (f"{first:%Y}".zfill(4), f"{first:%Y}".zfill(4) + f"-{first:%m}", str(first)):
        if parse_period(short) == (first, last):
            return short
    return f"[{first} TO {last}]"
