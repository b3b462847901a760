"""The job as a Dask DataFrame, and how its partitions are computed a few at a time."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any
from uuid import uuid4

import dask
import dask.base
import dask.dataframe as dd
import pandas as pd

from strategies.core.contract import Function, Part
from strategies.core.csv.dialect import Dialect
from strategies.core.csv.layout import Layout
from strategies.core.csv.source import Chunk
from strategies.core.engines.pandas import compute, dtype_of, own_records, parse, render
from strategies.core.errors import JobError
from strategies.core.jobs.chunk_runner import ChunkRunner
from strategies.core.jobs.chunk_work import text_of_chunk, transform
from strategies.core.jobs.maps import IN_FLIGHT, Wait, ending, executor_map, in_order
from strategies.core.jobs.parts import PartsFolder
from strategies.core.jobs.transaction import Transaction
from strategies.core.process.requirements import THREADS, require_threads
from strategies.core.process.streams import flush_streams
from strategies.core.workloads import Workload
from strategies.core.workloads.guard import guarded

OWN = "\0"  # the column of what `own_records` returns; no column of a source is called so


@dataclass(frozen=True)
class FrameRunner(ChunkRunner):
    """A Runner whose parts are the partitions of a Dask DataFrame.

    `submit` starts computing a partition and returns how to wait for it. Computing the
    whole frame at once would hold all of the output in memory; writing it with Dask's
    `to_csv(single_file=True)` would let partitions pile up behind the slowest one.
    """

    submit: Callable[[Any], Wait[Any]] = field(kw_only=True)

    def parts(self, under_way: Transaction) -> Iterator[Part]:
        """Yield the rendered partitions, in order; raises JobError when its turn comes."""
        make = partitions if under_way.job.engine == "pandas" else delayed_chunks
        tasks = make(under_way, self.folder(under_way))
        for result in in_order(self.submit, tasks, self.workers, self.timeout):
            part = result.iloc[0] if isinstance(result, pd.Series) else result
            if isinstance(part, JobError):
                raise part
            yield part


def delayed_chunks(under_way: Transaction, folder: PartsFolder | None) -> Iterator[Any]:
    """Yield a task a chunk, for engines whose tables are no frames of pandas."""
    job, layout, run = under_way.job, under_way.layout, uuid4().hex
    work: Any = dask.delayed(transform, pure=False)  # type: ignore[attr-defined] # the usual name
    for number, chunk in enumerate(under_way.chunks):
        key = f"chunk-{run}-{number}"
        yield work(layout, job.workload, chunk, job.engine, folder, dask_key_name=key)


def partitions(under_way: Transaction, folder: PartsFolder | None) -> list[Any]:
    """Return the partitions of the rendered frame, one a chunk, each ready to be computed.

    `from_map` over the planned chunks instead of `dd.read_csv`, which cuts at any
    newline, quoted or not.
    """
    layout, workload = under_way.layout, under_way.job.workload
    chunks = list(under_way.chunks)
    if not chunks:  # a Dask frame has at least one partition
        return []
    meta = pd.DataFrame({label: pd.Series(dtype=object) for label in [*layout.labels, OWN]})
    # Dask would turn text columns into Arrow strings and back; pandas' own frames stay as they are.
    with dask.config.set({"dataframe.convert-string": False}):
        frame = dd.from_map(_parse_partition, chunks, layout=layout, job=uuid4().hex, meta=meta)
        dtype = dtype_of(workload, layout.dialect)
        frame[workload.new_column.name] = frame[workload.column.name].map_partitions(
            _compute, workload, layout.dialect, meta=(workload.new_column.name, dtype)
        )
        text = frame.map_partitions(
            _render_partition, layout, folder, meta=pd.Series(dtype=object), enforce_metadata=False
        )
        return list(text.to_delayed())


def _parse_partition(chunk: Chunk, layout: Layout, job: str) -> pd.DataFrame:
    """Parse a chunk. Dask knows equal work by its arguments: `job` keeps jobs apart."""
    del job

    def frame_of(data: bytes) -> pd.DataFrame:
        frame = parse(data, layout)
        frame[OWN] = pd.Series(own_records(data, layout), frame.index, dtype=object)
        return frame

    return guarded(text_of_chunk, chunk, layout, frame_of)


def _compute(text: "pd.Series[Any]", workload: Workload, dialect: Dialect) -> "pd.Series[Any]":
    try:
        return guarded(compute, text, workload, dialect)
    finally:
        flush_streams()


def _render_partition(
    frame: pd.DataFrame, layout: Layout, folder: PartsFolder | None
) -> "pd.Series[Any]":
    """Return a series of one Part: a partition of a Dask frame must be a frame or a series."""
    own = frame[OWN].tolist()
    fields = frame.drop(columns=OWN)
    quoted = any(isinstance(record, bytes) for record in own[:1])
    part = guarded(render, fields, layout, own if quoted else None)
    return pd.Series([folder.leave(part) if folder else part], dtype=object)


@contextmanager
def scheduled(
    scheduler: str, pool: Executor, workers: int, timeout: float | None = None
) -> Iterator[FrameRunner]:
    """Yield a runner on one of Dask's own schedulers, whose workers are `pool`; end that pool.

    Such a scheduler runs in the thread that calls it, so each partition under way gets
    a thread that does nothing but wait for it.
    """
    require_threads(IN_FLIGHT * workers + THREADS)
    begun = Event()
    begun.set()
    waits = scheduler == "processes"
    callers = ThreadPoolExecutor(IN_FLIGHT * workers)
    # The pool is ended first, since the callers wait for it.
    with ending(callers, waits=waits), ending(pool, waits=waits):

        def submit(partition: Any) -> Wait[Any]:
            nonlocal begun
            turn = _Turn(pool, begun)
            begun = turn.begun
            return callers.submit(turn.compute, partition, scheduler).result

        yield FrameRunner(executor_map(pool, workers), workers, timeout, submit=submit)


class _Turn:
    """A pool as one partition has it: its first task comes after that of the partition before.

    Otherwise the callers would submit them in any order, and what is to be written next, or is
    wrong, might be computed last.
    """

    def __init__(self, pool: Executor, before: Event) -> None:
        self._pool = pool
        self._before = before
        self._max_workers: int = pool._max_workers  # type: ignore[attr-defined] # Dask asks for it
        self.begun = Event()

    def submit(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """Submit a task of the partition; Dask calls it."""
        self._before.wait()
        try:
            return self._pool.submit(function, *arguments)
        finally:
            self.begun.set()

    def compute(self, partition: Any, scheduler: str) -> Any:
        """Return the partition's result."""
        try:
            return partition.compute(scheduler=scheduler, pool=self)
        finally:
            self.begun.set()


def computed(function: Function, items: Sequence[Any], **options: object) -> list[object]:
    """Return the function's results with a bare `dask.compute`, 50 items a task."""
    task: Any = dask.delayed(_part)  # type: ignore[attr-defined] # the name that manuals use
    tasks = [task(function, items[start : start + 50]) for start in range(0, len(items), 50)]
    return [result for results in dask.base.compute(*tasks, **options) for result in results]


def _part(function: Function, items: Sequence[Any]) -> list[object]:
    return [function(item) for item in items]
