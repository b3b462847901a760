"""Arrow's own table: every field is read as text, and written by Arrow again.

As Arrow writes all texts in quotes, or none, records in which there are quotes keep their bytes.
"""

import io

from pyarrow import csv

from strategies.core.contract import Part
from strategies.core.csv.layout import Layout
from strategies.core.engines import stdlib
from strategies.core.engines._arrow import appended, has_quotes, read, regular, texts_of_results
from strategies.core.workloads import Workload


def transform(data: bytes, layout: Layout, workload: Workload) -> Part:
    """Return a chunk's records with the workload's column at the end."""
    chunk = regular(data, layout)
    table = chunk and read(*chunk, layout, layout.labels)
    if chunk is None or table is None:
        return stdlib.transform(data, layout, workload)._replace(fallen_back=True)
    text, stops = chunk
    fields = table[layout.label_of(workload.column)].combine_chunks()
    results = texts_of_results(fields, layout, workload)
    if b'"' in text or has_quotes(results):
        return Part(appended(text, stops, results, layout), len(stops))
    output = io.BytesIO()
    options = csv.WriteOptions(
        include_header=False, delimiter=layout.delimiter, quoting_style="none", eol=layout.line_end
    )
    csv.write_csv(table.append_column(workload.new_column.name, results), output, options)
    return Part(output.getvalue(), len(stops))
