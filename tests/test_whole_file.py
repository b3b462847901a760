"""Systems that read and write files by themselves: right results, the contract around them.

What each does to the fields that it does not compute is stated here, as it is.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from outcomes import Runners, listed
from shells import WITHIN_SECONDS

from benchmarks.harness.measure_cells import kept
from benchmarks.harness.meter import Meter
from benchmarks.harness.models import Bench, warm
from parabench.fidelity.tables import TABLES
from strategies import (
    Dialect,
    Job,
    JobError,
    LostWorkerError,
    SourceError,
    StrategyError,
    Workload,
    describe,
    fidelity,
    load,
    load_engine,
    load_workload,
    user_workload,
    whole_file_systems,
)

DOUBLE = load_workload("double")
AS_TEXT = ["duckdb_copy", "polars_streaming", "pyarrow_streaming"]  # every field is read as text
GUESSING = ["dask_dataframe", "dask_dataframe_parts", "pandas_whole"]
CODE = """
import os, sys, time

def halves(value: float) -> object:
    if value == 99:
        raise ValueError("no luck")
    return None if value > 50 else f"{value / 2}, half"

def whole(value: int) -> str:
    return "odd" if value % 2 else "even"

def threads(value: float) -> str:
    import dask.threaded, pyarrow
    if "polars" in sys.modules:
        return str(sys.modules["polars"].thread_pool_size())
    if "duckdb" in sys.modules:
        return str(len(os.listdir("/proc/self/task")))
    if dask.threaded.pools:
        return str(*(number for pools in dask.threaded.pools.values() for number in pools))
    return str(pyarrow.cpu_count())

def slow(value: float) -> float:
    time.sleep(2)
    return value
"""


@pytest.fixture(scope="module")
def systems() -> Iterator[Runners]:
    """Each system, started once with two workers."""
    load_engine("polars")  # which sets a number of threads for itself
    with ExitStack() as stack:
        yield {name: stack.enter_context(load(name).start(2)) for name in whole_file_systems()}


@pytest.fixture(params=whole_file_systems())
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], Workload]:
    """Return a function that returns one of the workloads in CODE."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "mine.py").write_text(CODE)
    return lambda function: user_workload(f"mine:{function}", folder)


def test_they_are_those_that_there_are() -> None:
    """None is swept, since no engine or chunk size makes a difference; none promises anything."""
    assert whole_file_systems() == sorted([*AS_TEXT, *GUESSING])
    described = [describe(name) for name in whole_file_systems()]
    assert not any(system.in_sweeps or system.keeps or system.options for system in described)
    assert describe("polars_streaming").libraries == ("polars",)
    assert "polars" not in describe("pandas_whole").libraries


@pytest.mark.parametrize("shape", ["plain", "quoted", "missing"])
def test_results_are_right(
    systems: Runners, name: str, shape: str, dataset_of: Callable[[str, int], Path], tmp_path: Path
) -> None:
    """Those of every workload; what is kept depends on what is in the table: `00123` is an ID."""
    job = Job(dataset_of(shape, 300), tmp_path / "out.csv", DOUBLE)
    summary = systems[name].run(job)
    assert summary[:3] == (300, job.source.stat().st_size, job.destination.stat().st_size)
    assert summary.chunks == 0
    found = fidelity(job.source, job.destination, DOUBLE)
    if name in GUESSING:
        assert found.difference == "record 1: in column 1, '001000000000' became '1000000000'"
    elif name == "pyarrow_streaming" or shape == "quoted":
        assert found.outcome == "same values"
    else:
        assert found.outcome == "exact"


KEPT = {  # of `parabench fidelity`'s tables: by system, what is not exact
    "polars_streaming": {"needless quotes", "digits", "large results", "same names"},
    "duckdb_copy": {"needless quotes", "carriage returns", "byte order mark", "same names"},
    "pandas_whole": {
        *("zeros in front", "zeros behind", "NA", "true", "large numbers", "needless quotes"),
        *("empty text", "carriage returns", "byte order mark", "same names", "whole numbers"),
        "large results",
    },
}
CHANGED = {
    "polars_streaming": {"same names"},
    "duckdb_copy": {"same names"},
    "pandas_whole": {
        *("zeros in front", "zeros behind", "NA", "true", "large numbers", "same names"),
        "large results",
    },
    "pyarrow_streaming": set[str](),
}


