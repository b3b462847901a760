"""The one column with Arrow, and its result behind each record's own bytes.

No other field is even looked at. Chunks that are not as writers of CSV write them (blank lines,
quotes within fields, a field too many) are left to `csv`.
"""

from strategies.core.contract import Part
from strategies.core.csv.fields import fields_of
from strategies.core.csv.layout import Layout
from strategies.core.engines import stdlib
from strategies.core.engines._arrow import appended, texts_of, texts_of_results, whole_lines
from strategies.core.workloads import Workload

IN_SWEEPS = True


def transform(data: bytes, layout: Layout, workload: Workload) -> Part:
    """Return a chunk's records with the workload's column at the end."""
    text = whole_lines(data, layout)
    fields = text and fields_of(text, layout, layout.columns.index(workload.column.name))
    if not text or not fields:
        return _left_to_csv(data, layout, workload)
    if not text.isascii():
        text.decode()  # raises UnicodeDecodeError
    texts = texts_of(text, fields)
    if texts is None:
        return _left_to_csv(data, layout, workload)
    results = texts_of_results(texts, layout, workload)
    return Part(appended(text, fields.stops, results, layout), len(fields.stops))


def _left_to_csv(data: bytes, layout: Layout, workload: Workload) -> Part:
    return stdlib.transform(data, layout, workload)._replace(fallen_back=True)
