"""Find where records end in a file: newlines that are not inside quotes, block by block.

A quote opens a field only right after a delimiter, a line end or the file's start; anywhere
else outside quotes it is data. That is how Python's `csv` reads, and the property tests
hold this to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from strategies.core.csv.dialect import Dialect
from strategies.core.csv.positions import record_at
from strategies.core.errors import SourceError

Offsets = NDArray[np.int64]

BLOCK = 2**22  # bytes read at once: large enough for NumPy, small enough for the L3 cache
_QUOTE, _NEWLINE, _RETURN = b'"\n\r'
_ANY_QUOTE, _LINE_END = re.compile(b'"'), re.compile(b"[\\n\\r]")


class Quotes:
    """Follows a file, block by block, into and out of quoted fields."""

    def __init__(self, dialect: Dialect) -> None:
        self._starters = np.frombuffer((dialect.delimiter or ",").encode() + b"\n\r", np.uint8)
        self._comment = dialect.comment.encode()
        self._events = re.compile(b'"|(?<=[\\n\\r])' + re.escape(self._comment))
        self._in_comment = False  # whether the block begins within a comment
        self._before = _NEWLINE  # the byte before the block: a file starts like a line
        self._closed_at = -2  # where the last quote closed a field, relative to the block
        self.inside = False
        self.opened = 0  # where the last field in quotes begins, relative to the block

    def toggles(self, block: bytes) -> Offsets:
        """Return the positions of the block's quotes that open or close a field."""
        if self._comment:
            toggling = self._beside_comments(block)
        else:
            toggling = self._toggles(block) if b'"' in block else np.empty(0, np.int64)
        if len(toggling):
            self.opened = self._last_opened(toggling)
            self.inside ^= bool(len(toggling) % 2)
            self._closed_at = -2 if self.inside else int(toggling[-1])
        self._closed_at -= len(block)
        self.opened -= len(block)
        self._before = block[-1]
        return toggling

    def _last_opened(self, toggles: Offsets) -> int:
        """Look back to the last quote that begins a field; one that reopens it does not."""
        first = int(self.inside)  # of those that open or reopen: every other one
        few = max(first, (len(toggles) - 8) // 2 * 2 + first)
        for begin in (few, first):  # nearly always, it is among the last few
            before = toggles[begin - 1] if begin else self._closed_at
            begins = np.flatnonzero(np.diff(toggles[begin:], prepend=before)[::2] > 1)
            if len(begins):
                return int(toggles[begin + 2 * begins[-1]])
        return self.opened

    def _toggles(self, block: bytes) -> Offsets:
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

    def _one_by_one(self, quotes: Offsets, may_open: NDArray[np.bool_]) -> Offsets:
        """Sort out quotes of which some are data; exact, and slow."""
        inside, closed_at, toggling = self.inside, self._closed_at, []
        for quote, may in zip(quotes.tolist(), may_open.tolist(), strict=True):
            if inside:
                inside, closed_at = False, quote
            elif may or closed_at == quote - 1:
                inside = True
            else:
                continue
            toggling.append(quote)
        return np.array(toggling, np.int64)

    def _beside_comments(self, block: bytes) -> Offsets:
        """Leave out what is in comments, too; exact, and slow."""
        inside, closed_at, toggling = self.inside, self._closed_at, list[int]()
        at_start = self._before in b"\n\r" and not inside and block.startswith(self._comment)
        in_comment, position = self._in_comment or at_start, 0
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
                before = block[quote - 1] if quote else self._before
                if not inside and before not in self._starters and closed_at != quote - 1:
                    continue
                inside = not inside
                closed_at = closed_at if inside else quote
                toggling.append(quote)
        self._in_comment = in_comment
        return np.array(toggling, np.int64)


@dataclass(frozen=True)
class Block:
    """A piece of the file with what is needed to find the record ends in it."""

    offset: int  # of its first byte in the file
    data: bytes
    toggles: Offsets
    inside: bool  # whether it starts inside quotes
    before: bytes = b""  # the byte before it, where that belongs to a record

    @property
    def stop(self) -> int:
        """The offset behind its last byte."""
        return self.offset + len(self.data)

    @cached_property
    def record_ends(self) -> Offsets:
        """The offsets just behind the newlines that are not inside quotes."""
        newlines = np.flatnonzero(np.frombuffer(self.data, np.uint8) == _NEWLINE)
        return self._outside(newlines) + (self.offset + 1)

    def lines(self) -> int:
        """Return how many line ends are not inside quotes: newlines, CRLF, carriage returns.

        A carriage return that ends the block is one; if the next begins with its newline, that
        is none.
        """
        if len(self.toggles) or self.inside:
            ends = len(self.record_ends) + self._lone_returns()
        else:
            ends = self.data.count(b"\n")
            if b"\r" in self.data:  # by NumPy: `bytes.count` takes four times as long
                data = np.frombuffer(self.data + b"\r", np.uint8)
                lone = (data[:-1] == _RETURN) & (data[1:] != _NEWLINE)
                ends += int(np.count_nonzero(lone))
        counted = self.before == b"\r" and self.data.startswith(b"\n") and not self.inside
        return ends - counted

    def _lone_returns(self) -> int:
        """Return how many carriage returns outside quotes have no newline behind them."""
        if b"\r" not in self.data:
            return 0
        data = np.frombuffer(self.data + b"\r", np.uint8)
        returns = np.flatnonzero(data[:-1] == _RETURN)
        return len(self._outside(returns[data[returns + 1] != _NEWLINE]))

    def _outside(self, positions: Offsets) -> Offsets:
        """Return which positions in the block are not inside quotes."""
        quotes_before = np.searchsorted(self.toggles, positions) + int(self.inside)
        outside: Offsets = positions[quotes_before % 2 == 0]
        return outside

    def step_ends(self, start: int, step: float, done: int) -> tuple[list[int], int]:
        """Return the first record end in each step from `start` on, and which step is now done.

        `step` is in bytes; `done` is the step in which the last record end before this block was.
        """
        ends = self.record_ends
        steps = ((ends - start) // step).astype(np.int64)
        firsts: list[int] = ends[np.diff(steps, prepend=done) > 0].tolist()
        return firsts, int(steps[-1]) if len(steps) else done


def blocks(
    file: BinaryIO, name: str, start: int, dialect: Dialect, number: int, *, blank: bool = False
) -> Iterator[Block]:
    """Read on from record `number`, which starts at `start`; SourceError if a quote stays open.

    The header is record 0. `blank`: whether blank lines are records. The error is about the
    file of that name.
    """
    quotes, offset, before = Quotes(dialect), start, b""
    file.seek(start)
    while data := file.read(BLOCK):
        inside = quotes.inside
        yield Block(offset, data, quotes.toggles(data), inside, before)
        offset += len(data)
        before = data[-1:]
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
