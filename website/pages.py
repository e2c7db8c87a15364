"""Which pages the site has, from which files, in which order.

Every Markdown file of ``docs/`` is a page, in English; a file of the same name in ``docs/vi/`` is
its Vietnamese version. A few pages are files that stand elsewhere in the project. What no group
names comes last, in a group of its own, so that a new page is on the site without being named here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DOCS = PROJECT / "docs"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
HOME = "index"


@dataclass(frozen=True)
class Group:
    """A part of the list of contents: its name in each language, and its pages in order."""

    names: dict[str, str]
    pages: tuple[str, ...]


GROUPS = (
    Group({"vi": "Bắt đầu", "en": "Begin"}, ("start", "tour", "query-language", "mcp")),
    Group(
        {"vi": "Vận hành", "en": "Run it"},
        (
            "deployment",
            "settings",
            "limits",
            "operations",
            "usage",
            "tokens",
            "security",
            "upgrading",
        ),
    ),
    Group({"vi": "Mở rộng", "en": "Grow"}, ("engines", "scaling", "load", "opensearch", "cluster")),
    Group({"vi": "Chất lượng", "en": "Quality"}, ("relevance", "evaluation", "benchmarks")),
    Group(
        {"vi": "Bên trong", "en": "Inside"},
        ("architecture", "dependencies", "site", "changelog"),
    ),
)
_REST = {"vi": "Trang khác", "en": "Other pages"}

# Names in the Vietnamese list of contents for pages whose own headings are English.
VIETNAMESE_TITLES = {
    "architecture": "Kiến trúc",
    "benchmarks": "Đo tốc độ",
    "changelog": "Nhật ký thay đổi",
    "dependencies": "Các thư viện dùng đến",
    "load": "Chịu tải",
}

# Pages that are files outside docs/. Of README.md the part between two headings is a page: what
# stands before is said by the home page, what stands after by the list of contents.
ELSEWHERE = {
    "start": PROJECT / "README.md",
    "security": PROJECT / "SECURITY.md",
    "benchmarks": PROJECT / "benchmarks" / "README.md",
    "changelog": PROJECT / "CHANGELOG.md",
}


def english_sources() -> dict[str, Path]:
    """Each page's name and English file."""
    found = {path.stem: path for path in sorted(DOCS.glob("*.md"))}
    found |= {name: path for name, path in ELSEWHERE.items() if path.exists()}
    return found


def sources(language: str) -> dict[str, Path]:
    """Each page's name and the file that it is made of: English where there is no other."""
    found = english_sources()
    if language == "en":
        return found
    return {
        name: own if (own := DOCS / language / f"{name}.md").exists() else path
        for name, path in found.items()
    }


def contents(language: str) -> list[tuple[str, list[str]]]:
    """The list of contents: names of groups, and the pages of each that there are."""
    there = set(english_sources()) - {HOME}
    groups = [
        (group.names[language], [page for page in group.pages if page in there]) for group in GROUPS
    ]
    named = {page for group in GROUPS for page in group.pages}
    groups.append((_REST[language], sorted(there - named)))
    return [(name, pages) for name, pages in groups if pages]
