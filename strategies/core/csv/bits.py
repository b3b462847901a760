"""A bit for each byte of a block: 64 bytes are looked at with one operation.

The way in which simdjson finds strings (Langdale and Lemire, 2019), on NumPy's arrays.
"""

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]  # bit i of word w is about byte 64 w + i
_ONE, _LAST = np.uint64(1), np.uint64(63)


def bits_of(bytes_marked: NDArray[np.bool_]) -> Bits:
    """Return the marks of bytes as bits; the last word is filled up with zeros."""
    packed = np.packbits(bytes_marked, bitorder="little")
    words = np.zeros(-(-len(bytes_marked) // 64), "<u8")
    words.view(np.uint8)[: len(packed)] = packed
    return words


def unpacked(bits: Bits, length: int) -> NDArray[np.bool_]:
    """Return the marks of so many bytes."""
    return np.unpackbits(bits.view(np.uint8), count=length, bitorder="little").view(np.bool_)


def count(bits: Bits) -> int:
    """Return how many bytes are marked."""
    return int(np.bitwise_count(bits).sum())


def last(bits: Bits, otherwise: int) -> int:
    """Return the index of the last byte that is marked; `otherwise` where none is."""
    words = np.flatnonzero(bits)
    return int(64 * words[-1]) + int(bits[words[-1]]).bit_length() - 1 if len(words) else otherwise


def parity(bits: Bits, *, odd: bool) -> Bits:
    """Mark the bytes up to which, themselves included, an odd number are marked.

    `odd`: whether an odd number are marked before the first.
    """
    result = bits.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        result ^= result << np.uint64(shift)
    before = np.bitwise_xor.accumulate(result >> _LAST)  # of whole words
    before = np.concatenate([[np.uint64(0)], before[:-1]]) ^ np.uint64(odd)
    result ^= np.negative(before)  # all bits of a word, or none
    return result


def following(bits: Bits, *, first: bool) -> Bits:
    """Mark the bytes right behind those that are marked; `first`: whether to mark byte 0."""
    result = bits << _ONE
    result[1:] |= bits[:-1] >> _LAST
    result[0] |= np.uint64(first)
    return result
