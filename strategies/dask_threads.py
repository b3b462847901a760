"""Dask DataFrame on Dask's threaded scheduler."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from strategies.core.contract import Runner
from strategies.core.dask_frame import scheduled


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` threads."""
    with scheduled("threads", ThreadPoolExecutor(workers), workers) as runner:
        yield runner
