"""Dask DataFrame's own reader and writer, into a folder of parts, which are joined then."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    """Read, compute, write parts side by side, and join them in their order."""
    df = read(task)
    folder = task.destination.with_name("parts")
    parts = df.to_csv(str(folder / "*.csv"), header_first_partition_only=True, **written(task))
    with task.destination.open("wb") as output:
        for part in parts:
            with Path(part).open("rb") as file:
                shutil.copyfileobj(file, output)
    shutil.rmtree(folder)
    return count(task)
