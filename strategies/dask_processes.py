"""Dask DataFrame on Dask's multiprocessing scheduler."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from dask.multiprocessing import initialize_worker_process

from strategies.core.contract import Runner
from strategies.core.dask_frame import scheduled
from strategies.core.processes import START_METHOD


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` processes."""
    context = multiprocessing.get_context(START_METHOD)
    with (
        ProcessPoolExecutor(workers, context, initialize_worker_process) as pool,
        scheduled("processes", pool, workers) as runner,
    ):
        yield runner
