"""A run of asv that was killed is resumed; one that has ended is not."""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from asv_runs import asv_run, asv_values, committed, environment_in
from patience import PATIENCE

pytestmark = pytest.mark.timeout(1800)  # of its runs, each has a fixture's whole time

REPEAT = 2
MANY = 30  # samples of a cell that is to be killed between two


@pytest.fixture(scope="module")
def repository(copy_repository: Callable[[], Path]) -> Path:
    return committed(copy_repository())


@pytest.fixture(scope="module")
def environment(repository: Path, own_cache: Path) -> dict[str, str]:
    return environment_in(repository, own_cache)


SCALING = r"Scaling\.\w+\('double', 1, \d+, '(serial|futures_processes|dask_distributed)'\)"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(signal.SIGKILL, id="SIGKILL"),
        pytest.param(signal.SIGINT, id="Ctrl-C", marks=pytest.mark.exhaustive),
    ],
)
def killed(request: pytest.FixtureRequest, repository: Path, environment: dict[str, str]) -> Path:
    """Return the journal of a run that was killed in its third cell."""
    how: signal.Signals = request.param
    folder = repository / "results" / "cells"
    before = sum(path.stat().st_size for path in folder.glob("*.jsonl"))
    command = asv_run(repository, SCALING, "-a", f"repeat={MANY}")
    with subprocess.Popen(command, cwd=repository, env=environment) as process:
        while not (paths := [*folder.glob("*.jsonl")]) or (
            len(events(paths[0], before, "sample")) < 2 * MANY + 1  # in the third cell
        ):
            assert process.poll() is None
            time.sleep(0.02)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(how)
    _, left = psutil.wait_procs(children, timeout=PATIENCE)
    assert left == []
    return paths[0]


def events(path: Path, offset: int, event: str) -> list[dict[str, Any]]:
    """Return the lines of a kind that were added to a journal."""
    with path.open("rb") as file:
        file.seek(offset)
        lines = file.read().splitlines()
    found = []
    for line in lines:
        with_event = json.loads(line) if line.endswith(b"}") else {"event": ""}
        found.append(with_event)
    return [line for line in found if line["event"] == event and line.get("model") == "scaling"]


@pytest.fixture(scope="module")
def kept(killed: Path) -> list[dict[str, Any]]:
    """Return the samples of the run that was killed."""
    session = events(killed, 0, "sample")[-1]["session"]
    return [line for line in events(killed, 0, "sample") if line["session"] == session]


@pytest.fixture(scope="module")
def resumed(
    killed: Path, kept: list[dict[str, Any]], repository: Path, environment: dict[str, str]
) -> Path:
    """Return the journal after the same command was run again."""
    assert kept
    command = asv_run(repository, SCALING, "-a", f"repeat={MANY}")
    subprocess.run(command, cwd=repository, env=environment, check=True)
    return killed


def test_a_killed_run_is_resumed(
    resumed: Path, kept: list[dict[str, Any]], repository: Path
) -> None:
    """What it has measured is not measured again, nor lost, and its processes have gone."""
    session = kept[0]["session"]
    samples = [line for line in events(resumed, 0, "sample") if line["session"] == session]
    assert 2 * MANY < len(kept) < 3 * MANY
    assert samples[: len(kept)] == kept
    assert len(samples) == 3 * MANY, "each cell has its samples, and no more"
    ends = [line for line in events(resumed, 0, "end") if line["session"] == session]
    assert [line["state"] for line in ends] == ["ok"] * 3
    begun = [line["cell"]["strategy"] for line in events(resumed, 0, "begin")][-4:]
    assert begun == ["serial", "dask_distributed", "futures_processes", "futures_processes"]
    saved = asv_values(repository, "scaling.Scaling.spmb_job")
    found = sorted(value for _, values in saved.values() if values for value in values)
    per_mb = sorted(line["seconds"] / (line["bytes_in"] / 1e6) for line in samples)
    assert found == pytest.approx(per_mb, rel=1e-5)


@pytest.mark.parametrize("killed", [signal.SIGKILL], ids=["SIGKILL"], indirect=True)
def test_a_finished_run_is_not_resumed(
    resumed: Path, repository: Path, environment: dict[str, str]
) -> None:
    """Whoever runs asv again wants new figures."""
    before = len(events(resumed, 0, "sample"))
    cells = r"Scaling\.\w+\('double', 1, \d+, 'serial'\)"
    command = asv_run(repository, cells, "-a", f"repeat={REPEAT}")
    subprocess.run(command, cwd=repository, env=environment, check=True)
    assert len(events(resumed, 0, "sample")) - before == REPEAT
