"""What strategies promise beside their output: back-pressure, flat memory, no left-overs."""

import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest
from patience import PATIENCE
from worker_functions import touch_and_double

from benchmarks.harness.meter import Meter
from strategies import (
    Job,
    JobError,
    Strategy,
    chunk_strategies,
    load,
    load_workload,
    plan_chunks,
)
from strategies.core.csv.planner import Planning, look_at
from strategies.core.jobs.chunk_runner import ChunkRunner
from strategies.core.jobs.maps import IN_FLIGHT
from strategies.core.jobs.transaction import Transaction

WORKERS = 2


@pytest.fixture(
    params=[s for s in map(load, chunk_strategies()) if not s.reason], ids=lambda s: s.name
)
def strategy(request: pytest.FixtureRequest) -> Strategy:
    chosen: Strategy = request.param
    return chosen


def test_a_slow_writer_slows_the_workers_down(
    strategy: Strategy, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """While the first result is being written, only a bounded number of chunks is computed."""
    path = source(b"old_column\n" + b"".join(b"%d\n" % i for i in range(200)))
    marks = tmp_path / "marks"
    marks.mkdir()
    workload = replace(load_workload("double"), array=partial(touch_and_double, marks))
    assert len(plan_chunks(path, chunk_size=1).chunks) == 200
    plan = Planning(look_at(path), chunk_size=1)
    with strategy.start(WORKERS) as runner:
        assert isinstance(runner, ChunkRunner)
        job = Job(path, tmp_path / "out.csv", workload)
        parts = runner.parts(Transaction(job, [plan.table], [plan], tmp_path / "temporary"))
        next(parts)
        computed = -1
        while computed < len(computed_now := list(marks.iterdir())):  # until it stands still
            computed = len(computed_now)
            time.sleep(0.3)
        most = IN_FLIGHT * WORKERS * (2 if "joblib" in strategy.name else 1)
        assert 1 <= computed <= most
        assert sum(part.records for part in parts) == 199
    assert len(list(marks.iterdir())) == 200


@pytest.mark.alone
def test_memory_does_not_grow_with_the_file(
    strategy: Strategy, dataset_of: Callable[[str, int], Path], tmp_path: Path
) -> None:
    """With 48 MB more to read and to write, the whole tree needs less than half of that more."""
    sources = [dataset_of("plain", rows) for rows in (60_000, 600_000)]
    more = sources[1].stat().st_size - sources[0].stat().st_size
    seen = []
    with closing(Meter()) as meter:
        for _ in range(3):  # our own heap, which the suite has filled, is in it: it comes and goes
            peaks = []
            with strategy.start(WORKERS) as runner:
                for path in sources:  # the small one first: libraries do more when they begin
                    job = Job(path, tmp_path / "out.csv", load_workload("double"), 500_000)
                    with meter.window() as used:
                        runner.run(job)
                    peaks.append(used.peak.peak)
            seen.append(peaks)
            if peaks[1] - peaks[0] < 0.5 * more:
                return
    pytest.fail(f"peaks in bytes: {seen}")


def children() -> set[psutil.Process]:
    """Return our processes, without the trackers that Python and joblib keep until exit."""
    ours = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has just ended
            if "resource_tracker" not in " ".join(child.cmdline()):
                ours.add(child)
    return ours


def listening() -> list[str]:
    """Return the addresses on which we or our processes listen."""
    found = []
    for process in (psutil.Process(), *children()):
        with suppress(psutil.NoSuchProcess):
            connections = process.net_connections("inet")
            found += [c.laddr.ip for c in connections if c.status == psutil.CONN_LISTEN]
    return found


def test_nothing_is_left_behind(
    strategy: Strategy,
    dataset_of: Callable[[str, int], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While it runs, it listens on loopback only; afterwards no process or file is left."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    job = Job(dataset_of("plain", 100), tmp_path / "out.csv", load_workload("double"), 1000)
    threads, before = threading.enumerate(), children()  # such as forkserver's, of other tests
    with strategy.start(WORKERS) as runner:
        runner.run(job)
        assert set(listening()) <= {"127.0.0.1"}
    assert children() <= before
    assert listening() == []
    assert list(scratch.rglob("*")) == []
    assert [t for t in threading.enumerate() if t not in threads and not t.daemon] == []
    assert {path.name for path in tmp_path.iterdir()} == {"scratch", "out.csv"}


goes_on = threading.Event()


def fails_first(value: float) -> float:
    """Fail for 0, and take long for the rest."""
    if value == 0:
        message = "bad"
        raise ValueError(message)
    goes_on.wait(PATIENCE)
    return value


@pytest.mark.parametrize("name", ["dask_threads", "futures_threads", "joblib_threads"])
def test_an_error_does_not_wait_for_threads(
    name: str, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """What they are doing may take any time, and cannot be ended."""
    goes_on.clear()
    workload = replace(load_workload("double"), array=None, record=fails_first)
    job = Job(source(b"old_column\n0\n1\n2\n3\n"), tmp_path / "out.csv", workload, 1)
    begun = time.monotonic()
    try:
        with pytest.raises(JobError, match="record 1"), load(name).start(WORKERS) as runner:
            runner.run(job)
        assert time.monotonic() - begun < PATIENCE
    finally:
        goes_on.set()
