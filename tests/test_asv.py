"""asv runs the suite in a copy of the repository, with strategies that fail in every way.

All tests are about one run, and a partial one after it: asv takes most of the time.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from asv_runs import asv_run, asv_values, committed, environment_in, replace
from reachable import why_no_npm

from data_gen.cache import CACHE_VARIABLE, cache_folder
from parabench.report import sessions
from parabench.statistics import ONE

pytestmark = pytest.mark.timeout(1800)  # of its runs, each has a fixture's whole time

HEAD = '''"""Fails: {name}."""
import os, shutil, subprocess, sys, time
from contextlib import contextmanager
from strategies import serial

@contextmanager
def start(workers):
    with serial.start(workers) as runner:
        yield Spoiled(runner)

class Spoiled:
    kept = None
    def __init__(self, runner):
        self.runner, self.right = runner, runner.run
    def __getattr__(self, name):
        return getattr(self.runner, name)
    def run(self, job):
        if job.source.stat().st_size < 500_000:
            return self.right(job)  # the job that warms up
'''
SPOILED = {  # strategies, by what their `run` does, and how their cells end
    "wrong": (
        "wrong",
        """
        summary = self.right(job)
        data = job.destination.read_bytes()
        job.destination.write_bytes(data.replace(b"7", b"8", 1))
        return summary
""",
    ),
    "instant": (
        "wrong",
        """
        if self.kept is None:
            self.kept = self.right(job), shutil.copy(job.destination, "kept.csv")
            return self.kept[0]
        os.link("kept.csv", job.destination)
        return self.kept[0]
""",
    ),
    "raises": ("crashed", "        raise RuntimeError('<script>no</script>')\n"),
    "dies": (
        "crashed",
        """
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)  # of dies"])
        time.sleep(0.2)
        os.abort()
""",
    ),
    "hangs": (
        "timed out",
        """
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)  # of hangs"])
        time.sleep(300)
""",
    ),
    "hogs": ("out of memory", "        bytearray(2**60)\n"),
    "forgets": (
        "ok",
        """
        code = "import time; time.sleep(300)  # of forgets"
        subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        return self.right(job)
