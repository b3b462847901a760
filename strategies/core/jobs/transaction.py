"""What every job does around its work, whoever does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from strategies.core.contract import Job, Summary
from strategies.core.csv.planner import look_at, plan_chunks
from strategies.core.csv.source import Chunk, Table
from strategies.core.errors import SourceError
from strategies.core.jobs.output import cannot_write, check_apart, replacing


@dataclass
class Transaction:
    """A job under way: fill the `temporary` file, and count its `records`."""

    job: Job
    table: Table  # what is known of the source
    chunks: list[Chunk]  # none where no plan was asked for
    temporary: Path  # beside the destination, and empty
    records: int = 0
    bytes_out: int = 0  # filled in at the end

    @property
    def summary(self) -> Summary:
        """What the job has done; for after the transaction."""
        return Summary(self.records, self.table.size, self.bytes_out)


@contextmanager
def transaction(job: Job, planned_for: int | None = None) -> Iterator[Transaction]:
    """Check a job, plan it for so many workers unless None, and yield it; then put it in place.

    The destination is replaced when the block has ended well, the temporary file is whole,
    and the source is what it was. A SourceError in the block counts only if the source has
    not changed meanwhile, else that is the error. Raises JobError.
    """
    if planned_for is None:
        table, chunks = look_at(job.source, job.delimiter), []
    else:
        plan = plan_chunks(
            job.source, workers=planned_for, chunk_size=job.chunk_size, delimiter=job.delimiter
        )
        table, chunks = plan, plan.chunks
    table.layout.check(job.workload, job.source)
    check_apart(job.source, job.destination)
    with replacing(job.destination) as temporary:
        under_way = Transaction(job, table, chunks, temporary)
        try:
            yield under_way
        except SourceError:
            table.check_unchanged()  # what is found in a file that changes means nothing
            raise
        table.check_unchanged()
        try:
            under_way.bytes_out = temporary.stat().st_size
        except OSError as error:
            raise cannot_write(job.destination, error, "run again") from error
