"""A chunk's records as `csv` reads them, and what is wrong with their number of fields."""

import csv
import io
import sys
from collections.abc import Iterator

from strategies.core.csv.layout import Layout
from strategies.core.errors import RecordError


def rows_of(data: bytes, layout: Layout) -> Iterator[list[str]]:
    """Read a chunk with `csv`, a record at a time; what is no UTF-8 is replaced."""
    csv.field_size_limit(sys.maxsize)
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace", newline="")
    read = csv.reader(text, delimiter=layout.delimiter)
    return (record or [""] for record in read) if layout.one_column else filter(None, read)


def check_rows(data: bytes, layout: Layout) -> int:
    """Return the number of records; RecordError if one has not as many fields as the header."""
    number = 0
    for number, record in enumerate(rows_of(data, layout), 1):
        check_fields(record, number - 1, layout)
    return number


def check_fields(record: list[str], index: int, layout: Layout) -> None:
    """Raise RecordError unless a record has as many fields as the header."""
    if len(record) != len(layout.columns):
        fields = f"{len(record)} field{'s' * (len(record) != 1)}"
        problem = f"it has {fields}, but the header has {len(layout.columns)}"
        remedy = "correct the record, or choose the file's delimiter with --delimiter"
        raise RecordError(index, problem, remedy)
