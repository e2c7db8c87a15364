"""Building a release."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Built:
    """The two files of a release."""

    wheel: Path
    sdist: Path


def build(source: Path, target: Path, *kinds: str) -> Built:
    """Build a source tree; without a network, by the backend that is installed here."""
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", *kinds, "--outdir", target, source],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    wheels, sdists = list(target.glob("*.whl")), list(target.glob("*.tar.gz"))
    return Built(wheels[0], sdists[0] if sdists else target / "none")
