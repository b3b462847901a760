"""Which texts are numbers, to the engines; the reference has a grammar of its own."""

import math
import sys

# The texts of a numeric field without a value; its result is empty. A column that is read as
# float64 has no value, either, where the text is any other spelling of NaN.
MISSING = ("", "NA", "NaN", "nan")
BLANKS = " \t\n\r\f\v"  # around a number, they are ignored
MOST_DIGITS = sys.get_int_max_str_digits()  # of a whole number: 4300, unless Python is told so
_INFINITIES = ("inf", "infinity")


def number(text: str, reads: type) -> int | float:
    """Return the number that a field's text is; ValueError says why it is none.

    Python's grammar, with blanks around, but in ASCII and without underscores; and a
    number that float64 has no room for is refused rather than read as infinity.
    """
    kind = "a whole number" if reads is int else "a number"
    digits = text.strip(BLANKS).lstrip("+-")
    try:
        value: int | float = reads(text)
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
