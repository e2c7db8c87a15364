"""Sphinx's settings for one language; ``website/__main__.py`` says which by a tag."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchapp import __version__
from website.pages import LANGUAGES
from website.search_words import English, Vietnamese

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.tags import Tags

    tags: Tags  # Sphinx puts it there

_HERE = Path(__file__).parent

language = "en" if tags.has("en") else "vi"  # noqa: F821 - Sphinx puts it there
project = "searchapp"
version = release = __version__
html_title = "searchapp – " + {"vi": "tìm kiếm tiếng Việt", "en": "Vietnamese search"}[language]

extensions = ["myst_parser"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
highlight_language = "none"
# Answers in the pages are shortened with "…", which is no JSON.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_static_path = [str(_HERE / "static"), str(_HERE.parent / "searchapp/web/static/icon.svg")]
html_search_scorer = str(_HERE / "scorer.js")
html_favicon = str(_HERE.parent / "searchapp/web/static/icon.svg")
html_css_files = ["site.css"]
templates_path = [str(_HERE / "templates")]
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_show_copyright = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_context = {
    "other_language": "vi" if language == "en" else "en",
    "other_language_name": LANGUAGES["vi" if language == "en" else "en"],
    # Vietnamese is at the root of the site, English in a folder of it.
    "other_language_root": "../" if language == "en" else "en/",
}

# The colours and letters of the service's own pages; see searchapp/web/static.
_FONTS = {
    "font-stack": 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", '
    "Arial, sans-serif",
    "font-stack--monospace": 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, '
    "monospace",
}
html_theme_options: dict[str, Any] = {
    "light_css_variables": _FONTS
    | {
        "color-background-primary": "#fff",
        "color-background-secondary": "#faf9f6",
        "color-foreground-primary": "#1c2423",
        "color-foreground-secondary": "#596461",
        "color-foreground-muted": "#596461",
        "color-brand-primary": "#0b6758",
        "color-brand-content": "#0b6758",
        "color-brand-visited": "#5f4b8b",
        "color-problematic": "#1c2423",
    },
    "dark_css_variables": _FONTS
    | {
        "color-background-primary": "#131817",
        "color-background-secondary": "#1b2221",
        "color-foreground-primary": "#e5ebe9",
        "color-foreground-secondary": "#a2afac",
        "color-foreground-muted": "#a2afac",
        "color-brand-primary": "#72d1bf",
        "color-brand-content": "#72d1bf",
        "color-brand-visited": "#c3b1ee",
        "color-problematic": "#e5ebe9",
    },
}


def setup(app: Sphinx) -> None:
    app.add_search_language(Vietnamese)
    app.add_search_language(English)
