"""How many workers there are, and how they are started, unless somebody says otherwise."""

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# `spawn` everywhere: fresh interpreters, as Dask and joblib start them too; the same on
# every platform, and safe beside threads. `fork` would start faster, and would favour the
# strategies whose library offers it.
START_METHOD = "spawn"


CGROUPS = Path("/sys/fs/cgroup")  # Linux
OWN_CGROUPS = Path("/proc/self/cgroup")


def available_cores() -> int:
    """Return how many cores this process may use: what a container's quota allows, rounded up.

    At most those that there are, or that it is bound to (taskset, cpuset), or that Python is told
    to count (from 3.13 on, PYTHON_CPU_COUNT).
    """
    count = getattr(os, "process_cpu_count", os.cpu_count)  # the former from Python 3.13 on
    cores = [count() or 1, *map(math.ceil, cpu_quotas())]
    if hasattr(os, "sched_getaffinity"):
        cores.append(len(os.sched_getaffinity(0)))
    return max(1, min(cores))


def cpu_quotas() -> Iterator[float]:
    """Yield the quotas of our control group and of those above it, in cores.

    Both versions of control groups may be there at once.
    """
    with suppress(OSError):
        for line in OWN_CGROUPS.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if not controllers:  # version 2
                for group in _groups(path, "", "unified"):
                    yield from _quota(group, "cpu.max")
            elif "cpu" in controllers.split(","):
                for group in _groups(path, controllers, "cpu"):
                    yield from _quota(group, "cpu.cfs_quota_us", "cpu.cfs_period_us")


def _groups(path: str, *mounts: str) -> Iterator[Path]:
    """Yield the folders of a control group and of those above it.

    A container may see its own as the root, and still be told the whole path of it.
    """
    for mount in mounts:
        parts = Path(path.lstrip("/")).parts
        for first in range(len(parts) + 1):
            group = CGROUPS.joinpath(mount, *parts[first:])
            if ".." not in parts[first:] and group.is_dir():
                yield from (group, *group.parents[: len(parts) - first])
                break


def _quota(group: Path, *files: str) -> Iterator[float]:
    """Yield the quota of a group, if it has one: microseconds of all cores in a period."""
    with suppress(OSError, ValueError, ZeroDivisionError):  # no number: "max"
        quota, period = " ".join((group / name).read_text() for name in files).split()
        if int(quota) > 0:  # version 1 says -1 for none
            yield int(quota) / int(period)
