from __future__ import annotations

import pytest

from searchapp import errors
from searchapp.errors import (
    CursorError,
    GoneError,
    IndexRefusedError,
    InputError,
    LockedError,
    NoIndexError,
    NotFoundError,
    OutOfTimeError,
    QueryError,
    SearchappError,
    SynonymsFileError,
    TokensFileError,
    UnavailableError,
    WrongDocument,
    WrongDocumentsError,
)

WRONG = (
    WrongDocument(2, "tin/sông.md", "tags", "tags is a number"),
    WrongDocument(2, "tin/sông.md", "text", "text is a list"),
    WrongDocument(7, None, None, "is no JSON object"),
)
EVERY = [
    (SearchappError("x"), 1, 500),
    (InputError("x"), 2, 400),
    (QueryError("x", "q"), 2, 400),
    (CursorError(), 2, 400),
    (WrongDocumentsError(WRONG, 9), 2, 422),
    (NoIndexError("index"), 2, 503),
    (IndexRefusedError("it is damaged"), 2, 503),
    (NotFoundError("id"), 2, 404),
    (GoneError("x"), 2, 410),
    (LockedError("x"), 1, 409),
    (TokensFileError("tokens.json", "is damaged"), 2, 500),
    (SynonymsFileError("x"), 2, 503),
    (UnavailableError("x"), 1, 503),
    (OutOfTimeError(), 1, 503),
]


def all_below(cls: type[SearchappError]) -> set[type[SearchappError]]:
    below = {cls}
    for child in cls.__subclasses__():
        if child.__module__ == errors.__name__:
            below |= all_below(child)
    return below


@pytest.mark.parametrize(("error", "code", "status"), EVERY, ids=lambda v: type(v).__name__)
def test_exit_code_and_status(error: SearchappError, code: int, status: int) -> None:
    assert (error.exit_code, error.http_status) == (code, status)
    assert "\n" not in str(error)


def test_the_table_above_and_the_modules_docstring_name_every_error() -> None:
    assert {type(error) for error, _, _ in EVERY} == all_below(SearchappError)
    for cls in all_below(SearchappError):
        assert cls.__name__ in (errors.__doc__ or "")


def test_a_query_error_is_an_input_error_with_its_field() -> None:
    error = QueryError("too long", "q")
    assert isinstance(error, InputError)
    assert error.field == "q"
    assert InputError("x").field is None


def test_index_errors_say_how_to_mend_it() -> None:
    assert "searchapp index" in str(NoIndexError("somewhere"))
    assert "somewhere" in str(NoIndexError("somewhere"))
    assert "searchapp index" in str(IndexRefusedError("it is damaged"))


def test_not_found_names_the_id() -> None:
    error = NotFoundError("a/b")
    assert error.document_id == "a/b"
    assert "a/b" in str(error)


def test_wrong_documents_are_counted_and_the_first_is_named() -> None:
    error = WrongDocumentsError(WRONG, 9)
    assert str(error).startswith("2 of 9 are wrong and nothing was written: document 2")
    assert "'tin/sông.md'" in str(error)
    assert error.field == "tags"
    assert error.wrong == WRONG
    assert str(WrongDocumentsError(WRONG[2:], 1)) == "document 7: is no JSON object"
