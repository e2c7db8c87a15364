"""The site's own search, for readers of Vietnamese: marks may be typed or left out.

Sphinx looks words up in an index that it makes beforehand, and "stems" both sides with code that
each language gives twice, in Python and in JavaScript. Here a word's stem is the word without its
marks, so that "xep hang", "xếp hạng" and its decomposed form find the same pages; English words are
stemmed as well. Nothing is ranked by marks: the real thing is what these pages are about.
"""

from __future__ import annotations

import unicodedata

from sphinx.search import SearchLanguage
from sphinx.search.en import SearchEnglish


def without_marks(word: str) -> str:
    """A word in lower case without tones, hats and horns; đ as d."""
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in parts if not unicodedata.combining(c)).replace("đ", "d")


_SPLITTER = r"""
var splitQuery = (query) =>
  query.normalize("NFC").split(/[^\p{Letter}\p{Number}_]+/gu).filter((term) => term);
"""
_WITHOUT_MARKS = r"""
const withoutMarks = (word) =>
  word.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "").replace(/đ/g, "d");
"""


class Vietnamese(SearchLanguage):
    """Words as they stand between spaces, without marks."""

    lang = "vi"
    language_name = "Vietnamese"
    js_splitter_code = _SPLITTER
    js_stemmer_code = (
        _WITHOUT_MARKS + "var Stemmer = function () { this.stemWord = withoutMarks; };"
    )

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx names it so
        return super().split(unicodedata.normalize("NFC", input))

    def stem(self, word: str) -> str:
        return without_marks(word)


class English(SearchEnglish):
    """English stems; Vietnamese words, of which the pages hold many, without marks."""

    # The stemmer comes before the splitter in what Sphinx writes, so here it can be wrapped.
    js_splitter_code = (
        _SPLITTER
        + _WITHOUT_MARKS
        + """
const EnglishOnly = window.Stemmer;
window.Stemmer = function () {
  const english = new EnglishOnly();
  this.stemWord = (word) => english.stemWord(withoutMarks(word));
};
"""
    )

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx names it so
        return super().split(unicodedata.normalize("NFC", input))

    def stem(self, word: str) -> str:
        return super().stem(without_marks(word))
