"""One node of OpenSearch for a benchmark, and what its Java machine takes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from benchmarks import common
from benchmarks.processes import cpu_s
from cluster import Cluster, MissingError
from searchapp.config import PREFIX

_SAMPLE_S = 0.2


class Server:
    """A running node. ``environ`` is for those who use it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.environ = {
            f"{PREFIX}OPENSEARCH_HOSTS": cluster.urls[0],
            f"{PREFIX}OPENSEARCH_REPLICAS": "0",
        }

    @property
    def _pid(self) -> int:
        pid = self._cluster.nodes[0].pid
        assert pid is not None
        return pid

    def rss_mb(self) -> float:
        """RSS of the Java machine, in MB."""
        return common.memory_mb(self._pid)[0]

    def stored_mb(self) -> float:
        """What all indexes take on disk, in MB."""
        said = self._cluster.request("GET", "/_stats/store")
        return float(said["_all"]["primaries"]["store"]["size_in_bytes"]) / 1e6

    @contextlib.contextmanager
    def watched(self) -> Iterator[common.Report]:
        """The machine's largest RSS and its processor time; filled in at the end."""
        report: common.Report = {}
        ended = threading.Event()
        peak = self.rss_mb()

        def watch() -> None:
            nonlocal peak
            while not ended.wait(_SAMPLE_S):
                peak = max(peak, self.rss_mb())

        begun = cpu_s(self._pid)
        watching = threading.Thread(target=watch)
        watching.start()
        try:
            yield report
        finally:
            ended.set()
            watching.join()
        report["jvm_peak_mb"] = round(peak)
        report["jvm_build_cpu_s"] = round(cpu_s(self._pid) - begun, 2)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A node with its data in a folder, stopped at the end. Ends the program if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with Cluster(nodes=1, folder=folder, jvm=()) as cluster:
            yield Server(cluster)
    except MissingError as why:
        common.fail(str(why))
