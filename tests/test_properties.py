"""Whatever a CSV writer writes comes out of every strategy as the reference says."""

import csv
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from strategies import (
    Dialect,
    Job,
    Runner,
    SourceError,
    Strategy,
    chunk_strategies,
    load,
    load_workload,
)
from strategies.core import reference

# Examples a test: where a job goes through processes, or through Dask, it takes longer.
EXAMPLES = {"serial": 300, "futures_threads": 60, "joblib_threads": 40, "futures_processes": 40}
FEWER = 15
MORE = 3  # times as many in the exhaustive tests

QUOTINGS = [
    csv.QUOTE_MINIMAL,
    csv.QUOTE_ALL,
    csv.QUOTE_NONNUMERIC,
    csv.QUOTE_NONE,
    # Python 3.12 brought two more.
    *(getattr(csv, name) for name in ("QUOTE_STRINGS", "QUOTE_NOTNULL") if hasattr(csv, name)),
]
DELIMITERS = [",", "\t", ";", "|", ":", "\\", "\x1f", "~"]

NUMBERS = st.one_of(
    st.floats().map(repr),
    st.floats(allow_nan=False, allow_infinity=False),  # QUOTE_NONNUMERIC leaves it bare
    st.integers(-(2**53), 2**53).map(str),
    st.sampled_from(["", "NA", "NaN", " 1.5\t", "+.5e-3", "1.", "-0.0", "Infinity", "\n7\r\n"]),
)
TEXT = st.text(
    st.one_of(
        st.sampled_from("".join(DELIMITERS) + '"\n\r  x'),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=12,
)


TAME = st.sampled_from(["a", "b c", "", " ", "d,e", 'f"g', "h\ri", '"j"', "#", '#,"', "#k\n"])
IN_OTHER_WORDS = [Dialect(), Dialect(comment="#"), Dialect(skip_lines=1), Dialect(missing=("1",))]


@st.composite
def tables(draw: st.DrawFn, text: st.SearchStrategy[str]) -> list[list[Any]]:
    """Draw a header, in which one column is the workload's, and records."""
    place, width = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    place = min(place, width)
    names = draw(st.lists(text, min_size=width, max_size=width))
    assume(not {"old_column", "new_column"} & set(names))
    columns = [text] * place + [NUMBERS] + [text] * (width - place)
    rows = draw(st.lists(st.tuples(*columns), max_size=12))
    return [[*names[:place], "old_column", *names[place:]], *map(list, rows)]


@pytest.fixture(
    params=[s for s in map(load, chunk_strategies()) if not s.reason],
    ids=lambda s: s.name,
    scope="module",
)
def strategy(request: pytest.FixtureRequest) -> Strategy:
    chosen: Strategy = request.param
    return chosen


@pytest.fixture(scope="module")
def runner(strategy: Strategy) -> Iterator[Runner]:
    with strategy.start(2) as started:
        yield started


@pytest.fixture(
    params=[
        pytest.param(1, id="some"),
        pytest.param(MORE, id="more", marks=pytest.mark.exhaustive),
    ]
)
def times(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


def thorough(strategy: Strategy, times: int) -> settings:
    """Return how many examples a strategy is tried with."""
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]  # QUOTE_NONE permits few tables
    examples = times * EXAMPLES.get(strategy.name, FEWER)
    return settings(max_examples=examples, suppress_health_check=checks)


def test_what_csv_writes(strategy: Strategy, runner: Runner, times: int) -> None:
    """In every quoting mode that needs no escape character, with any delimiter and line end."""

    @thorough(strategy, times)
    @given(
        table=tables(TEXT),
        quoting=st.sampled_from(QUOTINGS),
        delimiter=st.sampled_from(DELIMITERS),
        line_end=st.sampled_from(["\n", "\r\n"]),
        chunk_size=st.one_of(st.none(), st.integers(1, 400)),
    )
    def check(
        table: list[list[Any]],
        quoting: Any,
        delimiter: str,
        line_end: str,
        chunk_size: int | None,
    ) -> None:
        with TemporaryDirectory() as folder:
            source, destination = Path(folder) / "in.csv", Path(folder) / "out.csv"
            with source.open("w", newline="", encoding="utf-8") as file:
                # Lines end with CRLF for the writer, which then quotes both characters in fields.
                lines = _Ends(file, line_end)
                writer = csv.writer(
                    lines, quoting=quoting, delimiter=delimiter, lineterminator="\r\n"
                )
                _write(writer, table)
            assume(not source.read_bytes().startswith(b"\xef\xbb\xbf"))  # that would be a mark
            job = Job(source, destination, load_workload("double"), chunk_size, Dialect(delimiter))
            runner.run(job)
            checked = reference.verify(source, destination, job.workload, job.dialect)
            assert checked == len(table) - 1

    check()


def test_what_csv_writes_carelessly(strategy: Strategy, runner: Runner, times: int) -> None:
    """With fields that break lines unquoted: the outcome is right, or both refuse it."""

    @thorough(strategy, times)
    @given(
        table=tables(TAME) | tables(TEXT),
        quoting=st.sampled_from(QUOTINGS),
        line_end=st.sampled_from(["\n", "\r\n", "\r"]),
        tail=st.sampled_from(["", "1", "\n", "1,", '#,"', '"', '1,"a', "\r", " \n"]),
        chunk_size=st.one_of(st.none(), st.integers(1, 400)),
        dialect=st.sampled_from(IN_OTHER_WORDS),
    )
    def check(
        table: list[list[Any]],
        quoting: Any,
        line_end: str,
        tail: str,
        chunk_size: int | None,
        dialect: Dialect,
    ) -> None:
        with TemporaryDirectory() as folder:
            source, destination = Path(folder) / "in.csv", Path(folder) / "out.csv"
            with source.open("w", newline="", encoding="utf-8") as file:
                _write(csv.writer(file, quoting=quoting, lineterminator=line_end), table)
                file.write(tail)
            job = Job(source, destination, load_workload("double"), chunk_size, dialect)
            try:
                wanted = sum(1 for _ in reference.expected(source, job.workload, dialect)) - 1
            except SourceError:
                with pytest.raises(SourceError):
                    runner.run(job)
                return
            try:
                summary = runner.run(job)
            except SourceError as error:  # what the reference does not mind
                refused = ("carriage return outside quotes", "never closed", "already has a column")
                assert any(why in str(error) for why in refused), error
                return
            assert summary.records == wanted
            assert reference.verify(source, destination, job.workload, dialect) == wanted

    check()


def _write(writer: Any, table: list[list[Any]]) -> None:
    """Write the table, if the quoting mode can."""
    try:
        writer.writerows(table)
    except csv.Error:  # QUOTE_NONE has no way to write a delimiter, a quote or a line end
        assume(False)


class _Ends:
    """Replaces the line end of each record that a csv.writer writes."""

    def __init__(self, file: Any, line_end: str) -> None:
        self._file = file
        self._line_end = line_end

    def write(self, line: str) -> None:
        """Write one record."""
        self._file.write(line.removesuffix("\r\n") + self._line_end)
