"""What a user's function starts and prints: the same with every strategy, and nothing is left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from nightly import every_night_but

COMMAND = Path(sys.executable).with_name("parabench")
ENDED_SECONDS = 10  # for trackers, which end by themselves

BESIDE = """
FACTOR = 2
class Thing:
    def __init__(self, value):
        self.value = value
def twice(thing):
    return thing.value * FACTOR
"""
MINE = """
import functools, multiprocessing, os, re, signal, subprocess, sys, threading, time
from concurrent.futures import ProcessPoolExecutor
import beside

class Own:
    def __init__(self, value):
        self.value = value

def inside(own):
    return own.value * 2

def put(queue, value):
    queue.put(value * 2)

def fresh(value):  # the file and its neighbour are imported again, by their names
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        one = pool.apply(inside, (Own(value),))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        other = executor.submit(beside.twice, beside.Thing(value)).result()
    return one + other

def forked(value):
    queue = multiprocessing.Queue()
    process = multiprocessing.Process(target=put, args=(queue, value))
    process.start()
    result = queue.get()
    process.join()
    with multiprocessing.Pool(2) as pool:
        return result + sum(pool.map(inside, [Own(value)] * 2))

kept = None

def keeps(value):  # a pool for all calls, which nobody ends
    global kept
    kept = kept or multiprocessing.get_context("spawn").Pool(1)
    return kept.apply(inside, (Own(value),))

def leaves(value):  # forked, it would keep what another thread has just opened, and waits for
    subprocess.Popen(["sleep", "1000"])
    multiprocessing.get_context("spawn").Process(target=time.sleep, args=(1000,)).start()
    return value

def everything(value):
    return fresh(value) + forked(value) + keeps(value) + leaves(value)

def clones(value):
    if value == 1 and os.fork() == 0:
        return value * 100
    if value == 2 and os.fork() == 0:
        sys.exit(0)
    return value

def waits(value):
    subprocess.Popen(["sleep", "1000"])
    open(os.environ["MARKS"] + f"/{os.getpid()}", "w").close()
    time.sleep(1000)

def prints(value):
    print("value", value)
    sys.stdout.write("written ")
    time.sleep(0.001)
    sys.stdout.write(f"twice {value}\\n")
    subprocess.run(["echo", "from a child"])
    os.write(1, b"raw\\n")
    print("x" * 3000)
    return value

def endless():
    while True:
        subprocess.run(["sleep", "1000"])

@functools.cache
def begin():  # threads whose processes come again, and one that Python would wait for
    for _ in range(2):
        threading.Thread(target=endless, daemon=True).start()
    threading.Thread(target=time.sleep, args=(1000,), daemon=False).start()

def goes_on(value):
    begin()
    print("no end", end="")
    status = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True).stdout
    masks = dict(re.findall(r"(Sig(?:Blk|Ign)):\\s*(\\w+)", status))
    return sum(int(mask, 16) >> (signal.SIGINT - 1) & 1 for mask in masks.values()) + len(masks)

def waits_and_goes_on(value):
    begin()
    open(os.environ["MARKS"] + f"/{os.getpid()}", "w").close()
    while True:
        subprocess.Popen(["sleep", "1000"]).wait()

def mark_and_wait():
    open(os.environ["MARKS"] + f"/{os.getpid()}", "w").close()
    time.sleep(1000)

@functools.cache
def exits_slowly(value):
    atexit.register(mark_and_wait)
    return value

def fails_first(value):
    if value == 1:
        raise ValueError("bad")
    time.sleep(1000)

print("imported")
import atexit
atexit.register(print, "at exit")
"""
ROWS = [1, 2, 3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(MINE)
    (tmp_path / "beside.py").write_text(BESIDE)
    (tmp_path / "in.csv").write_text("old_column,t\n" + "".join(f"{n},a\n" for n in ROWS))
    (tmp_path / "marks").mkdir()
    return tmp_path


@contextmanager
def started(folder: Path, *command: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a command on the folder's files; whatever is left of it is killed at the end."""
    options = ("--workload", command[-1], "--import-from", str(folder))
    files = (str(folder / "in.csv"), str(folder / "out.csv"))
    process = subprocess.Popen(
        [str(COMMAND), *command[:-1], *files, *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"MARKS": str(folder / "marks")},
    )  # fmt: skip
    try:
        yield process
    finally:
        for left in in_session(process.pid):
            left.kill()
        process.wait()


def run(folder: Path, strategy: str, function: str, *options: str) -> tuple[str, str]:
    """Run a function with two workers, check that nothing is left; return what is printed."""
    options = ("--workers", "2", "--chunk-size", "13B", *options)
    with started(folder, "run", strategy, *options, f"mine:{function}") as process:
        output, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors
        assert left_of(process) == []
    return output, errors


def results(folder: Path) -> list[float]:
    lines = (folder / "out.csv").read_text().splitlines()[1:]
    return [float(line.rpartition(",")[2]) for line in lines]


