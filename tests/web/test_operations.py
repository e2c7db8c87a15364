"""The dashboard and the alerts: valid, and about numbers that there are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

PROJECT = Path(__file__).parents[2]
ALERTS = PROJECT / "deploy" / "alerts.yml"
DASHBOARD = PROJECT / "deploy" / "grafana-dashboard.json"
DOC = PROJECT / "docs" / "operations.md"
CASES = Path(__file__).parent / "alert_cases.yml"
_OURS = re.compile(r"\bsearchapp_[a-z_]+\b")

RULES = [
    rule for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"] for rule in group["rules"]
]
BOARD = json.loads(DASHBOARD.read_text("utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
VARIABLES = {"$__rate_interval": "5m", "$job": "searchapp", "$instance": "a:1"}


@pytest.fixture(scope="module")
def names(app) -> set[str]:
    """The name of every sample that a scrape has, or would have once such a thing happens."""
    client: FlaskClient = app.test_client()
    for path in ("/search?q=thành phố", "/search?q=zzzqqq", "/none"):
        client.get(path)
    found = set()
    for family in text_string_to_metric_families(client.get("/metrics").text):
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}
        found |= {family.name + end for end in suffixes.get(family.type, [""])}
    return found


def parse(expression: str) -> Any:
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return promql_parser.parse(expression)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_is_about_what_there_is_and_has_a_runbook(rule, names: set[str]) -> None:
    parse(rule["expr"])
    used = set(_OURS.findall(rule["expr"]))
    assert used <= names
    assert used or 'up{job="searchapp"}' in rule["expr"]
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["for"]
    path, anchor = rule["annotations"]["runbook"].split("#")
    assert PROJECT / path == DOC
    sections = DOC.read_text("utf-8").split("\n### ")
    (section,) = (one for one in sections if one.split("\n")[0].lower() == anchor)
    assert section.startswith(rule["alert"])
    for part in ("*Means:*", "*Look:*", "*Do:*"):
        assert part in section


def test_every_runbook_has_an_alert() -> None:
    headings = re.findall(r"^### (Searchapp\w+)$", DOC.read_text("utf-8"), re.MULTILINE)
    assert headings == [rule["alert"] for rule in RULES]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_is_about_what_there_is(panel, names: set[str]) -> None:
    assert panel["targets"]
    for target in panel["targets"]:
        parse(target["expr"])
        used = set(_OURS.findall(target["expr"]))
        assert used
        assert used <= names
        assert target["expr"].count("{") == target["expr"].count(
            '{job=~"$job",instance=~"$instance"'
        )


def test_panels_lie_beside_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    numbers = [panel["id"] for panel in BOARD["panels"]]
    assert len(set(numbers)) == len(numbers)


def test_the_dashboard_shows_every_number(names: set[str]) -> None:
    shown = {name for p in PANELS for t in p["targets"] for name in _OURS.findall(t["expr"])}
    stems = {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}
    left = {re.sub(r"_(bucket|sum|count)$", "", name) for name in names} - stems
    assert left == {
        "searchapp_index_info",
        "searchapp_process_max_fds",
        "searchapp_process_start_time_seconds",
        "searchapp_process_virtual_memory_bytes",
    }


@pytest.mark.skipif(shutil.which("promtool") is None, reason="Prometheus' promtool is not here")
def test_alerts_fire_when_they_should() -> None:
    for call in (["check", "rules", str(ALERTS)], ["test", "rules", str(CASES)]):
        done = subprocess.run(["promtool", *call], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
