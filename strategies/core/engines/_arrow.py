"""A column of a chunk as Arrow's texts, as numbers, and numbers as Python writes them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from strategies.core.csv.layout import Layout
from strategies.core.workloads.numbers import EXACT

BLOCK = 2**20  # bytes that Arrow's parser takes at once
ALIKE = b"0123456789.eE+-"  # what Python and Arrow read as the same numbers
# Between these, Arrow writes a float64 as Python does, but for the `.0` of whole numbers.
SMALLEST, BEYOND = 1e-4, 1e10


def column(data: bytes, layout: Layout, name: str, longest: int) -> pa.StringArray | None:
    """Return a column's fields; None where some record has not as many as the header.

    `longest` is the number of bytes of the longest record. Raises UnicodeDecodeError.
    """
    data.decode()
    labels = layout.labels
    label = labels[layout.columns.index(name)]
    try:
        table = csv.read_csv(
            pa.py_buffer(data),
            csv.ReadOptions(
                use_threads=False, column_names=labels, block_size=max(BLOCK, 2 * longest)
            ),
            csv.ParseOptions(
                delimiter=layout.delimiter,
                quote_char='"' if b'"' in data else False,
                newlines_in_values=b'"' in data,
                ignore_empty_lines=False,
            ),
            csv.ConvertOptions(
                check_utf8=False,  # it is
                include_columns=[label],
                column_types={label: pa.string()},
            ),
        )
    except pa.ArrowInvalid:
        return None
    fields: pa.StringArray = table[label].combine_chunks()
    return fields


def floats(fields: pa.StringArray) -> NDArray[np.float64] | None:
    """Return fields as numbers; None where Python is to decide on some of them."""
    text = fields.buffers()[2]
    if text is None or text.to_pybytes().translate(None, ALIKE):
        return None
    try:
        values = pc.cast(fields, pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        return None
    return values if np.all(np.abs(values) < EXACT) else None


def spelled(values: NDArray[np.float64]) -> pa.StringArray:
    """Return numbers as Python writes them; NaN is an empty text."""
    texts = pc.cast(pa.array(values), pa.string())
    sizes = np.abs(values)
    alike = ((sizes >= SMALLEST) & (sizes < BEYOND)) | (sizes == 0)
    whole = alike & (values == np.rint(values))
    if whole.any():
        texts = pc.if_else(pa.array(whole), pc.binary_join_element_wise(texts, ".0", ""), texts)
    if not alike.all():
        own = ["" if value != value else repr(value) for value in values[~alike].tolist()]
        texts = pc.replace_with_mask(texts, pa.array(~alike), pa.array(own, pa.string()))
    return texts


def rendered(results: Sequence[Any], layout: Layout) -> pa.StringArray:
    """Return results of any type as `csv` writes them, in quotes where needed."""
    before, behind = len(layout.delimiter), len(layout.line_end)
    ends = layout.ends("" if result != result else result for result in results)  # NaN is missing
    return pa.array([end[before:-behind] for end in ends], pa.binary()).cast(pa.string())


def scattered(texts: pa.StringArray, places: NDArray[np.intp], length: int) -> pa.StringArray:
    """Return an array of so many texts: those at these places, and empty ones."""
    if len(places) == length:
        return texts
    mask = np.zeros(length, np.bool_)
    mask[places] = True
    return pc.replace_with_mask(pa.repeat("", length), pa.array(mask), texts)
