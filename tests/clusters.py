"""OpenSearch clusters for every test that needs one.

Without Java, Maven or OpenSearch itself these tests skip and say what to install; where CI is set
they fail, since there they have to run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from cluster import Cluster, MissingError, distribution

FreshCluster = Callable[..., Cluster]


@pytest.fixture(scope="session")
def opensearch_installed() -> None:
    try:
        distribution.java()
        distribution.opensearch_home()
    except MissingError as why:
        if os.environ.get("CI"):
            pytest.fail(str(why))
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def opensearch(opensearch_installed: None) -> Iterator[Cluster]:
    """Three nodes for all tests that break nothing and only touch indexes of their own."""
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def fresh_cluster(opensearch_installed: None) -> Iterator[FreshCluster]:
    """Starts clusters, by the arguments of `Cluster`, that a test may break; they end with it."""
    with ExitStack() as stack:

        def start(*args: Any, **more: Any) -> Cluster:
            return stack.enter_context(Cluster(*args, **more))

        yield start
