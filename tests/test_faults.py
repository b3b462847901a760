"""Faults, for real: the cells of `parabench faults` in which a library could hang or lie.

`parabench faults` runs all of them, with more tries; docs/faults.md has what came of it.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from parabench.faults.matrix import FAULTS, HANG_SECONDS
from parabench.faults.observe import OLD, observed, place, start
from parabench.faults.report import markdown
from parabench.faults.run import cases, tried
from parabench.faults.shared_memory import SHARED_MEMORY
from parabench.faults.subjects import Case
from parabench.faults.verdict import GOOD, NOT_TRIED, Outcome, outcome
from strategies import StrategyError, chunk_strategies, load

FAULT = {fault.name: fault for fault in FAULTS}
PROCESSES = [name for name in chunk_strategies() if Case(name).has_processes]
THREADS = [name for name in chunk_strategies() if name not in PROCESSES]
OWN_WAY = ["multiprocessing_pool", "joblib_processes", "dask_distributed"]  # to wait for a worker
FIRST = [  # those that differ in how they can fail; the others are exhaustive
    *(("killed", name) for name in PROCESSES),
    *((fault, name) for fault in ("stopped", "sigint") for name in OWN_WAY),
    *((fault, "multiprocessing_pool") for fault in ("exits", "half-picklable")),
    ("half-picklable", "joblib_processes"),
    *(
        ("sigterm", name)
        for name in ("serial", "dask_threads", "futures_processes", "dask_processes")
    ),
    *(("disk", name) for name in ("futures_threads", "dask_processes")),
    *(("raises", name) for name in ("joblib_threads", "dask_threads")),
]
CELLS = [
    *FIRST,
    *((fault, "multiprocessing_pool") for fault in ("result", "memory", "worker-files", "two")),
    *((fault, "joblib_processes") for fault in ("few-files", "worker-files")),
    *((fault, "dask_distributed") for fault in ("few-files", "unpicklable")),
    *((fault.name, "dask_distributed") for fault in FAULTS if fault.only),
]
EVERY_CELL = [
    *((fault, name) for fault in ("exits", "stopped", "disk") for name in PROCESSES),
    *((fault, name) for fault in ("half-picklable", "sigint", "sigterm") for name in PROCESSES),
    *((fault, name) for fault in ("raises", "disk", "sigterm") for name in THREADS),
]
REST = sorted({*EVERY_CELL} - {*CELLS})


def check(fault: str, case: Case) -> None:
    """Fail where it is not what the contract promises; the seconds are for `parabench faults`.

    What takes longer than HANG_SECONDS hangs.
    """
    found = tried(FAULT[fault], case, tries=1)
    if found.outcome == NOT_TRIED:
        pytest.skip(found.message)
    assert found.outcome in GOOD, found
    assert not found.left, found


@pytest.mark.parametrize(("fault", "strategy"), CELLS)
def test_a_fault_ends_well(fault: str, strategy: str) -> None:
    """With the right result or one clear error, and nothing left behind."""
    check(fault, Case(strategy))


@pytest.mark.exhaustive
@pytest.mark.parametrize(("fault", "strategy"), REST)
def test_every_fault_ends_well(fault: str, strategy: str) -> None:
    """Likewise, where strategies share the code that notices it."""
    check(fault, Case(strategy))


@pytest.mark.parametrize("method", ["fork", "forkserver"])
@pytest.mark.parametrize("fault", ["killed", "stopped"])
def test_a_fault_ends_well_however_processes_start(fault: str, method: str) -> None:
    """Also where they are copies of ours, or of a server's."""
    check(fault, Case("multiprocessing_pool", method))


def test_the_traceback_of_a_workload_is_kept() -> None:
    """It is printed above the error, from a worker process as well."""
    with place() as where:
        ending = Case("futures_processes").command(where, "raises").ending(HANG_SECONDS)
        assert ending.code == 1
        assert 'injected.py", line' in ending.errors
        assert "ValueError: bad luck with 700" in ending.errors
        assert "record 701" in ending.errors.splitlines()[-1]


@pytest.mark.parametrize(
    ("strategy", "after"),
    [
        *((name, None) for name in ("multiprocessing_pool", "joblib_processes")),
        ("multiprocessing_pool", 1.0),
        ("joblib_processes", 1.4),
        pytest.param("multiprocessing_pool", 1.4, marks=pytest.mark.exhaustive),
        pytest.param("joblib_processes", 1.0, marks=pytest.mark.exhaustive),
    ],
)
def test_ctrl_c_in_a_terminal_prints_one_line(strategy: str, after: float | None) -> None:
    """There, the workers get the signal too, also while they start, and leave it to the command."""
    with place() as where:
        command = Case(strategy).command(where, "slow")
        if after is None:
            command.wait_for_workers(2, HANG_SECONDS)
        else:
            command.wait_until_handling(HANG_SECONDS)
            time.sleep(after)
        os.killpg(command.process.pid, signal.SIGINT)
        ending = command.ending(HANG_SECONDS)
    assert (ending.code, ending.left) == (130, [])
    assert ending.errors.split("\n")[:-1] == [
        "parabench: error: interrupted; nothing was left half-written"
    ]


