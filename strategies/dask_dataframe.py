"""Dask DataFrame's own reader and writer, into one file, as people write it."""

from collections.abc import Iterator
from contextlib import contextmanager

from strategies._dask_frames import read, written
from strategies._whole_file import Task, count, own_process
from strategies.core.contract import Runner

KIND = "file"
CONFIGURED_BY = "DASK_"


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start a process, in which Dask uses so many threads."""
    with own_process(write, workers) as runner:
        yield runner


def write(task: Task) -> int:
    """Read, compute, write: Dask appends one partition after the other."""
    df = read(task)
    df.to_csv(str(task.destination), single_file=True, **written(task))
    return count(task)
