"""The documentation site, built as ``make site`` does."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from website import pages, staging
from website.__main__ import build
from website.pages import HOME, PROJECT, contents, english_sources
from website.search_words import English, Vietnamese, without_marks


def html(site: Path, language: str, name: str) -> str:
    folder = site if language == "vi" else site / language
    return (folder / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_there_and_can_be_reached(documentation: Path, language: str) -> None:
    home = html(documentation, language, HOME)
    listed = [page for _, group in contents(language) for page in group]
    assert sorted([*listed, HOME]) == sorted(english_sources())
    for name in listed:
        assert f'<html class="no-js" lang="{language}"' in html(documentation, language, name)
        assert f'href="{name}.html"' in home


def test_languages_lead_to_one_another(documentation: Path) -> None:
    for name in english_sources():
        assert f'href="en/{name}.html" hreflang="en"' in html(documentation, "vi", name)
        assert f'href="../{name}.html" hreflang="vi"' in html(documentation, "en", name)


def test_a_page_without_a_translation_says_so(documentation: Path) -> None:
    untranslated = html(documentation, "vi", "architecture")
    assert "Trang này chưa có bản tiếng Việt" in untranslated
    assert '<div lang="en">' in untranslated
    assert "chưa có bản tiếng Việt" not in html(documentation, "en", "architecture")
    assert "chưa có bản tiếng Việt" not in html(documentation, "vi", "tour")


def test_nothing_comes_from_elsewhere(documentation: Path) -> None:
    """Links may lead away; what a browser loads by itself is here."""
    loads = re.compile(
        r"<(?:script|img|iframe|source|video|audio|embed|object|link)\b[^>]*?"
        r"\b(?:src|href|srcset|data)=[\"']?((?:https?:)?//[^\"'\s>]+)"
        r"|(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')]+)"
    )
    files = [
        path for end in ("html", "css", "js", "svg") for path in documentation.rglob(f"*.{end}")
    ]
    assert len(files) > 40
    for path in files:
        found = loads.findall(path.read_text(encoding="utf-8"))
        assert found == [], path.relative_to(documentation)


def test_no_place_of_this_machine_is_in_it(documentation: Path) -> None:
    for path in documentation.rglob("*.html"):
        assert str(PROJECT) not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("[elsewhere](gone.md)", "no file gone.md"),
        ("[elsewhere](tour.md#gone)", "local id not found"),
        ("![picture](images/gone.png)", "no file images/gone.png"),
    ],
)
def test_what_leads_nowhere_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd, wrong: str, told: str
) -> None:
    docs = a_small_site(tmp_path, monkeypatch)
    monkeypatch.setattr("website.__main__.LANGUAGES", {"en": "English"})
    (docs / "more.md").write_text(f"# More\n\n{wrong}\n", encoding="utf-8")
    assert build(tmp_path / "site", tmp_path / "work") == 1
    assert told in capfd.readouterr().err
    assert not (tmp_path / "site").exists()


def test_a_page_that_no_group_names_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = a_small_site(tmp_path, monkeypatch)
    (docs / "more.md").write_text("# More\n\n[Back](tour.md#there)\n", encoding="utf-8")
    assert contents("en")[-1] == ("Other pages", ["more"])
    assert contents("vi")[-1] == ("Trang khác", ["more"])


def a_small_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Documents with two pages, in place of the project's."""
    docs = tmp_path / "docs"
    (docs / "images").mkdir(parents=True)
    (docs / "index.md").write_text("# Home\n", encoding="utf-8")
    (docs / "tour.md").write_text("# Tour\n\n## There\n", encoding="utf-8")
    for module in (pages, staging):
        monkeypatch.setattr(module, "DOCS", docs)
        monkeypatch.setattr(module, "ELSEWHERE", {})
        monkeypatch.setattr(module, "PROJECT", tmp_path)
    return docs


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "website", tmp_path],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "name another folder" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


# -- words of the site's own search ----------------------------------------------------------------


@pytest.mark.parametrize("word", ["Xếp", "hạng", "Đường", "THUỶ", "ngữ"])
def test_marks_make_no_difference(word: str) -> None:
    language = Vietnamese({})
    plain = language.stem(word)
    assert plain.isascii()
    for form in ("NFC", "NFD"):
        (one,) = language.split(unicodedata.normalize(form, word))
        assert language.stem(one) == plain


def test_english_words_are_stemmed_too() -> None:
    language = English({})
    assert language.stem("Settings") == language.stem("setting")
    assert language.stem("Đường") == language.stem("duong")


@given(st.text())
def test_taking_marks_twice_is_taking_them_once(word: str) -> None:
    once = without_marks(word)
    assert without_marks(once) == once