@pytest.mark.parametrize("name", list(CHANGED))
def test_what_each_keeps(
    systems: Runners, name: str, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """Tables in which there is something to lose; none gets a result wrong."""
    outcomes = {}
    for title, table in TABLES.items():
        job = Job(source(table.data), tmp_path / "out.csv", DOUBLE)
        if title == "short record":  # which has no right output
            continue
        systems[name].run(job)
        outcomes[title] = fidelity(job.source, job.destination, DOUBLE).outcome
    assert {title for title, found in outcomes.items() if found == "changes data"} == CHANGED[name]
    assert "wrong" not in outcomes.values()
    if name in KEPT:
        assert {title for title, found in outcomes.items() if found != "exact"} == KEPT[name]
    else:
        assert set(outcomes.values()) == {"same values"}, "Arrow puts texts in quotes"


ROWS = b"old_column;quantity;t\n1.5;7;a\n2.25;8;b c\n;9;\n80.5;0;d\n"


def test_every_workload_and_delimiter(
    systems: Runners,
    name: str,
    source: Callable[[bytes], Path],
    own: Callable[[str], Workload],
    tmp_path: Path,
) -> None:
    """Also a function of one's own, whose results may be any texts, or missing."""
    semicolons = Dialect(delimiter=";")
    workloads = [DOUBLE, load_workload("score"), load_workload("digest"), own("halves")]
    workloads.append(own("whole").on("quantity"))
    usual = "same values" if name == "pyarrow_streaming" else "exact"
    for workload in workloads:
        job = Job(source(ROWS), tmp_path / "out.csv", workload, dialect=semicolons)
        assert systems[name].run(job).records == 4
        found = fidelity(job.source, job.destination, workload, semicolons)
        assert found.outcome == usual, (workload.name, found)


def test_a_header_alone(
    systems: Runners, name: str, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """Nothing can be guessed from it."""
    for workload in (DOUBLE, load_workload("digest")):
        job = Job(source(b"old_column,t\n"), tmp_path / "out.csv", workload)
        assert systems[name].run(job).records == 0
        assert fidelity(job.source, job.destination, workload).outcome in {"exact", "same values"}


def test_a_text_that_stands_for_nothing(
    systems: Runners, name: str, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """It has no result; where fields are read as text, it stays."""
    job = Job(source(b"old_column,t\n1.5,a\n?,b\n"), tmp_path / "out.csv", DOUBLE)
    systems[name].run(Job(job.source, job.destination, DOUBLE, dialect=Dialect(missing=("?",))))
    rows = job.destination.read_text().replace('"', "").splitlines()
    assert rows[2] == ("?,b," if name in AS_TEXT else ",b,")


def test_options_that_libraries_lack_are_refused(
    systems: Runners, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """In one line, before anything is read."""
    runner, nothing = systems["polars_streaming"], tmp_path / "none.csv"
    for dialect, option in (
        (Dialect(";", decimal=","), "--decimal"),
        (Dialect(thousands="'"), "--thousands"),
        (Dialect(currency="$"), "--currency"),
        (Dialect(skip_lines=1), "--skip-lines"),
        (Dialect(comment="#"), "--comment"),
    ):
        with pytest.raises(StrategyError, match=f"takes no {option}; use a strategy that works on"):
            runner.run(Job(nothing, tmp_path / "out.csv", DOUBLE, dialect=dialect))
    job = Job(source(b"sep=;\nold_column;t\n1;a\n"), tmp_path / "out.csv", DOUBLE)
    with pytest.raises(StrategyError, match="has lines before its header"):
        runner.run(job)


def test_errors_are_one_line_and_change_nothing(
    systems: Runners,
    name: str,
    source: Callable[[bytes], Path],
    own: Callable[[str], Workload],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A function's own words; a number that is none; a missing column. The runner goes on."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    job = Job(source(b"old_column,t\n1.5,a\n99,b\n"), tmp_path / "out.csv", own("halves"))
    job.destination.write_text("old")
    before = listed(tmp_path)
    with pytest.raises(SourceError) as caught:
        systems[name].run(job)
    assert str(caught.value) == (
        f"{job.source}: the workload raised ValueError: no luck (for the value 99.0); correct the "
        "workload or the data"
    )
    assert "mine.py" in caught.value.__notes__[0]
    with pytest.raises(SourceError, match="has no column 'nothing'"):
        systems[name].run(Job(job.source, job.destination, DOUBLE.on("nothing")))
    with pytest.raises(StrategyError, match="the system has given it up") as failed:
        systems[name].run(Job(job.source, job.destination, DOUBLE.on("t")))
    assert "\n" not in str(failed.value)
    assert str(scratch) not in str(failed.value)
    assert job.destination.read_text() == "old"
    assert listed(tmp_path) == before
    assert listed(scratch) == []
    assert systems[name].run(Job(job.source, job.destination, DOUBLE)).records == 2


def test_a_name_is_no_pattern_and_no_kind(systems: Runners, name: str, tmp_path: Path) -> None:
    """Libraries look for signs in it: of patterns, of addresses, of compression."""
    folder = tmp_path / "in [a]*"
    folder.mkdir()
    job = Job(folder / "it's {1}?.csv.gz", tmp_path / "out.csv", DOUBLE)
    job.source.write_bytes(b"old_column,t\n1.5,a\n")
    assert systems[name].run(job).records == 1
    assert fidelity(job.source, job.destination, DOUBLE).outcome in {"exact", "same values"}


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
def test_threads_follow_the_number_of_workers(
    systems: Runners,
    source: Callable[[bytes], Path],
    own: Callable[[str], Workload],
    tmp_path: Path,
) -> None:
    """Of Polars, Arrow and Dask as they say themselves, of DuckDB by the difference of two."""
    job = Job(source(b"old_column\n1.5\n"), tmp_path / "out.csv", own("threads"))

    def number() -> int:
        return int(job.destination.read_text().split()[1].split(",")[1].strip('"'))

    for name in ("polars_streaming", "pyarrow_streaming", "dask_dataframe"):
        systems[name].run(job)
        assert number() == 2, name
    numbers = []
    for workers in (1, 3):
        with load("duckdb_copy").start(workers) as runner:
            runner.run(job)
        numbers.append(number())
    assert numbers[1] - numbers[0] == 2


def processes() -> set[psutil.Process]:
    """Return our processes, without Python's tracker."""
    children = psutil.Process().children(recursive=True)
    return {child for child in children if "resource_tracker" not in " ".join(child.cmdline())}


def test_a_process_that_dies_is_told(
    dataset_of: Callable[[str, int], Path], tmp_path: Path
) -> None:
    """With the likeliest cause; nothing is left of it, nor of one that has done its job."""
    before = processes()
    job = Job(dataset_of("plain", 300), tmp_path / "out.csv", DOUBLE)
    with (
        pytest.raises(LostWorkerError, match="the system's process has died; see whether"),
        load("duckdb_copy").start(2) as runner,
    ):
        runner.run(job)
        (process,) = processes() - before
        process.kill()
        runner.run(job)
    assert processes() <= before
    assert listed(tmp_path) == ["out.csv"]


def test_ctrl_c_ends_a_job_within_seconds(
    dataset_of: Callable[[str, int], Path], own: Callable[[str], Workload], tmp_path: Path
) -> None:
    """Whatever the library is doing."""
    source, function = dataset_of("plain", 300), own("slow").file
    command: list[str | Path] = [
        *(sys.executable, "-m", "parabench", "run", "polars_streaming", source),
        *(tmp_path / "out.csv", "--workload", "mine:slow", "--import-from", function.parent),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not list(tmp_path.glob(".parabench-*")):
            time.sleep(0.05)
        time.sleep(0.5)  # until it waits; the job takes ten minutes
        os.kill(process.pid, signal.SIGINT)
        try:
            _, said = process.communicate(timeout=WITHIN_SECONDS)
        finally:
            process.kill()
    assert process.returncode == 130
    assert "interrupted" in said
    assert listed(tmp_path) == ["own"]


@pytest.mark.parametrize("loaded", ["load('polars_streaming')", "load_engine('polars')"])
def test_polars_lets_ctrl_c_end_a_wait(loaded: str) -> None:
    """It puts a handler before Python's, with which the system would take the wait up again."""
    code = f"""
import os, signal, threading
from strategies import load, load_engine
{loaded}
lock = threading.Lock()
lock.acquire()
threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
later = threading.Timer({WITHIN_SECONDS / 2}, lock.release)
later.start()
try:
    lock.acquire()
except KeyboardInterrupt:
    print("interrupted", "in time" if later.is_alive() else "late")
os._exit(0)
"""
    done = subprocess.run(
        [sys.executable, "-u", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "interrupted in time\n"


def test_the_harness_records_what_is_kept(tmp_path: Path) -> None:
    """On the line that ends the cell: a system that changes data is measured, and shown so."""
    with closing(Meter()) as meter:
        bench = Bench(meter, tmp_path)
        for strategy in ("pandas_whole", "serial"):
            sampler = warm(bench, workload="double", megabytes=1, strategy=strategy)
            assert sampler.take().seconds_per_mb > 0
            difference = "record 1: in column 1, '001000000000' became '1000000000'"
            wanted = {"fidelity": "changes data", "difference": difference}
            assert kept(sampler) == (wanted if strategy == "pandas_whole" else {})
        bench.release()


def test_a_missing_library_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for any strategy: it is listed, and refused."""
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda name, package=None: None if name == "duckdb" else find_spec(name, package),
    )
    reason = describe("duckdb_copy").missing
    assert reason is not None
    assert reason.endswith("needs 'duckdb', which is not installed; run: pip install '.[duckdb]'")
    with pytest.raises(JobError, match=r"pip install '\.\[duckdb\]'"), load("duckdb_copy").start(1):
        pass