""",
    ),
}
USERS_CACHE = cache_folder()  # before the tests get one of their own, without asv's libraries
SELECTED = ["serial", "futures_threads", "absent", *SPOILED]
ROUNDS, REPEAT, LEAST = 2, 3, 2
SAMPLES = ROUNDS * LEAST  # as all jobs are long ones here
HUNG_SECONDS = 5  # after which the strategy that hangs is given up; the others have theirs


@pytest.fixture(scope="module")
def repository(copy_repository: Callable[[], Path]) -> Path:
    """Return a copy of the working tree, committed, with more strategies.

    And with less patience for one of them, but with more for all others. All jobs are long ones.
    """
    copy = copy_repository()
    for name, (_, body) in SPOILED.items():
        (copy / "strategies" / f"{name}.py").write_text(HEAD.format(name=name) + body)
    (copy / "strategies" / "absent.py").write_text("import no_such_library\n")
    replace(copy / "benchmarks/harness/profiles.py", "timeout=120", "timeout=600")
    replace(copy / "benchmarks/harness/profiles.py", "cell=60", "cell=0.001")
    replace(copy / "benchmarks/harness/profiles.py", "least=1", f"least={LEAST}")
    impatient = f'{HUNG_SECONDS} if self.cell.get("strategy") == "hangs" else current().timeout'
    replace(copy / "benchmarks/harness/cell.py", "current().timeout", impatient)
    return committed(copy)


@pytest.fixture(scope="module")
def environment(repository: Path, own_cache: Path) -> dict[str, str]:
    """Return what asv is to find in its environment; it knows the machine."""
    return environment_in(repository, own_cache)


@pytest.fixture(scope="module")
def output(repository: Path, environment: dict[str, str]) -> str:
    """Return what `asv run` printed."""
    cells = rf"Warm\.\w+\('double', 1, 'pandas', '({'|'.join(SELECTED)})'\)"
    done = subprocess.run(
        asv_run(repository, cells, "-a", f"rounds={ROUNDS}", "-a", f"repeat={REPEAT}"),
        cwd=repository, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def measured(repository: Path, output: str) -> sessions.Session:
    assert "spmb_job" in output
    return sessions.newest(repository / "results" / "cells")


def test_every_cell_ends_in_a_state_with_its_reason(measured: sessions.Session) -> None:
    """And none is missing: what was not selected is `not run`."""
    cells = {c.strategy: c for c in measured.of("warm") if c.params["engine"] == "pandas"}
    states = {name: cell.state for name, cell in cells.items()}
    expected = {name: state for name, (state, _) in SPOILED.items()}
    expected |= {"serial": "ok", "futures_threads": "ok", "absent": "unavailable"}
    rest = dict.fromkeys(set(states) - set(expected), "not run")
    assert states == expected | rest
    assert all(cell.reason for cell in cells.values() if cell.state != "ok")
    assert re.search(r"record \d+ is .* but must be", cells["wrong"].reason)
    assert "cannot have done the job" in cells["instant"].reason
    assert "absent needs 'no_such_library'" in cells["absent"].reason
    assert f"not done within {HUNG_SECONDS} s" in cells["hangs"].reason
    serial = cells["serial"]
    assert len(serial.samples) == SAMPLES
    assert measured.speed_up(serial) == ONE


def test_asv_has_the_same_figures(repository: Path, measured: sessions.Session) -> None:
    """The job ran once a sample, and every metric of asv's has what was metered then.

    Also where asv would take more samples, but the jobs are long.
    """
    for benchmark, attribute in (
        ("warm.Warm.spmb_job", "seconds_per_mb"),
        ("warm.Warm.treecpu_job", "cpu_seconds"),
        ("warm.Warm.treepeak_job", "peak_bytes"),
    ):
        saved = asv_values(repository, benchmark)
        for cell in (c for c in measured.of("warm") if c.params["engine"] == "pandas"):
            value, samples = saved[cell.strategy]
            if cell.state == "ok":
                assert samples == pytest.approx(cell.values(attribute), rel=1e-5)
                assert min(samples) <= value <= max(samples)
            else:
                assert value is None or value != value  # failed, or skipped


def test_nothing_outlives_its_cell(measured: sessions.Session) -> None:
    """Neither what a strategy that hangs has started, nor what one has forgotten to end."""
    assert measured.cells
    commands = [str(p.info["cmdline"]) for p in psutil.process_iter(["cmdline"])]
    ours = r"time.sleep\(300\)  # of (dies|hangs|forgets)"  # another session's tests sleep, too
    assert [command for command in commands if re.search(ours, command)] == []


@pytest.fixture(scope="module")
def reported(
    repository: Path, measured: sessions.Session, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """Return what `parabench report` printed, and the folder of its page."""
    assert measured
    html = tmp_path_factory.mktemp("html")
    command = [str(Path(sys.executable).with_name("parabench")), "report", "--html", str(html)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    return done.stdout, html


def test_the_report_shows_every_state(
    measured: sessions.Session, reported: tuple[str, Path]
) -> None:
    """In the terminal and on the page, with the plots beside it."""
    printed, html = reported
    states = {cell.state for cell in measured.cells}
    assert states >= {"ok", "wrong", "crashed", "timed out", "out of memory", "unavailable"}
    for text in (printed, (html / "index.html").read_text()):
        assert all(state in text for state in states - {"ok"})
        assert "1.00" in text
    assert (html / "figures/throughput-warm.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (html / "figures/throughput-warm.svg").read_text()


def test_what_data_says_is_escaped_on_the_page(reported: tuple[str, Path]) -> None:
    """Whatever a strategy's error says."""
    page = (reported[1] / "index.html").read_text()
    assert "<script>no" not in page
    assert "&lt;script&gt;no" in page


def test_publish_makes_a_site(repository: Path, output: str) -> None:
    """asv's own pages, with our metrics and without a network, beside ours."""
    assert output
    command = [str(Path(sys.executable).with_name("parabench")), "publish"]
    env = os.environ | {"PARABENCH_PROFILE": "smoke", CACHE_VARIABLE: str(USERS_CACHE)}
    done = subprocess.run(
        command, cwd=repository, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode and (reason := why_no_npm()):  # what is in the cache needs none
        pytest.skip(reason)
    assert done.returncode == 0, done.stderr
    html = repository / "results/html"
    index = json.loads((html / "asv/index.json").read_text())
    units = {name: found["unit"] for name, found in index["benchmarks"].items()}
    assert units["warm.Warm.spmb_job"] == "s/MB"
    assert units["warm.Warm.treepeak_job"] == "bytes"
    assert "://" not in re.sub(r'<a href="[^"]*"', "", (html / "asv/index.html").read_text())
    assert 'href="asv/index.html"' in (html / "index.html").read_text()


def test_a_partial_run_keeps_what_others_have_measured(
    repository: Path, environment: dict[str, str], output: str
) -> None:
    """Its own cells are the newest; the others are shown with the date of their run."""
    assert output
    command = asv_run(repository, r"Planning\.\w+\('plain', 1\)")
    subprocess.run(command, cwd=repository, env=environment, check=True)
    found = sessions.newest(repository / "results" / "cells")
    states = {(c.strategy, c.state, c.earlier) for c in found.of("warm") if c.state != "not run"}
    expected = {(name, state, True) for name, (state, _) in SPOILED.items()}
    assert expected | {("serial", "ok", True), ("absent", "unavailable", True)} <= states
    assert [(c.params["shape"], c.state, c.earlier) for c in found.of("planning")] == [
        ("plain", "ok", False),
        ("quoted", "not run", False),
    ]
    assert len(found.earlier_runs) == 1
