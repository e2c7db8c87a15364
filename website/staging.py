"""The sources of one language, made ready for Sphinx.

Files stay as people read them in the repository; here links between them become links between
pages, the list of contents is added, and a page that is not translated says so.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from website.pages import (
    DOCS,
    ELSEWHERE,
    HOME,
    PROJECT,
    VIETNAMESE_TITLES,
    contents,
    sources,
)

_LINK = re.compile(r"(?P<image>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)\)")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE | re.DOTALL)
_NOTICE = (
    ":::{note}\n:class: untranslated\n"
    '<span lang="vi">Trang này chưa có bản tiếng Việt; dưới đây là bản tiếng Anh.</span>\n:::\n'
)


class BrokenSourceError(Exception):
    """A page links to a file that is not there."""


def stage(language: str, folder: Path) -> None:
    """Writes the sources of a language into a folder, which is made anew.

    Raises BrokenSourceError where a link leads to no file of the project.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(DOCS / "images", folder / "images")
    for name, path in sources(language).items():
        text = page_text(path)
        text = _linked(text, path)
        if language not in ("en", path.parent.name):
            text = _with_notice(text)
        if name == HOME:
            text += _contents_tree(language)
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def page_text(path: Path) -> str:
    """A page's Markdown: the whole file, or of README.md what one does with the program."""
    text = path.read_text(encoding="utf-8")
    if path == PROJECT / "README.md":
        (middle,) = re.findall(r"^(## Start\n.*?)^## More\n", text, re.MULTILINE | re.DOTALL)
        first, rest = middle.split("\n", 1)
        text = first[1:] + "\n" + rest
    return text


def _with_notice(text: str) -> str:
    """A page in another language than its readers': said so, for eyes and for screen readers."""
    heading, rest = text.split("\n", 1)
    # Templates see it as `meta`; see templates/page.html.
    return f"---\ncontent_language: en\n---\n{heading}\n\n{_NOTICE}{rest}"


def _contents_tree(language: str) -> str:
    parts = []
    for name, pages in contents(language):
        lines = "\n".join(_entry(page, language) for page in pages)
        parts.append(f"\n```{{toctree}}\n:hidden:\n:caption: {name}\n\n{lines}\n```\n")
    return "".join(parts)


def _entry(page: str, language: str) -> str:
    """A line of the list of contents: the page, and a name where its heading is in English."""
    translated = language == "en" or sources(language)[page].parent.name == language
    title = None if translated else VIETNAMESE_TITLES.get(page)
    return f"{title} <{page}>" if title else page


def _linked(text: str, path: Path) -> str:
    """Links to files become links to pages; comments go; fences stay as they are."""
    out, end = [], 0
    for fence in _FENCE.finditer(text):
        out += [_linked_prose(text[end : fence.start()], path), fence.group()]
        end = fence.end()
    return "".join([*out, _linked_prose(text[end:], path)])


def _linked_prose(text: str, path: Path) -> str:
    return _LINK.sub(lambda link: _linked_one(link, path), _COMMENT.sub("", text))


def _linked_one(link: re.Match[str], path: Path) -> str:
    target, text = link["target"], link["text"]
    if re.match(r"[a-z]+:|#", target):
        return link.group()
    file, _, anchor = target.partition("#")
    found = Path(os.path.normpath(path.parent / file))
    if not found.exists():
        raise BrokenSourceError(f"{path.relative_to(PROJECT)}: no file {target}; mend the link")
    if found.parent == DOCS / "images":
        return f"{link['image']}[{text}](images/{found.name})"
    page = _page_of(found)
    if page is None:
        return text  # a file of the repository that is no page: its name is enough
    if text.endswith(".md"):
        text = ""  # the name of a file; of a link without a text Sphinx makes the page's heading
    return f"[{text}]({page}.md{'#' + anchor if anchor else ''})"


def _page_of(file: Path) -> str | None:
    """The page that is made of a file, in whatever language."""
    if file.suffix == ".md" and file.parent in (DOCS, DOCS / "vi"):
        return file.stem
    return next((name for name, path in ELSEWHERE.items() if path == file), None)
