"""Files as the reference reads them: with the standard library's `csv`, record by record."""

import csv
import io
import itertools
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from strategies.core.csv.dialect import Dialect, is_delimiter
from strategies.core.csv.encodings import utf_8_blocks, with_order
from strategies.core.csv.packing import begun, damages, packing_of, unpacked
from strategies.core.errors import JobError
from strategies.core.process.streams import standard_input

LONGEST = 16  # bytes that are needed to tell how a file is compressed
BOM = "\ufeff"


@dataclass(frozen=True)
class Record:
    """A record as it is written, without its line end, that, its fields, and what cuts them.

    The header has what stands before it, too.
    """

    text: str
    line_end: str
    fields: list[str]
    delimiter: str


@contextmanager
def opened(path: Path, dialect: Dialect, fault: type[JobError]) -> Iterator[IO[str]]:
    """Yield a file as text, unpacked if it is compressed; what is wrong with it is a `fault`.

    A byte order mark is part of the text. A text that could be written with other bytes in the
    same encoding is refused, so equal texts are equal bytes.
    """
    with ExitStack() as stack:
        try:
            if str(path) == "-":
                standard = standard_input()
                if standard is None:
                    message = "there is no standard input to read; name a CSV file"
                    raise fault(message)
                file: IO[bytes] = standard
            else:
                if not stat.S_ISREG(path.stat().st_mode):  # to open a FIFO would wait for a writer
                    message = f"{path} is not a regular file; name a CSV file"
                    raise fault(message)
                file = stack.enter_context(path.open("rb"))
            head, file = begun(file, LONGEST)
            if packing := packing_of(head):
                head, file = begun(stack.enter_context(unpacked(file, packing)), LONGEST)
            if not dialect.is_utf_8:
                encoding = with_order(dialect.encoding, head)
                blocks = utf_8_blocks(file, str(path), encoding)
                file = io.BufferedReader(_Blocks(blocks))
            yield io.TextIOWrapper(file, encoding="utf-8", newline="")
        except OSError as error:
            message = f"{path} cannot be read ({error.strerror or error}); name a CSV file"
            raise fault(message) from error
        except damages() as error:
            message = f"{path} is damaged or cut off ({error}); get it anew"
            raise fault(message) from error
        except UnicodeError as error:
            message = f"{path} is not UTF-8 ({error}); name its encoding with --encoding"
            raise fault(message) from error


class _Blocks(io.RawIOBase):
    """A stream of blocks of bytes."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks = blocks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = block
        data = self._rest[: len(buffer)]
        self._rest = self._rest[len(data) :]
        buffer[: len(data)] = data
        return len(data)


class Rows:
    """The fields of the header and of every record; blank lines are some, with no fields.

    Or with an empty one, where there is only one column. Comments are none, but where there must
    not be any: in an output. `pieces` are the lines that were read since somebody cleared them.
    """

    def __init__(self, file: IO[str], dialect: Dialect, *, comments: bool = True) -> None:
        csv.field_size_limit(sys.maxsize)
        self.pieces, self.rest, self.delimiter = _before_header(file, dialect)
        self._mark = dialect.comment if comments else ""
        self._one_column = False
        self._reader = csv.reader(self._lines(in_header=True), delimiter=self.delimiter)

    def header(self) -> Record | None:
        """Return the header, with what stands before it; None in an empty file."""
        fields = next(self._reader, None)
        if fields is None:
            return None
        self._one_column = len(fields) == 1
        return self.record(fields)

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the fields of the records, once the header has been read; nothing is read ahead."""
        reader = csv.reader(self._lines(), delimiter=self.delimiter)
        for fields in reader:
            yield [""] if self._one_column and not fields else fields

    def back(self, lines: list[str]) -> None:
        """Take back lines that were read from `rest`, and are no pieces."""
        self.rest = itertools.chain(lines, self.rest)

    def record(self, fields: list[str]) -> Record:
        """Return the record with these fields, which was read last, and clear its pieces."""
        text = "".join(self.pieces)
        self.pieces.clear()
        body = text.removesuffix("\n").removesuffix("\r")
        return Record(body, text[len(body) :], fields, self.delimiter)

    def _lines(self, *, in_header: bool = False) -> Iterator[str]:
        pieces, mark = self.pieces, self._mark
        for line in self.rest:
            if not pieces and mark and not in_header and line.startswith(mark):
                continue
            pieces.append(line)
            yield line


def records(file: IO[str], dialect: Dialect, *, comments: bool = True) -> Iterator[Record]:
    """Yield the header, with what stands before it, and every record: see Rows."""
    rows = Rows(file, dialect, comments=comments)
    header = rows.header()
    if header is not None:
        yield header
        for fields in rows:
            yield rows.record(fields)


def _before_header(file: IO[str], dialect: Dialect) -> tuple[list[str], Iterator[str], str]:
    """Return the lines before the header, the lines from there on, and the delimiter."""
    first = list(_line(file))
    before = []
    if first and first[0].startswith(BOM):
        before, first = [BOM], [first[0].removeprefix(BOM), *first[1:]]
    said = re.fullmatch(r'"?sep=(.)"?\r?\n?', "".join(first), re.IGNORECASE)
    directive = said[1] if said and is_delimiter(said[1]) else ""
    skipped = max(dialect.skip_lines, len(directive))
    for _ in range(skipped):
        before += first
        first = list(_line(file))
    while dialect.comment and first and first[0].startswith(dialect.comment):
        before += first
        first = list(_line(file))
    return before, itertools.chain(first, file), dialect.delimiter or directive or ","


def _line(file: IO[str]) -> Iterator[str]:
    """Yield the pieces of the next line: a carriage return alone does not end it."""
    for piece in file:
        yield piece
        if piece.endswith("\n"):
            return
