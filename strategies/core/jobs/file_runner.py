"""Run a job with a system that reads and writes files by itself."""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from strategies.core.contract import Job, Summary
from strategies.core.csv.layout import Layout
from strategies.core.errors import JobError, StrategyError
from strategies.core.jobs.output import cannot_write
from strategies.core.jobs.transaction import transaction
from strategies.core.workloads.guard import one_line

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}

Transform = Callable[[Job, Layout, Path], int]


@dataclass(frozen=True)
class FileRunner:
    """A Runner of one function, which does whole files.

    `transform(job, layout, temporary)` reads the job's source, whose header says `layout`,
    writes all of the output into `temporary`, and returns the number of records. It may raise
    anything; what it raises is told as an error of the job. `started` returns when the system
    is ready for it.
    """

    transform: Transform
    started: Callable[[], object] = lambda: None

    def warm_up(self, _engine: str) -> None:
        """Return when the system is ready; it works on no chunks."""
        self.started()

    def run(self, job: Job) -> Summary:
        """Do a job; raises JobError."""
        with transaction(job) as under_way:
            try:
                under_way.records = self.transform(job, under_way.table.layout, under_way.temporary)
            except JobError:
                raise
            except OSError as error:
                if error.errno in NO_ROOM:
                    raise cannot_write(job.destination, error, "make room for it") from error
                raise _failed(job, error) from error
            except Exception as error:  # a system may raise anything
                raise _failed(job, error) from error
        return under_way.summary


def _failed(job: Job, error: Exception) -> StrategyError:
    under_way = f"{job.source}: the system has given it up"
    reason = f"{type(error).__name__}: {one_line(error)}"
    return StrategyError(f"{under_way} ({reason}); try the same job with serial")
