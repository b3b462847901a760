"""Dask DataFrame on Dask's multiprocessing scheduler."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from dask.multiprocessing import initialize_worker_process

from strategies.core.contract import Runner
from strategies.core.dask_frame import scheduled
from strategies.core.processes import START_METHOD, prepare_worker


@contextmanager
def start(
    workers: int, start_method: str = START_METHOD, timeout: float | None = None
) -> Iterator[Runner]:
    """Start `workers` processes."""
    context = multiprocessing.get_context(start_method)
    pool = ProcessPoolExecutor(workers, context, _prepare_worker)
    with scheduled("processes", pool, workers, timeout) as runner:
        yield runner


def _prepare_worker() -> None:
    prepare_worker()
    initialize_worker_process()
