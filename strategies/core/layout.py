"""What a CSV file looks like: its columns, its delimiter, its line ends."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from strategies.core.errors import SourceError
from strategies.core.workloads import Workload

BOM = b"\xef\xbb\xbf"


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
        for place, column in enumerate(self.columns):
            label = column if counts[column] == 1 else str(place)
            while label != column and label in counts:
                label += "'"
            labels.append(label)
        return labels

    def check(self, workload: Workload, source: object) -> None:
        """Raise SourceError when the workload cannot be done on these columns."""
        have = ", ".join(self.columns[:20]) + (", …" if len(self.columns) > 20 else "")
        if self.columns.count(workload.column) != 1:
            problem = "more than one column" if workload.column in self.columns else "no column"
            message = (
                f"{source} has {problem} {workload.column!r}; choose with --column from: {have}"
            )
            raise SourceError(message)
        if workload.into in {*self.columns, *self.labels}:
            message = (
                f"{source} already has a column {workload.into!r}; "
                "choose another name for the new one with --into"
            )
            raise SourceError(message)

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


def read_header(source: object, head: bytes, delimiter: str) -> tuple[str, ...]:
    """Return the column names in the text of a header record; raises SourceError."""
    try:
        text = head.removeprefix(BOM).decode()
    except UnicodeDecodeError as error:
        message = f"{source}: the header is not UTF-8 (byte {error.start}); convert the file first"
        raise SourceError(message) from error
    csv.field_size_limit(sys.maxsize)
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not any(records):
        message = f"{source} has no header; its first line must name the columns"
        raise SourceError(message)
    if len(records) > 1:
        message = (
            f"{source}: the header line holds a carriage return outside quotes; "
            "convert the file's line ends to newlines"
        )
        raise SourceError(message)
    return tuple(records[0])
