"""Cut a CSV file into chunks of whole records, by byte offsets, without parsing it."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

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
    with _opened(source, dialect) as (file, table):
        chunk_size = chunk_size or chunk_size_for(table.size, workers)
        ends, lines = _ends(file, table, chunk_size)
    path = str(table.readable.path.absolute())
    chunks = [Chunk(path, *cut) for cut in pairwise([table.layout.header_end, *ends])]
    return Plan(table.readable, table.layout, table.size, chunks, lines)


def look_at(source: Path | Readable, dialect: Dialect = AS_USUAL) -> Table:
    """Return the layout of `source`, of which only the header is read; raises SourceError."""
    with _opened(source, dialect) as (_, table):
        return table


@contextmanager
def _opened(source: Path | Readable, dialect: Dialect) -> Iterator[tuple[BinaryIO, Table]]:
    """Yield the file and what its header says; raises SourceError, also for the block's reads."""
    dialect.check()
    readable = source if isinstance(source, Readable) else Readable(source, source)
    try:
        formats.check_kind(readable.path)
        with readable.path.open("rb") as file:
            identity = Identity.of(os.fstat(file.fileno()))
            if not readable.spooled:
                readable = replace(readable, identity=identity)
            layout = read_layout(file, readable.name, identity.size, dialect)
            yield file, Table(readable, layout, identity.size)
    except OSError as error:
        message = f"{readable.name} cannot be read ({error.strerror}); name a CSV file that can"
        raise SourceError(message) from error


def _ends(file: BinaryIO, table: Table, chunk_size: int) -> tuple[list[int], int]:
    """Return where the chunks end, and how many lines there are.

    The body is divided into even steps; a chunk ends at the first record end in each
    step, so that no chunk is a small remainder that one worker does while others idle.
    """
    from strategies.core.csv import scan  # noqa: PLC0415 - NumPy takes 0.1 s: not to list names

    layout, size = table.layout, table.size
    start, ends, lines, last = layout.header_end, list[int](), 0, b""
    step = (size - start) / max(1, math.ceil((size - start) / chunk_size))
    steps_done = 0
    blocks = scan.blocks(file, table.name, start, layout.dialect, 1, blank=layout.one_column)
    for block in blocks:
        lines += block.lines()
        last = block.data[-1:]
        if (block.stop - start) // step > steps_done:
            new_ends, steps_done = block.step_ends(start, step, steps_done)
            ends += new_ends
    if size > start and (not ends or ends[-1] < size):
        ends.append(size)  # the last record has no newline, or the division was a hair off
    return ends, lines + (last not in {b"", b"\n", b"\r"})
