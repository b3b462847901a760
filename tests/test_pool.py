"""A pool that loses a worker: every future ends, and no thread outlives the strategy."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool, _ExecutorManagerThread
from dataclasses import replace
from errno import EBADF, EMFILE
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE
from worker_functions import exit_at_once

from strategies import Job, LostWorkerError, load, load_workload
from strategies.core.process.pool import ProcessPool

LATE_SECONDS = 0.5


class Tasks(dict[int, Any]):
    """The tasks of a pool: before one more is added, a worker dies and the others are given up."""

    victim: int | None = None

    def __init__(self) -> None:
        super().__init__()
        self.given_up = threading.Event()

    def __setitem__(self, number: int, task: Any) -> None:
        if self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)
            self.given_up.wait(2)  # in vain since Python 3.12, which takes the lock that we hold
        super().__setitem__(number, task)

    def clear(self) -> None:
        """Give them up."""
        super().clear()
        self.given_up.set()


@pytest.fixture
def pool() -> Any:
    with ProcessPool(1, multiprocessing.get_context("fork")) as opened:
        yield opened


def test_a_task_that_comes_while_the_pool_breaks_fails(pool: Any) -> None:
    """Python 3.11 would let it wait for ever."""
    tasks = pool._pending_work_items = Tasks()
    tasks.victim = pool.submit(os.getpid).result(PATIENCE)
    late = pool.submit(abs, -1)
    with pytest.raises(BrokenProcessPool):
        late.result(PATIENCE)


@pytest.mark.parametrize(
    ("broken", "number", "expected"),
    [("a worker has died", EBADF, BrokenProcessPool), (False, EMFILE, OSError)],
)
def test_a_pipe_that_a_broken_pool_has_closed_is_a_lost_worker(
    pool: Any, monkeypatch: pytest.MonkeyPatch, broken: str | bool, number: int, expected: type
) -> None:
    """Any other error of the system stays what it is."""

    def starts_a_process() -> None:
        pool._broken = broken
        raise OSError(number, os.strerror(number))

    pool.submit(abs, -1).result(PATIENCE)
    monkeypatch.setattr(pool, "_start_executor_manager_thread", starts_a_process)
    with pytest.raises(expected) as caught:
        pool.submit(abs, -1)
    assert caught.type is expected
    monkeypatch.undo()
    pool._broken = False


@pytest.mark.parametrize("name", ["dask_processes", "futures_processes"])
def test_no_thread_outlives_a_strategy_that_has_lost_a_worker(
    name: str,
    source: Callable[[bytes], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python's exit would write into a pipe that this thread closes: [Errno 9], after our error."""
    run = _ExecutorManagerThread.run

    def late(thread: Any) -> None:
        run(thread)
        time.sleep(LATE_SECONDS)  # as on a busy machine

    monkeypatch.setattr(_ExecutorManagerThread, "run", late)
    before = set(threading.enumerate())
    path = source(b"old_column\n" + b"1\n" * 100)
    workload = replace(load_workload("double"), array=exit_at_once)
    with (
        pytest.raises(LostWorkerError, match="a worker process has died"),
        load(name).start(2) as runner,
    ):
        runner.run(Job(path, tmp_path / "out.csv", workload, 20))
    assert set(threading.enumerate()) <= before
