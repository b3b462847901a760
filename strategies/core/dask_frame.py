"""The job as a Dask DataFrame, and how its partitions are computed a few at a time."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import dask
import dask.dataframe as dd
import pandas as pd

from strategies.core.contract import Part
from strategies.core.guard import guarded
from strategies.core.kernel import parse, render
from strategies.core.layout import Layout
from strategies.core.planner import Chunk, Plan
from strategies.core.runner import IN_FLIGHT, ChunkRunner, Wait, executor_map, in_order
from strategies.core.workloads import Workload


@dataclass(frozen=True)
class FrameRunner(ChunkRunner):
    """A Runner whose parts are the partitions of a Dask DataFrame.

    `submit` starts computing a partition and returns how to wait for it. Computing the
    whole frame at once would hold all of the output in memory; writing it with Dask's
    `to_csv(single_file=True)` would let partitions pile up behind the slowest one.
    """

    submit: Callable[[Any], Wait["pd.Series[Any]"]] = field(kw_only=True)

    def parts(self, plan: Plan, workload: Workload) -> Iterator[Part]:
        """Yield the rendered partitions, in order."""
        if plan.chunks:  # a Dask frame has at least one partition
            planned = partitions(plan, workload)
            for series in in_order(self.submit, planned, self.workers, self.timeout):
                yield series.iloc[0]


def partitions(plan: Plan, workload: Workload) -> list[Any]:
    """Return the partitions of the rendered frame, one a chunk, each ready to be computed.

    `from_map` over the planned chunks instead of `dd.read_csv`, which cuts at any
    newline, quoted or not.
    """
    meta = pd.DataFrame({label: pd.Series(dtype=object) for label in plan.layout.labels})
    # Dask would turn text columns into Arrow strings and back; pandas' own frames stay as they are.
    with dask.config.set({"dataframe.convert-string": False}):
        frame = dd.from_map(
            _parse_partition, plan.chunks, layout=plan.layout, job=uuid4().hex, meta=meta
        )
        frame[workload.into] = frame[workload.column].map_partitions(
            _apply, workload, meta=(workload.into, workload.writes)
        )
        text = frame.map_partitions(
            _render_partition, plan.layout, meta=pd.Series(dtype=object), enforce_metadata=False
        )
        return list(text.to_delayed())


def _parse_partition(chunk: Chunk, layout: Layout, job: str) -> pd.DataFrame:
    """Parse a chunk. Dask knows equal work by its arguments: `job` keeps jobs apart."""
    del job
    return guarded(parse, chunk, layout)


def _apply(text: "pd.Series[str]", workload: Workload) -> "pd.Series[Any]":
    return guarded(workload.apply, text)


def _render_partition(frame: pd.DataFrame, layout: Layout) -> "pd.Series[Any]":
    """Return a series of one Part: a partition of a Dask frame must be a frame or a series."""
    return pd.Series([guarded(render, frame, layout)], dtype=object)


@contextmanager
def scheduled(
    scheduler: str, pool: Executor, workers: int, timeout: float | None = None
) -> Iterator[FrameRunner]:
    """Yield a runner on one of Dask's own schedulers, whose workers are `pool`; end that pool.

    Such a scheduler runs in the thread that calls it, so each partition under way gets
    a thread that does nothing but wait for it.
    """
    callers = ThreadPoolExecutor(IN_FLIGHT * workers)
    try:
        yield FrameRunner(
            executor_map(pool, workers),
            workers,
            timeout,
            submit=lambda partition: (
                callers.submit(partition.compute, scheduler=scheduler, pool=pool).result
            ),
        )
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # first, since the callers wait for it
        callers.shutdown(cancel_futures=True)
        pool.shutdown()
