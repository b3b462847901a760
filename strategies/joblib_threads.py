"""`joblib.Parallel` with its threading back-end."""

from collections.abc import Iterator
from contextlib import contextmanager

from strategies.core.contract import Runner
from strategies.core.joblib_map import joblib_map
from strategies.core.runner import ChunkRunner


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` threads."""
    with joblib_map("threading", workers) as mapped:
        yield ChunkRunner(mapped, workers)
