"""The one column with Arrow, and its result behind each record's own bytes.

No other field becomes a value of any kind. Chunks that are not as writers of CSV write them
(blank lines, quotes within fields, a field too many) are left to `csv`.
"""

from strategies.core.contract import Part
from strategies.core.csv.layout import Layout
from strategies.core.engines import stdlib
from strategies.core.engines._arrow import appended, read, regular, texts_of_results
from strategies.core.workloads import Workload

IN_SWEEPS = True


def transform(data: bytes, layout: Layout, workload: Workload) -> Part:
    """Return a chunk's records with the workload's column at the end."""
    label = layout.label_of(workload.column)
    chunk = regular(data, layout)
    table = chunk and read(*chunk, layout, [label])
    if chunk is None or table is None:
        return stdlib.transform(data, layout, workload)._replace(fallen_back=True)
    text, stops = chunk
    results = texts_of_results(table[label].combine_chunks(), layout, workload)
    return Part(appended(text, stops, results, layout), len(stops))
