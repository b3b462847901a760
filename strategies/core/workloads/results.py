"""What a user's function may return, and as which text or number it is written."""

from contextlib import suppress
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from typing import Any
from uuid import UUID

Result = str | int | float | bool | Decimal

MISSING = float("nan")  # is written as an empty field
AS_TEXT = (Fraction, date, time, timedelta, UUID, PurePath)  # as `str` has them
PANDAS_AS_TEXT = ("Interval", "Period")  # its Timestamp is a date, its Timedelta a timedelta
NOTHING = ("MaskedConstant", "NAType", "NaTType", "NoneType")  # of NumPy, pandas and Python
REMEDY = "return a text, a number, a date, a time, a member of an Enum, or None"


def as_result(value: object) -> Result:
    """Return a function's result as it is written; raises TypeError or ValueError.

    A member of an Enum is its value, whatever else it is; a scalar of NumPy is what Python has
    for it; None, NaN, NaT and NA are missing. Other values are what `str` makes of them, as
    `csv.writer` would write them.
    """
    if isinstance(value, Enum):
        value = value.value
    if type(value).__module__ == "numpy" and getattr(value, "size", 0) == 1:  # or an array of one
        value = _of_numpy(value)
    kind = type(value)
    if kind is float or kind is bool:
        return value  # type: ignore[return-value] # as the line above says
    if kind.__name__ in NOTHING or (isinstance(value, Decimal) and value.is_nan()):
        return MISSING
    if isinstance(value, float):  # and an int below: what is derived from them is one of them
        return float(value)
    if isinstance(value, int):
        str(int(value))  # fails for whole numbers of more than 4300 digits
        return int(value)
    if isinstance(value, str):
        return _readable(str.__str__(value))
    if isinstance(value, Decimal):
        return Decimal(value)
    of_pandas = kind.__module__.partition(".")[0] == "pandas"
    if isinstance(value, AS_TEXT) or (of_pandas and kind.__name__ in PANDAS_AS_TEXT):
        return _readable(str(value))
    message = f"it returned a {kind.__name__}; {REMEDY}"
    raise TypeError(message)


def _of_numpy(value: Any) -> object:
    """Return what Python has for a scalar of NumPy; its own text for a date that Python lacks."""
    plain: object = value.item()
    if value.dtype.kind not in "mM" or isinstance(plain, (timedelta, type(None))):
        return plain
    if isinstance(plain, int):  # in units such as nanoseconds
        with suppress(TypeError):  # months have no microseconds
            coarse = value.astype(f"{value.dtype.kind}8[us]")
            if coarse == value and not isinstance(coarse.item(), int):
                return coarse.item()
    elif hasattr(plain, "hour"):  # a datetime; of a date, the text may be a month or a year alone
        return plain
    return str(value).replace("T", " ") if value.dtype.kind == "M" else value


def _readable(text: str) -> str:
    text.encode()  # fails for half a character
    if "\r" in text or "\0" in text:
        message = "it returned a text with a carriage return or a NUL, which CSV readers stumble on"
        raise ValueError(message)
    return text
