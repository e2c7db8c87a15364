"""Writes the bill of materials: ``python -m sbom FILE``, of what is installed for this Python.

The time in it is that of SOURCE_DATE_EPOCH where that is set, in seconds.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sbom.document import InvalidDocumentError, document
from sbom.packages import EXTRAS, MissingPackageError, needed_packages

ROOT = "searchapp"


def main(words: Sequence[str] | None = None) -> int:
    """0 if the file was written, 1 if it could not be made, 2 if the call is wrong."""
    names = sys.argv[1:] if words is None else list(words)
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or str(int(time.time()))
    if len(names) != 1 or names[0].startswith("-"):
        print("name the file to write: python -m sbom build/sbom.json", file=sys.stderr)
        return 2
    if not epoch.isdecimal():
        print(f"SOURCE_DATE_EPOCH is a number of seconds, not {epoch!r}", file=sys.stderr)
        return 2
    target = Path(names[0])
    try:
        packages = needed_packages(ROOT)
        text = document(packages, ROOT, datetime.fromtimestamp(int(epoch), UTC))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except (MissingPackageError, InvalidDocumentError, OSError) as error:
        print(f"no bill of materials: {error}", file=sys.stderr)
        return 1
    optional = sum(one.is_optional for one in packages.values())
    print(
        f"{target}: {len(packages) - 1} packages,"
        f" {optional} of them for the extras {', '.join(EXTRAS)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
