"""pandas, as people write it: a frame of texts, one column of which is converted.

Every field is read as text, so that nothing is guessed and nothing is reformatted;
only the workload's column is converted, with the type that the workload declares.
"""

import csv
import io
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from strategies.core.contract import Part
from strategies.core.csv.layout import Layout
from strategies.core.engines._columns import numbers, results_of
from strategies.core.errors import RecordError
from strategies.core.workloads import Workload
from strategies.core.workloads.numbers import MISSING

MANY_COLUMNS = 100  # where pandas' warning begins


def transform(data: bytes, layout: Layout, workload: Workload) -> Part:
    """Return a chunk's records with the workload's column at the end."""
    frame = parse(data, layout)
    frame[workload.new_column.name] = compute(frame[workload.column.name], workload)
    return render(frame, layout)


def parse(data: bytes, layout: Layout) -> pd.DataFrame:
    """Return records, every field as text; raises RecordError, and UnicodeDecodeError."""
    # `object` rather than pandas' `str`: 1.3 times as fast from file to file, as writing needs
    # Python strings in the end. The missing-value filter is off: `NA` is a text like others.
    try:
        frame = pd.read_csv(
            io.BytesIO(b"\n" + data),  # behind a blank line, U+FEFF is text and not a BOM
            sep=layout.delimiter,
            header=None,
            names=layout.labels,
            dtype=object,
            na_filter=False,
            low_memory=False,
        )
    except pd.errors.ParserError:  # too many fields, most likely
        _check_records(data, layout)
        frame = _parse_exactly(data, layout)
    if _suspicious(frame, data, layout) and _check_records(data, layout) != len(frame):
        frame = _parse_exactly(data, layout)
    # It warns when a column is added to many that lie apart; a copy lays them together.
    return frame.copy() if len(frame.columns) >= MANY_COLUMNS else frame


def _suspicious(frame: pd.DataFrame, data: bytes, layout: Layout) -> bool:
    """Return whether pandas may have read something else than `csv` reads.

    It fills a short record up with empty fields, and takes the fields that a long first
    record has too many for an index, without a word in either case. And it drops lines of
    blanks: a line that begins with one is suspicious, unless there are as many records as lines.
    """
    if not isinstance(frame.index, pd.RangeIndex) or (frame.iloc[:, -1] == "").any():
        return True
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    returns = data.count(b"\r")
    if lines == len(frame) and (returns == 0 or returns == data.count(b"\r\n")):
        return False
    starts = [
        end + blank
        for end in (b"\n", b"\r")
        for blank in (b" ", b"\t")
        if blank != layout.delimiter.encode()
    ]
    return any(start in data for start in starts) or (b"\n" + data[:1]) in starts


def _records(data: bytes, layout: Layout) -> Iterator[list[str]]:
    """Read a chunk with `csv`, a record at a time; blank lines are not records."""
    csv.field_size_limit(sys.maxsize)
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace", newline="")
    return filter(None, csv.reader(text, delimiter=layout.delimiter))


def _check_records(data: bytes, layout: Layout) -> int:
    """Return the number of records; RecordError if one has not as many fields as the header.

    Slow; only for chunks in which something looks wrong.
    """
    number = 0
    for number, record in enumerate(_records(data, layout), 1):
        if len(record) != len(layout.columns):
            fields = f"{len(record)} field{'s' * (len(record) != 1)}"
            problem = f"it has {fields}, but the header has {len(layout.columns)}"
            remedy = "correct the record, or choose the file's delimiter with --delimiter"
            raise RecordError(number - 1, problem, remedy)
    return number


def _parse_exactly(data: bytes, layout: Layout) -> pd.DataFrame:
    """Return what `csv` reads; only for what pandas leaves out: blanks in the only column."""
    return pd.DataFrame(list(_records(data, layout)), columns=layout.labels, dtype=object)


def compute(text: "pd.Series[Any]", workload: Workload) -> "pd.Series[Any]":
    """Return the new column, which is missing where the field is, for a column of field texts.

    Raises RecordError for the first field that is neither a number nor missing.
    """
    fields = text.to_numpy(dtype=object)
    present = np.flatnonzero(~text.isin(MISSING).to_numpy())
    try:
        values = numbers(fields if len(present) == len(text) else fields[present], workload.column)
        if workload.column.type is float and np.isnan(values).any():
            present, values = present[~np.isnan(values)], values[~np.isnan(values)]
        results = results_of(workload, values)
    except RecordError as error:
        problem = error if error.index is None else error.at(int(present[error.index]))
    else:
        column = pd.Series(results, text.index[present], dtype=dtype_of(workload))
        return column if len(column) == len(text) else column.reindex(text.index)
    raise problem  # not above, where it would carry `error` along as its context


def dtype_of(workload: Workload) -> str:
    """Return the dtype of the new column."""
    return "float64" if workload.new_column.type is float else "object"


def render(frame: pd.DataFrame, layout: Layout) -> Part:
    """Return a frame's records as CSV text."""
    if layout.carriage_returns:
        rows = frame.astype(object).where(frame.notna(), "")
        return Part(layout.write(rows.itertuples(index=False, name=None)), len(frame))
    text = frame.to_csv(
        sep=layout.delimiter, header=False, index=False, lineterminator=layout.line_end
    )
    return Part(text.encode(), len(frame))
