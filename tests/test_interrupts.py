"""Signals: the command ends by them, in any state; its forks end by theirs, and it goes on."""

import signal
import subprocess
import sys

from patience import PATIENCE

# The system gives a signal to another thread where the main one blocks it; Python then waits for
# the main thread to handle it, which waits for a lock.
STUCK = """
import signal, threading
from parabench import interrupts
interrupts.unwind()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
lock = threading.Lock()
lock.acquire()
print("ready", flush=True)
try:
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
