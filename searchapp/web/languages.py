"""The language of a page, its texts, numbers and dates.

The texts of the templates are Vietnamese; `locales/en.po` has them in English, and a test holds it
to have them all. A reader gets the language of the link that was followed (``lang=en``), else the
one that the settings name, else the one that the browser asks for, else Vietnamese.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, Response, g, request, url_for

from searchapp.config import Settings

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
"""Each language of the pages, by its code, in its own words."""

_SOURCE = "vi"
_PARAMETER = "lang"
_OF_THIS_REQUEST = (_PARAMETER, "taken")  # no part of what is shown
_LOCALES = Path(__file__).with_name("locales")
_DAY_FORMATS = {"vi": "d/M/y", "en": "d MMM y"}  # Babel's own Vietnamese ones have two digits
_MONTH_FORMATS = {"vi": "M/y", "en": "MMM y"}


def N_(text: str) -> str:  # noqa: N802  # gettext's own name for a text that is translated later
    """Mark a text for the catalogue; it is looked up where it is shown."""
    return text


def register(app: Flask, settings: Settings) -> None:
    """Let templates speak the language of the reader."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(number=number, day=day, since=since)
    app.before_request(lambda: _choose(settings))
    app.after_request(_say_what_it_depends_on)
    app.context_processor(
        lambda: {"language": language(), "languages": LANGUAGES, "language_url": _url_in}
    )

    @app.url_defaults
    def keep_choice(endpoint: str, values: dict[str, Any]) -> None:
        if _is_page(endpoint) and request and g.get("chosen_language"):
            values.setdefault(_PARAMETER, g.chosen_language)


def language() -> str:
    """The code of this reader's language."""
    code: str = g.get("language", _SOURCE)
    return code


def gettext(text: str) -> str:
    """A text in this reader's language."""
    return _translations(language()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """A text that goes with a number, in this reader's language."""
    return _translations(language()).ngettext(one, many, count)


def number(value: float) -> str:
    """1234 as 1.234 in Vietnamese and 1,234 in English; rounded."""
    return format_decimal(round(value), locale=language())


def day(value: str | date) -> str:
    """A date, or as much of one as is known: 5/3/2024 or 5 Mar 2024; anything else as it is."""
    parts = str(value).split("-")
    if len(parts) > 3 or not all(part.isdecimal() for part in parts):
        return str(value)
    try:
        found = date(*map(int, [*parts, *"11"][:3]))
    except (ValueError, OverflowError):
        return str(value)
    if len(parts) == 1:
        return parts[0]
    formats = _MONTH_FORMATS if len(parts) == 2 else _DAY_FORMATS
    return format_date(found, formats[language()], locale=language())


def since(moment: str) -> str:
    """How long ago an ISO 8601 moment was: 3 giờ trước, 3 hours ago."""
    passed = datetime.fromisoformat(moment) - datetime.now(UTC)
    return format_timedelta(min(passed, -passed), add_direction=True, locale=language())


def _choose(settings: Settings) -> None:
    chosen = request.args.get(_PARAMETER)
    g.chosen_language = chosen if chosen in LANGUAGES else None
    if g.chosen_language:
        g.language = chosen
    elif settings.language in LANGUAGES:
        g.language = settings.language
    else:
        g.language = request.accept_languages.best_match(LANGUAGES, _SOURCE)


def _is_page(endpoint: str | None) -> bool:
    return endpoint is not None and (endpoint.startswith("pages.") or endpoint == "api.docs")


def _url_in(code: str) -> str:
    """The address of this page in another language; the first page's if this is an error."""
    if not _is_page(request.endpoint):
        return url_for("pages.home", lang=code)
    assert request.endpoint is not None
    # What stands in the query string is no argument of url_for: some of those have meanings there.
    asked = [
        (name, v) for name, v in request.args.items(multi=True) if name not in _OF_THIS_REQUEST
    ]
    path = url_for(request.endpoint, **(request.view_args or {}), lang=None)
    return f"{path}?{urlencode([*asked, (_PARAMETER, code)])}"


def _say_what_it_depends_on(response: Response) -> Response:
    if response.mimetype == "text/html" and response.status_code != HTTPStatus.NOT_MODIFIED:
        response.headers["Content-Language"] = language()
        response.vary.add("Accept-Language")
    return response


@cache
def _translations(code: str) -> NullTranslations:
    if code == _SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    with (_LOCALES / f"{code}.po").open("rb") as file:
        write_mo(compiled, read_po(file, Locale.parse(code)))
    compiled.seek(0)
    return GNUTranslations(compiled)
