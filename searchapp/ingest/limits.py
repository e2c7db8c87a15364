"""How much a file may ask of us before it is left out, and said to be."""

from __future__ import annotations

from dataclasses import dataclass

from searchapp.config import Settings

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on reading one file. Sizes in bytes, of what is read and not of what is packed."""

    file_bytes: int = 500 * _MB
    """Largest file that is read whole; tables and JSON Lines, read row by row, have no limit."""
    pages: int = 5000
    document_chars: int = 20_000_000
    archive_bytes: int = 2000 * _MB
    """Of all that one archive holds, unpacked, with the archives in it."""
    archive_files: int = 100_000
    nesting: int = 3
    """Archives in archives; attachments count."""
    seconds: int = 120
    """To the next document of a file."""
    memory_bytes: int = 1000 * _MB

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings name."""
        return cls(
            file_bytes=settings.file_max_mb * _MB,
            pages=settings.file_max_pages,
            archive_bytes=settings.archive_max_mb * _MB,
            archive_files=settings.archive_max_files,
            nesting=settings.archive_max_nesting,
            seconds=settings.file_timeout_s,
            memory_bytes=settings.file_memory_mb * _MB,
        )
