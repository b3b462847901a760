"""What a CSV file looks like: its columns, its delimiter, its line ends."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from strategies.core.csv.dialect import DELIMITERS, Dialect
from strategies.core.csv.names import difference, nearest
from strategies.core.csv.positions import byte_shown, name_shown, not_text, shown
from strategies.core.errors import SourceError
from strategies.core.workloads import Column, Workload

BOM = b"\xef\xbb\xbf"
NAMES_SHOWN = 20  # columns in a message


@dataclass(frozen=True)
class Layout:
    """How the records of a file are written.

    `head` is what stands before the first record, without the line end of the header: a byte
    order mark, lines before the header, the header itself.
    """

    columns: tuple[str, ...]
    dialect: Dialect  # whose delimiter is known
    line_end: str
    head: bytes
    header_end: int  # the byte at which the first record starts

    @property
    def delimiter(self) -> str:
        """What stands between fields."""
        return self.dialect.delimiter or ","

    @property
    def one_column(self) -> bool:
        """Whether a blank line is a record: of one empty field."""
        return len(self.columns) == 1

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

    def label_of(self, column: Column) -> str:
        """Return the label of a column that is there once."""
        return self.labels[self.columns.index(column.name)]

    def check(self, workload: Workload, source: object, hint: str = "") -> None:
        """Raise SourceError when the workload cannot be done on these columns.

        `hint` is what to do where the column is missing because this is not the header.
        """
        have = ", ".join(map(name_shown, self.columns[:NAMES_SHOWN]))
        have += ", …" if len(self.columns) > NAMES_SHOWN else ""
        name, new_name = workload.column.name, workload.new_column.name
        column = shown(name)
        if name not in self.columns:
            message = f"{source} has no column {column}; choose with --column from: {have}"
            if hint:
                message += f"; {hint}"
            elif (other := self._other_delimiter()) is not None:
                message += f"; or is the header to be cut with --delimiter {other}?"
            elif similar := nearest(name, self.columns):
                message += f"; the nearest is {shown(similar)}: {difference(similar, name)}"
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
        """Return what stands before the first record of the output."""
        return self.head + b"".join(self.ends([into]))

    def ends(self, fields: Iterable[object]) -> list[bytes]:
        """Return the ends of records, each with its last field: delimiter, field, line end.

        Fields are quoted where needed. Always right and not fast; `csv` quotes a field with a
        newline or a carriage return only where that is part of the line end, hence the detour.
        """
        lines = _Lines()
        writer = csv.writer(lines, delimiter=self.delimiter, lineterminator="\r\n")
        writer.writerows(("", field) for field in fields)
        return [(line[:-2] + self.line_end).encode() for line in lines]


class _Lines(list[str]):
    """Collects lines; `csv.writer` calls `write` once a record."""

    write = list.append


def read_header(source: object, head: bytes, start: int, delimiter: str) -> tuple[str, ...]:
    """Return the column names in the header, which starts at byte `start` of `head`; SourceError.

    What stands before it must be text, too.
    """
    if (offset := not_text(head)) >= 0:
        problem, remedy = byte_shown(head[offset], offset)
        message = f"{source}: the header: {problem}; {remedy}"
        raise SourceError(message)
    csv.field_size_limit(sys.maxsize)
    records = list(csv.reader(io.StringIO(head[start:].decode(), newline=""), delimiter=delimiter))
    if not any(records):
        message = (
            f"{source} has no header; its first line must name the columns, "
            "or leave out those before it with --skip-lines"
        )
        raise SourceError(message)
    if len(records) > 1:
        message = (
            f"{source}: the header line holds a carriage return outside quotes; "
            "convert the file's line ends to newlines: tr '\\r' '\\n'"
        )
        raise SourceError(message)
    return tuple(records[0])
