"""Dask DataFrame on Dask's threaded scheduler."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from strategies.core.contract import Runner
from strategies.core.dask_frame import scheduled


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` threads."""
    with ThreadPoolExecutor(workers) as pool, scheduled("threads", pool, workers) as runner:
        yield runner