def in_session(leader: int) -> list[psutil.Process]:
    """Return the processes of a command, by its session."""
    found = []
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.Error):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def left_of(process: "subprocess.Popen[str]") -> list[str]:
    """Return what is left of a command that has ended, once the trackers have gone."""
    deadline = time.monotonic() + ENDED_SECONDS
    while (left := in_session(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return [f"{one.pid} {' '.join(one.cmdline())}" for one in left]


@pytest.mark.parametrize("function", ["everything", "clones"])
@pytest.mark.parametrize(
    "strategy", every_night_but("serial", "multiprocessing_pool", "dask_distributed")
)
def test_a_function_may_start_processes(strategy: str, function: str, folder: Path) -> None:
    """By all means, in all strategies, also where the workers are daemons; and leave them."""
    run(folder, strategy, function)
    assert results(folder) == [(13 if function == "everything" else 1) * n for n in ROWS]


@pytest.mark.parametrize("function", ["everything", "clones"])
def test_verify_lets_a_function_start_processes(function: str, folder: Path) -> None:
    """In its own process, and leaves none."""
    run(folder, "serial", function)
    with started(folder, "verify", f"mine:{function}") as process:
        output, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors
        assert output.endswith("all 3 records are as the reference says\n")
        assert left_of(process) == []


@pytest.mark.parametrize("method", ["fork", "forkserver"])
def test_however_workers_start(method: str, folder: Path) -> None:
    """Forked workers are copies of the command, and yet workers."""
    run(folder, "multiprocessing_pool", "forked", "--start-method", method)
    assert results(folder) == [6 * n for n in ROWS]


@pytest.mark.parametrize(
    ("strategy", "number", "function"),
    [
        ("serial", signal.SIGINT, "waits_and_goes_on"),
        ("futures_threads", signal.SIGTERM, "waits_and_goes_on"),
        ("multiprocessing_pool", signal.SIGINT, "waits"),
        ("dask_distributed", signal.SIGTERM, "waits"),
    ],
)
def test_an_interrupt_ends_what_a_function_has_started(
    strategy: str, number: signal.Signals, function: str, folder: Path
) -> None:
    """Within seconds, and nothing is left, also of what starts another process at once."""
    with started(folder, "run", strategy, "--workers", "2", f"mine:{function}") as process:
        wait_for_marks(folder)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 128 + number
        assert errors.endswith("parabench: error: interrupted; nothing was left half-written\n")
        assert left_of(process) == []


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
@pytest.mark.parametrize(
    "strategy",
    every_night_but("serial", "futures_threads", "futures_processes"),
)
def test_what_goes_on_ends_with_the_job(strategy: str, folder: Path) -> None:
    """Threads, and what they start meanwhile; a line without its end is printed, and SIGINT heeded.

    A process of a user's has neither SIGBLK nor SIGIGN for it (two masks, of which none has it).
    """
    _, errors = run(folder, strategy, "goes_on")
    assert results(folder) == [2] * len(ROWS)
    assert errors.count("no end") == len(ROWS)


def test_what_goes_on_ends_with_verify(folder: Path) -> None:
    """Likewise."""
    (folder / "out.csv").write_text("old_column,t,goes_on\n" + "".join(f"{n},a,2\n" for n in ROWS))
    with started(folder, "verify", "mine:goes_on") as process:
        output, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors
        assert output.endswith("all 3 records are as the reference says\n")
        assert left_of(process) == []


def test_an_interrupt_at_the_exit_ends_it(folder: Path) -> None:
    """In one line, without a traceback; the job is done by then."""
    with started(folder, "run", "serial", "mine:exits_slowly") as process:
        wait_for_marks(folder)
        process.terminate()
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 128 + signal.SIGTERM
        assert errors == (
            "imported\nparabench: error: interrupted; nothing was left half-written\n"
        )
        assert left_of(process) == []
    assert results(folder) == ROWS


@pytest.mark.parametrize("strategy", every_night_but("futures_threads", "dask_processes"))
def test_an_error_ends_the_command_while_other_chunks_are_long(strategy: str, folder: Path) -> None:
    """The first record is wrong, and the others would take a quarter of an hour."""
    options = ("--workers", "2", "--chunk-size", "4B", "mine:fails_first")
    with started(folder, "run", strategy, *options) as process:
        _, errors = process.communicate(timeout=100)
        assert process.returncode == 1
        assert "record 1, at byte" in errors
        assert left_of(process) == []


@pytest.mark.parametrize("strategy", ["multiprocessing_pool", "futures_processes"])
def test_a_killed_worker_leaves_no_children(strategy: str, folder: Path) -> None:
    """Their parent has gone, so that only the command can end them."""
    with started(folder, "run", strategy, "--workers", "2", "mine:waits") as process:
        os.kill(wait_for_marks(folder), signal.SIGKILL)
        process.communicate(timeout=60)
        assert process.returncode == 1
        assert left_of(process) == []


def wait_for_marks(folder: Path) -> int:
    """Return a process that has called the function."""
    deadline = time.monotonic() + 60
    while not (marks := list((folder / "marks").iterdir())):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return int(marks[0].name)


@pytest.mark.parametrize(
    "strategy", every_night_but("futures_threads", "multiprocessing_pool", "dask_distributed")
)
def test_what_a_function_prints_goes_to_standard_error(strategy: str, folder: Path) -> None:
    """Whoever writes it, from the import to the exit; line by line."""
    numbers = range(100)
    (folder / "in.csv").write_text("old_column,t\n" + "".join(f"{n},a\n" for n in numbers))
    options = ("--workers", "2", "--chunk-size", "100B", "--json", "mine:prints")
    with started(folder, "run", strategy, *options) as process:
        output, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors
    assert json.loads(output)["records"] == len(numbers)
    lines = [line for line in errors.splitlines() if line not in {"imported", "at exit"}]
    wanted = ["from a child", "raw", "x" * 3000] * len(numbers)
    wanted += [f"{word} {n:.1f}" for n in numbers for word in ("value", "written twice")]
    assert sorted(lines) == sorted(wanted)


def test_what_it_prints_in_verify_goes_there_too(folder: Path) -> None:
    """And what verify prints does not."""
    run(folder, "serial", "prints")
    with started(folder, "verify", "mine:prints") as process:
        output, errors = process.communicate(timeout=100)
    assert output == f"{folder / 'out.csv'} is correct: all 3 records are as the reference says\n"
    assert "imported\nvalue 1.0\nwritten twice 1.0\nfrom a child\nraw\n" in errors
