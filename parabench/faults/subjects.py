"""What faults are done to: `parabench run`, and each library used bare."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from parabench.faults.observe import RECORDS, Command, Place, start
from strategies import load

HERE = Path(__file__).parent
WORKERS = 2
CHUNK_SIZE = "500B"  # some 40 chunks


class Subject(Protocol):
    """Something that can be started on a workload of injected.py."""

    def command(
        self, where: Place, function: str, *options: str, prefix: Sequence[str] = ()
    ) -> Command:
        """Start it in a place; `options` are those of `parabench run`."""


@dataclass(frozen=True)
class Case:
    """A strategy, with its workers started in one way."""

    strategy: str
    start_method: str | None = None
    workers: int = WORKERS

    @property
    def has_processes(self) -> bool:
        """Whether its workers are processes."""
        return load(self.strategy).has_processes

    def command(
        self, where: Place, function: str, *options: str, prefix: Sequence[str] = ()
    ) -> Command:
        """Start `parabench run`."""
        into = () if "--into" in options else ("--into", "twice")
        method = ("--start-method", self.start_method) if self.start_method else ()
        return start(
            where,
            (
                *("-m", "parabench", "run", self.strategy),
                *(str(where.source), str(where.destination)),
                *("--workload", f"injected:{function}", "--import-from", str(HERE)),
                *(*into, "--workers", str(self.workers), "--chunk-size", CHUNK_SIZE),
                *method,
                *options,
            ),
            prefix,
        )


@dataclass(frozen=True)
class Bare:
    """A strategy's library without the strategy (bare.py)."""

    strategy: str

    def command(
        self, where: Place, function: str, *options: str, prefix: Sequence[str] = ()
    ) -> Command:
        """Start the library's own example; of the options, only an address has a meaning there."""
        address = options[1:] if options[:1] == ("--address",) else ()
        arguments = (self.strategy, function, str(RECORDS), str(where.destination), *address)
        return start(where, ("-m", "parabench.faults.bare", *arguments), prefix)
