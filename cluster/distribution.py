"""OpenSearch from Maven Central, and the Java that runs it.

The zip is the one that OpenSearch makes for the integration tests of others: a whole node with the
module of the network and no further modules. Maven fetches it, so that a user's mirrors, proxies
and local repository count; it is unpacked once, into the user's cache folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from cluster.errors import MissingError

VERSION = "2.19.6"  # the last line that runs on Java 17
_ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
_FETCH_TIMEOUT_S = 600
_NEEDS = (
    "the cluster needs Java 17 to 23 and Maven; "
    "on Debian: apt-get install openjdk-17-jre-headless maven"
)


def java() -> str:
    """The Java to run: that of JAVA_HOME, or else the first in PATH. MissingError if none fits.

    OpenSearch 2 sets a security manager, which Java 24 no longer has.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")
    if found is None:
        where = f"no java in {home}/bin (JAVA_HOME)" if home else "no java found"
        raise MissingError(f"{where}: {_NEEDS}")
    said = java_version(found)
    number = re.search(r'version "(\d+)', said)
    if number is None or not 17 <= int(number[1]) <= 23:
        raise MissingError(f"{found} is {said.splitlines()[0] if said else 'silent'}: {_NEEDS}")
    return found


def java_version(java: str) -> str:
    """What this Java says of itself, vendor and build included."""
    done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    return done.stderr or done.stdout


def cache_folder() -> Path:
    """Where what is unpacked is kept, for all checkouts of a user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "searchapp", "cluster")


def opensearch_home() -> Path:
    """The folder with OpenSearch's `lib/` and `modules/`; fetched and unpacked if it is not there.

    Raises MissingError, in one line, if there is no Maven or the download failed.
    """
    home = cache_folder() / f"opensearch-{VERSION}"
    if not home.is_dir():
        _fetch(home)
    return home


def _fetch(home: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingError(f"no mvn found: {_NEEDS}")
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=".unpacking-") as folder:
        _run_maven(maven, Path(folder))
        (unpacked,) = Path(folder).glob("opensearch-*")
        try:
            unpacked.rename(home)
        except OSError:
            if not home.is_dir():  # it is, when another process was quicker
                raise


def _run_maven(maven: str, folder: Path) -> None:
    command = [
        *(maven, "--quiet", "--batch-mode", "--strict-checksums", "--no-transfer-progress"),
        *(f"{_PLUGIN}:unpack", f"-Dartifact={_ARTIFACT}", f"-DoutputDirectory={folder}"),
    ]
    try:
        done = subprocess.run(
            command,
            cwd=folder,  # not in a project of somebody's
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_FETCH_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MissingError(f"Maven did not fetch {_ARTIFACT} within {_FETCH_TIMEOUT_S} s") from None
    if done.returncode:
        why = next((x for x in done.stdout.splitlines() if "ERROR" in x), "").strip()
        raise MissingError(f"Maven could not fetch {_ARTIFACT}: {why or done.returncode}")