@pytest.mark.parametrize(
    "strategy",
    [
        name if name in OWN_WAY else pytest.param(name, marks=pytest.mark.exhaustive)
        for name in PROCESSES
    ],
)
def test_workers_do_not_outlive_a_command_that_is_killed(strategy: str) -> None:
    """Nobody can clean up then, but the workers notice."""
    with place() as where:
        command = Case(strategy).command(where, "slow")
        command.wait_for_workers(2, HANG_SECONDS)
        command.process.kill()
        command.process.wait()
        deadline = time.monotonic() + HANG_SECONDS
        while (left := command.tree()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert left == []
        assert where.destination.read_text() == OLD


@pytest.mark.parametrize("strategy", ["joblib_processes", "multiprocessing_pool"])
def test_a_single_worker_is_a_process_too(strategy: str) -> None:
    """It may end, and it may be given up, without the command."""
    with place() as where:
        command = Case(strategy, workers=1).command(where, "sleeps", "--timeout", "1")
        assert command.process.pid not in command.wait_for_workers(1, HANG_SECONDS)
        ending = command.ending(HANG_SECONDS)
        assert (ending.code, ending.left) == (1, [])
        assert "within the --timeout" in ending.errors
    check("exits", Case(strategy, workers=1))


@pytest.mark.parametrize("strategy", THREADS)
def test_threads_refuse_a_timeout(strategy: str) -> None:
    """A thread cannot be given up: it would be a promise that nobody keeps."""
    with (
        pytest.raises(StrategyError, match="has no worker that could be given up"),
        load(strategy).start(2, timeout=5.0),
    ):
        pass


def test_a_timeout_that_is_refused_ends_the_command() -> None:
    """With the strategy's error."""
    with place() as where:
        ending = Case("serial").command(where, "slow", "--timeout", "5").ending(HANG_SECONDS)
    assert ending.code == 1
    assert "has no worker that could be given up" in ending.errors


def test_a_long_kernel_in_a_thread_does_not_hold_up_an_interrupt() -> None:
    """It cannot be ended, so the command ends around it, and still leaves nothing."""
    with place() as where:
        command = Case("futures_threads").command(where, "sleeps")
        command.wait_for_workers(1, HANG_SECONDS)
        command.process.terminate()
        ending = command.ending(HANG_SECONDS)
        assert (ending.code, ending.left) == (143, [])
        assert where.destination.read_text() == OLD


def test_an_interrupted_matrix_leaves_no_process() -> None:
    """Not even a bare library that would wait for ever."""
    command = [sys.executable, "-m", "parabench", "faults", "multiprocessing_pool"]
    process = subprocess.Popen([*command, "--fault", "exits"], stderr=subprocess.DEVNULL)
    started = psutil.Process(process.pid)
    while len(ours := started.children(recursive=True)) < 2:  # a bare library, and its workers
        assert process.poll() is None
        time.sleep(0.05)
    process.terminate()
    assert process.wait(HANG_SECONDS) == 143
    assert psutil.wait_procs(ours, timeout=HANG_SECONDS)[1] == []


def test_the_judge_sees_what_is_wrong() -> None:
    """A lost destination, an orphan, a file that stays: none of it counts as good."""
    with place() as where:
        code = (
            "import pathlib, subprocess, sys, tempfile;"
            "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
            "tempfile.mkdtemp(); pathlib.Path('out/out.csv').write_text('half')"
        )
        command = start(where, ["-c", code])
        seen = observed(where, command.ending(HANG_SECONDS), time.time())
        found = outcome(FAULT["raises"], Case("serial"), seen)
        assert found.outcome == "wrong output"
        assert [left.split()[0].split("/")[0] for left in found.left] == ["process", "tmp"]
        assert not found.good
        assert command.tree() == [], "it is not only seen, but ended"


def test_shared_memory_is_that_of_whoever_has_mapped_it() -> None:
    """Others on this machine are killed, too, and leave their own."""
    code = (
        "import multiprocessing, os, signal, sys, time\n"
        "from multiprocessing import resource_tracker\n"
        "lock = multiprocessing.get_context('spawn').Lock()\n"
        "print(lock._semlock.name, file=sys.stderr, flush=True)\n"
        "time.sleep(2)\n"
        "os.kill(resource_tracker._resource_tracker._pid, signal.SIGKILL)\n"
        "os._exit(0)\n"
    )
    with place() as ours, place() as theirs:
        commands = [start(where, ["-c", code]) for where in (ours, theirs)]
        endings = [command.ending(HANG_SECONDS) for command in commands]
        names = [ending.errors.strip().removeprefix("/") for ending in endings]
        semaphores = [str(SHARED_MEMORY / f"sem.{name}") for name in names]
        assert [ending.left for ending in endings] == [[semaphore] for semaphore in semaphores]
        for semaphore in semaphores:
            Path(semaphore).unlink()


def test_the_command_prints_the_matrix(tmp_path: Path) -> None:
    """As JSON with the fields of an outcome, and as a page."""
    page = tmp_path / "faults.md"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "parabench", "faults", "serial", "--fault", "raises"),
            *("--json", "--markdown", str(page)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    (row,) = json.loads(done.stdout)
    assert (row["fault"], row["outcome"], row["good"]) == ("raises", "clear error", True)
    assert "`map` ends with ValueError (exit code 1)" in row["bare"]
    assert "| serial | clear error |" in page.read_text()


def test_every_strategy_of_ours_has_a_bare_twin() -> None:
    """And every cell of the matrix exists."""
    assert all(load(name).bare is not None for name in chunk_strategies())
    for fault in FAULTS:
        assert any(cases(fault, name) for name in chunk_strategies()), fault.name


def test_what_is_not_good_is_marked() -> None:
    """On the page, too."""
    hung = Outcome("raises", "serial", None, "hangs", seconds=9.0, limit=5.0, message="")
    assert not hung.good
    assert "| serial | NOT GOOD: hangs | 9.0 |" in markdown([hung], "parabench faults")
