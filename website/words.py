"""The words of Sphinx and its theme in Vietnamese, where their own catalogues lack them."""

from __future__ import annotations

import json
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_PO = Path(__file__).parent / "locales" / "vi.po"


def write_words(folder: Path) -> None:
    """Writes the catalogue twice, as Sphinx wants it: for templates and for scripts."""
    with _PO.open("rb") as file:
        catalog = read_po(file, locale="vi")
    target = folder / "vi" / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    with (target / "sphinx.mo").open("wb") as compiled:
        write_mo(compiled, catalog)
    messages = {
        # A plural goes by the first of its two ids.
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        for message in catalog
        if message.id
    }
    words = {"locale": "vi", "messages": messages, "plural_expr": "0"}
    script = f"Documentation.addTranslations({json.dumps(words, ensure_ascii=False, indent=1)});\n"
    (target / "sphinx.js").write_text(script, encoding="utf-8")
