"""What a user's function may take and return, and how its results are written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from strategies import Job, WorkloadError, chunk_strategies, load, user_workload, verify

CODE = """
from __future__ import annotations
import datetime as dt, enum, functools, numbers, typing, uuid
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
import numpy as np, pandas as pd
from numpy.typing import ArrayLike, NDArray

class Level(enum.StrEnum):
    HIGH = "high"
class Mixed(str, enum.Enum):
    LOW = "low"
class Number(enum.IntEnum):
    TWO = 2
class Plain(enum.Enum):
    DAY = dt.date(2024, 2, 29)
class Bits(enum.Flag):
    A = 1
    B = 2
class Text(str):
    def __str__(self):
        return "another"

utc = dt.timezone.utc
noon = dt.datetime(2024, 1, 31, 12, 0, 0)
RESULTS = [
    (1.5, "1.5"), (10**30, str(10**30)), (True, "True"), (None, ""), (float("nan"), ""),
    ("", ""), ("nan", "nan"), ("None", "None"), ("a,b", '"a,b"'), (Text("own"), "own"),
    (Decimal("1.10"), "1.10"), (Decimal("1E+3"), "1E+3"), (Decimal("NaN"), ""),
    (Decimal("sNaN"), ""),
    (Fraction(1, 3), "1/3"), (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (PurePosixPath("/a/b"), "/a/b"),
    (noon, "2024-01-31 12:00:00"), (noon.replace(tzinfo=utc), "2024-01-31 12:00:00+00:00"),
    (noon.replace(microsecond=500000), "2024-01-31 12:00:00.500000"),
    (dt.date(2024, 1, 31), "2024-01-31"), (dt.time(1, 2), "01:02:00"),
    (dt.timedelta(days=1, hours=2), '"1 day, 2:00:00"'),
    (Level.HIGH, "high"), (Mixed.LOW, "low"), (Number.TWO, "2"), (Plain.DAY, "2024-02-29"),
    (Bits.A | Bits.B, "3"),
    (np.float64(0.1), "0.1"), (np.float32(0.1), "0.10000000149011612"), (np.float64("nan"), ""),
    (np.float64("inf"), "inf"), (np.int64(7), "7"), (np.uint64(2**64 - 1), str(2**64 - 1)),
    (np.bool_(False), "False"), (np.str_("x"), "x"), (np.array(5.0), "5.0"), (np.array([6]), "6"),
    (np.datetime64("2024-01-31"), "2024-01-31"), (np.datetime64("2024-01"), "2024-01"),
    (np.datetime64("2024-01-31T12:00:00"), "2024-01-31 12:00:00"),
    (np.datetime64("2024-01-31T12:00:00", "ns"), "2024-01-31 12:00:00"),
    (np.datetime64("2024-01-31T12:00:00.123456789"), "2024-01-31 12:00:00.123456789"),
    (np.datetime64("NaT"), ""), (np.timedelta64("NaT"), ""), (np.timedelta64(90, "m"), "1:30:00"),
    (np.timedelta64(90 * 10**9, "ns"), "0:01:30"), (np.ma.masked, ""),
    (pd.Timestamp("2024-01-31 12:00"), "2024-01-31 12:00:00"), (pd.NaT, ""), (pd.NA, ""),
    (pd.Timestamp("2024-01-31 12:00", tz="UTC"), "2024-01-31 12:00:00+00:00"),
    (pd.Timedelta(hours=1), "0 days 01:00:00"), (pd.Period("2024-01", "M"), "2024-01"),
]
def result(value: int):
    return RESULTS[value][0]

REFUSED = [b"x", 1j, [1], {}, object(), np.array([1, 2]), np.bytes_(b"x"), np.complex64(1),
           np.longdouble(1.5), np.timedelta64(2, "M"), (x for x in "a"), range(3)]
def refused(value: int):
    return REFUSED[value]

def two(value, other): pass
def three(a, b, c=1): pass
def keyword(value, *, scale): pass
def nothing(): pass
def only_keywords(**named): pass
def text(value: str): pass
def truth(value: bool): pass
def texts(value: list[float]): pass
def decimal(value: Decimal): pass
def rational(value: Fraction): pass
def level(value: Number): pass
Word = typing.NewType("Word", str)
def word(value: Word): pass
def array(value: NDArray[np.float64]): pass
def flag(value: typing.Literal[True, "yes"]): pass
async def later(value): pass
async def steps_later(value): yield 1
def steps(value): yield 1
class Method:
    def __call__(self, value): return value
    def method(self, value): return value
    async def later(self, value): pass
unbound = Method.method
async_bound = Method().later
bound, instance, partial = Method().method, Method(), functools.partial(two, other=1)
short = functools.partial(two)
def optional(value: int | None, other=1): pass
def either(value: "int | float"): pass
def real(value: numbers.Real, /): pass
def whole(value: typing.Annotated[int, "pieces"]): pass
def anything(value: typing.Any, **named): pass
def starred(*values): pass
@functools.lru_cache
def kept(value: typing.Optional[int]): pass
Metres, Pieces = typing.NewType("Metres", float), typing.NewType("Pieces", int)
Long = typing.NewType("Long", Metres)
Count = typing.TypeVar("Count", bound=int)
Some = typing.TypeVar("Some", int, float)
T = typing.TypeVar("T")
class Own(float): pass
class Measured(typing.Protocol):
    size: int
def length(value: Long) -> Long: pass
def pieces(value: Pieces | None) -> Pieces: pass
def count(value: Count) -> Count: pass
def some(value: Some) -> Some: pass
def same(value: T) -> T: pass
def floats(value: typing.SupportsFloat) -> np.float64: pass
def index(value: typing.SupportsIndex): pass
def absolute(value: typing.SupportsAbs[float]): pass
def numpys(value: np.float64) -> np.float64: pass
def single(value: np.float32): pass
def numpys_whole(value: np.int64 | None): pass
def like_array(value: ArrayLike): pass
def literal(value: typing.Literal[1, 2]): pass
def own(value: Own): pass
def complexes(value: complex): pass
def protocol(value: Measured): pass
def unknown(value: Nowhere): pass
def words(value: "in metres"): pass
def number(value: 3): pass
class Later:
    def __call__(self, value: Pieces): pass
later_instance = Later()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(CODE)
    return tmp_path


def cases(folder: Path) -> dict[str, Any]:
    """Return what the file lists."""
    function = user_workload("mine:result", folder).record
    names_in_it: dict[str, Any] = function.function.__globals__  # type: ignore[attr-defined]
    return names_in_it


@pytest.mark.parametrize("strategy", chunk_strategies())
def test_results_are_written_as_documented(strategy: str, folder: Path) -> None:
    """In every strategy, and to the reference."""
    wanted = [text for _, text in cases(folder)["RESULTS"]]
    rows = [f"{n},t" for n in range(len(wanted))]
    job = Job(folder / "in.csv", folder / "out.csv", user_workload("mine:result", folder), 100)
    job.source.write_text("\n".join(["old_column,t", *rows, ""]))
    with load(strategy).start(2) as runner:
        runner.run(job)
    lines = [f"{row},{text}" for row, text in zip(rows, wanted, strict=True)]
    assert job.destination.read_text().splitlines() == ["old_column,t,result", *lines]
    assert verify(job.source, job.destination, job.workload) == len(wanted)


def test_other_results_are_refused(folder: Path) -> None:
    """With their type's name."""
    function = user_workload("mine:refused", folder).record
    for number in range(len(cases(folder)["REFUSED"])):
        with pytest.raises((TypeError, ValueError), match="it returned a"):
            function(number)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("two", r"takes 2 values \(value, other\), but .* one number; give other a default"),
        ("three", r"takes 2 values \(a, b\)"),
        ("short", "takes 2 values"),
        ("unbound", r"takes 2 values \(self, value\)"),
        ("keyword", "needs scale by keyword, but .* give scale a default"),
        ("nothing", "takes nothing"),
        ("only_keywords", "takes nothing"),
        ("text", "takes str, but a workload gets a number: annotate int or float"),
        ("truth", "takes bool"),
        ("texts", r"takes list\[float\]"),
        ("decimal", "takes Decimal"),
        ("rational", "takes Fraction"),
        ("level", "takes Number"),
        ("word", "takes Word"),
        ("array", r"takes (numpy\.typing\.)?NDArray"),
        ("flag", r"takes .*Literal\[True, 'yes'\]"),
        ("later", "is async"),
        ("async_bound", "is async"),
        ("steps_later", "is async"),
        ("steps", "yields; use return"),
        ("Method", "is a class; name a function"),
    ],
)
def test_a_function_that_takes_something_else_is_refused(
    name: str, said: str, folder: Path
) -> None:
    """Before anything starts."""
    with pytest.raises(WorkloadError, match=f"mine:{name} {said}"):
        user_workload(f"mine:{name}", folder)


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("bound", float), ("instance", float), ("partial", float), ("optional", int),
        ("either", float), ("real", float), ("whole", int), ("anything", float),
        ("starred", float), ("kept", int), ("length", float), ("pieces", int), ("count", int),
        ("some", float), ("same", float), ("floats", float), ("index", int), ("absolute", float),
        ("numpys", float), ("single", float), ("numpys_whole", int), ("like_array", float),
        ("literal", int), ("own", float), ("complexes", float), ("protocol", float),
        ("unknown", float), ("words", float), ("number", float), ("later_instance", int),
    ],
)  # fmt: skip
def test_a_function_that_takes_one_number_is_taken(
    name: str, reads: Callable[[str], float], folder: Path
) -> None:
    """Whatever it is, and in whatever words it says so."""
    assert user_workload(f"mine:{name}", folder).column.type is reads


@pytest.mark.parametrize("name", ["length", "pieces", "count", "some", "single", "numpys_whole"])
def test_an_annotation_that_is_no_text_says_the_same(name: str, tmp_path: Path) -> None:
    """Without `from __future__ import annotations`, it is the thing itself."""
    lines = CODE.replace("value: Nowhere", "value").splitlines(keepends=True)
    (tmp_path / "mine.py").write_text("".join(line for line in lines if "__future__" not in line))
    reads = int if name in {"pieces", "count", "numpys_whole"} else float
    assert user_workload(f"mine:{name}", tmp_path).column.type is reads
