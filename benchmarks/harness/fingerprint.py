"""What a machine is, as far as it decides the figures: compare only what is alike."""

import functools
import importlib.metadata
import json
import os
import platform
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import psutil

from benchmarks.harness import subject
from benchmarks.harness.subject import START_METHOD, available_cores
from benchmarks.harness.threads import THREAD_VARIABLES

CGROUP = Path("/sys/fs/cgroup")
HOST_VARIABLE = "PARABENCH_HOST"  # the machine's name, as in containers and on hosted runners


@functools.cache
def fingerprint() -> dict[str, str]:
    """Return what must be equal for two figures to be comparable, as words."""
    return {
        "cpu": cpu(),
        "cores": str(available_cores()),
        "cpu quota": _quota(),
        "governor": _governor(),
        "memory": f"{psutil.virtual_memory().total / 1e9:.1f} GB",
        "memory limit": _memory_limit(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        **{name: _version(name) for name in subject.libraries()},
        "start method": START_METHOD,
        "threads of native libraries": ", ".join(
            sorted({os.environ.get(name, "not pinned") for name in THREAD_VARIABLES})
        ),
    }


def digest(of: dict[str, str]) -> str:
    """Return eight hexadecimal digits that stand for a fingerprint."""
    return sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:8]


def differences(first: dict[str, str], other: dict[str, str]) -> list[str]:
    """Return what differs, as `cores: 2 and 16`; figures are comparable when nothing does."""
    keys = dict.fromkeys([*first, *other])
    return [
        f"{key}: {first.get(key, 'unknown')} and {other.get(key, 'unknown')}"
        for key in keys
        if first.get(key) != other.get(key)
    ]


def load() -> float:
    """Return the processes that were running or waiting for a core in the last minute."""
    return os.getloadavg()[0]


def host() -> str:
    """Return the machine's name: another than the system's where that is new for each run."""
    return os.environ.get(HOST_VARIABLE) or platform.node()


def cpu() -> str:
    """Return the processor's name, as the system tells it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


def _governor() -> str:
    """Return what decides the clock frequency; a virtual machine's host does not tell."""
    governors = set()
    for path in Path("/sys/devices/system/cpu").glob("cpu*/cpufreq/scaling_governor"):
        with suppress(OSError):
            governors.add(path.read_text().strip())
    return ", ".join(sorted(governors)) or "unknown"


def _quota() -> str:
    """Return the cores' worth of time that the control group may use."""
    with suppress(OSError, ValueError):  # version 2
        quota, period = (_group("") / "cpu.max").read_text().split()
        return "none" if quota == "max" else f"{int(quota) / int(period):.2f}"
    with suppress(OSError, ValueError):  # version 1
        quota = (_group("cpu") / "cpu.cfs_quota_us").read_text()
        period = (_group("cpu") / "cpu.cfs_period_us").read_text()
        return "none" if int(quota) < 0 else f"{int(quota) / int(period):.2f}"
    return "unknown"


def _group(controller: str) -> Path:
    """Return the folder of our control group; the root's in a container that sees only that."""
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            group = CGROUP / controller / path.lstrip("/")
            if controller in controllers.split(",") and group.is_dir():
                return group
    return CGROUP / controller


def _memory_limit() -> str:
    for controller, name in (("", "memory.max"), ("memory", "memory.limit_in_bytes")):
        with suppress(OSError, ValueError):
            text = (_group(controller) / name).read_text().strip()
            if text == "max" or int(text) > psutil.virtual_memory().total:
                return "none"
            return f"{int(text) / 1e9:.1f} GB"
    return "unknown"


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
