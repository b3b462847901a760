"""What every job does around its work, whoever does it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from strategies.core.contract import Job, Summary
from strategies.core.csv.head import advice
from strategies.core.csv.layout import Layout
from strategies.core.csv.planner import Planning, chunk_size_for, look_at
from strategies.core.csv.positions import shown
from strategies.core.csv.source import STANDARD, Chunk, Readable, Table
from strategies.core.errors import SourceError
from strategies.core.jobs.output import cannot_write, check_apart, check_destination, replacing
from strategies.core.jobs.pipes import is_pipe
from strategies.core.jobs.spool import readable


@dataclass
class Transaction:
    """A job under way: fill the `temporary` file, and count the records of each chunk."""

    job: Job
    tables: list[Table]  # what is known of the sources
    plans: list[Planning]  # one a source, if asked for; made while the job is under way
    temporary: Path  # beside the destination, and empty
    done: list[int] = field(default_factory=list)  # records of each chunk that is written
    bytes_out: int = 0  # filled in at the end
    chunks_fallen_back: int = 0

    @property
    def layout(self) -> Layout:
        """The first source's: the others have the same columns, and what is written its style."""
        return self.tables[0].layout

    @property
    def encoding(self) -> str:
        """In which the output is written: that of the first source."""
        return self.tables[0].readable.encoding

    @property
    def chunks(self) -> Iterator[Chunk]:
        """The chunks of all sources, in order, as they are planned: once; may raise SourceError."""
        return chain.from_iterable(self.plans)

    @property
    def records(self) -> int:
        """How many are written."""
        return sum(self.done)

    @property
    def summary(self) -> Summary:
        """What the job has done; for after the transaction."""
        tables, plans = self.tables, self.plans
        return Summary(
            records=self.records,
            bytes_in=sum(table.size for table in tables),
            bytes_out=self.bytes_out,
            lines_left_out=sum(plan.lines for plan in plans) - self.records if plans else 0,
            bytes_spooled=sum(table.size for table in tables if table.readable.spooled),
            chunks=sum(len(plan.chunks) for plan in plans),
            chunks_fallen_back=self.chunks_fallen_back,
        )

    def next_chunk(self) -> tuple[Table, Chunk, int]:
        """Return the chunk that is written next, its table, and how many records are before it."""
        first = 0  # chunk of the table
        for plan in self.plans:
            here = len(self.done) - first
            if here < len(plan.chunks):
                return plan.table, plan.chunks[here], sum(self.done[first:])
            first += len(plan.chunks)
        message = "all chunks are written"
        raise IndexError(message)

    def finish_plans(self) -> None:
        """Raise SourceError where a source cannot be cut into records: that is what counts."""
        for plan in self.plans:
            plan.finish()

    def check_unchanged(self) -> None:
        """Raise SourceError when a source is not what it was when its layout was read."""
        for table in self.tables:
            table.check_unchanged()


@contextmanager
def transaction(job: Job, planned_for: int | None = None) -> Iterator[Transaction]:
    """Check a job, plan it for so many workers unless None, and yield it; then put it in place.

    The destination is replaced when the block has ended well, the temporary file is whole,
    and the sources are what they were. A SourceError in the block counts only if no source has
    changed meanwhile, else that is the error. Raises JobError.
    """
    check_destination(job.destination)
    if job.sources.count(STANDARD) > 1:
        message = "standard input is there only once; name it once"
        raise SourceError(message)
    for source in job.sources:
        check_apart(source, job.destination)
    folder = None if is_pipe(job.destination) else job.destination.absolute().parent
    with ExitStack() as stack:
        files = [stack.enter_context(readable(s, job.dialect, folder)) for s in job.sources]
        tables = _tables(job, files)
        plans = [] if planned_for is None else _plans(job, tables, planned_for)
        for plan in plans:
            stack.callback(plan.close)
        temporary = stack.enter_context(replacing(job.destination))
        under_way = Transaction(job, tables, plans, temporary)
        try:
            yield under_way
        except SourceError:
            under_way.check_unchanged()  # what is found in a file that changes means nothing
            raise
        under_way.check_unchanged()
        try:
            under_way.bytes_out = temporary.stat().st_size
        except OSError as error:
            raise cannot_write(job.destination, error, "run again") from error


def _tables(job: Job, files: list[Readable]) -> list[Table]:
    """Look at the sources; raises SourceError where they do not go together."""
    tables: list[Table] = []
    for file in files:
        table, hint = look_at(file, job.dialect), ""
        if job.workload.column.name not in table.layout.columns:
            hint = advice(file.path, table.layout, job.workload.column.name)
        table.layout.check(job.workload, table.name, hint)
        tables.append(table)
        _check_same_header(tables[0], table)
    return tables


def _plans(job: Job, tables: list[Table], planned_for: int) -> list[Planning]:
    size = sum(table.size for table in tables)
    chunk_size = job.chunk_size or chunk_size_for(size, planned_for)
    return [Planning(table, chunk_size) for table in tables]


def _check_same_header(first: Table, other: Table) -> None:
    """Raise SourceError unless two tables have the same columns, in the same order."""
    if (one := first.layout.delimiter) != (two := other.layout.delimiter):
        message = f"{other.name} is cut by {two!r}, and {first.name} by {one!r}; give one delimiter"
        raise SourceError(message)
    ours, theirs = first.layout.columns, other.layout.columns
    if ours == theirs:
        return
    if len(ours) != len(theirs):
        how = f"it has {len(theirs)} columns, not {len(ours)}"
    else:
        place = next(i for i, name in enumerate(ours) if name != theirs[i])
        how = f"column {place + 1} is {shown(theirs[place])}, not {shown(ours[place])}"
    message = (
        f"{other.name} has another header than {first.name} ({how}); "
        "give only files with one header in one job"
    )
    raise SourceError(message)
