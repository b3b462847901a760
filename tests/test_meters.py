"""The meters see what is there: 200 MB and a CPU second, whatever started the process.

Compared with what the processes say of themselves at the same time, not with another run: on a busy
machine, two runs of the same work differ.
"""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from patience import PATIENCE
from worker_functions import burn_once, hog_once

from benchmarks.harness.meter import Meter, Used
from benchmarks.harness.meter.tree import LINUX
from parabench.faults.shared_memory import SHARED_MEMORY
from strategies import Job, Strategy, chunk_strategies, load, load_workload

pytestmark = pytest.mark.alone
ROOT = Path(__file__).parents[1]
MEGABYTES = 200
WORKERS = 2
TOLERANCE = 0.05
PEAK_HELD = 0.4  # seconds, as the longest gap between samples is a quarter of one
TRIES = 5  # each holds the memory twice as long: on a busy machine the sampler, too, has to wait


@pytest.fixture
def meter() -> Iterator[Meter]:
    with closing(Meter()) as opened:
        yield opened


def assert_seen(measure: Callable[[int], tuple[float, ...]], *expected: float) -> None:
    """Check that one of a few tries sees what is expected, within the tolerance."""
    seen = []
    for attempt in range(TRIES):
        seen.append(measure(attempt))
        if seen[-1] == pytest.approx(expected, rel=TOLERANCE):
            return
    pytest.fail(f"expected {expected}, seen {seen}")


def ways() -> Iterator[Any]:
    """Yield each strategy with a start method; those that let one choose take turns.

    With all that it lets one choose, in the exhaustive tests.
    """
    methods = multiprocessing.get_all_start_methods()
    turn = 0
    for strategy in map(load, chunk_strategies()):
        if strategy.reason:
            continue
        if "start_method" not in strategy.options:
            yield pytest.param(strategy, None, id=f"{strategy.name}-own")
            continue
        for method in methods:
            marks = () if method == methods[turn % len(methods)] else (pytest.mark.exhaustive,)
            yield pytest.param(strategy, method, id=f"{strategy.name}-{method}", marks=marks)
        turn += 1


each_way = pytest.mark.parametrize(("strategy", "start_method"), list(ways()))


@pytest.fixture
def used_by(
    strategy: Strategy,
    start_method: str | None,
    source: Callable[[bytes], Path],
    tmp_path: Path,
    meter: Meter,
) -> Iterator[Callable[[Any], tuple[Used, float]]]:
    """Yield a function that runs a job with another one in a worker.

    It returns what the job used, and the CPU seconds that its processes show in the end.
    """
    double, path = load_workload("double"), source(b"old_column,t\n" + b"1,a\n" * 100)

    def run(function: Any) -> tuple[Used, float]:
        job = Job(path, tmp_path / "out.csv", replace(double, array=function))
        me = psutil.Process()
        tree = [me, *(child for child in me.children(recursive=True) if child.pid != meter.pid)]
        with meter.window() as used:
            before = cpu_of(tree)
            runner.run(job)
            spent = cpu_of(tree) - before
        return used, spent

    with strategy.start(WORKERS, start_method=start_method) as runner:
        run(double.array)  # libraries do more when they are used first
        yield run


def cpu_of(processes: list[psutil.Process]) -> float:
    """Return the CPU seconds that the kernel's tables show for living processes."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


@each_way
def test_200_mb_in_a_worker_are_seen(
    used_by: Callable[[Any], tuple[Used, float]], tmp_path: Path
) -> None:
    """Within 5 %, as the difference to the same job without; and the bound is not below."""
    amount = MEGABYTES * 10**6

    def peak_of_it(attempt: int) -> tuple[float]:
        held = PEAK_HELD * 2**attempt
        without, with_it = (
            used_by(partial(hog_once, tmp_path / f"{size}-{attempt}", size, held))[0]
            for size in (0, amount)
        )
        assert with_it.peak.at_most >= with_it.peak.peak
        assert with_it.peak.kind == ("PSS" if LINUX else "RSS")
        return (with_it.peak.peak - without.peak.peak,)

    assert_seen(peak_of_it, amount)


@each_way
def test_a_cpu_second_in_a_worker_is_seen(
    used_by: Callable[[Any], tuple[Used, float]], tmp_path: Path
) -> None:
    """Within 5 % of what the processes have used by their own account, and they burn a second."""
    seen = []
    for attempt in range(TRIES):  # the kernel's tables count in ticks of 10 ms
        used, spent = used_by(partial(burn_once, tmp_path / str(attempt), 1.0))
        assert spent > 1 - TOLERANCE
        seen.append((used.cpu_seconds, spent))
        if used.cpu_seconds == pytest.approx(spent, rel=TOLERANCE):
            return
    pytest.fail(f"seen and spent: {seen}")


ENDED = """
import multiprocessing, sys, time
from benchmarks.harness.meter import Meter
from known_load import burn_and_hog
context = multiprocessing.get_context(sys.argv[1])
held = float(sys.argv[2])
meter = Meter()
first = context.Process(target=print)  # forkserver's own server is there from now on
first.start()
first.join()
for amount in (0, 200 * 10**6):
    with meter.window() as used:
        before = time.process_time()
        reader, writer = context.Pipe(duplex=False)
        process = context.Process(target=burn_and_hog, args=(1.0, amount, held, writer))
        process.start()
        process.join()
        spent = reader.recv() + time.process_time() - before
    print(used.cpu_seconds, spent, used.peak.peak)
