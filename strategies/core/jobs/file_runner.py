"""Run a job with a system that reads and writes files by itself."""

import errno
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from strategies.core.contract import Job, Summary
from strategies.core.csv.dialect import AS_USUAL, UTF_8, Dialect
from strategies.core.csv.layout import Layout
from strategies.core.csv.packing import BLOCK, packing_for
from strategies.core.errors import (
    ForeignError,
    JobError,
    RecordError,
    SourceError,
    StrategyError,
)
from strategies.core.jobs.output import cannot_write, writing
from strategies.core.jobs.spool import joined
from strategies.core.jobs.transaction import transaction
from strategies.core.workloads.guard import one_line

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}

NO_OPTION = "a system that reads and writes files by itself takes no"
INSTEAD = "use a strategy that works on chunks, such as serial"

Transform = Callable[[Job, Layout, Path], int]


@dataclass(frozen=True)
class FileRunner:
    """A Runner of one function, which does whole files.

    `transform(job, layout, temporary)` reads the job's source, one file of text in UTF-8 whose
    header says `layout`, writes all of the output into `temporary`, likewise text in UTF-8, and
    returns the number of records. It may raise anything; what it raises is told as an error of
    the job. `started` returns when the system is ready for it. `refuses` names the fields of a
    Dialect that the system knows nothing of.
    """

    transform: Transform
    started: Callable[[], object] = lambda: None
    refuses: tuple[str, ...] = ()

    def warm_up(self, _engine: str) -> None:
        """Return when the system is ready; it works on no chunks."""
        self.started()

    def run(self, job: Job) -> Summary:
        """Do a job; raises JobError."""
        for name in self.refuses:
            if getattr(job.dialect, name) != getattr(AS_USUAL, name):
                option = f"--{name.replace('_', '-')}"
                message = f"{NO_OPTION} {option}; {INSTEAD}"
                raise StrategyError(message)
        with transaction(job) as under_way:
            target = under_way.temporary
            if packing_for(job.destination) or not Dialect(encoding=under_way.encoding).is_utf_8:
                target = target.with_name("text")
            dialect = replace(under_way.layout.dialect, encoding=UTF_8)
            plain = replace(
                job, source=joined(under_way.tables, target), others=(), dialect=dialect
            )
            try:
                under_way.done.append(self.transform(plain, under_way.layout, target))
            except RecordError as error:  # which record it is, the system does not say
                under_way.check_unchanged()
                problem = SourceError(f"{job.source}: {error.problem}; {error.remedy}")
                if error.workload_traceback:
                    problem.add_note(error.workload_traceback)
                raise problem from None
            except JobError:
                raise
            except OSError as error:
                if error.errno in NO_ROOM:
                    raise cannot_write(job.destination, error, "make room for it") from error
                raise _failed(job, error) from error
            except Exception as error:  # a system may raise anything
                raise _failed(job, error) from error
            if target != under_way.temporary:
                with (
                    target.open("rb") as text,
                    writing(job.destination, under_way.temporary, under_way.encoding) as output,
                ):
                    while block := text.read(BLOCK):
                        output.write(block)
        return under_way.summary


def _failed(job: Job, error: Exception) -> StrategyError:
    under_way = f"{job.source}: the system has given it up"
    reason = one_line(error)
    if not isinstance(error, ForeignError):
        reason = f"{type(error).__name__}: {reason}"
    return StrategyError(f"{under_way} ({reason}); try the same job with serial")
