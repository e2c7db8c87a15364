"""One tree of errors; each message says what is wrong and how to mend it, in one line.

::

    SearchappError            exit 1, HTTP 500
    ├── InputError            exit 2, HTTP 400   the call or its input is wrong
    │   ├── QueryError                            a query or paging that can't be served
    │   │   └── CursorError                       a cursor that no answer gave
    │   └── WrongDocumentsError      HTTP 422     documents of a program that can't be taken
    ├── NoIndexError          exit 2, HTTP 503   nothing has been built yet
    ├── IndexRefusedError     exit 2, HTTP 503   built by another version, or damaged
    ├── NotFoundError         exit 2, HTTP 404   no such document
    ├── GoneError             exit 2, HTTP 410   a cursor outlived the index it reads
    ├── LockedError           exit 1, HTTP 409   another build is running
    ├── TokensFileError       exit 2, HTTP 500   the file of tokens can't be trusted
    ├── SynonymsFileError     exit 2, HTTP 503   the file of synonyms can't be read or has no rules
    ├── UnavailableError      exit 1, HTTP 503   a server that the index is on does not answer
    └── OutOfTimeError        exit 1, HTTP 503   a question takes longer than it may

The command line and the web layer translate this tree once each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class SearchappError(Exception):
    """Anything that the product itself reports; ``str(error)`` is one line for a person."""

    exit_code = 1
    http_status = 500

    def __reduce__(self) -> tuple[Any, ...]:
        # The arguments of these classes are no messages yet: one that comes from another process
        # is put together from its parts.
        return _restored, (type(self), self.args, self.__dict__)


def _restored(
    kind: type[SearchappError], args: tuple[Any, ...], values: dict[str, Any]
) -> SearchappError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(values)
    return error


class InputError(SearchappError):
    """The call or its input is wrong; ``field`` names the parameter at fault, if there is one."""

    exit_code = 2
    http_status = 400

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class QueryError(InputError):
    """A query, page or size outside what is served."""


class CursorError(QueryError):
    """A cursor that no answer gave."""

    def __init__(self) -> None:
        super().__init__(
            "the cursor can't be read; take next_cursor of an answer as it is", "cursor"
        )


@dataclass(frozen=True, slots=True)
class WrongDocument:
    """Why a document of a call can't be taken.

    ``index`` is its place in the call, from 0 on; ``id`` is None where it has no usable one, and
    ``field`` where no single field is at fault.
    """

    index: int
    id: str | None
    field: str | None
    detail: str


class WrongDocumentsError(InputError):
    """Some documents of a call can't be taken, ``wrong`` says which and why; none was written."""

    http_status = 422

    def __init__(self, wrong: tuple[WrongDocument, ...], count: int) -> None:
        first = wrong[0]
        name = f"document {first.index}" + ("" if first.id is None else f" ({first.id!r})")
        # A document may have several faults, and a call of one document needs no arithmetic.
        places = len({one.index for one in wrong})
        nothing = "" if count == 1 else f"{places} of {count} are wrong and nothing was written: "
        super().__init__(f"{nothing}{name}: {first.detail}", first.field)
        self.wrong = wrong


class NoIndexError(SearchappError):
    """There is no index yet in ``index_dir``."""

    exit_code = 2
    http_status = 503

    def __init__(self, index_dir: object) -> None:
        where = "" if str(index_dir) == "index" else f" --index-dir {index_dir}"
        super().__init__(
            f"there is no index in {index_dir} yet; build one with: searchapp index [PATH…]{where}"
        )


class IndexRefusedError(SearchappError):
    """The index can't be trusted: another analyzer version, or a damaged file."""

    exit_code = 2
    http_status = 503

    def __init__(self, reason: str, mend: str = "rebuild it with: searchapp index [PATH…]") -> None:
        super().__init__(f"{reason}; {mend}")


class NotFoundError(SearchappError):
    """No document has the id ``document_id``."""

    exit_code = 2
    http_status = 404

    def __init__(self, document_id: str) -> None:
        super().__init__(f"no document has the id {document_id!r}")
        self.document_id = document_id


class GoneError(SearchappError):
    """A cursor reads a generation that was cleared away since."""

    exit_code = 2
    http_status = 410


class LockedError(SearchappError):
    """Another build holds the lock of this index."""

    http_status = 409


class TokensFileError(SearchappError):
    """The file of tokens can't be read, or others could have changed it; nobody gets in by it."""

    exit_code = 2

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"the file of tokens {path} {reason}")


class SynonymsFileError(SearchappError):
    """The file that `synonyms_file` names can't be read, or a line of it is no rule.

    Nobody who searches can mend it: searching waits until whoever runs the service has.
    """

    exit_code = 2
    http_status = 503


class UnavailableError(SearchappError):
    """A server that holds the index does not answer, or not in time; it may do so again."""

    http_status = 503


class OutOfTimeError(SearchappError):
    """A question takes longer than it may, and nothing of its answer is of use yet."""

    http_status = 503

    def __init__(self) -> None:
        super().__init__(
            "the question takes longer than it may (search_timeout_ms);"
            " ask with fewer signs (* ~ NEAR) or rarer words, or narrow it with a filter"
        )
