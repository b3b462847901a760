"""`multiprocessing.Pool`, one `apply_async` a chunk.

`Pool.imap` would be shorter, but it takes all chunks at once and lets results pile up.
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager

from strategies.core.contract import Runner
from strategies.core.processes import START_METHOD
from strategies.core.runner import ChunkRunner, ordered_map


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` processes."""
    pool = multiprocessing.get_context(START_METHOD).Pool(workers)
    mapped = ordered_map(lambda f, item: pool.apply_async(f, (item,)).get, workers)
    try:
        yield ChunkRunner(mapped, workers)
    finally:
        pool.terminate()
        pool.join()
