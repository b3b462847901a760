"""Files as the reference reads them: with the standard library's `csv`, record by record."""

import codecs
import csv
import io
import itertools
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from strategies.core.csv.dialect import Dialect
from strategies.core.csv.packing import damages, packing_of, unpacked
from strategies.core.errors import JobError

LONGEST = 16  # bytes that are needed to tell how a file is compressed
BOM = "\ufeff"


@dataclass(frozen=True)
class Record:
    """A record as it is written, without and with its line end, and its fields.

    The header has what stands before it, too.
    """

    text: str
    line_end: str
    fields: list[str]


@contextmanager
def opened(path: Path, dialect: Dialect, fault: type[JobError]) -> Iterator[IO[str]]:
    """Yield a file as text, unpacked if it is compressed; what is wrong with it is a `fault`."""
    with ExitStack() as stack:
        try:
            if str(path) == "-" and sys.stdin is not None:
                file: Any = sys.stdin.buffer
            else:
                mode = path.stat().st_mode
                if not stat.S_ISREG(mode):  # to open a FIFO would wait for a writer
                    message = f"{path} is not a regular file; name a CSV file"
                    raise fault(message)
                file = stack.enter_context(path.open("rb"))
            if packing := packing_of(file.peek(LONGEST)):
                file = io.BufferedReader(stack.enter_context(unpacked(file, packing)))
            encoding = dialect.encoding
            if codecs.lookup(encoding).name == "utf-8-sig":  # its mark is part of what is compared
                encoding = "utf-8"
            yield io.TextIOWrapper(file, encoding=encoding, newline="")
        except OSError as error:
            message = f"{path} cannot be read ({error.strerror or error}); name a CSV file"
            raise fault(message) from error
        except damages() as error:
            message = f"{path} is damaged or cut off ({error}); get it anew"
            raise fault(message) from error
        except UnicodeError as error:
            reason = getattr(error, "reason", error)
            message = (
                f"{path} is not in {dialect.encoding} ({reason}); name its encoding with --encoding"
            )
            raise fault(message) from error


def records(file: IO[str], dialect: Dialect) -> Iterator[Record]:
    """Yield the header, with what stands before it, and every record; blank lines are some.

    They have no fields, or an empty one where there is only one column. Comments are none.
    """
    csv.field_size_limit(sys.maxsize)
    before, rest, delimiter = _before_header(file, dialect)
    pieces, in_header, between = before, True, True

    def lines() -> Iterator[str]:
        nonlocal between
        for line in rest:
            comment = between and dialect.comment and line.startswith(dialect.comment)
            if in_header or not comment:
                pieces.append(line)
            if not comment:
                between = False
                yield line

    one_column = False
    for fields in csv.reader(lines(), delimiter=delimiter):
        text = "".join(pieces)
        body = text.removesuffix("\n").removesuffix("\r")
        yield Record(body, text[len(body) :], [""] if one_column and not fields else fields)
        if in_header:
            one_column = len(fields) == 1
        pieces[:], in_header, between = [], False, True


def _before_header(file: IO[str], dialect: Dialect) -> tuple[list[str], Iterator[str], str]:
    """Return the lines before the header and its comments, the lines behind them, the delimiter."""
    first = list(_line(file))
    before = []
    if first and first[0].startswith(BOM):
        before, first = [BOM], [first[0].removeprefix(BOM), *first[1:]]
    said = "".join(first).rstrip("\r\n").strip('"')
    directive = said[:4].lower() == "sep=" and len(said) == len("sep=X")
    skipped = max(dialect.skip_lines, int(directive))
    if skipped:
        before += first
        for _ in range(skipped - 1):
            before += _line(file)
        first = []
    delimiter = dialect.delimiter or (said[-1] if directive else ",")
    return before, itertools.chain(first, file), delimiter


def _line(file: IO[str]) -> Iterator[str]:
    """Yield the pieces of the next line: a carriage return alone does not end it."""
    for piece in file:
        yield piece
        if piece.endswith("\n"):
            return
