"""The processes that belong to a started strategy, whoever has started them."""

import multiprocessing
import time
from contextlib import suppress
from multiprocessing import resource_tracker
from pathlib import Path
from typing import ClassVar

import psutil

from strategies.core.process.children import GONE_SECONDS, POLL_SECONDS, TRACKER, lives

# Python's and joblib's helpers, which are shared with whatever comes later; they end when we do.
HELPERS = (TRACKER, "from multiprocessing.forkserver import main")
PROC = Path("/proc")  # Linux

Processes = set[psutil.Process]


class OwnProcesses:
    """What appears in the process tree while a strategy starts, and what comes of that.

    Until `claim`, every new child of ours belongs to it: a JVM, a raylet, `mpiexec`. After
    it, our caller may start processes of its own, so only those count that were there then,
    and what `multiprocessing` starts in place of them. Descendants belong to it, too.
    """

    _open: ClassVar[list["OwnProcesses"]] = []

    def __init__(self) -> None:
        resource_tracker.ensure_running()  # so that it is one of those that were there before
        self._before = _children()
        self._claimed: Processes | None = None
        self._open.append(self)

    def claim(self) -> None:
        """Remember those that are there now as ours: another may end when we do not."""
        self._claimed = _with_descendants(self._new(_children()))

    def claim_descendants(self) -> None:
        """Remember what the workers have started: once they have ended, nobody can tell."""
        self._claimed = _with_descendants(self._claimed or set())

    def kill(self) -> None:
        """End them at once, and wait until they have gone.

        SIGKILL: a process that is stopped, or in a long computation, would not heed SIGTERM.
        """
        ours = self._ours()
        for process in ours:
            with suppress(psutil.Error):  # it has gone; psutil takes no other for it
                process.kill()
        deadline = time.monotonic() + GONE_SECONDS
        while any(map(lives, ours)) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        for child in multiprocessing.active_children():
            if child.pid in {process.pid for process in ours}:
                with suppress(AssertionError, ValueError):  # another thread has closed it meanwhile
                    child.join(GONE_SECONDS)

    def close(self) -> None:
        """Kill those that are left."""
        self.kill()
        self._open.remove(self)

    def _ours(self) -> Processes:
        if self._claimed is None:
            return _with_descendants(self._new(_children()))
        # Where there are no workers, a user's code runs in our process, and starts its own there.
        instead = self._new(_of_multiprocessing()) if self._claimed else set()
        return _with_descendants(self._claimed | instead)

    def _new(self, pids: set[int]) -> Processes:
        others = (other._claimed or set() for other in self._open if other is not self)
        return _processes(pids - self._before).difference(*others)


def _children() -> set[int]:
    """Return the process IDs of our children, and of what a fork server has started for us."""
    return _children_of(psutil.Process()) | _of_multiprocessing()


def _children_of(process: psutil.Process) -> set[int]:
    """Return the process IDs of a process' children.

    Linux lists them, which takes microseconds; psutil has to look through all processes.
    """
    try:
        tasks = (PROC / str(process.pid) / "task").iterdir()
        return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}
    except OSError:  # it has gone, or another system, or a kernel that does not list them
        return {child.pid for child in process.children()}


def _of_multiprocessing() -> set[int]:
    """Return what this process has started through `multiprocessing`, and that lives."""
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


def _processes(pids: set[int]) -> Processes:
    """Return those that live, but for the helpers."""
    processes, workers = set(), _of_multiprocessing()
    for pid in pids:
        with suppress(psutil.Error):  # it has gone
            process = psutil.Process(pid)
            # What a fork server has forked has the command line of the server.
            if pid in workers or not _is_helper(process):
                processes.add(process)
    return processes


def _is_helper(process: psutil.Process) -> bool:
    if process.cmdline() == psutil.Process().cmdline():  # a fork, or just about to become another
        time.sleep(POLL_SECONDS)
    return any(helper in " ".join(process.cmdline()) for helper in HELPERS)


def _with_descendants(processes: Processes) -> Processes:
    everyone, waiting = set(processes), list(processes)
    while waiting:
        with suppress(psutil.Error):  # it has gone
            children = {psutil.Process(pid) for pid in _children_of(waiting.pop())} - everyone
            everyone |= children
            waiting += children
    return everyone
