"""A function whose result depends on more than its value is found, and named."""

import subprocess
import sys
from pathlib import Path

import pytest

from strategies import (
    Job,
    WorkloadError,
    WrongOutputError,
    difference,
    load,
    user_workload,
    verify,
)
from strategies.core.workloads import repeated
from strategies.core.workloads.user_function import UserFunction

COMMAND = Path(sys.executable).with_name("parabench")
NUMBERS = [n * 7 % 101 for n in range(60)]

CODE = """
import decimal, multiprocessing, os, random, signal, threading, time
calls, best, cache = [], [0], {}
def counter(value):
    calls.append(value)
    return len(calls)
def best_so_far(value):
    best[0] = max(best[0], value)
    return best[0]
def remembers(value):  # what another value has left
    return cache.setdefault(value // 10, value)
def seldom(value):
    calls.append(value)
    return len(calls) == 50
def chance(value):
    return random.random()
def clock(value):
    return time.perf_counter_ns()
def process(value):
    return os.getpid()
def worker(value):
    return multiprocessing.current_process().name
def thread(value):
    return threading.current_thread() is threading.main_thread()
local = threading.local()
local.factor = 3
def importing_thread(value):
    return value * getattr(local, "factor", 1)
def main_thread_alone(value):
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    return value
ready = []
def first_thread(value):  # that which comes first has another context
    if not ready:
        decimal.getcontext().prec = 3
        ready.append(True)
    return decimal.Decimal(1) / 3
def slow_counter(value):
    time.sleep(0.4)
    return counter(value)
def pure(value):
    return cache.setdefault(value, value * 2)
def seeded(value):
    return random.Random(value).random()
def hashes(value):
    return hash(str(value))
def order(value):
    return " ".join({"alpha", "beta", "gamma", str(value)})
def ends(value):
    os._exit(0) if os.environ.get("ENDS") else None
    return value
"""
IMPURE = ["counter", "best_so_far", "remembers", "seldom", "chance", "clock", "process"]
IMPURE += ["worker", "thread", "importing_thread", "first_thread"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(CODE)
    (tmp_path / "in.csv").write_text("old_column\n" + "".join(f"{n}\n" for n in NUMBERS))
    return tmp_path


def parabench(
    folder: Path, *command: str, rows: list[int] = NUMBERS
) -> "subprocess.CompletedProcess[str]":
    (folder / "in.csv").write_text("old_column\n" + "".join(f"{n}\n" for n in rows))
    files = (str(folder / "in.csv"), str(folder / "out.csv"))
    options = ("--workload", f"mine:{command[-1]}", "--import-from", str(folder))
    return subprocess.run(
        [str(COMMAND), *command[:-1], *files, *options],
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip


@pytest.mark.parametrize("function", IMPURE)
def test_verify_names_it(function: str, folder: Path) -> None:
    """Whether or not the output is as the reference says, since the next one will not be."""
    workload = user_workload(f"mine:{function}", folder)
    job = Job(folder / "in.csv", folder / "out.csv", workload, chunk_size=50)
    with load("serial").start(1) as runner:
        runner.run(job)
    with pytest.raises(WorkloadError, match=f"mine:{function} does not give the same result for"):
        verify(job.source, job.destination, user_workload(f"mine:{function}", folder))


@pytest.mark.parametrize("function", ["counter", "chance"])
@pytest.mark.parametrize("strategy", ["serial", "futures_processes"])
def test_run_warns_of_it(strategy: str, function: str, folder: Path) -> None:
    """In one line on standard error; the output is what the function has said."""
    ran = parabench(folder, "run", strategy, "--chunk-size", "50B", function)
    assert ran.returncode == 0, ran.stderr
    warning = (
        f"parabench: warning: mine:{function} does not give the same result for the same value"
    )
    assert ran.stderr.startswith(warning)
    assert ran.stderr.count("\n") == 1
    verified = parabench(folder, "verify", function)
    assert verified.returncode == 1
    assert "does not give the same result for the same value" in verified.stderr


def test_run_warns_of_a_function_that_fails_in_threads(folder: Path) -> None:
    """Its output is right wherever there is one, so `verify` has nothing against it."""
    workload = user_workload("mine:main_thread_alone", folder)
    job = Job(folder / "in.csv", folder / "out.csv", workload)
    with load("serial").start(1) as runner:
        runner.run(job)
    warning = "mine:main_thread_alone fails in a thread that has not imported its file, for 0.0"
    assert difference(job.source, workload).startswith(warning)
    assert verify(job.source, job.destination, workload) == len(NUMBERS)


def test_a_slow_function_is_tried_with_few_values(folder: Path) -> None:
    """Both processes begin with the same ones, in another order."""
    workload = user_workload("mine:slow_counter", folder)
    assert isinstance(workload.record, UserFunction)
    assert "does not give the same" in repeated.difference(workload.record, list(range(1000)))


def test_a_function_that_ends_its_process_says_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And does no harm."""
    monkeypatch.setenv("ENDS", "1")
    workload = user_workload("mine:ends", folder)
    assert isinstance(workload.record, UserFunction)
    assert repeated.difference(workload.record, [1.0, 2.0]) == ""


@pytest.mark.parametrize(
    "function",
    [
        *(pytest.param(name, marks=pytest.mark.exhaustive) for name in ("pure", "seeded")),
        "hashes",
        "order",
    ],
)
def test_what_can_be_equal_is(function: str, folder: Path) -> None:
    """What is remembered does no harm, and texts have the same hashes in all processes."""
    outputs = set()
    for strategy in ("serial", "futures_processes", "dask_distributed"):
        ran = parabench(folder, "run", strategy, "--chunk-size", "50B", "--workers", "2", function)
        assert (ran.returncode, ran.stderr) == (0, "")
        outputs.add((folder / "out.csv").read_bytes())
    assert len(outputs) == 1
    assert parabench(folder, "verify", function).returncode == 0


def test_a_wrong_output_is_still_wrong(folder: Path) -> None:
    """Where the function is not to blame."""
    workload = user_workload("mine:pure", folder)
    (folder / "out.csv").write_text("old_column,pure\n" + "".join(f"{n},7\n" for n in NUMBERS))
    with pytest.raises(WrongOutputError, match="record 1 is"):
        verify(folder / "in.csv", folder / "out.csv", workload)