"""


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_process_that_has_ended_counts(method: str) -> None:
    """What it had, and what it took; forkserver's own children, too, of which we are no parent."""

    def what_it_had(attempt: int) -> tuple[float, float]:
        done = subprocess.run(
            [sys.executable, "-c", ENDED, method, str(PEAK_HELD * 2**attempt)],
            cwd=ROOT, check=True, text=True, capture_output=True,
            env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        )  # fmt: skip
        small, large = (tuple(map(float, line.split())) for line in done.stdout.split("\n") if line)
        assert large[1] > 1, "the process says that it has burnt a second"
        return large[0] / large[1], large[2] - small[2]

    assert_seen(what_it_had, 1, MEGABYTES * 10**6)


SHARING = """
import multiprocessing, time
from benchmarks.harness.meter import Meter
block = bytearray(200 * 10**6)
block[::4096] = b"x" * len(block[::4096])
meter = Meter()
for seconds in (0, 1):
    with meter.window() as used:
        child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(seconds,))
        child.start()
        time.sleep(1)
        child.join()
    print(used.peak.peak)
"""


def test_memory_that_processes_share_counts_once() -> None:
    """A forked child has all of its parent's memory, and adds next to nothing to the sum."""
    done = subprocess.run(
        [sys.executable, "-c", SHARING], cwd=ROOT, capture_output=True, text=True, check=True
    )
    alone, together = map(int, done.stdout.split())
    assert alone > MEGABYTES * 10**6
    assert together - alone < 0.05 * MEGABYTES * 10**6


UNSEEN = """
import subprocess, sys
from benchmarks.harness.meter import Meter
meter = Meter(period=30)
with meter.window() as used:
    subprocess.run([sys.executable, "-c", "block = b'x' * 200 * 10**6"], check=True)
print(used.peak.samples, used.peak.peak, used.peak.at_most + used.unseen_child)
"""


def test_a_child_that_no_sample_sees_is_within_the_bound() -> None:
    """The kernel keeps the peak of a child that was waited for."""
    done = subprocess.run(
        [sys.executable, "-c", UNSEEN], cwd=ROOT, capture_output=True, text=True, check=True
    )
    samples, peak, at_most = map(int, done.stdout.split())
    assert samples == 2  # when the window began, and when it ended
    assert peak < MEGABYTES * 10**6 < at_most


def test_sampling_costs_less_than_a_hundredth_of_a_core(meter: Meter, tmp_path: Path) -> None:
    """By its own CPU time, which it keeps below by pausing: also with twenty processes."""
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=time.sleep, args=(60,)) for _ in range(20)]
    for child in children:
        child.start()
    time.sleep(2)
    about: Any = {
        "runners": [os.getpid()],
        "journal": tmp_path / "journal",
        "scratch": tmp_path / "x",
    }
    meter.guard(seconds=60, on_end={"crashed": {}}, **about)  # as in a cell
    costs, samples = [], []
    for _ in range(TRIES):
        with meter.window() as used:
            time.sleep(1.5)
        samples.append(used.peak.samples)
        costs.append(used.peak.cost)
    meter.release()
    for child in children:
        child.kill()
        child.join()
    assert max(samples) > 10
    assert min(costs) < 0.01


def test_what_else_is_asked_for_does_not_thin_the_samples(meter: Meter) -> None:
    """An exact reading costs as much as a hundred samples, and is not taken for one."""

    def samples(reads: int) -> int:
        with meter.window() as used:
            for _ in range(5):
                for _ in range(reads):
                    meter.read()
                time.sleep(0.2)
        return used.peak.samples

    ratios = [samples(reads=1) / samples(reads=0) for _ in range(TRIES)]
    assert max(ratios) > 0.5, ratios  # with that mistake a fifth


def test_the_watcher_ends_what_its_root_has_left() -> None:
    """A process that has lost its parent is killed when the cell's process has ended."""
    code = (
        "import subprocess, sys\n"
        "from benchmarks.harness.meter import Meter\n"
        "meter = Meter()\n"
        "code = 'import time; time.sleep(300)'\n"
        "quiet = subprocess.DEVNULL\n"
        "orphan = subprocess.Popen([sys.executable, '-c', code], stdout=quiet, stderr=quiet)\n"
        "with meter.window():\n"
        "    pass\n"
        "print(orphan.pid, flush=True)\n"
        "import os\n"
        "os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    pid = int(done.stdout)
    deadline = time.monotonic() + PATIENCE
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid: int) -> bool:
    """Whether a process runs: what nobody has waited for does not."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


ORPHANED = """
import multiprocessing, os, time
from benchmarks.harness.meter import Meter
context = multiprocessing.get_context("spawn")
lock = context.Lock()
meter = Meter()
context.Process(target=time.sleep, args=(300,)).start()
with meter.window():
    pass
print(lock._semlock.name, flush=True)
os._exit(0)
"""


@pytest.mark.skipif(not LINUX, reason="only Linux shows semaphores as files")
def test_the_watcher_lets_trackers_clean_up() -> None:
    """Or the semaphores of every cell that is killed would stay in shared memory."""
    done = subprocess.run(
        [sys.executable, "-c", ORPHANED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    semaphore = SHARED_MEMORY / f"sem.{done.stdout.strip().removeprefix('/')}"
    deadline = time.monotonic() + PATIENCE
    while semaphore.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not semaphore.exists()
