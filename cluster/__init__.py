"""A real OpenSearch cluster on this machine, for the tests and for trying out; see docs/cluster.md.

No part of the installed package: the service speaks to whatever cluster it is pointed at.
"""

from cluster.cluster import Cluster
from cluster.errors import ClusterError, MissingError
from cluster.node import Node

__all__ = ["Cluster", "ClusterError", "MissingError", "Node"]
