"""A chunk's columns as Arrow's texts, texts as numbers, and numbers as Python writes them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

from strategies.core.csv.fields import Fields, separators
from strategies.core.csv.layout import Layout
from strategies.core.csv.scan import Offsets
from strategies.core.engines._columns import computed, results_of
from strategies.core.engines._decimals import decimals
from strategies.core.workloads import Workload
from strategies.core.workloads.numbers import EXACT, MISSING

BLOCK = 2**20  # bytes that Arrow's parser takes at once
LONGEST = 2**29  # bytes of a chunk, which may be one record; Arrow counts in 32 bits, with a sign
ALIKE = b"0123456789.eE+-"  # what Python and Arrow read as the same numbers
# Between these, Arrow writes a float64 as Python does, but for the `.0` of whole numbers.
SMALLEST, BEYOND = 1e-4, 1e10


def whole_lines(data: bytes, layout: Layout) -> bytes | None:
    """Return a chunk, whose last line has an end now; None for one that is too long for Arrow."""
    if len(data) > LONGEST:
        return None
    return data if data.endswith(b"\n") else data + layout.line_end.encode()


def regular(data: bytes, layout: Layout) -> tuple[bytes, Offsets] | None:
    """Return a chunk, whose last line has an end now, and its `separators`.

    None where it has to be left to `csv`.
    """
    text = whole_lines(data, layout)
    stops = None if text is None else separators(text, layout)
    return None if text is None or stops is None else (text, stops)


def read(data: bytes, stops: Offsets, layout: Layout, labels: list[str]) -> pa.Table | None:
    """Return these columns of a chunk, as texts; None where Arrow does not read it as `csv` does.

    `stops` are its `separators`. Raises UnicodeDecodeError.
    """
    if not data.isascii():
        data.decode()
    longest = int(np.diff(stops, prepend=0).max())
    try:
        table = csv.read_csv(
            pa.py_buffer(data),
            csv.ReadOptions(
                use_threads=False, column_names=layout.labels, block_size=max(BLOCK, 2 * longest)
            ),
            csv.ParseOptions(
                delimiter=layout.delimiter,
                quote_char='"' if b'"' in data else False,
                newlines_in_values=b'"' in data,
                ignore_empty_lines=False,
            ),
            csv.ConvertOptions(
                check_utf8=False,  # it is
                include_columns=labels,
                column_types=dict.fromkeys(labels, pa.string()),
            ),
        )
    except pa.ArrowInvalid:  # a record with another number of fields, most likely
        return None
    return table if len(table) == len(stops) else None


def texts_of(data: bytes, fields: Fields) -> pa.StringArray | None:
    """Return the texts of fields of a chunk, without the quotes around them.

    None where one has quotes in it.
    """
    starts, ends, number = fields.starts, fields.ends, len(fields.stops)
    if b'"' in data:
        text = np.frombuffer(data, np.uint8)
        quoted = text[starts] == ord('"')
        starts, ends = starts + quoted, ends - quoted
    offsets = np.empty(2 * number, np.int32)  # of the fields, and of what lies between them
    offsets[::2], offsets[1::2] = starts, ends
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    both = pa.Array.from_buffers(pa.binary(), 2 * number - 1, buffers)
    texts = both.take(pa.array(np.arange(0, 2 * number, 2))).cast(pa.string())
    return None if b'"' in data and has_quotes(texts) else texts


def has_quotes(texts: pa.StringArray) -> bool:
    """Whether some text is in quotes, or has some in it."""
    return bool(pc.any(pc.match_substring(texts, '"')).as_py())


def appended(data: bytes, stops: Offsets, results: pa.StringArray, layout: Layout) -> bytes:
    """Return a chunk's records with their own bytes, and the results as their last fields."""
    offsets = np.zeros(len(stops) + 1, np.int32)
    offsets[1:] = stops  # a record, with the line end before it, is what lies between two offsets
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    own = pa.Array.from_buffers(pa.binary(), len(stops), buffers)
    ends = results.cast(pa.binary())
    last = pa.array([ends[-1].as_py() + layout.line_end.encode()], pa.binary())
    ends = pa.concat_arrays([ends[:-1], last])
    joined = pc.binary_join_element_wise(own, ends, layout.delimiter.encode())
    whole: bytes = joined.buffers()[2].to_pybytes()
    return whole


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
    if (short := decimals(values)) is not None:
        return short
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
