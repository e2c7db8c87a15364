"""Nothing is printed by importing, not even where nothing was compiled at installation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_compiling_whoosh_says_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import searchapp.engines, whoosh.index"],
        # A cache of its own, which is empty: all is compiled.
        env={**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stderr == ""
