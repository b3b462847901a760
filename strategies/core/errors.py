"""What can go wrong with a job: one line, with the place and the next step."""


class JobError(Exception):
    """A job cannot be done; the message says what, where and what to do."""


class SourceError(JobError):
    """The source is not a CSV file that can be transformed."""


class DestinationError(JobError):
    """The destination cannot be written."""


class StrategyError(JobError):
    """A strategy cannot be used as asked."""


class WrongOutputError(JobError):
    """An output differs from the reference."""


class RecordError(JobError):
    """A record of a chunk cannot be used; raised by a worker, which knows only its chunk.

    `index` counts the chunk's records from 0; None: it is not known which one it is.
    All is in `args`, so that the error survives being pickled.
    """

    def __init__(self, index: int | None, found: str, remedy: str) -> None:
        super().__init__(index, found, remedy)
        self.index = index
        self.found = found
        self.remedy = remedy
