"""Run a job with an ordered map over planned chunks: what most strategies are made of."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

from strategies.core.contract import A, B, Job, OrderedMap, Part, Summary
from strategies.core.errors import (
    JobError,
    LostWorkerError,
    RecordError,
    SourceError,
    StrategyError,
)
from strategies.core.kernel import transform
from strategies.core.output import check_apart, replacing
from strategies.core.places import records_in, start_of
from strategies.core.planner import Chunk, Plan, plan_chunks
from strategies.core.workloads import Workload

IN_FLIGHT = 3  # chunks a worker that are started and not yet written: one being computed, one
# queued behind it, one done and waiting for an earlier one; more would only cost memory
START_TIMEOUT = 60.0  # seconds in which every worker must have answered
LOST_REMEDY = (  # the commonest cause is the system itself, when memory runs out
    "see whether the system has killed it for its memory (dmesg), then use fewer --workers "
    "or a smaller --chunk-size"
)
NO_OP_SECONDS = 0.001  # a no-op takes so long, and twice as long each time that one worker has
LONGEST_NO_OP = 0.02  # answered for another; at most so long

Wait = Callable[[float | None], B]  # for so many seconds at most; then it raises TimeoutError
Submit = Callable[[Callable[[Any], Any], Any], Wait[Any]]


def in_order(
    submit: Callable[[A], Wait[B]], items: Iterable[A], workers: int, timeout: float | None = None
) -> Iterator[B]:
    """Yield results in the order of the items, with a bounded number of them under way.

    `submit` starts the work on an item and returns how to wait for its result. Raises
    TimeoutError when one does not come within `timeout` seconds after it is waited for.
    """
    waiting: deque[Wait[B]] = deque()
    for item in items:
        if len(waiting) == IN_FLIGHT * workers:
            yield waiting.popleft()(timeout)
        waiting.append(submit(item))
    while waiting:
        yield waiting.popleft()(timeout)


def ordered_map(submit: Submit, workers: int) -> OrderedMap:
    """Make an ordered map of `submit(function, item)`, which returns how to wait for the result."""
    return lambda function, items, timeout=None: in_order(
        partial(submit, function), items, workers, timeout
    )


def executor_map(executor: Executor, workers: int) -> OrderedMap:
    """Make an ordered map of an executor of `concurrent.futures`."""
    return ordered_map(lambda function, item: executor.submit(function, item).result, workers)


def no_op(seconds: float) -> tuple[int, int]:
    """Take so many seconds; return which process and thread ran it."""
    time.sleep(seconds)
    return os.getpid(), threading.get_ident()


@dataclass(frozen=True)
class ChunkRunner:
    """A Runner of `workers` workers behind an ordered map.

    `timeout` is in seconds, for each chunk once it is the next to be written; files are cut
    into chunks for `planned_for` workers, if that is another number.
    """

    mapped: OrderedMap
    workers: int
    timeout: float | None = None
    planned_for: int | None = None

    def prime(self) -> None:
        """Run a no-op on every worker; raises StrategyError when some do not answer."""
        seen: set[tuple[int, int]] = set()
        deadline = time.monotonic() + START_TIMEOUT
        seconds = NO_OP_SECONDS
        while len(seen) < self.workers:
            if time.monotonic() > deadline:
                message = (
                    f"only {len(seen)} of {self.workers} workers answered within "
                    f"{START_TIMEOUT:.0f} s; use fewer with --workers"
                )
                raise StrategyError(message)
            seen.update(self.mapped(no_op, [seconds] * self.workers, START_TIMEOUT))
            seconds = min(2 * seconds, LONGEST_NO_OP)

    def run(self, job: Job) -> Summary:
        """Do a job; raises JobError."""
        plan = plan_chunks(
            job.source,
            workers=self.planned_for or self.workers,
            chunk_size=job.chunk_size,
            delimiter=job.delimiter,
        )
        plan.layout.check(job.workload, job.source)
        check_apart(job.source, job.destination)
        records: list[int] = []  # of each part
        with replacing(job.destination) as output:
            output.write(plan.layout.header(job.workload.into))
            try:
                for part in self.parts(plan, job.workload):
                    output.write(part.data)
                    records.append(part.records)
            except RecordError as error:  # parts come in order: the next chunk has failed
                plan.check_unchanged()  # what is found in a file that changes means nothing
                placed = _placed(error, plan, len(records), sum(records))
                if error.workload_traceback:
                    placed.add_note(error.workload_traceback)
                raise placed from None
            except SourceError:  # a chunk cannot be read; likewise
                plan.check_unchanged()
                raise
            except (BrokenExecutor, LostWorkerError, TimeoutError) as error:
                raise _lost(error, plan.chunks[len(records)], sum(records)) from error
            plan.check_unchanged()
        return Summary(sum(records), plan.size, output.written)

    def parts(self, plan: Plan, workload: Workload) -> Iterator[Part]:
        """Yield the rendered chunks, in order; raises JobError when its turn comes."""
        work = partial(transform, plan.layout, workload)
        for outcome in self.mapped(work, plan.chunks, self.timeout):
            if isinstance(outcome, JobError):
                raise outcome
            yield outcome


def _placed(error: RecordError, plan: Plan, failed: int, before: int) -> SourceError:
    """Say where in the file it is: workers know only their chunk."""
    chunk, delimiter = plan.chunks[failed], plan.layout.delimiter
    data = chunk.read()
    chunk_records = f"records {before + 1} to {before + records_in(data, delimiter)}"
    if error.index is None:
        where = f"{chunk_records}, at bytes {chunk.start} to {chunk.stop}"
    else:
        start = chunk.start + start_of(data, error.index, delimiter)
        where = f"record {before + 1 + error.index}, at byte {start}"
        if error.workload_traceback:
            where += f", in the chunk of {chunk_records}"
    return SourceError(f"{plan.source}: {where}: {error.found}; {error.remedy}")


def _lost(error: Exception, chunk: Chunk, before: int) -> LostWorkerError:
    """Say how far the job had come when the workers were lost, and what to look at."""
    if isinstance(error, TimeoutError):
        found = "no worker has finished it within the --timeout"
        remedy = "look at what the workload does there, or allow more seconds"
    elif isinstance(error, LostWorkerError):
        found = str(error)
        remedy = LOST_REMEDY
    else:
        found = "a worker process has died"
        remedy = LOST_REMEDY
    return LostWorkerError(
        f"{chunk.path}: waiting for the chunk of bytes {chunk.start} to {chunk.stop} "
        f"(from record {before + 1}): {found}; {remedy}"
    )
