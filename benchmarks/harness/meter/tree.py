"""Which processes belong to a tree, and what each of them has used."""

import contextlib
import os
import resource
import sys
import time
from pathlib import Path

import psutil

LINUX = sys.platform == "linux"
TICKS = os.sysconf("SC_CLK_TCK")  # of the times in /proc/PID/stat, a second
_CHILDREN_LISTED = Path(f"/proc/self/task/{os.getpid()}/children").exists()


def descendants(root: int) -> list[int]:
    """Return the process IDs below `root` that live now, in no special order.

    Linux lists the children of each thread (CONFIG_PROC_CHILDREN), which takes tens of
    microseconds; elsewhere psutil looks through all processes.
    """
    if not _CHILDREN_LISTED:
        try:
            return [child.pid for child in psutil.Process(root).children(recursive=True)]
        except psutil.Error:
            return []
    pids: list[int] = []
    parents = [root]
    while parents:
        children = _children(parents.pop())
        pids += children
        parents += children
    return pids


def _children(parent: int) -> list[int]:
    children: list[int] = []
    with contextlib.suppress(OSError):  # it has just ended
        for thread in os.listdir(f"/proc/{parent}/task"):  # noqa: PTH208 - every sample pays for it
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{parent}/task/{thread}/children", "rb", 0) as file,  # noqa: PTH123
            ):
                children += map(int, file.read().split())
    return children


def cpu_seconds(ignored: set[int]) -> float:
    """Return the CPU seconds, user and system, that this process and its tree have used.

    Children that have ended are in: their time moves to the parent that waits for them.
    So the sum never falls, and the difference of two calls is what was used in between.
    Processes in `ignored` are left out.

    Linux's clocks are exact to the nanosecond for what lives; the time of what a *worker*
    has started and waited for is counted in ticks of 10 ms. Elsewhere psutil reads them,
    and what workers have started and waited for may be missing.
    """
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        total += usage.ru_utime + usage.ru_stime
    for pid in set(descendants(os.getpid())) - ignored:
        total += _cpu_of(pid)
    return total


def _cpu_of(pid: int) -> float:
    """Return what one process has used itself, and its children that it has waited for."""
    if not LINUX:
        with contextlib.suppress(psutil.Error):
            times = psutil.Process(pid).cpu_times()
            return float(sum(times[:4]) if len(times) >= 4 else times.user + times.system)
        return 0.0
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return 0.0
    # The command's name, in parentheses, may hold anything; utime is the 14th field.
    own_user, own_system, user, system = map(int, stat[stat.rindex(b")") :].split()[12:16])
    try:
        own = time.clock_gettime((~pid << 3) | 2)  # CPUCLOCK_SCHED of that process
    except OSError:  # it has ended, and nobody has waited for it yet
        own = (own_user + own_system) / TICKS
    return own + (user + system) / TICKS


def largest_child() -> int:
    """Return the largest peak RSS, in bytes, of any child that was waited for, ever."""
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
