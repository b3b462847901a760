"""Ordered maps with a bounded number of chunks under way: what most strategies differ in."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from strategies.core.contract import A, B, OrderedMap

IN_FLIGHT = 3  # chunks a worker that are started and not yet written: one being computed, one
# queued behind it, one done and waiting for an earlier one; more would only cost memory

Pool = TypeVar("Pool", bound=Executor)
Wait = Callable[[float | None], B]  # for so many seconds at most; then it raises TimeoutError
Submit = Callable[[Callable[[Any], Any], Any], Wait[Any]]


def in_order(
    submit: Callable[[A], Wait[B]], items: Iterable[A], workers: int, timeout: float | None = None
) -> Iterator[B]:
    """Yield results in the order of the items, with a bounded number of them under way.

    `submit` starts the work on an item and returns how to wait for its result. Raises
    TimeoutError when one does not come within `timeout` seconds after it is waited for.
    """
    waiting: deque[Wait[B]] = deque()
    for item in items:
        if len(waiting) == IN_FLIGHT * workers:
            yield waiting.popleft()(timeout)
        waiting.append(submit(item))
    while waiting:
        yield waiting.popleft()(timeout)


def ordered_map(submit: Submit, workers: int) -> OrderedMap:
    """Make an ordered map of `submit(function, item)`, which returns how to wait for the result."""
    return lambda function, items, timeout=None: in_order(
        partial(submit, function), items, workers, timeout
    )


def executor_map(executor: Executor, workers: int) -> OrderedMap:
    """Make an ordered map of an executor of `concurrent.futures`."""
    return ordered_map(lambda function, item: executor.submit(function, item).result, workers)


@contextmanager
def ending(pool: Pool, *, waits: bool = False) -> Iterator[Pool]:
    """End a pool after the block; after an error, wait for what it still does only if `waits`.

    Threads cannot be ended, and a user's function may take any time. Processes are killed.
    """
    try:
        yield pool
    except BaseException:
        pool.shutdown(waits, cancel_futures=True)
        raise
    pool.shutdown(cancel_futures=True)
