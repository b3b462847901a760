"""What can go wrong with a job: one line, with the place and the next step."""


class JobError(Exception):
    """A job cannot be done; the message says what, where and what to do."""


class SourceError(JobError):
    """The source is not a CSV file that can be transformed."""


class WorkloadError(JobError):
    """A workload of the user's own cannot be imported, or cannot be relied on."""


class DestinationError(JobError):
    """The destination cannot be written."""


class StrategyError(JobError):
    """A strategy cannot be used as asked."""


class LostWorkerError(StrategyError):
    """A worker has died, or does not answer: what it was doing is lost, and the runner with it."""


class WrongOutputError(JobError):
    """An output differs from the reference."""


class RecordError(JobError):
    """A record of a chunk cannot be used; raised by a worker, which knows only its chunk.

    `index` counts the chunk's records from 0; None: it is not known which one it is.
    All is in `args`, so that the error survives being pickled.
    """

    def __init__(
        self, index: int | None, problem: str, remedy: str, workload_traceback: str = ""
    ) -> None:
        super().__init__(index, problem, remedy, workload_traceback)
        self.index = index
        self.problem = problem
        self.remedy = remedy
        self.workload_traceback = workload_traceback  # where the workload itself has raised

    def at(self, index: int) -> "RecordError":
        """Return the same, said of another record."""
        return RecordError(index, self.problem, self.remedy, self.workload_traceback)


class ForeignError(Exception):
    """What a library has raised in another process, as plain text, which always gets through."""
