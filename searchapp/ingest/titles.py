"""What a document is called, where its file says nothing or rubbish about it."""

from __future__ import annotations

import re
from pathlib import PurePath

from searchapp.ingest.base import SourceFile
from searchapp.ingest.text import TITLE_MAX_CHARS

# What programs write into a file's properties when nobody gave it a title.
_RUBBISH = re.compile(
    r"microsoft (?:office )?(?:word|excel|powerpoint)\b.*|powerpoint presentation|"
    r"(?:untitled|no title|title|document|presentation|slide|layout|book|tài liệu|bản trình bày)"
    r"[ _-]*\d*|không có (?:tiêu đề|tên)|"
    r".*\.(?:docx?|docm|rtf|odt|pdf|pptx?|xlsx?|indd|qxd|tex|dvi|ps|html?|cdr|pub|tmp)",
    re.IGNORECASE | re.DOTALL,
)
# Every official paper begins so, whatever it is about.
_LETTERHEAD = re.compile(
    r"cộng h(?:òa|oà) xã hội chủ nghĩa việt nam|độc lập\b.*\btự do\b.*\bhạnh phúc|"
    r"đảng cộng sản việt nam|(?:số|trang|page)\b\W*\d.*",
    re.IGNORECASE,
)
_LOOKED_AT_LINES = 30
_LEAST_LETTERS = 3


def choose_title(told: str | None, text: str, file: SourceFile) -> str:
    """The title that the file tells, if it is one; else the first line of ``text`` that says
    something; else the file's name.
    """
    told = " ".join((told or "").split())
    if told and not _RUBBISH.fullmatch(told) and _letters(told) >= _LEAST_LETTERS:
        return told
    for line in map(str.strip, text.split("\n", _LOOKED_AT_LINES)[:_LOOKED_AT_LINES]):
        if _letters(line) >= _LEAST_LETTERS and not _LETTERHEAD.match(line):
            return shortened(line)
    return name_as_title(file)


def shortened(line: str) -> str:
    """A line as a title: at a word's end where it is too long for one."""
    if len(line) <= TITLE_MAX_CHARS:
        return line
    return line[:TITLE_MAX_CHARS].rsplit(" ", 1)[0] + " …"


def name_as_title(file: SourceFile) -> str:
    """The name of a file without its ending, its words parted by spaces."""
    name = PurePath(file.name).stem
    return " ".join(re.split(r"[_\s]+|(?<=\w)-(?=\w)", name)).strip() or name


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text[:TITLE_MAX_CHARS]))
