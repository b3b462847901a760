"""The shapes that a synthetic dataset may have: what columns, and what is odd about them.

Apart from how they are rendered (`data_gen.synthetic`), so that their names cost no NumPy.
"""

from data_gen.errors import DatasetError

GENERATOR_VERSION = 1  # raise it with every change of a single byte

COLUMNS = {
    "id": "int",
    "old_column": "float",
    "quantity": "int",
    "category": "text",
    "timestamp": "timestamp",
    "text": "text",
}
MEASURES = {f"measure_{i:02d}": "float" for i in range(94)}
SHAPES = {  # each with its columns: name to type, in order
    "plain": COLUMNS,
    "quoted": COLUMNS,  # with delimiters, quotes and newlines in fields
    "wide": COLUMNS | MEASURES,
    "missing": COLUMNS,  # without a number in one record of ten
    "unicode": COLUMNS,
    "skewed": COLUMNS,  # a tenth of the file costs most
}


def check_shape(shape: str) -> None:
    """Raise DatasetError when there is no such shape."""
    if shape not in SHAPES:
        message = f"there is no shape {shape!r}; choose one of {', '.join(SHAPES)}"
        raise DatasetError(message)


def header(shape: str) -> bytes:
    """Return the header line of a shape."""
    return ",".join(SHAPES[shape]).encode() + b"\n"
