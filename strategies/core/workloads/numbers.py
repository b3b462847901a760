"""Which texts are numbers, and how numbers are written, to the engines.

The reference has a grammar of its own.
"""

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from strategies.core.csv.dialect import BLANKS, MARKS, Dialect

# The texts of a numeric field without a value; its result is empty. A column that is read as
# float64 has no value, either, where the text is any other spelling of NaN.
MISSING = ("", "NA", "NaN", "nan")
MOST_DIGITS = sys.get_int_max_str_digits()  # of a whole number: 4300, unless Python is told so
GAPS = "\u00a0\u202f\u2009"  # blanks that stand between a number and its currency
EXACT = 2**53  # up to it, float64 holds every whole number
_INFINITIES = ("inf", "infinity")
_CURRENCY = re.compile(r"^[^\W\d_]{0,3}[^\w\s.,+'%-]|^[^\W\d_]{1,3}|[^\w\s.,+'%-]$|[^\W\d_]{2,3}$")
LONGEST_MISSING = 20  # characters of a text that may stand for nothing
_WHOLE = re.compile(rf"[{BLANKS}]*[+-]?[0-9]+[{BLANKS}]*")


def number(text: str, reads: type, dialect: Dialect) -> int | float:
    """Return the number that a field's text is; ValueError says why it is none.

    Python's grammar, with blanks around, but in ASCII and without underscores; and a
    number that float64 has no room for is refused rather than read as infinity, as is a whole
    number that it cannot hold exactly.
    """
    kind = "a whole number" if reads is int else "a number"
    python = text if dialect.plain_numbers else spelled(text, dialect)
    digits = python.strip(BLANKS).lstrip("+-")
    try:
        value: int | float = reads(python)
    except ValueError:
        message = f"which is not {kind}"
        if 0 < MOST_DIGITS < len(digits) and digits.isdecimal() and digits.isascii():
            message = f"whose {len(digits)} digits are more than the {MOST_DIGITS} that are read"
        raise ValueError(message) from None
    if not python.isascii() or "_" in python:
        message = f"which is not {kind} in the digits 0 to 9 alone"
        raise ValueError(message)
    if isinstance(value, float) and math.isinf(value) and digits.lower() not in _INFINITIES:
        message = "which is beyond the range of float64"
        raise ValueError(message)
    if isinstance(value, float) and _is_too_large(python, value):
        message = "a whole number beyond 2^53, to which float64 is exact"
        raise ValueError(message)
    return value


def _is_too_large(python: str, value: float) -> bool:
    """Whether a text is a whole number that may be rounded, or whose results may be."""
    if abs(value) < EXACT or not _WHOLE.fullmatch(python):
        return False
    return int(python.strip(BLANKS).lstrip("+-0")) > EXACT


def spelled(text: str, dialect: Dialect) -> str:
    """Return a number's text as Python spells it; ValueError where it is none of the dialect."""
    digits = text.strip(BLANKS)
    sign, digits = _cut_sign(digits)
    if currency := dialect.currency:
        digits = digits.removeprefix(currency).removesuffix(currency).strip(BLANKS + GAPS)
        sign, digits = (sign, digits) if sign else _cut_sign(digits)
    mantissa, e, exponent = digits.replace("E", "e").partition("e")
    whole, mark, rest = mantissa.partition(dialect.decimal)
    if dialect.decimal == "," and "." in whole + rest and dialect.thousands != ".":
        message = "which has a point, and its decimal mark is a comma"
        raise ValueError(message)
    if dialect.thousands and dialect.thousands in whole:
        first, *others = whole.split(dialect.thousands)
        if not 0 < len(first) <= 3 or any(len(group) != 3 for group in others):
            message = f"whose digits are not in threes between {dialect.thousands!r}"
            raise ValueError(message)
        whole = "".join([first, *others])
    return sign + whole + ("." if mark else "") + rest + e + exponent


def _cut_sign(text: str) -> tuple[str, str]:
    return (text[0], text[1:].lstrip(BLANKS)) if text[:1] in {"+", "-"} else ("", text)


def written(value: object, dialect: Dialect) -> str:
    """Return a result as it is written in the dialect: numbers like those that are read."""
    text = str(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return text
    whole, mark, rest = text.partition(".")
    sign, digits = _cut_sign(whole)
    if dialect.thousands and digits.isdecimal():
        groups = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)]
        digits = dialect.thousands.join(reversed(groups))
    return sign + digits + (dialect.decimal if mark else "") + rest


def advice(text: str, reads: type, dialect: Dialect) -> str:
    """Return what to do about a text that is no number: options with which it would be one."""
    if reads is float and _is_number(text, int, dialect) and not _is_number(text, float, dialect):
        return "write it with a decimal point where it may be rounded, or "
    options = [" ".join(changed) for changed in _options(text, reads, dialect)]
    if options:
        return f"use {' or '.join(options)}, if that is how its numbers are written, or "
    if 0 < len(text) <= LONGEST_MISSING and not text.strip().lstrip("+-")[:1].isdigit():
        known = ", ".join([*MISSING[1:], *dialect.missing])
        return f"use {option('missing', text)} if it stands for no value ({known} do), or "
    return ""


def option(name: str, value: str) -> str:
    """Return an option as one would type it."""
    from shlex import quote  # noqa: PLC0415 - only for messages

    if name in {"decimal", "thousands"}:
        value = next((word for word, sign in MARKS.items() if sign == value), value)
    return f"--{name}{'=' if value.startswith('-') else ' '}{quote(value)}"


def _options(text: str, reads: type, dialect: Dialect) -> Iterator[tuple[str, ...]]:
    """Yield the fewest options with which a text would be a number, in all ways there are."""
    currencies = [dialect.currency, *_CURRENCY.findall(text)]
    groups = [dialect.thousands, *",. '\u00a0\u202f\u2009\u2019"]
    found: list[tuple[str, ...]] = []
    for decimal in dict.fromkeys((dialect.decimal, ",")):
        for thousands in dict.fromkeys(groups):
            for currency in dict.fromkeys(currencies):
                tried = replace(dialect, decimal=decimal, thousands=thousands, currency=currency)
                if decimal != thousands and _is_number(text, reads, tried):
                    fields = ("decimal", "thousands", "currency")
                    found.append(
                        tuple(
                            option(name, getattr(tried, name))
                            for name in fields
                            if getattr(tried, name) != getattr(dialect, name)
                        )
                    )
    fewest = min(map(len, found), default=0)
    return (options for options in found if len(options) == fewest and fewest)


def _is_number(text: str, reads: type, dialect: Dialect) -> bool:
    try:
        number(text, reads, dialect)
    except ValueError:
        return False
    return True
