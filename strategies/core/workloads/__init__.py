"""Workloads: what is computed for each record, declared in plain types.

Each of ours is a file of this folder with a `WORKLOAD`. It exists twice, on purpose:
`record` is its definition for one record, which the reference uses; `array` is the same for
many at once, where that is faster, which engines use. Both are module-level functions, which
workers import by name under any start method.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

WORKLOAD_NAMES = ("double", "score", "digest")  # from cheap to costly for one core


@dataclass(frozen=True)
class Column:
    """A column by name, and of which type its values are; `object`: any that can be written."""

    name: str
    type: type


@dataclass(frozen=True)
class Workload:
    """Compute what it `writes` from what it `reads`, record by record.

    `record` takes a value of each column that is read; it may raise anything. `array` takes
    a NumPy array of each, of the records in which none is missing (float64, or objects that
    are Python's int), and returns as many results, as an array or a list; None where calling
    `record` for one after the other is as good.
    """

    name: str
    reads: tuple[Column, ...]
    writes: tuple[Column, ...]
    record: Callable[..., object]
    array: Callable[..., Any] | None = None

    @property
    def column(self) -> Column:
        """The only column that is read: what there is so far reads one."""
        (only,) = self.reads
        return only

    @property
    def new_column(self) -> Column:
        """The only column that is written."""
        (only,) = self.writes
        return only

    @property
    def file(self) -> Path:
        """The file that defines `record`."""
        own = getattr(self.record, "path", None)  # of a user's function, which is imported by path
        return Path(own or inspect.getfile(inspect.unwrap(self.record)))

    def on(self, column: str | None = None, into: str | None = None) -> "Workload":
        """Return the same computation pointed at other columns."""
        reads, writes = self.column, self.new_column
        return replace(
            self,
            reads=(replace(reads, name=reads.name if column is None else column),),
            writes=(replace(writes, name=writes.name if into is None else into),),
        )


def load_workload(name: str) -> Workload:
    """Return one of WORKLOAD_NAMES; its file is imported now."""
    workload: Workload = import_module(f"{__name__}.{name}").WORKLOAD
    return workload
