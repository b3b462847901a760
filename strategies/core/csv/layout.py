"""What a CSV file looks like: its columns, its delimiter, its line ends."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from strategies.core.csv.positions import byte_shown, name_shown, not_text, shown
from strategies.core.errors import JobError, SourceError
from strategies.core.workloads import Workload
from strategies.core.workloads.numbers import BLANKS

BOM = b"\xef\xbb\xbf"
NAMES_SHOWN = 20  # columns in a message
DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|"}  # those with a name


@dataclass(frozen=True)
class Layout:
    """How the records of a file are written.

    `carriage_returns` says that fields may hold a carriage return although lines end
    with a newline only: such fields need quotes that not every writer would give them.
    """

    columns: tuple[str, ...]
    delimiter: str
    line_end: str
    bom: bool
    carriage_returns: bool
    header_end: int  # the byte at which the first record starts

    @property
    def labels(self) -> list[str]:
        """The column names for use in a frame: those that are there twice become numbers."""
        counts = Counter(self.columns)
        labels = []
        for index, column in enumerate(self.columns):
            label = column if counts[column] == 1 else str(index)
            while label != column and label in counts:
                label += "'"
            labels.append(label)
        return labels

    def check(self, workload: Workload, source: object) -> None:
        """Raise SourceError when the workload cannot be done on these columns."""
        have = ", ".join(map(name_shown, self.columns[:NAMES_SHOWN]))
        have += ", …" if len(self.columns) > NAMES_SHOWN else ""
        name, new_name = workload.column.name, workload.new_column.name
        column = shown(name)
        if name not in self.columns:
            message = f"{source} has no column {column}; choose with --column from: {have}"
            if (other := self._other_delimiter()) is not None:
                message += f"; or is the header to be cut with --delimiter {other}?"
            raise SourceError(message)
        if self.columns.count(name) > 1:
            message = (
                f"{source} has more than one column {column}; choose with --column from: {have}"
            )
            raise SourceError(message)
        if new_name in {*self.columns, *self.labels}:
            message = (
                f"{source} already has a column {shown(new_name)}; "
                "choose another name for the new one with --into"
            )
            raise SourceError(message)

    def _other_delimiter(self) -> str | None:
        """Return the name of a usual delimiter that occurs in the columns' names, if any."""
        for name, delimiter in DELIMITERS.items():
            if delimiter != self.delimiter and any(delimiter in column for column in self.columns):
                return name
        return None

    def header(self, into: str) -> bytes:
        """Return the header line of the output."""
        return (BOM if self.bom else b"") + self.write([[*self.columns, into]])

    def write(self, records: Iterable[Sequence[object]]) -> bytes:
        """Return records as text, quoted where needed, with this file's line ends.

        Always right and not fast; `csv` quotes a field with a newline or a carriage
        return only where that is part of the line end, hence the detour.
        """
        lines = _Lines()
        csv.writer(lines, delimiter=self.delimiter, lineterminator="\r\n").writerows(records)
        return "".join(line[:-2] + self.line_end for line in lines).encode()


class _Lines(list[str]):
    """Collects lines; `csv.writer` calls `write` once a record."""

    write = list.append


def delimiter_of(text: str) -> str:
    """Return the delimiter that a text means: itself, or that of a name; raises JobError."""
    delimiter = DELIMITERS.get(text, "\t" if text == "\\t" else text)
    check_delimiter(delimiter)
    return delimiter


def check_delimiter(delimiter: str) -> None:
    """Raise JobError unless fields can be told apart by it."""
    if len(delimiter) != 1 or not delimiter.isascii():
        problem = "is not one ASCII character"
    elif delimiter in "\"'\0" or (delimiter in BLANKS and delimiter != "\t"):
        problem = "cannot stand between fields"
    elif delimiter.isalnum() or delimiter in "+-._":
        problem = "is part of numbers"
    else:
        return
    message = f"the delimiter {delimiter!r} {problem}; use a sign such as {', '.join(DELIMITERS)}"
    raise JobError(message)


def read_header(source: object, head: bytes, delimiter: str) -> tuple[str, ...]:
    """Return the column names in the text of a header record; raises SourceError."""
    if (offset := not_text(head)) >= 0:
        problem, remedy = byte_shown(head[offset], offset)
        message = f"{source}: the header: {problem}; {remedy}"
        raise SourceError(message)
    text = head.removeprefix(BOM).decode()
    csv.field_size_limit(sys.maxsize)
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not any(records):
        message = f"{source} has no header; its first line must name the columns"
        raise SourceError(message)
    if len(records) > 1:
        message = (
            f"{source}: the header line holds a carriage return outside quotes; "
            "convert the file's line ends to newlines: tr '\\r' '\\n'"
        )
        raise SourceError(message)
    return tuple(records[0])
