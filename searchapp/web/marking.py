"""Marked texts as HTML for the pages."""

from __future__ import annotations

from markupsafe import Markup

from searchapp.search.snippets import Snippet


def marked_html(snippet: Snippet) -> Markup:
    """A snippet's HTML, which is escaped by construction."""
    return Markup(snippet.html)  # noqa: S704  # Snippet.html escapes all but its own marks


def marked_paragraphs(snippet: Snippet) -> list[Markup]:
    """The lines of a marked text that say something, each as HTML.

    The first mark has the id ``match``, for those who want to go there.
    """
    paragraphs, start = [], 0
    highlights = list(snippet.highlights)
    named = False
    for line in snippet.text.split("\n"):
        end = start + len(line)
        inside = []
        while highlights and highlights[0][0] < end:
            a, b = highlights.pop(0)
            inside.append((a - start, min(b, end) - start))
        if line.strip():
            html = marked_html(Snippet(line, tuple(inside), start, end))
            if inside and not named:
                named = True
                html = html.replace("<mark>", Markup('<mark id="match">'), 1)
            paragraphs.append(html)
        start = end + 1
    return paragraphs
