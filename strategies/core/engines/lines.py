"""The one column with Arrow, and its result behind each record's own bytes.

No other field becomes a value of any kind. Chunks that are not as writers of CSV write them
(blank lines, quotes within fields, a field too many) are left to `csv`.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from strategies.core.contract import Part
from strategies.core.csv.layout import Layout
from strategies.core.csv.scan import separators
from strategies.core.engines import stdlib
from strategies.core.engines._arrow import column, floats, rendered, scattered, spelled
from strategies.core.engines._columns import computed, results_of
from strategies.core.workloads import Workload
from strategies.core.workloads.numbers import MISSING


def transform(data: bytes, layout: Layout, workload: Workload) -> Part:
    """Return a chunk's records with the workload's column at the end."""
    text = data if data.endswith(b"\n") else data + layout.line_end.encode()
    stops = separators(text, layout)
    if stops is None:
        return stdlib.transform(data, layout, workload)._replace(fallen_back=True)
    offsets = np.zeros(len(stops) + 1, np.int32)
    offsets[1:] = stops  # a record with the line end before it, as what lies between two offsets
    longest = int(np.diff(offsets).max())
    fields = column(text, layout, workload.column.name, longest)
    if fields is None or len(fields) != len(stops):
        return stdlib.transform(data, layout, workload)._replace(fallen_back=True)
    results = texts_of_results(fields, layout, workload).cast(pa.binary())
    own = pa.Array.from_buffers(
        pa.binary(), len(stops), [None, pa.py_buffer(offsets), pa.py_buffer(text)]
    )
    joined = pc.binary_join_element_wise(own, results, layout.delimiter.encode())
    return Part(joined.buffers()[2].to_pybytes() + layout.line_end.encode(), len(stops))


def texts_of_results(fields: pa.StringArray, layout: Layout, workload: Workload) -> pa.StringArray:
    """Return what is computed for each field, as it is written; raises RecordError."""
    dialect = layout.dialect
    values, places = None, np.arange(len(fields))
    if workload.column.type is float and dialect.plain_numbers and not dialect.missing:
        values = floats(fields)
    results: Any
    if values is not None:
        results = results_of(workload, values)
    else:
        texts = np.empty(len(fields), dtype=object)
        texts[:] = fields.to_pylist()
        missing = np.isin(texts.astype(str), [*MISSING, *dialect.missing])
        places, results = computed(texts, missing, workload, dialect)
    if isinstance(results, np.ndarray) and results.dtype == np.float64:
        return scattered(spelled(results), places, len(fields))
    plain = results.tolist() if isinstance(results, np.ndarray) else results
    return scattered(rendered(plain, layout), places, len(fields))
