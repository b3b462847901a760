"""Where in a file something is, for messages: exact as `csv` reads, and only needed for them."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from strategies.core.csv.dialect import Dialect
    from strategies.core.csv.layout import Layout

SHOWN = 60  # characters of a field in a message


def shown(text: str) -> str:
    """Return a field's text in quotes, on one line, and not too much of it.

    Backslashes are not doubled, as in Python's own: what is shown is to be found in the file.
    """
    cut = text[:SHOWN]
    while len(visible(cut)) > SHOWN:
        cut = cut[:-1]
    quote = '"' if "'" in cut and '"' not in cut else "'"
    return f"{quote}{visible(cut)}{quote}" + "…" * (cut != text)


def visible(text: str) -> str:
    """Return a text in which what cannot be printed is escaped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def name_shown(name: str) -> str:
    """Return a column's name, in quotes where it would not be clear without."""
    plain = name == name.strip() and name.isprintable() and 0 < len(name) <= SHOWN
    return name if plain and "," not in name else shown(name)


def not_text(data: bytes) -> int:
    """Return the offset of the first byte that is NUL or not UTF-8; -1 where there is none."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        nul = data.find(0, 0, error.start)
        return nul if nul >= 0 else error.start
    return data.find(0)


def byte_shown(value: int, offset: int) -> tuple[str, str]:
    """Return what to say of a byte of a file that is not text, and what to do."""
    if value == 0:
        return f"byte {offset} is NUL, which no text holds", "remove it: tr -d '\\000'"
    return (
        f"byte {offset} is {value:#04x}, which is not UTF-8",
        "say which encoding it is with --encoding, such as cp1252",
    )


def start_of(data: bytes, index: int, layout: "Layout") -> int:
    """Return the byte at which a record of a chunk starts; records count from 0."""
    return next(islice(spans(data, layout), index, None))[0]


def records_in(data: bytes, layout: "Layout") -> int:
    """Return how many records a chunk has."""
    return sum(1 for _ in spans(data, layout))


def spans(data: bytes, layout: "Layout") -> Iterator[tuple[int, int]]:
    """Yield the bytes of a chunk from which and to which each record goes, line end included."""
    lines = _lines(io.BytesIO(data), len(data))
    return _spans(lines, layout.dialect, blank=layout.one_column)


def record_at(file: BinaryIO, stop: int, dialect: "Dialect", *, blank: bool) -> tuple[int, int]:
    """Return which record the byte before `stop` is in, and at which byte that record starts.

    Both are counted from where the file stands, which must be the start of a record. `blank`:
    whether blank lines are records. Takes the memory of one record.
    """
    index, start = 0, 0
    for index, (start, _) in enumerate(_spans(_lines(file, stop), dialect, blank=blank)):  # noqa: B007 - the last one
        pass
    return index, start


def _lines(file: BinaryIO, stop: int) -> Iterator[str]:
    """Yield the lines of the next `stop` bytes, one character a byte."""
    text = io.TextIOWrapper(file, encoding="latin-1", newline="")
    try:
        while stop and (line := text.readline(stop)):
            yield line
            stop -= len(line)
    finally:
        text.detach()  # or the file would be closed


def _spans(lines: Iterable[str], dialect: "Dialect", *, blank: bool) -> Iterator[tuple[int, int]]:
    """Yield where each record starts and stops, in characters."""
    csv.field_size_limit(sys.maxsize)
    position = start = 0
    between = True  # records

    def counted() -> Iterator[str]:
        nonlocal position, start, between
        for line in lines:
            position += len(line)
            if between and dialect.comment and line.startswith(dialect.comment):
                start = position
                continue
            between = False
            yield line

    for record in csv.reader(counted(), delimiter=dialect.delimiter or ","):
        if record or blank:
            yield start, position
        start, between = position, True
