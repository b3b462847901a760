"""`joblib.Parallel` with its default back-end, loky processes."""

from collections.abc import Iterator
from contextlib import contextmanager

from joblib.externals.loky import get_reusable_executor
from joblib.externals.loky.backend import resource_tracker

from strategies.core.contract import Runner
from strategies.core.joblib_map import joblib_map
from strategies.core.processes import prepare_worker, require_files
from strategies.core.runner import ChunkRunner, executor_map


@contextmanager
def start(workers: int, timeout: float | None = None) -> Iterator[Runner]:
    """Start `workers` processes."""
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
