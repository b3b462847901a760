"""Workloads: what is computed from one column into a new one.

A workload exists twice, on purpose: `vector` is what kernels run on a whole column,
`record` is its definition for one value, which only the reference uses. Both are
module-level functions, which workers import by name under any start method.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from strategies.core.errors import RecordError
from strategies.core.places import shown

# The texts of a numeric field without a value; its result is empty. A column that is read as
# float64 has no value, either, where the text is any other spelling of NaN.
MISSING = ("", "NA", "NaN", "nan")
_INFINITIES = ("inf", "infinity")
BLANKS = " \t\n\r\f\v"  # around a number, they are ignored
MOST_DIGITS = (
    sys.get_int_max_str_digits()
)  # of a whole number: 4300, unless Python is told otherwise

# score: the first recurrence of Wichmann and Hill's generator (1982), whose small integers
# Python handles fastest. With 2 steps a unit a plain record (quantity 50 on average) takes
# about 6 microseconds, more than reading and writing it with pandas takes.
STEPS = 2  # steps of the recurrence for each unit of the column
LONGEST = 1000  # the units are taken modulo this, so that no single value runs for ever

# digest: the 8 bytes of a float64 are spread to WIDTH bytes and mixed ROUNDS times; NumPy
# spends about 9 microseconds a record on it, in native code that releases the GIL. A
# matrix product of small integers is used rather than a hash function called per record:
# one long call per chunk never waits for the GIL, which is what this workload is to show.
WIDTH = 64  # bytes of state a record
ROUNDS = 3


@dataclass(frozen=True)
class Workload:
    """Compute column `into` from the numbers in `column`, record by record."""

    name: str
    column: str
    into: str
    reads: type[int] | type[float]
    writes: str  # the dtype of the new column in a frame
    vector: Callable[[pd.Series], pd.Series]  # of the values that are not missing
    record: Callable[..., object]  # of one value

    def on(self, column: str | None = None, into: str | None = None) -> "Workload":
        """Return the same computation pointed at other columns."""
        return replace(
            self,
            column=self.column if column is None else column,
            into=self.into if into is None else into,
        )

    def apply(self, text: pd.Series) -> pd.Series:
        """Return the new column (missing where the field is) for a column of field texts.

        Raises RecordError for the first field that is neither a number nor missing.
        """
        missing = text.isin(MISSING)
        values = self._numbers(text[~missing] if missing.any() else text)
        if self.reads is float and values.isna().any():
            values = values.dropna()
        results = self.vector(values)
        return results if len(results) == len(text) else results.reindex(text.index)

    def _numbers(self, text: pd.Series) -> pd.Series:
        """Convert with Python's own int or float: exact, and the same on every platform.

        They take more than `number` does; the fields are looked at one by one only where
        their characters, or what became of them, allow that.
        """
        fields = text.to_numpy(dtype=object)
        try:
            if self.reads is float:  # from Python strings, NumPy calls Python's float
                values = pd.Series(fields.astype(np.float64), text.index)
                infinite = np.isinf(values.to_numpy())
            else:
                values = pd.Series([int(field) for field in fields], text.index, dtype=object)
                infinite = np.zeros(0, np.bool_)
        except ValueError:
            values, infinite = None, np.zeros(0, np.bool_)
        characters = "".join(fields)
        if values is None or not characters.isascii() or "_" in characters:
            suspects = text
        else:
            suspects = text[infinite] if infinite.any() else text[:0]
        for index, field in suspects.items():
            try:
                number(field, self.reads)
            except ValueError as error:
                found = f"column {shown(self.column)} holds {shown(field)}, {error}"
                remedy = "correct it, or choose another column with --column"
                raise RecordError(int(str(index)), found, remedy) from None
        if values is None:
            message = "NumPy refuses what Python takes for a number"
            raise AssertionError(message)
        return values


def number(text: str, reads: type[int] | type[float]) -> int | float:
    """Return the number that a field's text is; ValueError says why it is none.

    Python's grammar, with blanks around, but in ASCII and without underscores; and a
    number that float64 has no room for is refused rather than read as infinity.
    """
    kind = "a whole number" if reads is int else "a number"
    digits = text.strip(BLANKS).lstrip("+-")
    try:
        value = reads(text)
    except ValueError:
        message = f"which is not {kind}"
        if 0 < MOST_DIGITS < len(digits) and digits.isdecimal() and digits.isascii():
            message = f"whose {len(digits)} digits are more than the {MOST_DIGITS} that are read"
        raise ValueError(message) from None
    if not text.isascii() or "_" in text:
        message = f"which is not {kind} in the digits 0 to 9 alone"
        raise ValueError(message)
    if isinstance(value, float) and math.isinf(value) and digits.lower() not in _INFINITIES:
        message = "which is beyond the range of float64"
        raise ValueError(message)
    return value


def double_vector(values: pd.Series) -> pd.Series:
    """Do what the seed example does: df["new_column"] = df["old_column"] * 2."""
    return values * 2


def double_record(value: float) -> float:
    """Return twice the value."""
    return value * 2


def score_record(value: int) -> int:
    """Iterate an integer recurrence; pure Python, so it holds the GIL throughout."""
    state = value % 30_268 + 1
    for _ in range(STEPS * (value % LONGEST)):
        state = state * 171 % 30_269
    return state


def score_vector(values: pd.Series) -> pd.Series:
    """Score one record after the other."""
    return pd.Series([score_record(value) for value in values], values.index, dtype=object)


def _matrix(rows: int, salt: int) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """Return fixed odd bytes: odd numbers lose no information modulo 256."""
    cells = np.arange(rows * WIDTH, dtype=np.uint32).reshape(rows, WIDTH)
    mixed = (cells + np.uint32(salt)) * np.uint32(2_654_435_761)  # Knuth's multiplicative hash
    return (mixed >> np.uint32(24)).astype(np.uint8) | np.uint8(1)


_SPREAD = _matrix(8, salt=1)
_MIX = _matrix(WIDTH, salt=12_345)


def digest_vector(values: pd.Series) -> pd.Series:
    """Return 16 hexadecimal digits a value, from its IEEE 754 bytes."""
    floats = np.ascontiguousarray(values.to_numpy(), dtype="<f8")
    state = floats.view(np.uint8).reshape(-1, 8) @ _SPREAD
    for _ in range(ROUNDS):
        state = (state ^ (state >> np.uint8(3))) @ _MIX
    folded = np.bitwise_xor.reduce(state.reshape(-1, 8, 8), axis=1)
    text = np.ascontiguousarray(folded).tobytes().hex()
    digits = [text[i : i + 16] for i in range(0, len(text), 16)]
    return pd.Series(digits, values.index, dtype=object)


def digest_record(value: float) -> str:
    """Return the digest of one value."""
    state = np.frombuffer(np.array(value, "<f8").tobytes(), np.uint8) @ _SPREAD
    for _ in range(ROUNDS):
        state = (state ^ (state >> np.uint8(3))) @ _MIX
    folded: bytes = np.bitwise_xor.reduce(state.reshape(8, 8), axis=0).tobytes()
    return folded.hex()


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            "double", "old_column", "new_column", float, "float64", double_vector, double_record
        ),
        Workload("score", "quantity", "score", int, "object", score_vector, score_record),
        Workload("digest", "old_column", "digest", float, "object", digest_vector, digest_record),
    )
}


def load_workload(name: str) -> Workload:
    """Return a workload of ours."""
    return WORKLOADS[name]
