"""Cut a CSV file into chunks of whole records, by byte offsets, without parsing it.

Only two things decide where a record ends: newlines, and whether they are inside
quotes. A quote opens a field only right after a delimiter, a line end or the file's
start; anywhere else outside quotes it is data. That is how Python's `csv` reads, and
the property tests hold the planner to it.
"""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from strategies.core import formats
from strategies.core.errors import SourceError
from strategies.core.layout import BOM, Layout, check_delimiter, read_header
from strategies.core.places import record_at

Positions = NDArray[np.int64]

BLOCK = 2**22  # bytes read at once: large enough for NumPy, small enough for the L3 cache
TASKS_PER_WORKER = 8  # keeps the workers evenly busy until the end of the file
SMALLEST = 2**18  # bytes; below this the fixed cost of a chunk (some ms) shows
LARGEST = 16 * 10**6  # bytes; peak memory is a small multiple of workers x this
LONGEST_HEADER = 2**26  # bytes; a "header" beyond that is a quote that never closes
_QUOTE, _NEWLINE = b'"\n'


@dataclass(frozen=True)
class Chunk:
    """Bytes `start` to `stop` (exclusive) of the file at `path`: whole records."""

    path: str
    start: int
    stop: int

    def read(self) -> bytes:
        """Return the bytes; raises SourceError when the file cannot be read or is shorter now."""
        try:
            with Path(self.path).open("rb") as file:
                file.seek(self.start)
                data = file.read(self.stop - self.start)
        except OSError as error:
            message = (
                f"a worker cannot read {self.path} ({error.strerror}); "
                "every worker must see the file under this path"
            )
            raise SourceError(message) from error
        if len(data) != self.stop - self.start:
            raise SourceError(changed(self.path, "it has shrunk"))
        return data


class Identity(NamedTuple):
    """What tells whether a file is still the same, and the same inside.

    Not so for who rewrites it in place, leaves its size, and sets its time back.
    """

    device: int
    inode: int
    size: int  # bytes
    modified: int  # nanoseconds

    @classmethod
    def of(cls, status: os.stat_result) -> "Identity":
        """Pick it from what `stat` tells."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class Plan:
    """A source, its layout, and its records in chunks, in the file's order."""

    source: Path
    layout: Layout
    chunks: list[Chunk]
    identity: Identity  # when planning began

    @property
    def size(self) -> int:
        """Bytes of the source."""
        return self.identity.size

    def check_unchanged(self) -> None:
        """Raise SourceError when the source is not what it was when planning began."""
        try:
            now = Identity.of(self.source.stat())
        except OSError as error:
            message = changed(self.source, f"it cannot be found any more: {error.strerror}")
            raise SourceError(message) from error
        if now == self.identity:
            return
        if now[:2] != self.identity[:2]:
            how = "another file has its name"
        elif now.size != self.identity.size:
            how = "it has grown" if now.size > self.identity.size else "it has shrunk"
        else:
            how = "it was written to"
        raise SourceError(changed(self.source, how))


def changed(source: object, how: str) -> str:
    """Return the message about a source that was not left alone."""
    return f"{source} changed while it was read ({how}); let it rest and run again"


