"""Find where records end in a file: newlines that are not inside quotes, block by block.

A quote opens a field only right after a delimiter, a line end or the file's start; anywhere
else outside quotes it is data. That is how Python's `csv` reads, and the property tests
hold this to it.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from strategies.core.csv.bits import Bits, bits_of, count, following, last, parity, unpacked
from strategies.core.csv.dialect import Dialect
from strategies.core.csv.positions import record_at
from strategies.core.errors import SourceError

Offsets = NDArray[np.int64]

BLOCK = 124 * 2**10  # bytes read at once; from 128 kB on, malloc maps new pages for each array
_QUOTE, _NEWLINE, _RETURN = b'"\n\r'
_ANY_QUOTE, _LINE_END = re.compile(b'"'), re.compile(b"[\\n\\r]")


class Quotes:
    """Follows a file, block by block, into and out of quoted fields.

    Usually, quotes stand only where they open or close a field; then it is enough to count them.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._starters = (ord(dialect.delimiter or ","), _NEWLINE, _RETURN)  # before a field
        self._comment = dialect.comment.encode()
        behind_line_end = b"|(?<=[\\n\\r])" + re.escape(self._comment)
        self._events = re.compile(b'"' + (behind_line_end if self._comment else b""))
        self._in_comment = False  # whether the block begins within a comment
        self._before = _NEWLINE  # the byte before the block: a file starts like a line
        self._closed = False  # whether that byte is a quote that closed a field
        self.inside = False
        self.irregular = False  # whether a quote was data, or stood before more of its field
        self.opened = 0  # where the last field in quotes begins, relative to the block

    def block(self, offset: int, data: bytes) -> "Block":
        """Return the next block of the file, which begins at `offset`."""
        before, outside = self._before, None
        if b'"' not in data and not self._comment:
            if self.inside:
                outside = np.zeros(-(-len(data) // 64), "<u8")
            self._closed = False
        else:
            outside = None if self._comment else self._counted(data)
            if outside is None:
                self.irregular = True
                outside = self._followed(data)
        block = Block(offset, data, outside, before)
        self._before = data[-1]
        self.opened -= len(data)
        return block

    def _counted(self, block: bytes) -> Bits | None:
        """Return which bytes are outside quotes; None where some quote may be data."""
        data = np.frombuffer(block, np.uint8)
        quotes = bits_of(data == _QUOTE)
        quoted = parity(quotes, odd=self.inside)
        # A quote right behind one that closes a field reopens it: that is how `""` is written.
        starts = data == self._starters[0]
        for byte in self._starters[1:]:
            starts |= data == byte
        starters = quotes | bits_of(starts)
        first = self._closed if self._before == _QUOTE else self._before in self._starters
        opening = quotes & quoted
        if np.any(opening & ~following(starters, first=first)):
            return None
        behind = following(quotes, first=self._before == _QUOTE)
        self.irregular |= bool(np.any(behind & ~starters & ~quoted))
        self.opened = last(opening & ~following(quotes, first=self._closed), self.opened)
        self.inside = bool(quoted[-1] >> np.uint64(63))
        self._closed = data[-1] == _QUOTE and not self.inside
        return ~quoted

    def _followed(self, block: bytes) -> Bits:
        """Return which bytes are outside quotes; exact, and slow."""
        odd, toggles = self.inside, np.zeros(len(block), np.bool_)
        toggles[self._toggles(block)] = True
        return ~parity(bits_of(toggles), odd=odd)

    def _toggles(self, block: bytes) -> list[int]:
        """Return the positions of the quotes that open or close a field, none of them in comments.

        In which state the block ends is remembered.
        """
        inside, closed_at, toggling = self.inside, -1 if self._closed else -2, list[int]()
        at_start = self._before in b"\n\r" and not inside and block.startswith(self._comment)
        in_comment, position = self._in_comment or (at_start and bool(self._comment)), 0
        while True:
            if in_comment:
                found = _LINE_END.search(block, position)
                in_comment = not found
            elif inside:
                found = _ANY_QUOTE.search(block, position)
            else:
                found = self._events.search(block, position)
            if not found:
                break
            position = found.end()
            if found[0] == self._comment:
                in_comment = True
            elif found[0] == b'"':
                quote = found.start()
                reopens = closed_at == quote - 1
                before = block[quote - 1] if quote else self._before
                if not inside and not reopens and before not in self._starters:
                    continue
                if not inside and not reopens:
                    self.opened = quote
                inside = not inside
                closed_at = closed_at if inside else quote
                toggling.append(quote)
        self.inside, self._in_comment = inside, in_comment
        self._closed = closed_at == len(block) - 1
        return toggling


@dataclass(frozen=True)
class Block:
    """A piece of the file with what is needed to find the record ends in it."""

    offset: int  # of its first byte in the file
    data: bytes
    outside: Bits | None  # which bytes are outside quotes; None: all
    before: int  # the byte before it

    @property
    def stop(self) -> int:
        """The offset behind its last byte."""
        return self.offset + len(self.data)

    @cached_property
    def record_ends(self) -> Offsets:
        """The offsets just behind the newlines that are not inside quotes."""
        ends: Offsets = np.flatnonzero(self.marked(_NEWLINE)) + (self.offset + 1)
        return ends

    def marked(self, byte: int) -> NDArray[np.bool_]:
        """Return where a byte stands that is not inside quotes."""
        found: NDArray[np.bool_] = np.frombuffer(self.data, np.uint8) == byte
        if self.outside is not None:
            found &= unpacked(self.outside, len(self.data))
        return found

    def lines(self) -> int:
        """Return how many line ends are not inside quotes: newlines, CRLF, carriage returns.

        A carriage return that ends the block is one; a newline behind it is none.
        """
        data = np.frombuffer(self.data, np.uint8)
        returns = self.before == _RETURN or b"\r" in self.data
        if self.outside is None and not returns:
            return int(np.count_nonzero(data == _NEWLINE))
        ends = bits_of(data == _NEWLINE)
        if returns:
            lone = bits_of(data == _RETURN)
            ends = ends & ~following(lone, first=self.before == _RETURN) | lone
        return count(ends if self.outside is None else ends & self.outside)

    def step_ends(self, start: int, step: float, done: int) -> tuple[list[int], int]:
        """Return the first record end in each step from `start` on, and which step is now done.

        `step` is in bytes; `done` is the step in which the last record end before this block was.
        """
        if self.outside is None:
            return self._step_ends_of_plain(start, step, done)
        ends = self.record_ends
        steps = ((ends - start) // step).astype(np.int64)
        firsts: list[int] = ends[np.diff(steps, prepend=done) > 0].tolist()
        return firsts, int(steps[-1]) if len(steps) else done

    def _step_ends_of_plain(self, start: int, step: float, done: int) -> tuple[list[int], int]:
        """Look for a newline behind each step only."""
        firsts: list[int] = []
        while True:
            behind = math.ceil(start + (done + 1) * step)  # the next end lies there or later
            newline = self.data.find(b"\n", max(0, behind - 1 - self.offset))
            if newline < 0:
                return firsts, done
            firsts.append(self.offset + newline + 1)
            done = max(done + 1, int((firsts[-1] - start) // step))


def blocks(
    file: BinaryIO, name: str, start: int, dialect: Dialect, number: int, *, blank: bool = False
) -> Iterator[Block]:
    """Read on from record `number`, which starts at `start`; SourceError if a quote stays open.

    The header is record 0. `blank`: whether blank lines are records. The error is about the
    file of that name.
    """
    quotes, offset = Quotes(dialect), start
    file.seek(start)
    while data := file.read(BLOCK):
        yield quotes.block(offset, data)
        offset += len(data)
    if quotes.inside:
        opened = offset + quotes.opened
        file.seek(start)
        index, begun = record_at(file, opened + 1 - start, dialect, blank=blank)
        which = f"record {number + index}, at byte {start + begun}" if number else "the header"
        message = (
            f"{name}: {which}: the quote at byte {opened} is never closed; "
            "close it, or double it if it is part of the text"
        )
        raise SourceError(message)
