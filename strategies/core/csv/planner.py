"""Cut a CSV file into chunks of whole records, by byte offsets, without parsing it."""

import math
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from strategies.core.csv import formats
from strategies.core.csv.dialect import AS_USUAL, Dialect
from strategies.core.csv.head import read_layout
from strategies.core.csv.source import Chunk, Identity, Readable, Table
from strategies.core.errors import SourceError

TASKS_PER_WORKER = 8  # keeps the workers evenly busy until the end of the file
SMALLEST = 2**18  # bytes; below this the fixed cost of a chunk (some ms) shows
# Bytes; peak memory is a small multiple of workers x this. With 16 MB the peak is 1.3 to 1.5 times
# as high, for about the same CPU time (docs/engines.md).
LARGEST = 4 * 10**6


@dataclass(frozen=True)
class Plan(Table):
    """A table and its records in chunks, in the file's order."""

    chunks: list[Chunk]
    lines: int  # whose ends are not in quotes; blank ones and comments, too


def chunk_size_for(size: int, workers: int) -> int:
    """Return the chunk size for a file of `size` bytes that nobody has chosen one for."""
    return min(max(size // (workers * TASKS_PER_WORKER), SMALLEST), LARGEST)


class Planning:
    """A plan in the making: iterating over it reads on, and yields the chunks.

    They are as `plan_chunks` says, and may be worked on while later ones are still looked for. May
    raise SourceError at any of them.
    """

    def __init__(self, table: Table, chunk_size: int) -> None:
        self.table = table
        self.chunks: list[Chunk] = []  # so far
        self.lines = 0  # so far
        self._coming = self._made(chunk_size)

    def __iter__(self) -> Iterator[Chunk]:
        return self._coming

    def finish(self) -> None:
        """Read on to the end; raises SourceError."""
        for _ in self:
            pass

    def close(self) -> None:
        """Read no more."""
        self._coming.close()

    def _made(self, chunk_size: int) -> Generator[Chunk]:
        path, start = str(self.table.readable.path.absolute()), self.table.layout.header_end
        with _readable(self.table.readable):
            for end in self._ends(chunk_size):
                self.chunks.append(Chunk(path, start, end))
                yield self.chunks[-1]
                start = end

    def _ends(self, chunk_size: int) -> Iterator[int]:
        """Yield where the chunks end, and count the lines.

        The body is divided into even steps; a chunk ends at the first record end in each
        step, so that no chunk is a small remainder that one worker does while others idle.
        """
        from strategies.core.csv import scan  # noqa: PLC0415 - NumPy takes 0.1 s: not to list names

        table, layout, size = self.table, self.table.layout, self.table.size
        start, end, last = layout.header_end, layout.header_end, b""
        step = (size - start) / max(1, math.ceil((size - start) / chunk_size))
        steps_done = 0
        with table.readable.path.open("rb") as file:
            blank = layout.one_column
            for block in scan.blocks(file, table.name, start, layout.dialect, 1, blank=blank):
                self.lines += block.lines()
                last = block.data[-1:]
                if (block.stop - start) // step > steps_done:
                    new_ends, steps_done = block.step_ends(start, step, steps_done)
                    yield from new_ends
                    end = new_ends[-1] if new_ends else end
        self.lines += last not in {b"", b"\n", b"\r"}
        if end < size:
            yield size  # the last record has no newline, or the division was a hair off


def plan_chunks(
    source: Path | Readable,
    *,
    workers: int = 1,
    chunk_size: int | None = None,
    dialect: Dialect = AS_USUAL,
) -> Plan:
    """Return where to cut `source` into chunks of about `chunk_size` bytes.

    A record that is larger than that is a chunk of its own. None means: small enough
    for TASKS_PER_WORKER chunks a worker, between SMALLEST and LARGEST. Reads the file
    once, in flat memory. Raises SourceError.
    """
    table = look_at(source, dialect)
    plan = Planning(table, chunk_size or chunk_size_for(table.size, workers))
    plan.finish()
    return Plan(table.readable, table.layout, table.size, plan.chunks, plan.lines)


def look_at(source: Path | Readable, dialect: Dialect = AS_USUAL) -> Table:
    """Return the layout of `source`, of which only the header is read; raises SourceError."""
    dialect.check()
    readable = source if isinstance(source, Readable) else Readable(source, source)
    with _readable(readable):
        formats.check_kind(readable.path)
        with readable.path.open("rb") as file:
            identity = Identity.of(os.fstat(file.fileno()))
            if not readable.spooled:
                readable = replace(readable, identity=identity)
            layout = read_layout(file, readable.name, identity.size, dialect)
            return Table(readable, layout, identity.size)


@contextmanager
def _readable(readable: Readable) -> Iterator[None]:
    """Raise SourceError where the block cannot read a source."""
    try:
        yield
    except OSError as error:
        message = f"{readable.name} cannot be read ({error.strerror}); name a CSV file that can"
        raise SourceError(message) from error
