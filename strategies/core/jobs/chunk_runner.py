"""Run a job with an ordered map over planned chunks: what most strategies are made of."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from functools import partial

from strategies.core.contract import Job, OrderedMap, Part, Summary
from strategies.core.csv.positions import records_in, start_of
from strategies.core.csv.source import Chunk
from strategies.core.engines import load_engine
from strategies.core.errors import (
    JobError,
    LostWorkerError,
    RecordError,
    SourceError,
    StrategyError,
)
from strategies.core.jobs.chunk_work import transform
from strategies.core.jobs.output import writing
from strategies.core.jobs.parts import PartsFolder
from strategies.core.jobs.transaction import Transaction, transaction

START_TIMEOUT = 60.0  # seconds in which every worker must have answered
LOST_REMEDY = (  # the commonest cause is the system itself, when memory runs out
    "see whether the system has killed it for its memory (dmesg), then use fewer --workers "
    "or a smaller --chunk-size"
)
NO_OP_SECONDS = 0.001  # a no-op takes so long, and twice as long each time that one worker has
LONGEST_NO_OP = 0.02  # answered for another; at most so long


def no_op(engine: str, seconds: float) -> tuple[int, int]:
    """Import an engine and take so many seconds; return which process and thread ran it."""
    load_engine(engine)
    time.sleep(seconds)
    return os.getpid(), threading.get_ident()


@dataclass(frozen=True)
class ChunkRunner:
    """A Runner of `workers` workers behind an ordered map.

    `timeout` is in seconds, for each chunk once it is the next to be written; files are cut
    into chunks for `planned_for` workers, if that is another number. `elsewhere`: workers may be
    on other hosts, which do not see our temporary files.
    """

    mapped: OrderedMap
    workers: int
    timeout: float | None = None
    planned_for: int | None = None
    elsewhere: bool = False

    def warm_up(self, engine: str) -> None:
        """Run a no-op on every worker; raises StrategyError when some do not answer."""
        seen: set[tuple[int, int]] = set()
        deadline = time.monotonic() + START_TIMEOUT
        work, seconds = partial(no_op, engine), NO_OP_SECONDS
        while len(seen) < self.workers:
            if time.monotonic() > deadline:
                message = (
                    f"only {len(seen)} of {self.workers} workers answered within "
                    f"{START_TIMEOUT:.0f} s; use fewer with --workers"
                )
                raise StrategyError(message)
            seen.update(self.mapped(work, [seconds] * self.workers, START_TIMEOUT))
            seconds = min(2 * seconds, LONGEST_NO_OP)

    def run(self, job: Job) -> Summary:
        """Do a job; raises JobError."""
        with (
            transaction(job, self.planned_for or self.workers) as under_way,
            writing(job.destination, under_way.temporary, under_way.encoding) as output,
        ):
            output.write(under_way.layout.header(job.workload.new_column.name))
            try:
                for part in self.parts(under_way):
                    output.append(part)
                    under_way.done.append(part.records)
                    under_way.chunks_fallen_back += part.fallen_back
            except RecordError as error:  # parts come in order: the next chunk has failed
                under_way.finish_plans()
                under_way.check_unchanged()  # or the record may be half of one
                placed = _placed(error, under_way)
                if error.workload_traceback:
                    placed.add_note(error.workload_traceback)
                raise placed from None
            except (BrokenExecutor, LostWorkerError, TimeoutError) as error:
                under_way.finish_plans()
                raise _lost(error, under_way) from error
        return under_way.summary

    def parts(self, under_way: Transaction) -> Iterator[Part]:
        """Yield the rendered chunks, in order; raises JobError when its turn comes."""
        job = under_way.job
        folder = self.folder(under_way)
        work = partial(transform, under_way.layout, job.workload, engine=job.engine, folder=folder)
        for outcome in self.mapped(work, under_way.chunks, self.timeout):
            if isinstance(outcome, JobError):
                raise outcome
            yield outcome

    def folder(self, under_way: Transaction) -> PartsFolder | None:
        """Return where workers may leave their parts."""
        return None if self.elsewhere else PartsFolder.ours(under_way.temporary.parent)


def _place(under_way: Transaction) -> tuple[str, Chunk, int]:
    """Return the source of the chunk that comes next, the chunk, and the records before it."""
    table, chunk, before = under_way.next_chunk()
    spooled = " (as text in UTF-8)" if table.readable.spooled else ""
    return f"{table.name}{spooled}", chunk, before


def _placed(error: RecordError, under_way: Transaction) -> SourceError:
    """Say where in the file it is: workers know only their chunk."""
    name, chunk, before = _place(under_way)
    layout, data = under_way.layout, chunk.read()
    chunk_records = f"records {before + 1} to {before + records_in(data, layout)}"
    if error.index is None:
        where = f"{chunk_records}, at bytes {chunk.start} to {chunk.stop}"
    else:
        start = chunk.start + start_of(data, error.index, layout)
        where = f"record {before + 1 + error.index}, at byte {start}"
        if error.workload_traceback:
            where += f", in the chunk of {chunk_records}"
    return SourceError(f"{name}: {where}: {error.problem}; {error.remedy}")


def _lost(error: Exception, under_way: Transaction) -> LostWorkerError:
    """Say how far the job had come when the workers were lost, and what to look at."""
    if isinstance(error, TimeoutError):
        problem = "no worker has finished it within the --timeout"
        remedy = "look at what the workload does there, or allow more seconds"
    elif isinstance(error, LostWorkerError):
        problem = str(error)
        remedy = LOST_REMEDY
    else:
        problem = "a worker process has died"
        remedy = LOST_REMEDY
    name, chunk, before = _place(under_way)
    return LostWorkerError(
        f"{name}: waiting for the chunk of bytes {chunk.start} to {chunk.stop} "
        f"(from record {before + 1}): {problem}; {remedy}"
    )
