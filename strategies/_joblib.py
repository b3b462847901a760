"""An ordered map with back-pressure, made of `joblib.Parallel`."""

import multiprocessing
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any

from joblib import Parallel, delayed
from joblib.parallel import BACKENDS

from strategies.core.contract import A, B, OrderedMap
from strategies.core.errors import StrategyError
from strategies.core.jobs.maps import IN_FLIGHT
from strategies.core.process.requirements import (
    THREADS,
    THREADS_A_WORKER,
    require_semaphores,
    require_threads,
)


class _Quiet(Parallel):  # type: ignore[misc] # joblib has no types
    """Does not warn of results that nobody takes.

    To ignore the warning is no help: Python's filters are those of all threads.
    """

    def _warn_exit_early(self) -> None:
        pass


@contextmanager
def joblib_map(backend: str, workers: int, **options: Any) -> Iterator[OrderedMap]:
    """Yield a map over `workers` workers of a joblib back-end, with the back-end's `options`.

    `return_as="generator"` yields results in order, but dispatches a new task as soon
    as one is done, whether or not results are taken: behind a slow writer they would
    pile up. Blocking in joblib's input iterator would deadlock, since joblib reads it
    in the thread that also delivers results. So the input *ends* when too many chunks
    are under way, and a new call goes on from there once the rest is written; as long
    as the writer keeps up and chunks cost about the same, the workers never wait.

    With one worker joblib works in the caller's thread.
    """
    limit = 2 * IN_FLIGHT * workers
    require_parallel(backend, workers)
    with _quiet_manager(), ExitStack() as stack:
        parallel: Parallel | None = None

        def started() -> Parallel:
            new = _Quiet(
                n_jobs=workers,
                backend=backend,
                return_as="generator",
                batch_size=1,  # a chunk is a batch already
                pre_dispatch=IN_FLIGHT * workers,
                **options,
            )
            return stack.enter_context(new)

        def mapped(
            function: Callable[[A], B], items: Iterable[A], timeout: float | None = None, /
        ) -> Iterator[B]:
            nonlocal parallel
            parallel = parallel or started()
            parallel.timeout = timeout
            # Planning may take long, and raise errors: here, and not in joblib's threads.
            coming = iter(items)
            waiting = deque(islice(coming, limit))
            under_way = 0  # dispatched and not yet taken

            def input_within_limit() -> Iterator[Any]:
                nonlocal under_way
                while waiting and under_way < limit:
                    under_way += 1
                    yield delayed(function)(waiting.popleft())

            while waiting:
                under_way = 0
                results = parallel(input_within_limit())
                try:
                    for result in results:
                        yield result
                        under_way -= 1
                        waiting.extend(islice(coming, 1))
                except BaseException as error:
                    # Tasks may be left in it, which it would do in the next job.
                    parallel = None
                    results.close()
                    stack.close()
                    if isinstance(error, multiprocessing.TimeoutError):
                        raise TimeoutError from error
                    raise

        yield mapped


def require_parallel(backend: str, workers: int) -> None:
    """Raise StrategyError where joblib would do all work in the caller's thread, with a warning.

    Without semaphores it does so for threads, too.
    """
    require_semaphores()
    require_threads(THREADS + THREADS_A_WORKER * workers)
    if backend not in BACKENDS or BACKENDS[backend]().effective_n_jobs(workers) < workers:
        message = (
            f"joblib would use one worker instead of {workers}: JOBLIB_MULTIPROCESSING is 0, or "
            "this process is itself a worker; change that, or use a strategy without joblib"
        )
        raise StrategyError(message)


@contextmanager
def _quiet_manager() -> Iterator[None]:
    """Keep loky's manager thread from printing a traceback when tasks are given up.

    It then looks for one that it has just dropped (a KeyError, in loky 3.5), after it has
    killed the workers: nothing is left to do.
    """
    before = threading.excepthook

    def hook(error: threading.ExceptHookArgs, /) -> None:
        name = error.thread and error.thread.name
        if not (name == "ExecutorManagerThread" and error.exc_type is KeyError):
            before(error)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before
