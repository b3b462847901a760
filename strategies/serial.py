"""One process, one thread: the baseline that every other strategy is compared with."""

from collections.abc import Iterator
from contextlib import contextmanager

from strategies.core.contract import Runner
from strategies.core.runner import ChunkRunner


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Yield a runner that works in the caller's thread, whatever the number of workers."""
    yield ChunkRunner(
        lambda function, items, _timeout=None: map(function, items),
        workers=1,
        planned_for=workers,  # the same chunks as the others, so that errors are the same
    )