class _Quotes:
    """Follows a file, block by block, into and out of quoted fields."""

    def __init__(self, delimiter: str) -> None:
        self._starters = np.frombuffer(delimiter.encode() + b"\n\r", np.uint8)
        self._before = _NEWLINE  # the byte before the block: a file starts like a line
        self._closed_at = -2  # where the last quote closed a field, relative to the block
        self.inside = False
        self.opened = 0  # where the last field in quotes begins, relative to the block

    def toggles(self, block: bytes) -> Positions:
        """Return the positions of the block's quotes that open or close a field."""
        found = self._toggles(block) if b'"' in block else np.empty(0, np.int64)
        if len(found):
            self.opened = self._last_opened(found)
            self.inside ^= bool(len(found) % 2)
            self._closed_at = -2 if self.inside else int(found[-1])
        self._closed_at -= len(block)
        self.opened -= len(block)
        self._before = block[-1]
        return found

    def _last_opened(self, toggles: Positions) -> int:
        """Look back to the last quote that begins a field; one that reopens it does not."""
        first = int(self.inside)  # of those that open or reopen: every other one
        few = max(first, (len(toggles) - 8) // 2 * 2 + first)
        for place in (few, first):  # nearly always, it is among the last few
            before = toggles[place - 1] if place else self._closed_at
            begins = np.flatnonzero(np.diff(toggles[place:], prepend=before)[::2] > 1)
            if len(begins):
                return int(toggles[place + 2 * begins[-1]])
        return self.opened

    def _toggles(self, block: bytes) -> Positions:
        data = np.frombuffer(block, np.uint8)
        quotes = np.flatnonzero(data == _QUOTE)
        before = data[quotes - 1]
        reopens = before == _QUOTE  # right behind a closing one: that is how `""` is written
        if quotes[0] == 0:
            before[0] = self._before
            reopens[0] = self._closed_at == -1
        may_open = np.isin(before, self._starters)
        # Nearly always every other quote opens a field, and stands where it may.
        opening = slice(int(self.inside), None, 2)
        if np.all(may_open[opening] | reopens[opening]):
            return quotes
        return self._one_by_one(quotes, may_open)

    def _one_by_one(self, quotes: Positions, may_open: NDArray[np.bool_]) -> Positions:
        """Sort out quotes of which some are data; exact, and slow."""
        inside, closed_at, found = self.inside, self._closed_at, []
        for quote, may in zip(quotes.tolist(), may_open.tolist(), strict=True):
            if inside:
                inside, closed_at = False, quote
            elif may or closed_at == quote - 1:
                inside = True
            else:
                continue
            found.append(quote)
        return np.array(found, np.int64)


@dataclass(frozen=True)
class _Block:
    """A piece of the file with what is needed to find the record ends in it."""

    offset: int  # of its first byte in the file
    data: bytes
    toggles: Positions
    inside: bool  # whether it starts inside quotes

    @property
    def stop(self) -> int:
        return self.offset + len(self.data)

    def record_ends(self) -> Positions:
        """Return the offsets just behind the newlines that are not inside quotes."""
        newlines = np.flatnonzero(np.frombuffer(self.data, np.uint8) == _NEWLINE)
        quotes_before = np.searchsorted(self.toggles, newlines) + int(self.inside)
        ends: Positions = newlines[quotes_before % 2 == 0] + (self.offset + 1)
        return ends


def _blocks(file: BinaryIO, start: int, delimiter: str, number: int) -> Iterator[_Block]:
    """Read on from record `number`, which starts at `start`; SourceError if a quote stays open.

    The header is record 0.
    """
    quotes, offset = _Quotes(delimiter), start
    file.seek(start)
    while data := file.read(BLOCK):
        inside = quotes.inside
        yield _Block(offset, data, quotes.toggles(data), inside)
        offset += len(data)
    if quotes.inside:
        raise _never_closed(file, start, delimiter, number, offset + quotes.opened)


def _never_closed(
    file: BinaryIO, start: int, delimiter: str, number: int, opened: int
) -> SourceError:
    """Return the error about the quote at byte `opened`; counts the records from `start` to it."""
    file.seek(start)
    index, begun = record_at(file, opened + 1 - start, delimiter)
    which = f"record {number + index}, at byte {start + begun}" if number else "the header"
    return SourceError(
        f"{file.name}: {which}: the quote at byte {opened} is never closed; "
        "close it, or double it if it is part of the text"
    )


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
    check_delimiter(delimiter)
    try:
        formats.check_kind(source)
        with source.open("rb") as file:
            identity = Identity.of(os.fstat(file.fileno()))
            layout = _layout(file, identity.size, delimiter)
            chunk_size = chunk_size or chunk_size_for(identity.size, workers)
            ends, carriage_returns = _ends(file, layout, identity.size, chunk_size)
    except OSError as error:
        message = f"{source} cannot be read ({error.strerror}); name a CSV file that can"
        raise SourceError(message) from error
    if carriage_returns and layout.line_end == "\n":
        layout = replace(layout, carriage_returns=True)
    chunks = [Chunk(str(source.absolute()), *cut) for cut in pairwise([layout.header_end, *ends])]
    return Plan(source, layout, chunks, identity)


def _layout(file: BinaryIO, size: int, delimiter: str) -> Layout:
    """Read the header record."""
    if size == 0:
        message = f"{file.name} is empty; its first line must name the columns"
        raise SourceError(message)
    head = file.read(formats.LONGEST)
    formats.check_format(Path(file.name), head)
    bom = head.startswith(BOM)
    end = size
    for block in _blocks(file, len(BOM) if bom else 0, delimiter, 0):
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
    start, ends, carriage_returns = layout.header_end, list[int](), False
    step = (size - start) / max(1, math.ceil((size - start) / chunk_size))
    steps_done = 0
    for block in _blocks(file, start, layout.delimiter, 1):
        carriage_returns = carriage_returns or b"\r" in block.data
        if (block.stop - start) // step > steps_done:
            found = block.record_ends()
            steps = ((found - start) // step).astype(np.int64)
            ends += found[np.diff(steps, prepend=steps_done) > 0].tolist()
            steps_done = int(steps[-1]) if len(steps) else steps_done
    if size > start and (not ends or ends[-1] < size):
        ends.append(size)  # the last record has no newline, or the division was a hair off
    return ends, carriage_returns
