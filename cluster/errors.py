"""What can go wrong with a cluster.

ClusterError: a node ended, a time limit passed, a port is taken.
  MissingError: Java, Maven or the program itself is not there; the message says what to install.
"""


class ClusterError(Exception):
    """A cluster that is not as it should be."""


class MissingError(ClusterError):
    """Something that has to be installed, or could not be fetched."""
