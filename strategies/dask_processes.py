"""Dask DataFrame on Dask's multiprocessing scheduler."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from dask.multiprocessing import initialize_worker_process

from strategies._dask import computed, scheduled
from strategies.core.contract import Function, Runner
from strategies.core.process.defaults import START_METHOD
from strategies.core.process.pool import ProcessPool
from strategies.core.process.requirements import worker_context
from strategies.core.process.workers import prepare_worker

KIND = "processes"
CONFIGURED_BY = "DASK_"


@contextmanager
def start(
    workers: int, start_method: str = START_METHOD, timeout: float | None = None
) -> Iterator[Runner]:
    """Start `workers` processes."""
    context = worker_context(start_method, workers)
    pool = ProcessPool(workers, context, _prepare_worker)
    with scheduled("processes", pool, workers, timeout) as runner:
        yield runner


def _prepare_worker() -> None:
    prepare_worker()
    initialize_worker_process()


def bare(function: Function, items: Sequence[Any]) -> Iterable[object]:
    """`dask.compute(scheduler="processes")`."""
    return computed(function, items, scheduler="processes", num_workers=2)
