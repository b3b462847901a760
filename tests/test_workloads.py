import math
import struct

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from strategies import Dialect, RecordError
from strategies.core.engines import _columns
from strategies.core.engines.pandas import compute
from strategies.core.reference.numbers import grammar, number, text_of
from strategies.core.workloads import WORKLOAD_NAMES, Workload, load_workload
from strategies.core.workloads.digest import ROUNDS, WIDTH, digest

FLOATS = st.floats(allow_nan=False)
AS_USUAL = Dialect()
DIALECTS = [
    AS_USUAL,
    Dialect(decimal=","),
    Dialect(decimal=",", thousands="."),
    Dialect(thousands=","),
    Dialect(thousands=" ", currency="$"),
    Dialect(decimal=",", thousands="'", currency="EUR", missing=("-", "0")),
]


def applied(workload: Workload, texts: list[str], dialect: Dialect = AS_USUAL) -> list[object]:
    column = pd.Series(texts, dtype=object)
    results: list[object] = compute(column, workload, dialect).tolist()
    return results


@given(values=st.lists(FLOATS | st.integers(-(2**53), 2**53), min_size=1))
@example(values=[-0.0, 1e308, 5e-324, 0.1, math.inf])
def test_vector_and_record_agree(values: list[float]) -> None:
    """What the kernel computes is what the definition says, bit for bit."""
    texts = [repr(value) for value in values]
    for name in ("double", "digest"):
        workload = load_workload(name)
        wanted = [str(workload.record(float(text))) for text in texts]
        assert [str(result) for result in applied(workload, texts)] == wanted


@given(values=st.lists(st.integers(-(10**20), 10**20), min_size=1))
def test_score_vector_and_record_agree(values: list[int]) -> None:
    """For whole numbers of any size."""
    score = load_workload("score")
    assert applied(score, [str(v) for v in values]) == [score.record(v) for v in values]


def test_score_is_the_wichmann_hill_recurrence() -> None:
    """From a seed in 1 to 30268, two steps a unit."""
    assert load_workload("score").record(3) == 4 * 171**6 % 30269


@given(FLOATS)
def test_digest_in_plain_integers(value: float) -> None:
    """The digest is what its description says, computed without NumPy."""

    def cell(row: int, column: int, salt: int) -> int:
        return ((row * WIDTH + column + salt) * 2_654_435_761 % 2**32) >> 24 | 1

    state = list(struct.pack("<d", value))
    state = [sum(b * cell(r, c, 1) for r, b in enumerate(state)) % 256 for c in range(WIDTH)]
    for _ in range(ROUNDS):
        state = [b ^ (b >> 3) for b in state]
        state = [
            sum(b * cell(r, c, 12_345) for r, b in enumerate(state)) % 256 for c in range(WIDTH)
        ]
    folded = [0] * 8
    for i, byte in enumerate(state):
        folded[i % 8] ^= byte
    assert digest(value) == bytes(folded).hex()


@settings(max_examples=400)
@given(
    texts=st.lists(
        st.one_of(
            st.text(
                st.sampled_from("0123456789+-._eE \t\n\x1f,aAifnINFtyx\u0661\uff11\u00a0$'EUR"),
                max_size=12,
            ),
            *(
                st.from_regex(grammar(dialect, reads), fullmatch=True)
                for dialect in DIALECTS
                for reads in (float, int)
            ),
            st.sampled_from(["1e308", "1e309", "-9" + "0" * 308, "1_0", "0x1", "inf", "NA", "NaN"]),
            st.sampled_from(
                [str(2**53 + 1), "1.000.000,5", "-$1,200", "$ -1", "1,00", "12,345,67"]
            ),
        ),
        min_size=1,
        max_size=5,
    ),
    name=st.sampled_from(["double", "score", "digest"]),
    dialect=st.sampled_from(DIALECTS),
)
def test_what_is_a_number(texts: list[str], name: str, dialect: Dialect) -> None:
    """The same to the engines, which ask Python, as to the reference, which has a grammar."""
    workload = load_workload(name)
    wanted: list[object] = []
    for index, text in enumerate(texts):
        try:
            value = number(text, workload.column.type, dialect)
        except ValueError:
            with pytest.raises(RecordError) as caught:
                applied(workload, texts, dialect)
            assert caught.value.index == index, "it is not the first that is none"
            return
        wanted.append("" if value is None else text_of(workload.record(value), dialect))
    # Only NaN, which stands for what is missing, differs from itself.
    results = applied(workload, texts, dialect)
    assert [str(result) if result == result else "" for result in results] == wanted


def test_well_formed_numbers_are_not_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take as long as all the rest; a column is looked at as a whole."""
    monkeypatch.setattr(_columns, "number", None)
    texts = ["1.5", "", " -2e5 ", "NaN", "nan", "7"]
    assert applied(load_workload("double"), texts)[2] == -4e5
    score = load_workload("score")
    assert applied(score, ["1", " 2 ", "NA"])[1] == score.record(2)


@pytest.mark.parametrize("name", WORKLOAD_NAMES)
def test_a_missing_field_has_no_result(name: str) -> None:
    """Empty, NA as R writes it, NaN as pandas and NumPy do."""
    workload = load_workload(name)
    results = applied(workload, ["", "7", "NA", "NaN", "nan"])
    assert pd.isna([results[0], *results[2:]]).all()
    assert results[1] == workload.record(workload.column.type("7"))
    assert pd.isna(applied(workload, ["", ""])).all()


@pytest.mark.parametrize(("name", "text"), [("double", "1,5"), ("digest", "x"), ("score", "1.5")])
def test_what_is_no_number_is_named_with_its_place(name: str, text: str) -> None:
    """The index counts missing fields, too."""
    with pytest.raises(RecordError) as caught:
        applied(load_workload(name), ["1", "", text, "y"])
    assert caught.value.index == 2
    assert repr(text) in caught.value.problem
