"""The processes of a strategy are ended with it, of whatever kind, and no others."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from patience import PATIENCE

import strategies
from strategies import StrategyError, load
from strategies.core.process.own import OwnProcesses


def sleeper() -> "subprocess.Popen[bytes]":
    """Start a process that `multiprocessing` knows nothing of, with a child of its own."""
    child = "import time; time.sleep(300)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    process = subprocess.Popen([sys.executable, "-c", code])
    while not psutil.Process(process.pid).children():
        assert process.poll() is None
    return process


def test_processes_of_any_kind_are_ended() -> None:
    """A JVM, `mpiexec` and their children are not those of `multiprocessing`."""
    with closing(OwnProcesses()) as own:
        process = sleeper()
        (child,) = psutil.Process(process.pid).children()
        own.claim()
    assert process.wait(PATIENCE) == -signal.SIGKILL
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_workers_are_ended_however_they_were_started(method: str) -> None:
    """Even one that stands still; those of a fork server look like the server itself."""
    context = multiprocessing.get_context(method)
    with closing(OwnProcesses()) as own:
        process = context.Process(target=time.sleep, args=(300,))  # type: ignore[attr-defined] # of every context
        process.start()
        own.claim()
        os.kill(process.pid, signal.SIGSTOP)
    left = psutil.pid_exists(process.pid) and psutil.Process(process.pid).status() != "zombie"
    code = process.exitcode
    process.kill()  # or Python would wait for it at exit
    assert code in {-signal.SIGKILL, 255}, "255: of a fork server"
    assert not left


def test_processes_of_others_are_left_alone() -> None:
    """Those that were there before, those of another strategy, and what our caller starts later."""
    before = sleeper()
    try:
        with closing(OwnProcesses()) as first:
            ours = sleeper()
            first.claim()
            with closing(OwnProcesses()) as second:
                theirs = sleeper()
                second.claim()
                later = sleeper()
                first.kill()
                assert ours.wait(PATIENCE) == -signal.SIGKILL
                assert theirs.poll() is None
            assert theirs.wait(PATIENCE) == -signal.SIGKILL
        assert (before.poll(), later.poll()) == (None, None)
    finally:
        for process in (before, later):
            for child in psutil.Process(process.pid).children():
                child.kill()
            process.kill()
            process.wait()


def test_workers_of_another_strategy_are_left_alone() -> None:
    """Also those that have been started since through `multiprocessing`, as ours would be."""
    with closing(OwnProcesses()) as first, closing(OwnProcesses()) as second:
        ours = sleeper()
        first.claim()
        theirs = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(300,))
        theirs.start()
        second.claim()
        first.kill()
        assert ours.wait(5) == -signal.SIGKILL
        assert theirs.exitcode is None
    assert theirs.exitcode == -signal.SIGKILL


def test_a_strategy_without_workers_ends_no_processes() -> None:
    """What a user's function has started in our process is not its own."""
    with closing(OwnProcesses()) as none:
        none.claim()
        started = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(300,))
        started.start()
    assert started.is_alive()
    started.kill()
    started.join()


STARTS_A_PROCESS = '''"""Starts a process, and does not get further."""
import subprocess, sys
from contextlib import contextmanager

KIND = "processes"
kept = []

@contextmanager
def start(workers, timeout=None):
    code = "import time; time.sleep(300)"
    kept.append(subprocess.Popen([sys.executable, "-c", code]))
    raise RuntimeError("no further")
    yield
'''


def test_what_a_failed_start_leaves_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it was, and the error is the strategy's."""
    (tmp_path / "halfway.py").write_text(STARTS_A_PROCESS)
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    with (
        pytest.raises(StrategyError, match=r"halfway cannot start 2 workers .*no further"),
        load("halfway").start(2, timeout=3.0),
    ):
        pass
    (process,) = sys.modules.pop("strategies.halfway").kept
    assert process.wait(PATIENCE) == -signal.SIGKILL
