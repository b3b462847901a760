"""pandas on the whole file, as people write it: types are guessed, one thread."""

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd

from strategies._frames import options, results
from strategies._whole_file import Task, own_process
from strategies.core.contract import Runner

KIND = "file"


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start a process; pandas uses one thread, whatever the number of workers."""
    with own_process(write, workers) as runner:
        yield runner


def write(task: Task) -> int:
    """Read, compute, write."""
    df = pd.read_csv(task.source, **options(task))
    df[task.into] = results(df[df.columns[task.place]], task)
    df.to_csv(task.destination, index=False, sep=task.layout.delimiter)
    return len(df)
