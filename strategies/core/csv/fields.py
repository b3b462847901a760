"""Where the records of a chunk end, and where the fields of one column are: nothing is parsed.

Only of chunks as writers of CSV write them: one kind of line end, no blank lines and no comments,
quotes only around whole fields, more than one column.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from strategies.core.csv.layout import BOM, Layout
from strategies.core.csv.scan import Block, Offsets, Quotes

BLOCK = 2**18  # bytes looked at once; with fewer, threads wait for each other more often
_NEWLINE, _RETURN = b"\n\r"


class Fields(NamedTuple):
    """The fields of a column: where they begin and end, and where their records' line ends begin.

    Quotes around a field are part of it.
    """

    starts: Offsets
    ends: Offsets
    stops: Offsets


def separators(data: bytes, layout: Layout) -> Offsets | None:
    """Return where the line ends behind a chunk's records begin, the last one's included.

    None for a chunk that is not as writers of CSV write it.
    """
    quotes = Quotes(layout.dialect)
    ends = [block.record_ends for block in _blocks(data, layout, quotes)]
    stops = _stops(data, layout, quotes, ends)
    least = len(layout.line_end)  # bytes from one to the next, where no line is blank
    return stops if stops is not None and np.all(np.diff(stops, prepend=-least) > least) else None


def fields_of(data: bytes, layout: Layout, index: int) -> Fields | None:
    """Return where the fields of column `index` are in a chunk, whose last line has an end.

    None, too, where a record has not as many fields as the header.
    """
    quotes, delimiter, columns = Quotes(layout.dialect), ord(layout.delimiter), len(layout.columns)
    behind: dict[int, list[Offsets]] = {index - 1: [], index: [], columns - 1: []}  # by column
    found = 0
    for block in _blocks(data, layout, quotes):
        newlines = block.marked(_NEWLINE)
        ends = np.flatnonzero(newlines | block.marked(delimiter))
        for column, offsets in behind.items():
            offsets.append(ends[(column - found) % columns :: columns] + (block.offset))
        last = ends[(-1 - found) % columns :: columns]
        # Where all newlines are behind the last column, those behind the others are delimiters.
        if np.count_nonzero(newlines) != len(last) or not np.all(newlines[last]):
            return None
        found += len(ends)
    stops = _stops(data, layout, quotes, [ends + 1 for ends in behind[columns - 1]])
    if found % columns or stops is None:
        return None
    if index == 0:
        starts = np.concatenate([[0], stops[:-1] + len(layout.line_end)])
    else:
        starts = np.concatenate(behind[index - 1]) + 1
    return Fields(starts, stops if index == columns - 1 else np.concatenate(behind[index]), stops)


def _blocks(data: bytes, layout: Layout, quotes: Quotes) -> Iterator[Block]:
    """Yield a chunk in blocks, none of a chunk of which it is seen that it is not regular."""
    if layout.one_column or layout.dialect.comment or data.startswith(BOM):  # which is text here
        return
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return
    for offset in range(0, len(data), BLOCK):
        yield quotes.block(offset, data[offset : offset + BLOCK])


def _stops(
    data: bytes, layout: Layout, quotes: Quotes, record_ends: list[Offsets]
) -> Offsets | None:
    """Return where the line ends begin, None where it is no regular chunk."""
    if not record_ends or quotes.irregular:
        return None
    crlf, returns = layout.line_end == "\r\n", b"\r" in data
    stops: Offsets = np.concatenate(record_ends) - 1 - crlf
    text = np.frombuffer(data, np.uint8)
    if crlf and not np.all(text[stops] == _RETURN):
        return None
    if not crlf and returns and np.any(text[stops - 1] == _RETURN):
        return None
    return stops
