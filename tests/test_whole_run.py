"""A run of the whole profile: one process measures many cells, and a crash is that of one."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from asv_runs import replace

from benchmarks.harness.cell import STARTING, TOGETHER, companions
from benchmarks.harness.journal import Run, _is_whole
from benchmarks.harness.models import MODELS
from benchmarks.harness.profiles import load_profile
from parabench.report import sessions
from strategies import describe

DIES = '''"""Dies in the first job that is measured, and does everything else as serial does."""
import os
from contextlib import contextmanager
from pathlib import Path
from strategies import serial

IN_SWEEPS = True  # in chunking and scaling, too

@contextmanager
def start(workers):
    with serial.start(workers) as runner:
        yield Dying(runner)

class Dying:
    def __init__(self, runner):
        self.runner = runner
    def __getattr__(self, name):
        return getattr(self.runner, name)
    def run(self, job):
        died = Path(os.environ["PARABENCH_CELLS"]) / "died"
        if job.source.stat().st_size > 500_000 and not died.exists():
            died.touch()
            os.abort()
        return self.runner.run(job)
'''


@pytest.fixture(scope="module")
def folder(copy_repository: Callable[[], Path], own_cache: Path) -> Path:
    """Return the journals of `asv run` over two strategies, one of which dies in one cell.

    Any job whose time can be predicted would take too long.
    """
    copy = copy_repository()
    for path in (copy / "strategies").glob("*.py"):
        if path.stem not in {"__init__", "serial"} and not path.stem.startswith("_"):
            path.unlink()
    (copy / "strategies" / "futures_processes.py").write_text(DIES)
    profiles = copy / "benchmarks" / "harness" / "profiles.py"
    replace(profiles, "warm=(1,)", "warm=(1, 2)")
    replace(profiles, "sample=60, cell=60", "sample=0.001, cell=60")
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "copy"]):
        subprocess.run(["git", *arguments], cwd=copy, check=True)
    home = copy.parent / "home"
    home.mkdir()
    env = os.environ | {
        "ASV_PYTHONPATH": str(copy), "PARABENCH_PROFILE": "smoke", "HOME": str(home),
        "PARABENCH_CACHE": str(own_cache), "PARABENCH_CELLS": str(copy.parent / "cells"),
    }  # fmt: skip
    asv = [sys.executable, "-m", "asv"]
    subprocess.run([*asv, "machine", "--yes"], cwd=copy, env=env, check=True)
    command = [*asv, "run", "--python=same", "--dry-run", "--show-stderr"]
    with (copy.parent / "asv.log").open("w") as log:
        subprocess.run(command, cwd=copy, env=env, check=False, stdout=log)
    return copy.parent / "cells"


def test_a_crash_is_that_of_one_cell(folder: Path) -> None:
    """All others have their samples."""
    told: list[str] = []
    (measured,) = sessions.read_folder(folder, told.append)
    assert told == []
    smallest = [cell for cell in measured.cells if cell.params.get("megabytes") != 2]
    cells = {(cell.model, cell.strategy, cell.params.get("engine")): cell for cell in smallest}
    models = {model for model, _, _ in cells}
    assert not {"warm", "chunking", "scaling", "cold", "startup"} - models
    crashed = cells.pop(("warm", "futures_processes", "pandas"))
    assert (crashed.state, crashed.reason) == ("crashed", "its process died")
    assert {cell.state for cell in cells.values()} == {"ok"}
    assert all(len(cell.samples) == 1 for cell in cells.values())


def test_what_would_take_too_long_is_left_out(folder: Path) -> None:
    """As the smallest size tells; where that has failed, nothing is known, and it is tried."""
    (measured,) = sessions.read_folder(folder)
    cells = [cell for cell in measured.of("warm") if cell.params["megabytes"] == 2]
    states = {(cell.strategy, cell.params["engine"]): cell.state for cell in cells}
    assert states == {
        ("serial", "pandas"): "too long",
        ("futures_processes", "pandas"): "ok",
        ("serial", "lines"): "too long",
    }
    assert [len(cell.samples) for cell in cells] == [0, 1, 0]
    assert all(cell.reason.startswith("would take ") for cell in cells if cell.state != "ok")
    log = (folder.parent / "asv.log").read_text()
    assert re.search(r"skipped: NotImplementedError\('would take .* s a job'\)", log)


def test_a_strategy_has_a_process_for_cells_that_need_the_same(folder: Path) -> None:
    """Three of serial's, as engines that are started for each sample have one to themselves.

    The one that died has no line, and another went on where it ended.
    """
    (journal,) = folder.glob("*.jsonl")
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    processes = [line for line in lines if line["event"] == "process"]
    serials = [line["cells"] for line in processes if line["strategy"] == "serial"]
    assert serials == [6, 3, 1]
    dying = [line["cells"] for line in processes if line["strategy"] == "futures_processes"]
    assert dying == [3, 3]  # all but the first, after warm's crash; then the cold cells


def test_every_model_belongs_to_one_group_at_most() -> None:
    """And together they are all but planning, which has no strategy."""
    grouped = [model for group in TOGETHER for model in group]
    assert len(set(grouped)) == len(grouped)
    assert set(MODELS) - set(grouped) == {"planning"}


def test_a_cell_is_among_its_companions() -> None:
    """Which are all of its own strategy; caches are only dropped where that is asked for."""
    models = load_profile("default").models
    grids = [(model, grid) for model in models for grid in models[model].values()]
    for model, grid in grids:
        *_, cell = grid
        together = list(companions(load_profile("default"), model, cell))
        assert (model, cell) in together
        assert {other.get("strategy") for _, other in together} == {cell.get("strategy")}
        engines = {other.get("engine", "pandas") for _, other in together}
        if model in STARTING and describe(cell["strategy"]).kind in {"serial", "threads"}:
            assert engines == {cell.get("engine", "pandas")}
        dropping = {name == "uncached" for name, _ in together}
        assert dropping == {model == "uncached"}


@pytest.mark.parametrize(
    ("options", "whole"),
    [
        ("", True),
        ("--show-stderr --record-samples", True),
        ("--python=same --dry-run -e", True),
        ("HEAD^! --machine box", True),
        ("--bench Warm", False),
        ("-b Warm", False),
        ("--quick", False),
        ("-a repeat=2", False),
        ("--skip-existing", False),
    ],
)
def test_a_selection_is_not_the_whole_profile(options: str, whole: bool) -> None:
    """By asv's command line."""
    assert _is_whole(["python", "-m", "asv", "run", *options.split()]) is whole
    assert not Run(1, 0.0, saves=False).whole
