"""asv runs the suite in a copy of the repository: a good cell, a wrong one, one that is missing."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from parabench import results
from parabench.report import write_report

WRONG = '''"""Writes one digit wrong."""
from contextlib import contextmanager
from strategies import serial

@contextmanager
def start(workers):
    with serial.start(workers) as runner:
        yield Spoiled(runner)

class Spoiled:
    def __init__(self, runner):
        self.prime, self.right = runner.prime, runner.run
    def run(self, job):
        summary = self.right(job)
        data = job.destination.read_bytes()
        job.destination.write_bytes(data.replace(b"7", b"8", 1))
        return summary
'''


@pytest.fixture(scope="module")
def repository(copy_repository: Callable[[], Path]) -> Path:
    """Return a copy of the working tree, committed, with two more strategies."""
    copy = copy_repository()
    (copy / "strategies" / "wrong.py").write_text(WRONG)
    (copy / "strategies" / "absent.py").write_text("import no_such_library\n")
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "copy"]):
        subprocess.run(["git", *arguments], cwd=copy, check=True)
    return copy


@pytest.fixture(scope="module")
def output(repository: Path, own_cache: Path) -> str:
    """Return what `asv run` printed."""
    home = repository.parent / "home"
    home.mkdir()
    env = os.environ | {
        "ASV_PYTHONPATH": str(repository),  # asv takes PYTHONPATH away
        "PARABENCH_PROFILE": "smoke",
        "PARABENCH_CACHE": str(own_cache),
        "HOME": str(home),  # asv keeps the machine's description there
    }
    asv = [sys.executable, "-m", "asv"]
    subprocess.run([*asv, "machine", "--yes"], cwd=repository, env=env, check=True)
    hash_command = ["git", "rev-parse", "HEAD"]
    commit = subprocess.run(
        hash_command, cwd=repository, capture_output=True, text=True, check=True
    )
    cells = r"Warm.time_job\('double', 1, '(serial|futures_threads|wrong|absent)'\)"
    command = [
        *asv, "run", "--python=same", "--set-commit-hash", commit.stdout.strip(),
        "--bench", cells, "--show-stderr",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=repository, env=env, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def measured(repository: Path, output: str) -> results.Measured:
    assert "time_job" in output
    return results.newest(repository / "results" / "asv")


def test_cells_are_ok_failed_or_not_run(measured: results.Measured, output: str) -> None:
    """A wrong output is a failed cell although it was timed; a missing library is said to be."""
    states = {cell.strategy: cell.state for cell in measured.cells if cell.workload == "double"}
    assert states["serial"] == states["futures_threads"] == "ok"
    assert states["wrong"] == "failed"
    assert re.search(r"WrongOutputError: .*record \d+ is .* but must be", output)
    assert states["absent"] == "not run"
    assert "absent needs 'no_such_library'" in output
    assert measured.speed_up(measured.find("serial", "double", 1)) == 1  # type: ignore[arg-type] # it is there


def test_the_report_shows_every_state(
    repository: Path, measured: results.Measured, tmp_path: Path
) -> None:
    """In the terminal and on the page, with the plots beside it."""
    command = [str(Path(sys.executable).with_name("parabench")), "report", "--html", str(tmp_path)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    for text in (done.stdout, (tmp_path / "index.html").read_text()):
        assert "failed" in text
        assert "not run" in text
        assert "1.00x" in text
    assert "NO" in done.stdout
    assert (tmp_path / "throughput.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "throughput.svg").read_text()
    assert len(measured.cells) == 11 * 3


def test_names_are_escaped_on_the_page(measured: results.Measured, tmp_path: Path) -> None:
    """Whatever a strategy is called."""
    cell = results.Cell("<script>alert(1)</script>", "double", 1, 0.5, "ok")
    changed = results.Measured([*measured.cells, cell], "c" * 40, measured.date, measured.machine)
    page, *_ = write_report(changed, tmp_path)
    assert "<script>alert" not in page.read_text()
    assert "&lt;script&gt;alert" in page.read_text()


def test_publish_makes_a_site(repository: Path, output: str) -> None:
    """asv's own pages, beside ours."""
    assert output
    env = os.environ | {"PARABENCH_PROFILE": "smoke"}
    command = [sys.executable, "-m", "asv", "publish"]
    subprocess.run(command, cwd=repository, env=env, check=True, capture_output=True)
    index = json.loads((repository / "results/html/asv/index.json").read_text())
    assert list(index["benchmarks"]) == ["warm.Warm.time_job"]
