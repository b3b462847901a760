"""Polars' own reader and writer, streaming: every field is read as text, one column is cast."""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from strategies._whole_file import Task, own_process
from strategies.core.contract import Runner
from strategies.core.csv.layout import BOM
from strategies.core.process.interrupts import end_waits

end_waits()  # in our own process, which waits for the other one
KIND = "file"
TYPES = {int: pl.Int64, float: pl.Float64}


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start a process whose Polars has so many threads, which it reads when it is imported."""
    with own_process(write, workers, POLARS_MAX_THREADS=str(workers)) as runner:
        yield runner


def write(task: Task) -> int:
    """Scan, compute, sink."""
    cut = task.layout.delimiter
    table = pl.scan_csv(task.source, infer_schema=False, separator=cut, glob=False)
    table.with_columns(results(task).alias(task.into)).sink_csv(
        task.destination,
        separator=cut,
        line_terminator=task.layout.line_end,
        include_bom=task.layout.head.startswith(BOM),
    )
    return int(table.select(pl.len()).collect().item())  # which only counts lines


def results(task: Task) -> pl.Expr:
    """Return the expression of the new column."""
    text = pl.nth(task.place)
    value = pl.when(~text.is_in(task.missing)).then(text).cast(TYPES[task.workload.column.type])
    if task.workload.column.type is float:
        value = value.fill_nan(None)
    if task.doubles:
        return value * 2
    if (array := task.workload.array) is None:
        return value.map_elements(task.function, return_dtype=pl.String)
    texts = value.fill_null(0).map_batches(
        lambda values: pl.Series(array(values.to_numpy())), pl.String, is_elementwise=True
    )
    return pl.when(value.is_not_null()).then(texts)
