"""One process, one thread: the baseline that every other strategy is compared with."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from strategies.core.contract import Function, Runner
from strategies.core.jobs.chunk_runner import ChunkRunner

KIND = "serial"
IN_SWEEPS = True


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Yield a runner that works in the caller's thread, whatever the number of workers."""
    yield ChunkRunner(
        lambda function, items, _timeout=None: map(function, items),
        workers=1,
        planned_for=workers,  # the same chunks as the others, so that errors are the same
    )


def bare(function: Function, items: Sequence[Any]) -> Iterable[object]:
    """`map`."""
    return map(function, items)
