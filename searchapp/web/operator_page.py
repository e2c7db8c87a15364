"""``/operator``: what was searched for, with charts, for who runs the service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from babel.numbers import format_decimal, format_percent
from flask import Blueprint, Flask, Response, make_response, render_template, request

from searchapp.errors import InputError
from searchapp.search.service import SearchService
from searchapp.tokens import Scope
from searchapp.usage.figures import Day
from searchapp.usage.nearest import How
from searchapp.usage.report import Report, make_report
from searchapp.usage.shares import Share
from searchapp.web import charts
from searchapp.web.access import require_scope
from searchapp.web.languages import N_, language

PATH = "/operator"
PERIODS = (7, 30, 90)
_TOP = 20
_USUAL = 30
_LEAST_DAYS = 7  # drawn: one alone would fill the page
_HOW = {
    How.NOW: N_("nay đã tìm thấy"),
    How.FILTERS: N_("khi bỏ bộ lọc"),
    How.NEXT: N_("người dùng tìm tiếp"),
    How.CORRECTION: N_("có lẽ muốn tìm"),
    How.VOCABULARY: N_("theo từ có trong chỉ mục"),
    How.LOOSER: N_("đòi hỏi ít hơn"),
    How.COMPLETION: N_("cùng phần đầu"),
}


def register(app: Flask, service: SearchService) -> None:
    """Serve the page, to those whose token has the scope ``operate``."""
    blueprint = Blueprint("operator", __name__)
    blueprint.add_app_template_filter(percent)
    blueprint.add_app_template_filter(decimal)

    @blueprint.get(PATH)
    @require_scope(Scope.OPERATE)
    def report() -> Response:
        days = request.args.get("days", type=int)
        days = days if days in PERIODS else _USUAL
        made: Report | None
        try:
            made, why = make_report(service, days, _TOP), None
        except InputError as error:
            made, why = None, str(error)
        page = render_template(
            "operator.html",
            report=made,
            why=why,
            days=days,
            periods=PERIODS,
            how=_HOW,
            charts=charts,
            drawn_days=_at_least_a_week(made.by_day) if made else (),
            curve_top=_highest(made.curve) if made else 0.0,
        )
        response = make_response(page)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    app.register_blueprint(blueprint)


def percent(value: float | None) -> str:
    """A share from 0 to 1 as a percentage in the reader's language."""
    return "–" if value is None else format_percent(value, "#,##0.#%", locale=language())


def decimal(value: float | None, digits: int = 1) -> str:
    """A number with so many digits behind the point, in the reader's language."""
    return "–" if value is None else format_decimal(value, f"#,##0.{'0' * digits}", language())


def _at_least_a_week(by_day: Sequence[Day]) -> tuple[Day, ...]:
    """The days, and empty ones before the first of a log that has just begun."""
    if not by_day:
        return ()
    missing = range(_LEAST_DAYS - len(by_day), 0, -1)
    return (*(Day(by_day[0].day - timedelta(days=n), 0, 0) for n in missing), *by_day)


def _highest(curve: tuple[Share, ...]) -> float:
    """The upper end of all that is drawn of a curve."""
    return max((one.interval[1] for one in curve if one.interval), default=0.0)
