"""Builds the documentation site: ``python -m website [FOLDER]``, by default into ``site/``.

Vietnamese stands at the root, English in ``en/``. A warning of Sphinx (a link or an anchor that
leads nowhere, a page that no list of contents has) is an error. The folder is replaced when all is
built.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from website.finishing import ThemeChangedError, finish
from website.pages import LANGUAGES, PROJECT
from website.staging import BrokenSourceError, stage
from website.words import write_words


def build(target: Path, work: Path = PROJECT / "build" / "site") -> int:
    """Builds both languages, side by side, and gives the exit status.

    0 if the site stands in the folder, 1 if it could not be built, 2 if the folder holds something
    else, which is left alone.
    """
    if target.exists() and any(target.iterdir()) and not (target / "searchindex.js").exists():
        print(f"{target} holds something else than a site; name another folder", file=sys.stderr)
        return 2
    try:
        for language in LANGUAGES:
            stage(language, work / "sources" / language)
    except BrokenSourceError as error:
        print(error, file=sys.stderr)
        return 1
    write_words(work / "locales")
    runs = {language: _sphinx(language, work) for language in LANGUAGES}
    failed = [language for language, run in runs.items() if run.wait() != 0]
    if failed:
        print(f"not built: {', '.join(failed)}; mend what is named above", file=sys.stderr)
        return 1
    try:
        for language in LANGUAGES:
            finish(work / "html" / language, language)
    except ThemeChangedError as error:
        print(error, file=sys.stderr)
        return 1
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(work / "html" / "vi", target)
    shutil.copytree(work / "html" / "en", target / "en")
    return 0


def _sphinx(language: str, work: Path) -> subprocess.Popen[bytes]:
    """Sphinx at work on a language; it prints nothing but warnings."""
    html, trees = work / "html" / language, work / "trees" / language
    for folder in (html, trees):
        shutil.rmtree(folder, ignore_errors=True)
    options = ["--fail-on-warning", "--keep-going", "--nitpicky", "--fresh-env", "--quiet"]
    where = ["--conf-dir", "website", "--doctree-dir", str(trees), "--tag", language]
    words = ["--define", f"locale_dirs={work / 'locales'}"]
    pages = [str(work / "sources" / language), str(html)]
    return subprocess.Popen(
        [sys.executable, "-m", "sphinx", *options, *where, *words, "--builder", "html", *pages],
        cwd=PROJECT,
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "site"
    status = build(folder)
    if status == 0:
        print(f"The site is in {folder}: open {folder / 'index.html'}")
    sys.exit(status)
