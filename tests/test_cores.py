"""How many workers there are by default: what affinity and quotas leave of the cores."""

import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from shells import COMMAND, control_group, printed, run, shell

from strategies import available_cores
from strategies.core.process import defaults

QUOTAS: list[tuple[str, dict[str, str], int]] = [
    ("0::/\n", {"cpu.max": "150000 100000"}, 2),
    ("0::/\n", {"cpu.max": "20000 100000"}, 1),
    ("0::/\n", {"cpu.max": "max 100000"}, 8),
    ("0::/a/b\n", {"a/b/cpu.max": "max 100000", "a/cpu.max": "300000 100000"}, 3),
    ("0::/a/b\n", {"a/b/cpu.max": "400000 100000", "a/cpu.max": "100000 50000"}, 2),
    ("0::/pod/own\n", {"cpu.max": "200000 100000"}, 2),  # the own group is shown as the root
    ("0::/pod/own/sub\n", {"sub/cpu.max": "max 1", "cpu.max": "200000 100000"}, 2),
    ("0::/../x\n", {"cpu.max": "200000 100000"}, 2),
    ("2:cpu,cpuacct:/\n", {"cpu/cpu.cfs_quota_us": "150000", "cpu/cpu.cfs_period_us": "50000"}, 3),
    (
        "4:cpuset:/\n2:cpu,cpuacct:/a/b\n0::/\n",
        {
            "cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1",
            "cpu,cpuacct/a/b/cpu.cfs_period_us": "100000",
            "cpu,cpuacct/a/cpu.cfs_quota_us": "110000",
            "cpu,cpuacct/a/cpu.cfs_period_us": "100000",
            "unified/cgroup.procs": "",
        },
        2,
    ),
    ("2:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 8),
    ("2:cpu:/\n0::/\n", {"unified/cpu.max": "100000 100000"}, 1),
    ("0::/\n", {"cpu.max": "nonsense"}, 8),
    ("", {}, 8),
    ("0::/\n", {"cpu.max": "6400000 100000"}, 8),
]


@pytest.mark.parametrize(("own", "files", "cores"), QUOTAS)
def test_quotas_count(
    own: str, files: dict[str, str], cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of version 1 and 2, rounded up; the smallest of the group and of those above it."""
    for name, text in files.items():
        path = tmp_path / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    (tmp_path / "own").write_text(own)
    monkeypatch.setattr(defaults, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(defaults, "OWN_CGROUPS", tmp_path / "own")
    eight = {"cpu_count": lambda: 8, "process_cpu_count": lambda: 8}
    for name, count in {**eight, "sched_getaffinity": lambda _: set(range(8))}.items():
        monkeypatch.setattr(os, name, count, raising=False)
    assert available_cores() == cores


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="there is no affinity here")
def test_affinity_counts() -> None:
    """As `taskset` sets it."""
    core = min(os.sched_getaffinity(0))
    code = f"import os; os.sched_setaffinity(0, {{{core}}}); import strategies; "
    assert printed(code + "print(strategies.available_cores())") == "1\n"


@pytest.mark.skipif(sys.version_info < (3, 13), reason="Python heeds it from 3.13 on")
def test_the_count_that_python_is_told_counts() -> None:
    """By PYTHON_CPU_COUNT, or -X cpu_count."""
    code = "import strategies; print(strategies.available_cores())"
    assert printed(code, PYTHON_CPU_COUNT="1") == "1\n"


@pytest.fixture
def half_a_core() -> Iterator[str]:
    """A control group with a quota of half a core; the script that enters it."""
    limits = ("cpu", "cpu.cfs_quota_us", "50000"), ("", "cpu.max", "50000")
    with control_group(*limits) as script:
        yield script


def test_a_real_quota_is_heeded(half_a_core: str, data: tuple[Path, Path]) -> None:
    """And `run` says how many workers there were."""
    command = shlex.join([str(COMMAND), "run", "futures_threads", *map(str, data)])
    done = shell(f"{half_a_core}\nexec {command}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("futures_threads, 1 worker: ")


def test_help_says_how_many_workers_there_are() -> None:
    """By default."""
    text = " ".join(shell(f"exec {COMMAND} run --help").stdout.split())
    assert "affinity and a container's CPU quota" in text


def test_run_tells_the_number_of_workers(data: tuple[Path, Path]) -> None:
    """As JSON; serial has one, whatever was asked for."""
    for strategy, workers in (("futures_threads", 2), ("serial", 1)):
        assert json.loads(run(strategy, data, "--json").stdout)["workers"] == workers
