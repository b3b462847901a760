"""Dask DataFrame on Dask's threaded scheduler."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from strategies._dask import computed, scheduled
from strategies.core.contract import Function, Runner

KIND = "threads"
CONFIGURED_BY = "DASK_"


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` threads."""
    with scheduled("threads", ThreadPoolExecutor(workers), workers) as runner:
        yield runner


def bare(function: Function, items: Sequence[Any]) -> Iterable[object]:
    """`dask.compute(scheduler="threads")`."""
    return computed(function, items, scheduler="threads", num_workers=2)
