"""Signals: the command ends by them, in any state; its forks end by theirs, and it goes on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from patience import PATIENCE

from strategies import Job, load, load_workload

# The system gives a signal to another thread where the main one blocks it; Python then waits for
# the main thread to handle it, which waits for a lock.
STUCK = """
import signal, threading
from parabench import interrupts
interrupts.unwind()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
lock = threading.Lock()
lock.acquire()
try:
    print("ready", flush=True)
    lock.acquire()
except KeyboardInterrupt:  # it was not waiting yet
    interrupts.ended()
"""
FORKS = """
import os, signal
from parabench import interrupts
interrupts.unwind()
for _ in range(200):
    if not (pid := os.fork()):
        os._exit(0)
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)
print("done")
"""


def test_a_signal_ends_a_command_whose_main_thread_waits() -> None:
    """It cannot handle it; the exit code is that of the signal, nevertheless."""
    command = [sys.executable, "-c", STUCK]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(PATIENCE / 5) == 128 + signal.SIGTERM
        finally:
            process.kill()
        assert "interrupted" in process.stderr.read()


def test_a_fork_that_is_ended_at_once_does_not_interrupt_the_command() -> None:
    """Also where it has not run an instruction of its own yet."""
    done = subprocess.run(
        [sys.executable, "-c", FORKS], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "done\n", "")


@pytest.mark.parametrize(
    "strategy",
    [
        "multiprocessing_pool",
        *(
            pytest.param(name, marks=pytest.mark.exhaustive)
            for name in ("futures_processes", "joblib_processes", "dask_processes")
        ),
    ],
)
def test_workers_leave_ctrl_c_to_the_command(
    strategy: str, dataset_of: Callable[[str, int], Path], tmp_path: Path
) -> None:
    """A terminal sends it to them, too; what they do goes on until the command ends them."""
    before = set(psutil.Process().children(recursive=True))
    with load(strategy).start(2) as runner:
        for worker in {*psutil.Process().children(recursive=True)} - before:
            os.kill(worker.pid, signal.SIGINT)
        job = Job(dataset_of("plain", 100), tmp_path / "out.csv", load_workload("double"), 1000)
        assert runner.run(job).records == 100
