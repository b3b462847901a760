"""Python's own `csv`: what needs nothing installed. Numbers are converted by Python, too."""

import numpy as np

from strategies.core.contract import Part
from strategies.core.csv.layout import Layout
from strategies.core.csv.records import appended, records
from strategies.core.engines._columns import computed
from strategies.core.engines._rows import check_fields, rows_of
from strategies.core.workloads import Workload
from strategies.core.workloads.numbers import MISSING


def transform(data: bytes, layout: Layout, workload: Workload) -> Part:
    """Return a chunk's records with the workload's column at the end."""
    own = records(data, layout)
    fields = column(data, layout, workload)
    return Part(appended(own, ends(fields, layout, workload)), len(own))


def column(data: bytes, layout: Layout, workload: Workload) -> list[str]:
    """Return the fields of the workload's column; RecordError, and UnicodeDecodeError."""
    index, fields = layout.columns.index(workload.column.name), list[str]()
    for number, record in enumerate(rows_of(data, layout)):
        if len(record) != len(layout.columns):
            check_fields(record, number, layout)
        fields.append(record[index])
    data.decode()
    return fields


def ends(fields: list[str], layout: Layout, workload: Workload) -> list[bytes]:
    """Return the ends of records: what is computed from a column's fields, as it is written."""
    absent = {*MISSING, *layout.dialect.missing}
    missing = np.fromiter((field in absent for field in fields), np.bool_, len(fields))
    texts = np.empty(len(fields), dtype=object)
    texts[:] = fields
    present, results = computed(texts, missing, workload, layout.dialect)
    plain = results.tolist() if isinstance(results, np.ndarray) else results
    written = ["" if result != result else result for result in plain]  # NaN is missing
    if len(present) < len(fields):
        all_written: list[object] = [""] * len(fields)
        for place, result in zip(present.tolist(), written, strict=True):
            all_written[place] = result
        written = all_written
    return layout.ends(written)
