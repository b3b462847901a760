"""pandas, as people write it: a frame of texts, one column of which is converted.

Every field is read as text, so that nothing is guessed and nothing is reformatted;
only the workload's column is converted, with the type that the workload declares.
"""

import io
from typing import Any

import pandas as pd

from strategies.core.contract import Part
from strategies.core.csv.dialect import Dialect
from strategies.core.csv.layout import Layout
from strategies.core.csv.records import appended, records
from strategies.core.engines._columns import computed
from strategies.core.engines._rows import check_rows, rows_of
from strategies.core.workloads import Workload
from strategies.core.workloads.numbers import MISSING

IN_SWEEPS = True
MANY_COLUMNS = 100  # where pandas' warning begins


def transform(data: bytes, layout: Layout, workload: Workload) -> Part:
    """Return a chunk's records with the workload's column at the end."""
    frame = parse(data, layout)
    own = own_records(data, layout)
    frame[workload.new_column.name] = compute(frame[workload.column.name], workload, layout.dialect)
    return render(frame, layout, own)


def own_records(data: bytes, layout: Layout) -> list[bytes] | None:
    """Return the records as they are written, where `to_csv` might write them otherwise.

    It writes quotes only where a field needs them.
    """
    return records(data, layout) if b'"' in data else None


def parse(data: bytes, layout: Layout) -> pd.DataFrame:
    """Return records, every field as text; raises RecordError, and UnicodeDecodeError."""
    # `object` rather than pandas' `str`: 1.3 times as fast from file to file, as writing needs
    # Python strings in the end. The missing-value filter is off: `NA` is a text like others.
    if data.count(b"\r") != data.count(b"\r\n"):  # behind a lone one, pandas may lose a field
        check_rows(data, layout)
        return _parse_exactly(data, layout)
    try:
        frame = pd.read_csv(
            io.BytesIO(b"\n" + data),  # behind a blank line, U+FEFF is text and not a BOM
            sep=layout.delimiter,
            header=None,
            names=layout.labels,
            dtype=object,
            na_filter=False,
            low_memory=False,
            skip_blank_lines=not layout.one_column,
        )
    except pd.errors.ParserError:  # too many fields, most likely
        check_rows(data, layout)
        frame = _parse_exactly(data, layout)
    except UnicodeDecodeError:
        check_rows(data, layout)  # whatever the engine, a wrong number of fields comes first
        raise
    else:
        if layout.one_column:
            frame = frame.iloc[1:].reset_index(drop=True)
    if _suspicious(frame, data, layout) and check_rows(data, layout) != len(frame):
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


def _parse_exactly(data: bytes, layout: Layout) -> pd.DataFrame:
    """Return what `csv` reads; only for what pandas leaves out: blanks in the only column."""
    return pd.DataFrame(list(rows_of(data, layout)), columns=layout.labels, dtype=object)


def compute(text: "pd.Series[Any]", workload: Workload, dialect: Dialect) -> "pd.Series[Any]":
    """Return the new column, which is missing where the field is, for a column of field texts.

    Raises RecordError for the first field that is neither a number nor missing.
    """
    missing = text.isin([*MISSING, *dialect.missing]).to_numpy()
    present, results = computed(text.to_numpy(dtype=object), missing, workload, dialect)
    column = pd.Series(results, text.index[present], dtype=dtype_of(workload, dialect))
    return column if len(column) == len(text) else column.reindex(text.index)


def dtype_of(workload: Workload, dialect: Dialect) -> str:
    """Return the dtype of the new column."""
    as_float = workload.new_column.type is float and dialect.plain_numbers
    return "float64" if as_float else "object"


def render(frame: pd.DataFrame, layout: Layout, own: list[bytes] | None) -> Part:
    """Return a frame's records as CSV text; `own` is what `own_records` has returned."""
    if own is not None:
        results = frame.iloc[:, -1].tolist()
        ends = layout.ends("" if result != result else result for result in results)
        return Part(appended(own, ends), len(frame))
    text = frame.to_csv(
        sep=layout.delimiter, header=False, index=False, lineterminator=layout.line_end
    )
    return Part(text.encode(), len(frame))
