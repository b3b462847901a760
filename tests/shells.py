"""The command in a shell, as users start it, and what must come of it."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from strategies import describe, names

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).with_name("parabench")
PROCESSES = [name for name in names() if describe(name).kind in {"processes", "cluster"}]
WITHIN_SECONDS = 50  # what hung took a minute

Done = subprocess.CompletedProcess[str]


def run(strategy: str, data: tuple[Path, Path], *options: str, script: str = "") -> Done:
    """Run a job with two workers, in a shell that does `script` before."""
    command = [str(COMMAND), "run", strategy, *map(str, data), "--workers", "2", *options]
    return shell(f"{script}\nexec {shlex.join(command)}")


def shell(script: str, *before: str, cwd: Path | None = None) -> Done:
    return subprocess.run(
        [*before, "sh", "-ec", script],
        capture_output=True, text=True, check=False, timeout=WITHIN_SECONDS, cwd=cwd,
    )  # fmt: skip


def check_refused(done: Done, *parts: str) -> None:
    """Hold that one line says all parts, and no number of workers is blamed."""
    assert done.returncode == 1, done.stdout
    assert done.stderr.startswith("parabench: error: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "use fewer with --workers" not in done.stderr
    for part in parts:
        assert part in done.stderr


def exhaustively(*values: object) -> list[object]:
    """Return parameters for the exhaustive run: others stand for them in the usual one."""
    return [pytest.param(*_several(value), marks=pytest.mark.exhaustive) for value in values]


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def printed(code: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, env={**os.environ, **environment},
    ).stdout  # fmt: skip


@contextmanager
def control_group(*limits: tuple[str, str, str]) -> Iterator[str]:
    """Yield the script that enters a control group: the first that can be made, or skip.

    Each is the place of the hierarchy, and a file with what is written into it.
    """
    for mount, file, text in limits:
        group = Path("/sys/fs/cgroup", mount, f"parabench-{os.getpid()}")
        with suppress(OSError):
            group.mkdir()
            try:
                (group / file).write_text(text)
                yield f"echo $$ > {group}/cgroup.procs"
                return
            finally:
                _remove(group)
    pytest.skip("control groups can be made by root alone, where a kernel lets it")


def _remove(group: Path) -> None:
    """Remove a control group; what has ended in it is gone in a moment."""
    for _ in range(100):
        try:
            group.rmdir()
        except OSError:
            subprocess.run(["sleep", "0.1"], check=True)
        else:
            return
