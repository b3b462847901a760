"""`joblib.Parallel` with its default back-end, loky processes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from joblib import Parallel, delayed
from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.backend import resource_tracker

from strategies._joblib import joblib_map, require_parallel
from strategies.core.contract import Function, Runner
from strategies.core.jobs.chunk_runner import ChunkRunner
from strategies.core.jobs.maps import executor_map
from strategies.core.process.requirements import require_files
from strategies.core.process.workers import prepare_worker

KIND = "processes"
CONFIGURED_BY = "JOBLIB_ LOKY_"


@contextmanager
def start(workers: int, timeout: float | None = None) -> Iterator[Runner]:
    """Start `workers` processes."""
    require_parallel("loky", workers)
    resource_tracker.ensure_running()  # before the workers, or Ctrl-C in a terminal reaches them
    require_files(24 + 2 * workers)  # it takes 8 + workers, and more for a moment
    try:
        if workers == 1:  # joblib would work in our own process, which is not what was asked for
            pool = get_reusable_executor(1, initializer=prepare_worker)
            yield ChunkRunner(executor_map(pool, 1), 1, timeout)
            return
        with joblib_map("loky", workers, initializer=prepare_worker) as mapped:
            yield ChunkRunner(mapped, workers, timeout)
    finally:  # joblib keeps its processes for later calls; the contract does not
        get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)


def bare(function: Function, items: Sequence[Any]) -> Iterable[object]:
    """`joblib.Parallel`."""
    results: list[object] = Parallel(2)(delayed(function)(item) for item in items)
    return results
