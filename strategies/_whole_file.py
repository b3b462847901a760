"""A system that reads and writes files by itself, in a process of its own.

Libraries fix the number of their threads when they are imported, keep memory when they are done,
and heed no Ctrl-C within a call; a process can be given a number, be measured, and be killed.
"""

import errno
import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from strategies.core.contract import Job
from strategies.core.csv.dialect import AS_USUAL
from strategies.core.csv.layout import Layout
from strategies.core.csv.planner import plan_chunks
from strategies.core.errors import (
    ForeignError,
    JobError,
    LostWorkerError,
    RecordError,
    StrategyError,
)
from strategies.core.jobs.file_runner import INSTEAD, FileRunner
from strategies.core.jobs.scratch import fresh_folder
from strategies.core.process.defaults import START_METHOD
from strategies.core.process.pool import ProcessPool
from strategies.core.process.requirements import worker_context
from strategies.core.process.streams import flush_streams
from strategies.core.process.workers import interrupts_ours, prepare_worker
from strategies.core.workloads import Workload
from strategies.core.workloads.double import twice
from strategies.core.workloads.guard import guarded, one_line
from strategies.core.workloads.numbers import MISSING

REFUSED = ("decimal", "thousands", "currency", "skip_lines", "comment")  # of a Dialect
START_SECONDS = 60.0  # in which the process must have imported its library


@dataclass
class Function:
    """A workload's function for one value, as libraries map one: the result's text, or None.

    `problem` is the first that the function has raised: libraries put it into words of their own.
    """

    workload: Workload
    problem: JobError | None = None

    def __call__(self, value: float | None) -> str | None:
        """Return the text of the result; None where there is no value."""
        if value is None:
            return None
        given = self.workload.column.type(value)
        if given != value:
            message = f"{value!r} is not a whole number"
            raise ValueError(message)
        try:
            result = guarded(self.workload.record, given)
        except RecordError as error:
            problem = f"{error.problem} (for the value {given!r})"
            self.problem = self.problem or RecordError(
                None, problem, error.remedy, error.workload_traceback
            )
            raise
        except JobError as error:
            self.problem = self.problem or error
            raise
        return None if result != result else str(result)


@dataclass
class Task:
    """What a system is to do, in its process."""

    source: Path  # text in UTF-8, without a byte order mark's or a pattern's signs in its name
    destination: Path  # which is there, and empty; there is room for more files beside it
    layout: Layout
    workload: Workload
    workers: int
    function: Function = field(init=False)

    def __post_init__(self) -> None:
        self.function = Function(self.workload)

    @property
    def place(self) -> int:
        """Which column is read: names may be there twice, or be changed by a library."""
        return self.layout.columns.index(self.workload.column.name)

    @property
    def into(self) -> str:
        """The name of the new column."""
        return self.workload.new_column.name

    @property
    def missing(self) -> list[str]:
        """The texts that stand for no value."""
        return [*MISSING, *self.layout.dialect.missing]

    @property
    def doubles(self) -> bool:
        """Whether the workload is `double`, which every library has an expression for."""
        return self.workload.record is twice


Write = Callable[[Task], int]  # returns the number of records


@contextmanager
def own_process(write: Write, workers: int, **environment: str) -> Iterator[FileRunner]:
    """Start a process, with variables set for the libraries that it imports; yield its runner."""
    pool = ProcessPool(1, worker_context(START_METHOD, 1), prepare_worker)
    try:
        with interrupts_ours(), _set(environment):
            ready = pool.submit(_imported, write)
        yield FileRunner(
            partial(_transform, pool, write, workers),
            started=partial(ready.result, START_SECONDS),
            refuses=REFUSED,
        )
    finally:
        pool.shutdown(cancel_futures=True)


def count(task: Task) -> int:
    """Return how many records the output has, for systems that do not say it."""
    dialect = AS_USUAL.cut_by(task.layout.delimiter)
    return plan_chunks(task.destination, dialect=dialect).lines


@contextmanager
def _set(environment: dict[str, str]) -> Iterator[None]:
    """Set variables for processes that start meanwhile."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _imported(_write: Write) -> None:
    """Do nothing: to get the function, the process has imported its strategy."""


def _transform(
    pool: ProcessPool, write: Write, workers: int, job: Job, layout: Layout, temporary: Path
) -> int:
    """Have the process do the job; what it raises is raised here."""
    if layout.head.count(b"\n") > sum(name.count("\n") for name in layout.columns):
        message = (
            f"{job.source} has lines before its header, which a system that reads files by itself "
            f"does not know of; {INSTEAD}"
        )
        raise StrategyError(message)
    with fresh_folder() as folder:
        # By a name in which no library sees a pattern, an address, or a kind of file.
        source = folder / "in.csv"
        source.symlink_to(job.source.absolute())
        target = temporary.absolute()
        work = pool.submit(_work, write, source, target, layout, job.workload, workers)
        try:
            outcome: int | Exception = work.result()
        except BrokenExecutor as error:
            message = (
                f"{job.source}: the system's process has died; see whether the system has killed "
                f"it for its memory (dmesg), and {INSTEAD}"
            )
            raise LostWorkerError(message) from error
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _work(
    write: Write,
    source: Path,
    destination: Path,
    layout: Layout,
    workload: Workload,
    workers: int,
) -> int | Exception:
    """Return the number of records, or what went wrong, as what gets through to the parent."""
    task = Task(source, destination, layout, workload, workers)
    try:
        return write(task)
    except BaseException as error:  # noqa: BLE001 - libraries may raise anything
        return task.function.problem or _plain(error, task)
    finally:
        flush_streams()


def _plain(error: BaseException, task: Task) -> Exception:
    """Return what a library has raised, without its own types."""
    if isinstance(error, JobError):
        return error
    text = f"{type(error).__name__}: {one_line(error)}"
    if isinstance(error, OSError) and error.errno is not None:
        return OSError(error.errno, error.strerror)
    if os.strerror(errno.ENOSPC) in text:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if isinstance(error, MemoryError) or "out of memory" in text.lower():
        text = f"it ran out of memory: {text}"
    for path, name in ((task.source, "its source"), (task.destination, "its output")):
        text = text.replace(str(path), name)
    return ForeignError(text)
