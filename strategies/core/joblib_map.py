"""An ordered map with back-pressure, made of `joblib.Parallel`."""

import multiprocessing
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from joblib import Parallel, delayed

from strategies.core.contract import A, B, OrderedMap
from strategies.core.runner import IN_FLIGHT


@contextmanager
def joblib_map(backend: str, workers: int, **options: Any) -> Iterator[OrderedMap]:
    """Yield a map over `workers` workers of a joblib back-end, with the back-end's `options`.

    `return_as="generator"` yields results in order, but dispatches a new task as soon
    as one is done, whether or not results are taken: behind a slow writer they would
    pile up. Blocking in joblib's input iterator would deadlock, since joblib reads it
    in the thread that also delivers results. So the input *ends* when too many chunks
    are under way, and a new call goes on from there once the rest is written; as long
    as the writer keeps up and chunks cost about the same, the workers never wait.

    With one worker joblib works in the caller's thread, whatever the back-end.
    """
    limit = 2 * IN_FLIGHT * workers
    with Parallel(
        n_jobs=workers,
        backend=backend,
        return_as="generator",
        batch_size=1,  # a chunk is a batch already
        pre_dispatch=IN_FLIGHT * workers,
        **options,
    ) as parallel:

        def mapped(
            function: Callable[[A], B], items: Iterable[A], timeout: float | None = None, /
        ) -> Iterator[B]:
            parallel.timeout = timeout
            waiting = deque(items)
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
                except multiprocessing.TimeoutError as error:
                    raise TimeoutError from error
                except GeneratorExit:  # left early: joblib gives up what is under way, and warns
                    waiting.clear()
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        results.close()
                    raise

        yield mapped
