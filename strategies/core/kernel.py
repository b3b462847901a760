"""The kernel: what is done to one chunk, with pandas, as people write it.

Every field is read as text, so that nothing is guessed and nothing is reformatted;
only the workload's column is converted, with the type that the workload declares.
"""

import csv
import io
import sys

import pandas as pd

from strategies.core.contract import Part
from strategies.core.errors import JobError, RecordError
from strategies.core.guard import guarded
from strategies.core.layout import Layout
from strategies.core.planner import Chunk
from strategies.core.workloads import Workload

MANY_COLUMNS = 100  # where pandas' warning begins
_BLANKS = (b" ", b"\t")


def transform(layout: Layout, workload: Workload, chunk: Chunk) -> Part | JobError:
    """Return a chunk's records with the workload's column at the end.

    A JobError is returned, not raised, so that it takes its turn: joblib, for one,
    raises what went wrong anywhere before it yields what went well before that.
    """
    try:
        return guarded(_transform, layout, workload, chunk)
    except JobError as error:
        return error


def _transform(layout: Layout, workload: Workload, chunk: Chunk) -> Part:
    frame = parse(chunk, layout)
    frame[workload.into] = workload.apply(frame[workload.column])
    return render(frame, layout)


def parse(chunk: Chunk, layout: Layout) -> pd.DataFrame:
    """Return a chunk's records, every field as text; raises RecordError."""
    data = chunk.read()
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
    except UnicodeDecodeError as error:
        found = f"byte {error.object[error.start]:#x} is not UTF-8"
        raise RecordError(None, found, "convert the file to UTF-8 first") from error
    except pd.errors.ParserError as error:
        _check_records(data, layout, None)
        raise RecordError(None, str(error).strip(), "correct the record") from error
    # pandas fills a short record up with empty fields, and takes the fields that a long first
    # record has too many for an index, without a word in either case.
    # It drops lines of blanks, likewise: a line that begins with a blank is suspicious.
    if (
        not isinstance(frame.index, pd.RangeIndex)
        or (frame.iloc[:, -1] == "").any()
        or data.startswith(_BLANKS)
        or any(b"\n" + blank in data for blank in _BLANKS)
    ):
        _check_records(data, layout, len(frame))
    # It warns when a column is added to many that lie apart; a copy lays them together.
    return frame.copy() if len(frame.columns) >= MANY_COLUMNS else frame


def _check_records(data: bytes, layout: Layout, parsed: int | None) -> None:
    """Raise RecordError for the first record that has not as many fields as the header.

    And when `parsed` is known, and is not the number of records. Slow; only for chunks
    in which something looks wrong.
    """
    csv.field_size_limit(sys.maxsize)
    text = io.StringIO(data.decode(errors="replace"), newline="")
    index = -1
    for index, record in enumerate(filter(None, csv.reader(text, delimiter=layout.delimiter))):
        if len(record) != len(layout.columns):
            found = f"it has {len(record)} fields, but the header has {len(layout.columns)}"
            raise RecordError(index, found, "correct the record")
    if parsed is not None and parsed != index + 1:
        found = "a line holds nothing but blanks"
        raise RecordError(None, found, "remove it, or put the blanks into quotes")


def render(frame: pd.DataFrame, layout: Layout) -> Part:
    """Return a frame's records as CSV text."""
    if layout.carriage_returns:
        rows = frame.astype(object).where(frame.notna(), "")
        return Part(layout.write(rows.itertuples(index=False, name=None)), len(frame))
    text = frame.to_csv(
        sep=layout.delimiter, header=False, index=False, lineterminator=layout.line_end
    )
    return Part(text.encode(), len(frame))
