"""The contract: what a strategy yields, what it is asked to do, what it answers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from strategies.core.csv.dialect import AS_USUAL, Dialect
from strategies.core.engines import DEFAULT_ENGINE
from strategies.core.workloads import Workload

Function = Callable[[Any], object]  # of one item, in `bare`
A = TypeVar("A")
B = TypeVar("B")


# What a strategy may be started with, beside the number of workers, and why another takes no such
# option. `address` and `tls`: of a running cluster. `start_method`: one of multiprocessing's.
# `timeout`: seconds to wait for the chunk that is to be written next.
OPTIONS = {
    "address": "has no cluster to join; leave out --address",
    "tls": "has no cluster to join; leave out --tls-ca, --tls-cert and --tls-key",
    "start_method": "does not let us choose how processes start; leave out --start-method",
    "timeout": "has no worker that could be given up; leave out --timeout, or use processes",
}


@dataclass(frozen=True)
class Job:
    """Read `source`, append the workload's column to every record, write `destination`.

    `others` are files with the same header whose records follow those of the source. `Path("-")`
    is standard input or output. `chunk_size` is in bytes; None leaves it to the planner. The
    bytes that are written do not depend on it. `engine` works on the chunks; a system that reads
    and writes files itself has no use for it, nor for the size of chunks.
    """

    source: Path
    destination: Path
    workload: Workload
    chunk_size: int | None = None
    dialect: Dialect = AS_USUAL
    engine: str = DEFAULT_ENGINE
    others: tuple[Path, ...] = ()

    @property
    def sources(self) -> tuple[Path, ...]:
        """All files that are read, in the order of their records."""
        return (self.source, *self.others)


class TLS(NamedTuple):
    """The PEM files with which to join a cluster that is secured with TLS on both sides."""

    ca: Path  # the authority that has signed both sides' certificates
    cert: Path  # ours
    key: Path


class Summary(NamedTuple):
    """What a finished job has done; sizes in bytes."""

    records: int
    bytes_in: int  # of text: what a compressed source holds
    bytes_out: int
    lines_left_out: int = 0  # blank lines and comments
    bytes_spooled: int = 0  # of sources that had to be written out as plain text first
    chunks: int = 0  # none where a system reads and writes by itself
    chunks_fallen_back: int = 0  # which the engine has left to Python's `csv`


class Part(NamedTuple):
    """The rendered records of one chunk; `data` is empty where they are in a file."""

    data: bytes
    records: int
    fallen_back: bool = False  # the engine has left the chunk to Python's `csv`
    file: str = ""  # which a worker process has written beside the output


class Runner(Protocol):
    """A started strategy."""

    def warm_up(self, engine: str) -> None:
        """Return when every worker has run a no-op, and has imported an engine."""

    def run(self, job: Job) -> Summary:
        """Do a job; raises JobError, and then leaves the old destination, if any, alone."""


class OrderedMap(Protocol):
    """Maps like the built-in `map`, in parallel.

    Results come in the order of the items, and only a bounded number of items is
    started before their results are taken: a slow consumer slows the workers down.
    """

    def __call__(
        self, function: Callable[[A], B], items: Iterable[A], timeout: float | None = None, /
    ) -> Iterator[B]:
        """Yield function(item) for each item, in order.

        Raises TimeoutError when a result does not come within `timeout` seconds after it
        is waited for; maps whose workers cannot be given up have no use for it.
        """
