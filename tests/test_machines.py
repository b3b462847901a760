"""What machines lack, and what is asked of them: the same command, in a real such place."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from shells import (
    COMMAND,
    PROCESSES,
    ROOT,
    Done,
    check_refused,
    control_group,
    exhaustively,
    printed,
    run,
    shell,
)

IN_A_NAMESPACE = ("unshare", "--mount")


@cache
def namespaces() -> bool:
    """Whether we may mount something for one command alone."""
    with suppress(OSError):
        return shell("mount -t tmpfs none /mnt", *IN_A_NAMESPACE).returncode == 0
    return False


def in_a_namespace(mounts: str, strategy: str, data: tuple[Path, Path], cwd: Path) -> Done:
    if not namespaces():
        pytest.skip("mounting takes root, and a kernel that lets it")
    command = [str(COMMAND), "run", strategy, *map(str, data), "--workers", "2"]
    return shell(f"{mounts}\nexec {shlex.join(command)}", *IN_A_NAMESPACE, cwd=cwd)


READ_ONLY = "mount -t tmpfs -o ro none /dev/shm"
FULL = "mount -t tmpfs -o size=4k none /dev/shm; head -c 4096 /dev/zero > /dev/shm/full"
ABSENT = """
    mkdir dev; touch dev/null dev/zero dev/urandom
    for name in null zero urandom; do mount --bind /dev/$name dev/$name; done
    mount --rbind dev /dev"""


@pytest.mark.parametrize(
    ("mounts", "reason", "strategy"),
    [
        (READ_ONLY, "Read-only file system", "joblib_threads"),  # which needs them, too
        (FULL, "No space left on device", "futures_processes"),
        (ABSENT, "No such file", "joblib_processes"),
        *exhaustively(*((READ_ONLY, "Read-only file system", name) for name in PROCESSES)),
        *exhaustively((FULL, "No space left on device", "joblib_processes")),
        *exhaustively((ABSENT, "No such file", "multiprocessing_pool")),
    ],
)
def test_without_semaphores_the_reason_is_named(
    mounts: str, reason: str, strategy: str, data: tuple[Path, Path], tmp_path: Path
) -> None:
    """Within seconds, and with it those that work; the destination is not made."""
    done = in_a_namespace(mounts, strategy, data, tmp_path)
    others = "these start without: serial, dask_threads, futures_threads\n"
    check_refused(done, strategy, reason, "POSIX semaphores", "a /dev/shm that", others)
    assert not data[1].exists()


@pytest.mark.parametrize("strategy", ["dask_threads", *exhaustively("serial", "futures_threads")])
def test_those_that_are_named_work_without_semaphores(
    strategy: str, data: tuple[Path, Path], tmp_path: Path
) -> None:
    """As the error says."""
    done = in_a_namespace(READ_ONLY, strategy, data, tmp_path)
    assert done.returncode == 0, done.stderr
    assert data[1].exists()


def test_without_a_place_for_temporary_files(data: tuple[Path, Path], tmp_path: Path) -> None:
    """The one strategy that has some names the variable."""
    place = tmp_path / "place"
    place.mkdir()
    mounts = f"""
        mount -t tmpfs none {place}; cp {data[0]} {place}/in.csv
        for folder in /tmp /var/tmp /usr/tmp; do
            if [ -d $folder ]; then mount --bind $folder $folder; fi
            if [ -d $folder ]; then mount -o remount,bind,ro $folder; fi
        done
        cd /proc"""
    there = place / "in.csv", place / "out.csv"
    done = in_a_namespace(mounts, "dask_distributed", there, tmp_path)
    check_refused(done, "temporary files", "TMPDIR")


@pytest.fixture
def few_processes() -> Iterator[str]:
    """A control group of at most 8 processes and threads; the script that enters it."""
    with control_group(("pids", "pids.max", "8"), ("", "pids.max", "8")) as script:
        yield script


@pytest.mark.parametrize(
    "strategy",
    [
        *("dask_threads", "futures_processes", "joblib_processes"),  # those that ask differently
        *exhaustively("dask_distributed", "dask_processes", "multiprocessing_pool"),
    ],
)
def test_too_few_processes_are_an_error(
    strategy: str, data: tuple[Path, Path], few_processes: str
) -> None:
    """Before a library waits for what could not be started."""
    check_refused(run(strategy, data, script=few_processes), "too few processes and threads")


@pytest.mark.parametrize("system", ["win32", "cygwin", "freebsd14"])
def test_other_systems_are_refused_in_one_line(system: str) -> None:
    """By the command and by the import, before a module is missing."""
    code = f"import sys; sys.platform = {system!r}; from parabench.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "list"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    check_refused(done, "runs on Linux", f"not on {system}")
    code = f"import sys; sys.platform = {system!r}; import strategies"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: parabench runs on Linux")


def test_macos_is_not_refused() -> None:
    """Nothing of a job needs Linux; that it works there has not been tried."""
    code = "import sys; sys.platform = 'darwin'; import strategies; print(strategies.names()[0])"
    assert printed(code) == "serial\n"
