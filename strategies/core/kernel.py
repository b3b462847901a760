"""The kernel: what is done to one chunk, with pandas, as people write it.

Every field is read as text, so that nothing is guessed and nothing is reformatted;
only the workload's column is converted, with the type that the workload declares.
"""

import csv
import io
import sys

import pandas as pd

from strategies.core.contract import Part
from strategies.core.errors import RecordError
from strategies.core.layout import Layout
from strategies.core.planner import Chunk
from strategies.core.workloads import Workload

MANY_COLUMNS = 100  # where pandas' warning begins


def transform(layout: Layout, workload: Workload, chunk: Chunk) -> Part | RecordError:
    """Return a chunk's records with the workload's column at the end.

    A RecordError is returned, not raised, so that it takes its turn: joblib, for one,
    raises what went wrong anywhere before it yields what went well before that.
    """
    try:
        frame = parse(chunk, layout)
        frame[workload.into] = workload.apply(frame[workload.column])
    except RecordError as error:
        return error
    return render(frame, layout)


def parse(chunk: Chunk, layout: Layout) -> pd.DataFrame:
    """Return a chunk's records, every field as text; raises RecordError."""
    data = chunk.read()
    # `object` rather than pandas' `str`: 1.3 times as fast from file to file, as writing needs
    # Python strings in the end. The missing-value filter is off: `NA` is a text like others.
    try:
        frame = pd.read_csv(
            io.BytesIO(data),
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
        _check_lengths(data, layout)
        raise RecordError(None, str(error).strip(), "correct the record") from error
    # pandas fills a short record up with empty fields, and takes the fields that a long first
    # record has too many for an index, without a word in either case.
    if not isinstance(frame.index, pd.RangeIndex) or (frame.iloc[:, -1] == "").any():
        _check_lengths(data, layout)
    # It warns when a column is added to many that lie apart; a copy lays them together.
    return frame.copy() if len(frame.columns) >= MANY_COLUMNS else frame


def _check_lengths(data: bytes, layout: Layout) -> None:
    """Raise RecordError for the first record that has not as many fields as the header."""
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=layout.delimiter)
    for index, record in enumerate(filter(None, reader)):
        if len(record) != len(layout.columns):
            found = f"it has {len(record)} fields, but the header has {len(layout.columns)}"
            raise RecordError(index, found, "correct the record")


def render(frame: pd.DataFrame, layout: Layout) -> Part:
    """Return a frame's records as CSV text."""
    if layout.carriage_returns:
        rows = frame.astype(object).where(frame.notna(), "")
        return Part(layout.write(rows.itertuples(index=False, name=None)), len(frame))
    text = frame.to_csv(
        sep=layout.delimiter, header=False, index=False, lineterminator=layout.line_end
    )
    return Part(text.encode(), len(frame))
