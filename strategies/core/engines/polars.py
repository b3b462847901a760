"""Polars' own table: every field is read as text, and written by Polars again.

It reads `""` and nothing alike, so records in which there are quotes keep their bytes.
"""

import io
import os

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # a worker is one core; read at Polars' import

import polars as pl

from strategies.core.contract import Part
from strategies.core.csv.layout import Layout
from strategies.core.csv.scan import Offsets
from strategies.core.engines import stdlib
from strategies.core.engines._arrow import appended, has_quotes, regular, texts_of_results
from strategies.core.engines._rows import check_rows
from strategies.core.process.interrupts import end_waits
from strategies.core.workloads import Workload

end_waits()


def transform(data: bytes, layout: Layout, workload: Workload) -> Part:
    """Return a chunk's records with the workload's column at the end."""
    chunk = regular(data, layout)
    frame = None if chunk is None else _read(*chunk, layout)
    if chunk is None or frame is None:
        return stdlib.transform(data, layout, workload)._replace(fallen_back=True)
    text, stops = chunk
    fields = frame[layout.label_of(workload.column)].fill_null("").to_arrow()
    results = texts_of_results(fields, layout, workload)
    if b'"' in text or has_quotes(results):
        return Part(appended(text, stops, results, layout), len(stops))
    frame = frame.with_columns(pl.Series(workload.new_column.name, results))
    written = io.BytesIO()
    frame.write_csv(
        written,
        include_header=False,
        separator=layout.delimiter,
        line_terminator=layout.line_end,
        quote_style="never",
    )
    return Part(written.getvalue(), len(stops))


def _read(data: bytes, stops: Offsets, layout: Layout) -> pl.DataFrame | None:
    """Return a chunk's fields; None where Polars does not read it as `csv` does."""
    try:
        frame = pl.read_csv(
            data,
            has_header=False,
            new_columns=layout.labels,
            schema=dict.fromkeys(layout.labels, pl.String),
            separator=layout.delimiter,
            quote_char='"' if b'"' in data else None,
        )
    except pl.exceptions.PolarsError:  # a record with too many fields, or what is no UTF-8
        return None
    if frame.height != len(stops):
        return None
    # A record that is too short is filled up, without a word.
    delimiters = len(stops) * (len(layout.columns) - 1)
    if b'"' not in data:
        return frame if data.count(layout.delimiter.encode()) == delimiters else None
    if frame.to_series(-1).null_count():
        check_rows(data, layout)
    return frame
