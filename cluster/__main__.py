"""An OpenSearch cluster on this machine, until Ctrl+C.

Each node is a JVM of its own and listens on 127.0.0.1 only. Kill one (its process id is shown) and
see how the others go on.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from cluster.cluster import Cluster
from cluster.errors import ClusterError

# Nothing but the heap: the JVM's own choice of compiler and collector, as in a service.
_STEADY: tuple[str, ...] = ()
_LOOK_S = 1.0


def main(words: Sequence[str] | None = None) -> int:
    """Run a cluster until a signal ends it; the exit status, 2 if it cannot start."""
    args = _arguments(words)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` had it ignored
    try:
        with Cluster(
            args.nodes,
            folder=args.data,
            http_ports=range(args.port, args.port + args.nodes),
            heap_mb=args.heap,
            jvm=_STEADY,
        ) as cluster:
            _tell(cluster)
            return _stay(cluster)
    except KeyboardInterrupt:
        return 0
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 2


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m cluster", description=__doc__)
    parser.add_argument("--nodes", type=int, default=3, choices=range(1, 10), metavar="N")
    parser.add_argument("--heap", type=int, default=512, metavar="MB", help="of each node")
    parser.add_argument(
        "--port",
        type=int,
        default=9201,
        help="of the first node, the others follow; nodes speak to each other 100 above",
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="kept, and used again the next time"
    )
    return parser.parse_args(words)


def _tell(cluster: Cluster) -> None:
    for node in cluster.nodes:
        print(f"{node.name}  {node.url}  process {node.pid}  log {node.log}")
    print(f"\nexport SEARCHAPP_OPENSEARCH_HOSTS={','.join(cluster.urls)}")
    print("searchapp index --engine opensearch\n\nCtrl+C stops the cluster.", flush=True)


def _stay(cluster: Cluster) -> int:
    """Say which node ends by itself; return 1 when none is left."""
    left = list(cluster.nodes)
    while left:
        time.sleep(_LOOK_S)
        for node in [node for node in left if not node.running]:
            left.remove(node)
            print(f"{node.name} has ended; {len(left)} left", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
