"""docs/mcp.md and what an assistant is told, held to the tools."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from searchapp.assistants.guide import GUIDE
from searchapp.assistants.tools import TOOLS
from searchapp.contract.schemas import parameter_schemas
from searchapp.contract.tools import DOCUMENT_CHARS
from searchapp.search.service import SearchService

NOTES = (Path(__file__).parents[2] / "docs" / "mcp.md").read_text(encoding="utf-8")


def test_the_table_of_tools_is_that_of_the_program() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", NOTES, re.MULTILINE)
    said = {name: re.findall(r"`(\w+)`", takes) for name, takes in rows}
    assert said == {tool.name: list(parameter_schemas(tool.parameters)) for tool in TOOLS}
    assert f"{DOCUMENT_CHARS:,} characters" in NOTES


def test_the_guide_names_what_there_is() -> None:
    names = {tool.name for tool in TOOLS} | {
        name for tool in TOOLS for name in parameter_schemas(tool.parameters)
    }
    assert set(re.findall(r"`(\w+)`", GUIDE)) <= names
    assert set(re.findall(r"`(\w+)`", " ".join(tool.about for tool in TOOLS))) <= names | {
        "next_start"
    }


@pytest.mark.parametrize(
    "query",
    ["xay dung dang", "xây dựng Đảng", "xây*", "thuyền~1", "*", "title:(hà nội)",
     'source:"Báo A"', "published:>=2024"],
)  # fmt: skip
def test_what_the_guide_shows_is_understood(service: SearchService, query: str) -> None:
    assert query in GUIDE
    remarks = {remark.code for remark in service.search(query).plan.remarks}
    assert remarks <= {"no_such_value"}, "only that this small corpus lacks it"
