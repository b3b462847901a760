"""A commit from before the interface is found by asv, and its cells are unavailable."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

DISCOVER = """
import json, sys
from asv_runner.discovery import disc_benchmarks
print(json.dumps([[b.name, b.params] for b in disc_benchmarks(sys.argv[1])]))
"""

RUN = """
import sys
from asv_runner.discovery import get_benchmark_from_name
benchmark = get_benchmark_from_name(sys.argv[1], "warm.Warm.spmb_job-0")
print("skipped:", benchmark.do_setup())
benchmark.do_teardown()
"""


@pytest.fixture(params=[None, 0, 99], ids=["none", "older", "newer"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """Return the folder of a `strategies` with another interface, and how it is told."""
    package = tmp_path / "old" / "strategies"
    (package / "core").mkdir(parents=True)
    (package / "core" / "__init__.py").touch()
    for name in ("serial", "futures_threads", "_helper"):
        (package / f"{name}.py").touch()
    text = "" if request.param is None else f"INTERFACE = {request.param}\n"
    (package / "__init__.py").write_text(text)
    told = "no interface" if request.param is None else f"interface {request.param}"
    return package.parent, told


def run(code: str, old: Path, folder: Path) -> str:
    """Run code as asv's process would, with an old commit's packages first."""
    env = os.environ | {
        "PYTHONPATH": str(old), "PARABENCH_CELLS": str(folder), "PARABENCH_PROFILE": "smoke",
    }  # fmt: skip
    command = [sys.executable, "-c", code, str(ROOT / "benchmarks")]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_asv_finds_the_benchmarks_of_an_old_commit(old: tuple[Path, str], tmp_path: Path) -> None:
    """With the strategies that its folder lists; importing the harness does not fail."""
    found = dict(json.loads(run(DISCOVER, old[0], tmp_path)))
    assert found["warm.Warm.spmb_job"][-1] == ["'serial'", "'futures_threads'"]


def test_its_cells_are_unavailable(old: tuple[Path, str], tmp_path: Path) -> None:
    """With the reason, for asv and in the journal."""
    folder, told = old
    reason = f"this commit's strategies have {told}; the harness needs 1"
    output = run(RUN, folder, tmp_path)
    assert reason in output
    assert "skipped: True" in output
    (journal,) = tmp_path.glob("*.jsonl")
    (end,) = (
        line for line in map(json.loads, journal.read_text().splitlines()) if line["event"] == "end"
    )
    assert (end["state"], end["reason"]) == ("unavailable", reason)


ENGINES = """
from benchmarks.harness.subject import DEFAULT_ENGINE, describe_engine, engine_names, load_engine
print(*engine_names(), DEFAULT_ENGINE, describe_engine("pandas").in_sweeps, load_engine("pandas"))
"""


def test_a_commit_of_this_interface_may_have_one_engine(tmp_path: Path) -> None:
    """As all had before there were several: its cells are those of pandas."""
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "__init__.py").write_text("INTERFACE = 1\n")
    assert run(ENGINES, tmp_path, tmp_path).split() == ["pandas", "pandas", "True", "None"]


ASK = """
import sys
import strategies
strategies.__path__.append(sys.argv[1])
from benchmarks.harness import fingerprint, profiles
print("absent" in fingerprint.fingerprint(), "new" in profiles.in_sweeps())
print("plain" in profiles.in_sweeps(), "pandas" in sys.modules)
"""


def test_a_new_strategy_is_asked_for_its_libraries_and_its_sweeps(tmp_path: Path) -> None:
    """By its file alone; no table of the harness names a strategy or a library of one."""
    start = "def start(workers): ...\n"
    (tmp_path / "new.py").write_text(f"import absent\nIN_SWEEPS = True\n{start}")
    (tmp_path / "plain.py").write_text(start)
    command = [sys.executable, "-c", ASK, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "False", "False"]
