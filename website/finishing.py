"""What the theme's templates leave out, put into the pages that were made with them.

Labels for screen readers in the page's language, names for parts that have the same role, and code
that is wider than a screen within reach of the keyboard. The templates have no place for these
short of being copied whole; a text that is not found any more is an error, so that a new version of
the theme is looked at.
"""

from __future__ import annotations

from pathlib import Path

_CODE = ("<pre>", '<pre tabindex="0">')
# What stands on every page; the last is what it says in each language.
_LABELS = {
    'aria-label="Toggle site navigation sidebar"': {
        "vi": 'aria-label="Mở hay đóng mục lục của trang web"',
    },
    'aria-label="Toggle table of contents sidebar"': {
        "vi": 'aria-label="Mở hay đóng mục lục của trang này"',
    },
    'aria-label="Toggle Light / Dark / Auto color theme"': {
        "vi": 'aria-label="Đổi giao diện: sáng, tối, theo hệ thống"',
    },
    '<aside class="sidebar-drawer">': {
        "vi": '<aside class="sidebar-drawer" aria-label="Mục lục của trang web">',
        "en": '<aside class="sidebar-drawer" aria-label="Contents of the site">',
    },
    '<aside class="toc-drawer': {
        "vi": '<aside aria-label="Mục lục của trang này" class="toc-drawer',
        "en": '<aside aria-label="Contents of this page" class="toc-drawer',
    },
    '<p class="caption" role="heading">': {
        "vi": '<p class="caption">',
        "en": '<p class="caption">',
    },
}
_IN_VIETNAMESE = {  # in headings' links, which a page may have or not
    'title="Link to this heading"': 'title="Liên kết tới mục này"',
    'title="Link to this image"': 'title="Liên kết tới hình này"',
}


class ThemeChangedError(Exception):
    """A text of the theme is not where it was."""


def finish(folder: Path, language: str) -> None:
    """Changes every page of a folder in place.

    Raises ThemeChangedError where the theme does not have what is changed.
    """
    for path in folder.glob("*.html"):
        text = path.read_text(encoding="utf-8").replace(*_CODE)
        for shown, by_language in _LABELS.items():
            if shown not in text:
                raise ThemeChangedError(f"the theme no longer has {shown}; mend {__name__}")
            text = text.replace(shown, by_language.get(language, shown))
        if language == "vi":
            for shown, instead in _IN_VIETNAMESE.items():
                text = text.replace(shown, instead)
        path.write_text(text, encoding="utf-8")
