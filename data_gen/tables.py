"""The text fragments that records are put together from.

Every table is a NumPy array of fixed-width byte strings (dtype `S`). NumPy pads
the shorter ones with NUL bytes, which `data_gen.synthetic` deletes at the end:
that is what makes it fast, and why no fragment may hold a NUL. The delimiter
after a field is part of its last fragment.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.bytes_]


def _table(fragments: Iterable[str]) -> Table:
    return np.array([fragment.encode() for fragment in fragments], dtype=np.bytes_)


_SUBJECTS = "the buyer|our driver|a neighbour|the shop|my cousin|the agent|nobody|one reader"
_VERBS = "asked for|sent back|praised|lost|repaired|ordered|painted|forgot"
_QUOTED_VERBS = (
    'asked, then paid for|said ""yes"" to|sent back,|lost,\nthen found|'
    '""repaired""|wrote:\n\n|painted|weighed (12"")'
)
_UNICODE_VERBS = "주문했다|αγόρασε|購入した|订购了|vergaß|réparé 🛠️|ödedi 💶|zamówił"
_OBJECTS = "a red chair|two lamps|the blue door|old books|a garden bench|tea cups|a clock|paper"
_ENDS = "on Monday|before noon|in the rain|last week|by post|with care|twice|at the fair"


def _sentences(verbs: str, quote: str = "") -> tuple[Table, Table, Table]:
    """Tables of 64, 8 and 8 fragments: who did it, to what, when (and the record's end)."""
    return (
        _table(f"{quote}{s} {v} " for s in _SUBJECTS.split("|") for v in verbs.split("|")),
        _table(f"{thing} " for thing in _OBJECTS.split("|")),
        _table(f"{end}{quote}" for end in _ENDS.split("|")),
    )


PLAIN_TEXT = _sentences(_VERBS)
QUOTED_TEXT = _sentences(_QUOTED_VERBS, quote='"')
UNICODE_TEXT = _sentences(_UNICODE_VERBS)

CATEGORIES = _table(
    f"{name}," for name in "books|garden|kitchen|office|sports|tools|toys|travel".split("|")
)
QUOTED_CATEGORIES = _table(
    f'"{name}",' for name in 'books|garden, pots|kitchen|""office""|sports|tools|toys|'.split("|")
)

DIGITS = _table(f"{i:03d}" for i in range(1000))
LAST_DIGITS = _table(f"{i:03d}," for i in range(1000))

MISSING = 10_000  # the index of the empty field in the two tables below
WHOLE = _table([*(f"{i}" for i in range(MISSING)), ""])
CENTS = _table([*(f".{i % 100:02d}," for i in range(MISSING)), ","])

QUANTITIES = _table(f"{i}," for i in range(1000))
MEASURES = _table(f",{i / 100:.2f}" for i in range(1024))

_FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)
DAYS = _table(f"{_FIRST_DAY + timedelta(days=i):%Y-%m-%d}T" for i in range(366))
SECONDS = _table(f"{i // 3600:02d}:{i // 60 % 60:02d}:{i % 60:02d}," for i in range(86_400))
