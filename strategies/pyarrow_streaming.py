"""Arrow's streaming reader and writer: every field is read as text, one column is cast."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from strategies._whole_file import Task, own_process
from strategies.core.contract import Runner

KIND = "file"
TYPES = {int: pa.int64(), float: pa.float64()}


@contextmanager
def start(workers: int) -> Iterator[Runner]:
    """Start a process; Arrow's pool has so many threads, of which its stream uses two."""
    with own_process(write, workers) as runner:
        yield runner


def write(task: Task) -> int:
    """Read batches, compute, write them."""
    pa.set_cpu_count(task.workers)
    cut, records = task.layout.delimiter, 0
    as_text = csv.ConvertOptions(column_types=dict.fromkeys(task.layout.columns, pa.string()))
    parsed = csv.ParseOptions(delimiter=cut, newlines_in_values=True)
    with csv.open_csv(task.source, parse_options=parsed, convert_options=as_text) as batches:
        kind = pa.float64() if task.doubles else pa.string()
        schema = batches.schema.append(pa.field(task.into, kind))
        written = csv.WriteOptions(delimiter=cut, eol=task.layout.line_end)
        with csv.CSVWriter(task.destination, schema, write_options=written) as output:
            for batch in batches:
                records += len(batch)
                column = results(batch.column(task.place), task)
                output.write_batch(batch.append_column(schema.field(task.into), column))
    return records


def results(text: Any, task: Task) -> Any:
    """Return the new column of a batch."""
    missing = pc.is_in(text, pa.array(task.missing))
    values = pc.cast(pc.if_else(missing, None, text), TYPES[task.workload.column.type])
    if task.workload.column.type is float:
        values = pc.if_else(pc.is_nan(values), None, values)
    if task.doubles:
        return pc.multiply(values, 2)
    if (array := task.workload.array) is None:
        return pa.array([task.function(value) for value in values.to_pylist()], pa.string())
    texts = pa.array(array(pc.fill_null(values, 0).to_numpy()))
    return pc.if_else(pc.is_valid(values), texts, None)
