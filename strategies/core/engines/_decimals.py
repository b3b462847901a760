"""Numbers with few digits behind the point, written as Python's `repr` writes them.

Usual tables hold such numbers, and to find the shortest text of a float64 takes much longer.
"""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

PLACES = 3  # behind the point
SMALLEST, BEYOND = 1e-3, 1e12  # thousandths below 1e15: no two texts of 15 digits are one float64
THOUSAND, TEN_THOUSAND = np.uint64(10**PLACES), np.uint64(10**4)
MINUS, NOTHING = np.uint32(ord("-")), np.uint32(0)
SEVEN_BITS, EIGHTH_BITS = np.uint32(0x7F7F7F7F), np.uint32(0x80808080)

Words = NDArray[np.uint32]  # up to four characters each, the rest is NUL


class _Texts(NamedTuple):
    """Words for 0, 1, 2 and so on."""

    four: Words  # digits
    fewer: Words  # digits, without zeros in front
    fractions: Words  # thousandths: `.0`, `.001`, … `.01`


def decimals(values: NDArray[np.float64]) -> pa.StringArray | None:
    """Return the texts, or None where some value has more digits, or another kind of text."""
    sizes = np.abs(values)
    plain = (sizes >= SMALLEST) | ((sizes == 0) & ~np.signbit(values))
    if not np.all(plain & (sizes < BEYOND)):
        return None
    thousandths = np.rint(sizes * 10**PLACES)
    if not np.all(thousandths / 10**PLACES == sizes):  # a division rounds to the nearest float64
        return None
    texts = _texts()
    rest, part = _divided(thousandths.astype(np.uint64), THOUSAND)
    words = [texts.fractions[part]]
    while True:
        rest, part = _divided(rest, TEN_THOUSAND)
        first = texts.fewer[part]
        if len(words) > 1:  # where all digits are in words behind this one, it has none
            first[part == 0] = NOTHING
        if not rest.any():
            words.append(first)
            break
        words.append(np.where(rest > 0, texts.four[part], first))
    if np.any(values < 0):
        words.append(np.where(values < 0, MINUS, NOTHING))
    return _joined(words[::-1])


def _divided(
    numbers: NDArray[np.uint64], divisor: np.uint64
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return quotients and remainders; several times as fast as `divmod`."""
    quotients = numbers // divisor
    return quotients, numbers - quotients * divisor


def _joined(words: list[Words]) -> pa.StringArray:
    """Return a text each row: the characters of all its words."""
    lengths = np.zeros(len(words[0]), np.uint8)
    for column in words:
        lengths += np.bitwise_count((column + SEVEN_BITS) & EIGHTH_BITS)  # of characters
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    filled_up = np.stack(words, axis=1).astype("<u4", copy=False).tobytes()
    characters = filled_up.translate(None, b"\0")
    return pa.StringArray.from_buffers(
        len(lengths), pa.py_buffer(offsets), pa.py_buffer(characters)
    )


@cache
def _texts() -> _Texts:
    numbers = range(int(TEN_THOUSAND))
    return _Texts(
        four=_words(f"{number:04}" for number in numbers),
        fewer=_words(str(number) for number in numbers),
        fractions=_words(f"{number / 10**PLACES!r}"[1:] for number in range(10**PLACES)),
    )


def _words(texts: Iterable[str]) -> Words:
    return np.array([text.encode() for text in texts], "S4").view("<u4").astype(np.uint32)
