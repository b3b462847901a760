"""`joblib.Parallel` with its threading back-end."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from joblib import Parallel, delayed

from strategies._joblib import joblib_map
from strategies.core.contract import Function, Runner
from strategies.core.jobs.chunk_runner import ChunkRunner

KIND = "threads"
CONFIGURED_BY = "JOBLIB_ LOKY_"


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start `workers` threads."""
    with joblib_map("threading", workers) as mapped:
        yield ChunkRunner(mapped, workers)


def bare(function: Function, items: Sequence[Any]) -> Iterable[object]:
    """`joblib.Parallel(backend="threading")`."""
    parallel = Parallel(2, backend="threading")
    results: list[object] = parallel(delayed(function)(item) for item in items)
    return results
