"""One suite for all strategies that work on chunks: whatever is in `strategies/` must pass it."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pairwise import pairwise

from data_gen.shapes import SHAPES
from strategies import (
    WORKLOAD_NAMES,
    Job,
    Runner,
    SourceError,
    Strategy,
    StrategyError,
    chunk_strategies,
    engine_names,
    load,
    load_workload,
)
from strategies.core import reference

ROWS = 30
WORKERS = (1, 2, 3)
DOUBLE = load_workload("double")
CHUNK_SIZES = (None, 10**9, 800, 1)  # the planner's, the whole file, a few records, one record


@pytest.fixture(params=chunk_strategies(), scope="module")
def strategy(request: pytest.FixtureRequest) -> Strategy:
    chosen = load(request.param)
    if chosen.reason:
        pytest.skip(chosen.reason)
    return chosen


@pytest.fixture(params=WORKERS, ids=lambda workers: f"{workers} workers", scope="module")
def workers(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture(scope="module")
def runner(strategy: Strategy, workers: int) -> Iterator[Runner]:
    with strategy.start(workers) as started:
        yield started


# For what a record's fields decide: how many workers there are makes no difference to it.
two_workers = pytest.mark.parametrize(
    "workers",
    [
        pytest.param(2, id="2 workers"),
        *(pytest.param(n, id=f"{n} workers", marks=pytest.mark.exhaustive) for n in (1, 3)),
    ],
    indirect=True,
    scope="module",
)


@pytest.fixture(scope="module")
def expected_bytes(
    dataset_of: Callable[[str, int], Path], serial: Runner, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], bytes]:
    """Return what serial writes for a shape and a workload, once the reference agrees."""
    folder, known = tmp_path_factory.mktemp("expected"), dict[tuple[str, str], bytes]()

    def expect(shape: str, workload: str) -> bytes:
        if (shape, workload) not in known:
            job = Job(dataset_of(shape, ROWS), folder / "out.csv", load_workload(workload))
            serial.run(job)
            reference.verify(job.source, job.destination, job.workload)
            known[shape, workload] = job.destination.read_bytes()
        return known[shape, workload]

    return expect


Combination = tuple[int, str, str, int | None, str]  # workers, shape, workload, chunk size, engine
# One record a chunk is slow with some, and no different from workload to workload.
EVERY_COMBINATION = [
    (workers, shape, workload, chunk_size, engine)
    for workers in WORKERS
    for shape in SHAPES
    for workload in WORKLOAD_NAMES
    for chunk_size in (CHUNK_SIZES if workload == "double" else CHUNK_SIZES[:-1])
    for engine in engine_names()
]


@pytest.mark.parametrize(
    "combinations",
    [
        pytest.param(pairwise(EVERY_COMBINATION), id="pairwise"),
        pytest.param(EVERY_COMBINATION, id="all", marks=pytest.mark.exhaustive),
    ],
)
def test_output_is_exact(
    runner: Runner,
    workers: int,
    combinations: list[Combination],
    dataset_of: Callable[[str, int], Path],
    expected_bytes: Callable[[str, str], bytes],
    tmp_path: Path,
) -> None:
    """The same bytes for any number of workers and any chunk size; the reference agrees."""
    for _, shape, name, chunk_size, engine in (
        values for values in combinations if values[0] == workers
    ):
        workload = load_workload(name)
        job = Job(
            dataset_of(shape, ROWS), tmp_path / "out.csv", workload, chunk_size, engine=engine
        )
        summary = runner.run(job)
        written = job.destination.read_bytes()
        assert written == expected_bytes(shape, name), (shape, name, chunk_size, engine)
        assert summary[:3] == (ROWS, job.source.stat().st_size, len(written))


def test_the_combinations_are_pairwise() -> None:
    """Each two values that occur together at all do so in what is tried by default."""
    some = pairwise(EVERY_COMBINATION)
    for first, second in itertools.combinations(range(5), 2):
        pairs = {(values[first], values[second]) for values in EVERY_COMBINATION}
        assert {(values[first], values[second]) for values in some} == pairs
    assert len(some) < len(EVERY_COMBINATION) / 4


@two_workers
@pytest.mark.parametrize(
    "data",
    [
        b'id,old_column,t\r\n007,1.10,NA\r\n008,,"a\r\nb"\r\n',
        b"\xef\xbb\xbfold_column,t\n1e308,x\n-0.0,\xea\xb0\x80",
        b"old_column\n1\n\n2\n",
        b'old_column,"a ""b"", c"\n1.5,"lone \r return"\n2.5,plain\n',
        b"old_column,t,t\n0.1,x,y\n",
        b"old_column,t,t,t.1\n0.1,x,y,z\n",
        b"t,old_column\na,1\n\xef\xbb\xbfb,2\n",
        b'old_column,"t\r\nu"\n1,a\n2,b\n',
        b"old_column\n",
        b"old_column,t",
    ],
    ids=[
        "crlf",
        "bom",
        "one column",
        "returns",
        "same names",
        "numbered name",
        "bom inside",
        "newline in the header",
        "header",
        "no newline",
    ],
)
def test_output_is_exact_for_other_layouts(
    runner: Runner, source: Callable[[bytes], Path], data: bytes, tmp_path: Path
) -> None:
    """CRLF, BOM, no final newline, blank lines, carriage returns, no records."""
    path, written = source(data), set()
    for chunk_size in CHUNK_SIZES:
        job = Job(path, tmp_path / "out.csv", load_workload("double"), chunk_size)
        runner.run(job)
        reference.verify(job.source, job.destination, job.workload)
        written.add(job.destination.read_bytes())
    assert len(written) == 1, "the chunk size shows in the output"
    assert written.pop().startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")


def test_a_failed_job_leaves_the_old_destination_alone(
    runner: Runner, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """The error names the record; the runner is as good as before."""
    rows = [b"%d.5,text" % i for i in range(100)]
    rows[70] = b"oops,text"
    path = source(b"old_column,t\n" + b"\n".join(rows) + b"\n")
    destination = tmp_path / "out.csv"
    destination.write_text("old")
    with pytest.raises(SourceError, match=r"record 71\b.*'oops'"):
        runner.run(Job(path, destination, load_workload("double"), chunk_size=100))
    assert destination.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.csv", "source.csv"]

    job = Job(path, destination, load_workload("double").on(column="t"))
    with pytest.raises(SourceError, match="'text', which is not a number"):
        runner.run(job)
    path.write_bytes(b"old_column,t\n1,text\n")
    runner.run(Job(path, destination, load_workload("double")))
    reference.verify(path, destination, load_workload("double"))


@two_workers
@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([b"1,a", b"2", b"3,c"], "record 2, .* it has 1 field, but the header has 2"),
        ([b"1,a,x", b"2,b", b"3,c"], "record 1, .* it has 3 fields"),
        ([b"1,a", b"2,b", b"3,c,x"], "record 3, .* it has 3 fields"),
        ([b"1,a", b"2,\xff"], "byte 19 is 0xff, which is not UTF-8"),
        ([b"1,a", b" \t ", b"3,c"], "record 2, .* it has 1 field,"),
    ],
    ids=["short", "first is long", "long", "not UTF-8", "blanks"],
)
def test_a_damaged_record_is_refused(
    runner: Runner, source: Callable[[bytes], Path], records: list[bytes], said: str, tmp_path: Path
) -> None:
    """Whatever pandas would make of it, in whatever chunk it is."""
    path = source(b"old_column,t\n" + b"\n".join(records) + b"\n")
    for chunk_size in CHUNK_SIZES:
        with pytest.raises(SourceError, match=said):
            runner.run(Job(path, tmp_path / "out.csv", load_workload("double"), chunk_size))
    assert not (tmp_path / "out.csv").exists()


@two_workers
def test_flights_are_exact(runner: Runner, flights: Path, tmp_path: Path) -> None:
    """A real table, with missing values in a column that is read."""
    job = Job(flights, tmp_path / "out.csv", DOUBLE.on("arr_delay", "twice"), 200_000)
    runner.run(job)
    reference.verify(job.source, job.destination, job.workload)


def test_no_workers_are_refused(strategy: Strategy) -> None:
    """Before anything is started."""
    with pytest.raises(StrategyError, match="at least 1"), strategy.start(0):
        pass


def test_only_clusters_have_an_address(strategy: Strategy) -> None:
    """A strategy that joins none refuses one; one that does says when nobody answers."""
    with (
        pytest.raises(StrategyError, match=r"no cluster to join|no scheduler answers"),
        strategy.start(2, address="tcp://127.0.0.1:1"),
    ):
        pass
