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
from strategies.core.csv.layout import BOM, Layout, check_delimiter, read_header
from strategies.core.csv.source import Chunk, Identity, Table
from strategies.core.errors import SourceError

TASKS_PER_WORKER = 8  # keeps the workers evenly busy until the end of the file
SMALLEST = 2**18  # bytes; below this the fixed cost of a chunk (some ms) shows
LARGEST = 16 * 10**6  # bytes; peak memory is a small multiple of workers x this
LONGEST_HEADER = 2**26  # bytes; a "header" beyond that is a quote that never closes


@dataclass(frozen=True)
class Plan(Table):
    """A table and its records in chunks, in the file's order."""

    chunks: list[Chunk]


def chunk_size_for(size: int, workers: int) -> int:
    """Return the chunk size for a file of `size` bytes that nobody has chosen one for."""
    return min(max(size // (workers * TASKS_PER_WORKER), SMALLEST), LARGEST)


def plan_chunks(
    source: Path, *, workers: int = 1, chunk_size: int | None = None, delimiter: str = ","
) -> Plan:
    """Return where to cut `source` into chunks of about `chunk_size` bytes.

    A record that is larger than that is a chunk of its own. None means: small enough
    for TASKS_PER_WORKER chunks a worker, between SMALLEST and LARGEST. Reads the file
    once, in flat memory. Raises SourceError.
    """
    with _opened(source, delimiter) as (file, table):
        layout, size = table.layout, table.size
        chunk_size = chunk_size or chunk_size_for(size, workers)
        ends, carriage_returns = _ends(file, layout, size, chunk_size)
    if carriage_returns and layout.line_end == "\n":
        layout = replace(layout, carriage_returns=True)
    chunks = [Chunk(str(source.absolute()), *cut) for cut in pairwise([layout.header_end, *ends])]
    return Plan(source, layout, table.identity, chunks)


def look_at(source: Path, delimiter: str = ",") -> Table:
    """Return the layout of `source`, of which only the header is read; raises SourceError.

    Whether fields hold carriage returns is not known then.
    """
    with _opened(source, delimiter) as (_, table):
        return table


@contextmanager
def _opened(source: Path, delimiter: str) -> Iterator[tuple[BinaryIO, Table]]:
    """Yield the file and what its header says; raises SourceError, also for the block's reads."""
    check_delimiter(delimiter)
    try:
        formats.check_kind(source)
        with source.open("rb") as file:
            identity = Identity.of(os.fstat(file.fileno()))
            yield file, Table(source, _layout(file, identity.size, delimiter), identity)
    except OSError as error:
        message = f"{source} cannot be read ({error.strerror}); name a CSV file that can"
        raise SourceError(message) from error


def _layout(file: BinaryIO, size: int, delimiter: str) -> Layout:
    """Read the header record."""
    from strategies.core.csv import scan  # noqa: PLC0415 - NumPy takes 0.1 s: not to list names

    if size == 0:
        message = f"{file.name} is empty; its first line must name the columns"
        raise SourceError(message)
    head = file.read(formats.LONGEST)
    formats.check_format(Path(file.name), head)
    bom = head.startswith(BOM)
    end = size
    for block in scan.blocks(file, len(BOM) if bom else 0, delimiter, 0):
        ends = block.record_ends()
        if len(ends):
            end = int(ends[0])
            break
        if block.stop > LONGEST_HEADER:
            message = (
                f"{file.name}: the header does not end within {LONGEST_HEADER} bytes; "
                "end its line with a newline, and close its quotes"
            )
            raise SourceError(message)
    file.seek(0)
    head = file.read(end)
    return Layout(
        columns=read_header(file.name, head, delimiter),
        delimiter=delimiter,
        line_end="\r\n" if head.endswith(b"\r\n") else "\n",
        bom=bom,
        carriage_returns=False,
        header_end=end,
    )


def _ends(file: BinaryIO, layout: Layout, size: int, chunk_size: int) -> tuple[list[int], bool]:
    """Return where the chunks end, and whether there is a carriage return in any.

    The body is divided into even steps; a chunk ends at the first record end in each
    step, so that no chunk is a small remainder that one worker does while others idle.
    """
    from strategies.core.csv import scan  # noqa: PLC0415 - likewise

    start, ends, carriage_returns = layout.header_end, list[int](), False
    step = (size - start) / max(1, math.ceil((size - start) / chunk_size))
    steps_done = 0
    for block in scan.blocks(file, start, layout.delimiter, 1):
        carriage_returns = carriage_returns or b"\r" in block.data
        if (block.stop - start) // step > steps_done:
            new_ends, steps_done = block.step_ends(start, step, steps_done)
            ends += new_ends
    if size > start and (not ends or ends[-1] < size):
        ends.append(size)  # the last record has no newline, or the division was a hair off
    return ends, carriage_returns
