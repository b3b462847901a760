"""Every engine writes the same bytes and refuses with the same words, whatever is in a file."""

import csv
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inputs import DOUBLE, INPUTS
from inputs_in_dialects import INPUTS_IN_DIALECTS
from outcomes import outcome

from data_gen.shapes import SHAPES
from strategies import (
    DEFAULT_ENGINE,
    WORKLOAD_NAMES,
    Job,
    Runner,
    SourceError,
    StrategyError,
    engine_names,
    load_engine,
    load_workload,
)
from strategies.core import engines, reference
from strategies.core.csv.dialect import Dialect
from strategies.core.csv.fields import fields_of
from strategies.core.csv.layout import Layout
from strategies.core.engines import _arrow

ALL_INPUTS = INPUTS | INPUTS_IN_DIALECTS
OTHERS = [name for name in engine_names() if name != DEFAULT_ENGINE]


@pytest.mark.parametrize("case", ALL_INPUTS)
def test_every_engine_does_the_same(
    serial: Runner, source: Callable[[bytes], Path], case: str, tmp_path: Path
) -> None:
    """As the default one, which every strategy and the reference are held to."""
    tried, path = ALL_INPUTS[case], source(ALL_INPUTS[case].data)
    for chunk_size in (None, 12):
        outcomes = {}
        for engine in engine_names():
            destination = tmp_path / "out.csv"
            job = Job(path, destination, tried.workload, chunk_size, tried.dialect, engine)
            outcomes[engine] = outcome(serial, job)
            destination.write_bytes(b"old")
        assert len(set(outcomes.values())) == 1, (chunk_size, outcomes)


@pytest.mark.parametrize("engine", OTHERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_whole_chunks_of_every_shape_are_exact(
    serial: Runner, dataset_of: Callable[[str, int], Path], shape: str, engine: str, tmp_path: Path
) -> None:
    """In chunks as the planner makes them, where engines do not leave them to `csv`."""
    for name in WORKLOAD_NAMES:
        path, workload = dataset_of(shape, 3000), load_workload(name)
        job = Job(path, tmp_path / "out.csv", workload, engine=engine)
        summary = serial.run(job)
        reference.verify(path, job.destination, workload)
        assert summary.chunks_fallen_back == 0


@pytest.mark.parametrize(
    ("body", "fallen_back"),
    [
        (b"1,a\n2,b\n", 0),
        (b'1,"a,""b"""\n2,"c\nd"\n', 0),
        (b"1,a\n\n2,b\n", 1),  # a blank line
        (b'1,a"b\n2,c\n', 1),  # a quote that is data
        (b'1,"a"b\n2,c\n', 1),  # more of the field behind its quotes
        (b"1,a\r\n2,b\n", 1),  # two kinds of line end
    ],
)
def test_what_is_left_to_csv_is_counted(
    serial: Runner, source: Callable[[bytes], Path], body: bytes, fallen_back: int, tmp_path: Path
) -> None:
    """Chunks that writers of CSV do not write."""
    path = source(b"old_column,t\n" + body)
    summary = serial.run(Job(path, tmp_path / "out.csv", DOUBLE, engine="lines"))
    assert (summary.chunks, summary.chunks_fallen_back) == (1, fallen_back)
    reference.verify(path, tmp_path / "out.csv", DOUBLE)


@pytest.mark.parametrize("engine", engine_names())
def test_a_field_too_many_does_not_make_up_for_one_too_few(
    serial: Runner, source: Callable[[bytes], Path], engine: str, tmp_path: Path
) -> None:
    """As many fields as there should be, in as many records."""
    path = source(b"old_column,t\n1,a,b\n2\n")
    with pytest.raises(SourceError, match=r"record 1, .*: it has 3 fields, but the header has 2"):
        serial.run(Job(path, tmp_path / "out.csv", DOUBLE, engine=engine))


ROWS = st.lists(
    st.lists(st.text('a1,"\né', max_size=4), min_size=3, max_size=3), min_size=1, max_size=9
)


@given(ROWS, st.sampled_from(["\n", "\r\n"]))
def test_fields_are_found_where_csv_finds_them(rows: list[list[str]], line_end: str) -> None:
    """In every column, in quotes or not."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end).writerows(rows)
    data = text.getvalue().encode()
    layout = Layout(("a", "b", "c"), Dialect(","), line_end, b"a,b,c", 0)
    for index in range(3):
        found = fields_of(data, layout, index)
        assert found is not None
        ends = zip(found.starts, found.ends, strict=True)
        assert [field_in(data[start:end].decode()) for start, end in ends] == [
            r[index] for r in rows
        ]
        assert all(data[stop:].startswith(line_end.encode()) for stop in found.stops)


def field_in(text: str) -> str:
    (record,) = list(csv.reader(io.StringIO(text, newline=""))) or [[""]]
    return record[0]


@pytest.mark.parametrize("engine", ["lines", "pyarrow", "polars"])
def test_what_arrow_cannot_count_is_left_to_csv(
    serial: Runner,
    source: Callable[[bytes], Path],
    engine: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Offsets beyond 32 bits would be others, without a word."""
    path = source(b"old_column,t\n1,aaaa\n2,b\n")
    monkeypatch.setattr(_arrow, "LONGEST", 6)
    summary = serial.run(Job(path, tmp_path / "out.csv", DOUBLE, 1, engine=engine))
    assert (summary.chunks, summary.chunks_fallen_back) == (2, 1)
    reference.verify(path, tmp_path / "out.csv", DOUBLE)


NUMBERS = st.lists(st.floats(), min_size=1)


@given(NUMBERS)
def test_numbers_are_spelled_as_python_does(numbers: list[float]) -> None:
    """Any float64; NaN is nothing."""
    check_spelling(np.array(numbers))


def test_numbers_of_every_size_are_spelled_as_python_does() -> None:
    """With few digits and with all, at every power of ten."""
    rng = np.random.default_rng(12)
    exponents = rng.uniform(-12, 22, 20_000)
    numbers = 10**exponents * rng.choice([-1.0, 1.0], len(exponents))
    for digits in (0, 2, 5):
        check_spelling(np.round(numbers, digits))
    check_spelling(numbers)
    powers = 10.0 ** np.arange(-30, 30)
    check_spelling(np.concatenate([powers, np.nextafter(powers, 0), np.nextafter(powers, np.inf)]))


def check_spelling(numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    expected = ["" if value != value else repr(value) for value in numbers.tolist()]
    assert _arrow.spelled(numbers).to_pylist() == expected


TEXTS = st.lists(st.text("0123456789.eE+-", min_size=1, max_size=24), min_size=1, max_size=5)


@given(TEXTS)
def test_numbers_are_read_as_python_does(texts: list[str]) -> None:
    """Or not at all."""
    values = _arrow.floats(pa.array(texts))
    if values is not None:
        assert values.tolist() == [float(text) for text in texts]


@pytest.mark.parametrize("engine", ["stdlib", "lines"])
def test_workers_do_not_import_pandas_for_others(engine: str) -> None:
    """It takes half a second and 50 MB."""
    code = (
        "import sys; from strategies import load_engine, transform; "
        f"load_engine({engine!r}); print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_engine_without_its_library_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And others are not disturbed."""
    (tmp_path / "lacking.py").write_text("import a_library_that_nobody_has.of_it\n")
    monkeypatch.setattr(engines, "__path__", [*engines.__path__, str(tmp_path)])
    with pytest.raises(StrategyError, match=r"the engine lacking needs 'a_library.*; run: pip "):
        load_engine("lacking")
    assert load_engine(DEFAULT_ENGINE)
