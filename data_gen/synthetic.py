"""Synthetic records, as a pure function of (shape, seed, number of rows, row number).

No record depends on another one, so any process can render any range of rows and
the bytes do not depend on how many processes share the work. Random numbers come
from the SplitMix64 mixing function in wrapping 64-bit integers, not from NumPy's
generators, whose streams may change between versions; no float is formatted.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from data_gen import tables
from data_gen.shapes import MEASURES
from data_gen.tables import Table

Numbers = NDArray[np.uint64]
Fragments = list[Table]

FIRST_ID = 1_000_000_000  # written with 12 digits: leading zeros show who reads ids as numbers

# SplitMix64's constants (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)

_BITS_PER_MEASURE = 10
_MEASURES_PER_WORD = 6  # 10-bit measures in one 64-bit word


def _random(seed: int, stream: int, rows: Numbers) -> Numbers:
    """Return one 64-bit number a row; streams of one seed are independent."""
    start = np.uint64((seed * 0xD1342543DE82EF95 + stream * 0x2545F4914F6CDD1D) % 2**64)
    with np.errstate(over="ignore"):
        z = start + rows * _GAMMA
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
        return z ^ (z >> np.uint64(31))


def _take(table: Table, bits: Numbers, shift: int) -> Table:
    """Pick a fragment a row by 16 random bits; the bias of the modulo is of no matter here."""
    picked: Table = table[((bits >> np.uint64(shift)) & np.uint64(0xFFFF)) % np.uint64(len(table))]
    return picked


def _even_quantities(bits: Numbers, rows: Numbers, total: int) -> Numbers:
    del rows, total
    return bits % np.uint64(99) + np.uint64(1)


def _skewed_quantities(bits: Numbers, rows: Numbers, total: int) -> Numbers:
    """Most of the cost in the seventh tenth of the file; the mean stays at 50."""
    heavy = (rows * np.uint64(10) // np.uint64(total)) == np.uint64(6)
    light = bits % np.uint64(9) + np.uint64(1)
    return np.where(heavy, bits % np.uint64(91) + np.uint64(410), light)


def _records(
    seed: int,
    rows: Numbers,
    total: int,
    *,
    sentences: tuple[Table, Table, Table] = tables.PLAIN_TEXT,
    categories: Table = tables.CATEGORIES,
    quantities: Callable[[Numbers, Numbers, int], Numbers] = _even_quantities,
    missing: bool = False,
) -> Fragments:
    """Return the fragments of the six columns, each an array with one entry a row."""
    ids = rows + np.uint64(FIRST_ID)
    money, when, words = (_random(seed, stream, rows) for stream in range(3))
    whole = (money >> np.uint64(32)) % np.uint64(tables.MISSING)
    cents = money % np.uint64(tables.MISSING)
    if missing:  # one record in ten
        absent = (money >> np.uint64(16)) % np.uint64(10) == 0
        whole[absent] = cents[absent] = tables.MISSING
    million, thousand = np.uint64(10**6), np.uint64(1000)
    return [
        tables.DIGITS[ids // (million * thousand) % thousand],
        tables.DIGITS[ids // million % thousand],
        tables.DIGITS[ids // thousand % thousand],
        tables.LAST_DIGITS[ids % thousand],
        tables.WHOLE[whole],
        tables.CENTS[cents],
        tables.QUANTITIES[quantities(when >> np.uint64(48), rows, total)],
        _take(categories, words, 48),
        tables.DAYS[when % np.uint64(366)],
        tables.SECONDS[(when >> np.uint64(16)) % np.uint64(86_400)],
        *(_take(table, words, 16 * i) for i, table in enumerate(sentences)),
    ]


def _plain(seed: int, rows: Numbers, total: int) -> Fragments:
    return _records(seed, rows, total)


def _quoted(seed: int, rows: Numbers, total: int) -> Fragments:
    sentences, categories = tables.QUOTED_TEXT, tables.QUOTED_CATEGORIES
    return _records(seed, rows, total, sentences=sentences, categories=categories)


def _wide(seed: int, rows: Numbers, total: int) -> Fragments:
    mask = np.uint64(2**_BITS_PER_MEASURE - 1)
    measures = []
    for i in range(len(MEASURES)):
        word, place = divmod(i, _MEASURES_PER_WORD)
        bits = _random(seed, 3 + word, rows) >> np.uint64(place * _BITS_PER_MEASURE)
        measures.append(tables.MEASURES[bits & mask])
    return _records(seed, rows, total) + measures


def _missing(seed: int, rows: Numbers, total: int) -> Fragments:
    return _records(seed, rows, total, missing=True)


def _unicode(seed: int, rows: Numbers, total: int) -> Fragments:
    return _records(seed, rows, total, sentences=tables.UNICODE_TEXT)


def _skewed(seed: int, rows: Numbers, total: int) -> Fragments:
    return _records(seed, rows, total, quantities=_skewed_quantities)


RENDERERS: dict[str, Callable[[int, Numbers, int], Fragments]] = {  # by shape
    "plain": _plain,
    "quoted": _quoted,
    "wide": _wide,
    "missing": _missing,
    "unicode": _unicode,
    "skewed": _skewed,
}


def render(shape: str, seed: int, total: int, start: int, stop: int) -> bytes:
    """Return the CSV text of rows `start` to `stop` (exclusive) of a file of `total` rows."""
    fragments = RENDERERS[shape](seed, np.arange(start, stop, dtype=np.uint64), total)
    layout = [(f"f{i}", column.dtype) for i, column in enumerate(fragments)]
    records = np.empty(stop - start, dtype=[*layout, ("end", "S1")])
    for i, column in enumerate(fragments):
        records[f"f{i}"] = column
    records["end"] = b"\n"
    text = records.view(np.uint8)
    rendered: bytes = text[text != 0].tobytes()
    return rendered
