"""Where in a file something is, for messages: exact as `csv` reads, and only needed for them."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

SHOWN = 60  # characters of a field in a message


def shown(text: str) -> str:
    """Return a field's text in quotes, on one line, and not too much of it."""
    cut = text[:SHOWN]
    while len(repr(cut)) > SHOWN + len("''"):
        cut = cut[:-1]
    return repr(cut) + "…" * (cut != text)


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
        "convert the file: iconv -f ENCODING -t UTF-8",
    )


def start_of(data: bytes, index: int, delimiter: str) -> int:
    """Return the byte at which a record of a chunk starts; records count from 0."""
    return next(islice(_starts(_lines(io.BytesIO(data), len(data)), delimiter), index, None))


def records_in(data: bytes, delimiter: str) -> int:
    """Return how many records a chunk has."""
    return sum(1 for _ in _starts(_lines(io.BytesIO(data), len(data)), delimiter))


def record_at(file: BinaryIO, stop: int, delimiter: str) -> tuple[int, int]:
    """Return which record the byte before `stop` is in, and at which byte that record starts.

    Both are counted from where the file stands, which must be the start of a record. Takes
    the memory of one record.
    """
    last = (0, 0)
    for last in enumerate(_starts(_lines(file, stop), delimiter)):  # noqa: B007 - the last one
        pass
    return last


def _lines(file: BinaryIO, stop: int) -> Iterator[str]:
    """Yield the lines of the next `stop` bytes, one character a byte."""
    text = io.TextIOWrapper(file, encoding="latin-1", newline="")
    try:
        while stop and (line := text.readline(stop)):
            yield line
            stop -= len(line)
    finally:
        text.detach()  # or the file would be closed


def _starts(lines: Iterable[str], delimiter: str) -> Iterator[int]:
    """Yield where each record starts, in characters; blank lines are not records."""
    csv.field_size_limit(sys.maxsize)
    position = 0

    def counted() -> Iterator[str]:
        nonlocal position
        for line in lines:
            position += len(line)
            yield line

    start = 0
    for record in csv.reader(counted(), delimiter=delimiter):
        if record:
            yield start
        start = position
