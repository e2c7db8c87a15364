"""What a request says about being recorded, and about whether a person waits for its answer.

What is looked at here is looked at only: none of it is kept.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from flask import request, url_for

STEP_HEADER = "Searchapp-Step"
"""How the script of the page came to ask for results; absent where the browser asks by itself."""
TYPED, BACK = "typed", "back"
_ROBOTS = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|curl|wget|python|java/|go-http", re.IGNORECASE
)


def wants_no_record() -> bool:
    """Whether the browser says that its user doesn't want to be followed.

    Do Not Track (https://www.w3.org/TR/tracking-dnt/) and Global Privacy Control
    (https://www.w3.org/TR/gpc/).
    """
    return request.headers.get("DNT") == "1" or request.headers.get("Sec-GPC") == "1"


def is_person() -> bool:
    """Whether it looks like a person's browser, showing a page that is new to it.

    Not so for robots, for what a browser fetches in case it is needed, and for the page at hand
    loaded again.
    """
    headers = request.headers
    cached = request.cache_control
    return (
        # Every browser sends it, hardly any robot does.
        "Accept-Language" in headers
        and _ROBOTS.search(headers.get("User-Agent", "")) is None
        and "prefetch" not in headers.get("Sec-Purpose", headers.get("Purpose", ""))
        and not cached.no_cache
        and cached.max_age != 0
    )


def is_operator() -> bool:
    """Whether the operator's page led here: that tries what others searched for."""
    referrer = _referrer()
    return referrer is not None and referrer[0] == url_for("operator.report", lang=None)


def came_from_here() -> bool:
    """Whether a page of this site led here.

    Browsers send Sec-Fetch-Site over TLS only; elsewhere the address of the page that led here
    has to do.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return _referrer() is not None


def query_before() -> str | None:
    """The query of the page of results that led here; None if it was no such page."""
    referrer = _referrer()
    if referrer is None:
        return None
    path, query = referrer
    if path != url_for("pages.search", lang=None):
        return None
    asked = parse_qs(query, max_num_fields=100).get("q")
    return asked[0] if asked else None


def _referrer() -> tuple[str, str] | None:
    """Path and query string of the page of this host that led here."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return None  # no address at all
    return (parts.path, parts.query) if parts.netloc == request.host else None
