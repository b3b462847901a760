"""What keeps a figure from counting, and figures of two machines apart."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.harness import json_lines, page_cache, speed
from benchmarks.harness.fingerprint import differences, digest, fingerprint
from benchmarks.harness.measurement import Measurement
from benchmarks.harness.meter.tree import LINUX
from parabench import rates
from parabench.report import quick, sessions, tables

ROOT = Path(__file__).parents[1]
COMMAND = Path(sys.executable).with_name("parabench")


@pytest.mark.skipif(not LINUX, reason="only Linux tells what is in its page cache")
def test_the_page_cache_is_looked_at(tmp_path: Path) -> None:
    """A file that was just read is in it; one that was dropped is not, until it is read in."""
    path = tmp_path / "data"
    path.write_bytes(os.urandom(2**22))
    with path.open("rb") as file:
        os.fsync(file.fileno())  # what is not written yet cannot be dropped
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    dropped = page_cache.cached_share(path)
    assert dropped is None or dropped < 1, "or this file system does not tell"
    assert page_cache.have_in(path) in {None, 1.0}


def test_what_is_too_fast_is_refused(
    dataset_of: Callable[[str, int], Path], tmp_path: Path
) -> None:
    """By the time that reading and writing as many bytes takes; a real job takes longer."""
    source = dataset_of("plain", 10_000)
    least = speed.fastest(source, tmp_path, 2)
    assert least > 0
    assert list(tmp_path.iterdir()) == []
    speed.check_speed(2 * least, least)
    with pytest.raises(speed.TooFastError, match="cannot have done the job"):
        speed.check_speed(least / 2, least)


def test_fingerprints_are_alike_here_and_now() -> None:
    """And say in words what differs from another machine."""
    own = fingerprint()
    assert differences(own, own) == []
    other = {**own, "cores": "64", "numpy": "1.0"}
    assert differences(own, other) == [
        f"cores: {own['cores']} and 64",
        f"numpy: {own['numpy']} and 1.0",
    ]
    assert digest(other) != digest(own)
    assert {"cpu", "cores", "cpu quota", "governor", "memory", "start method"} <= set(own)


def test_native_libraries_have_one_thread_in_workers() -> None:
    """Importing the suite sets it, before NumPy is there; whatever was set before."""
    code = (
        "import sys, benchmarks.warm, os; print(os.environ['OMP_NUM_THREADS'],"
        " os.environ['OPENBLAS_NUM_THREADS'], 'numpy' in sys.modules)"
    )
    env = os.environ | {"OMP_NUM_THREADS": "8", "PARABENCH_PROFILE": "ci"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1", "False"]


def test_a_journal_that_was_cut_off_is_read(tmp_path: Path) -> None:
    """The line that was being written when the run was killed is left out."""
    path = tmp_path / "journal.jsonl"
    path.write_text('{"event": "begin"}\n{"event": "sam')
    assert list(json_lines.read(path)) == [{"event": "begin"}]
    json_lines.append(path, {"event": "end"})  # not onto the end of the one that was cut off
    assert list(json_lines.read(path)) == [{"event": "begin"}, {"event": "end"}]


def sample(seconds: float, cached: float = 1.0) -> Measurement:
    return Measurement(
        seconds=seconds, cpu_seconds=seconds, peak_bytes=10**8, peak_at_most=10**8,
        memory_kind="PSS", memory_gap=0.02, sampling_cost=0.005, bytes_in=10**6,
        bytes_out=10**6, cached=cached,
    )  # fmt: skip


@pytest.fixture
def measured(tmp_path: Path) -> sessions.Session:
    """Return a session of three warm cells, one of which had a cold source."""
    return session(tmp_path, {"serial": 2.0, "futures_threads": 1.0, "joblib_threads": 4.0})


def session(folder: Path, seconds: dict[str, float]) -> sessions.Session:
    """Write a journal with warm cells of so many seconds, and read it."""
    params = {"workload": ["double"], "megabytes": [1], "strategy": list(seconds)}
    head = {
        "event": "session", "id": "1", "run": "1", "saves": True, "commit": "c" * 40,
        "profile": "ci", "expected": {"warm": {"params": params, "samples": 1}},
        "fingerprint": fingerprint(), "host": "here", "load": 0.1, "at": 1.0,
    }  # fmt: skip
    written: list[dict[str, Any]] = [head]
    for name, value in seconds.items():
        cell = {"workload": "double", "megabytes": 1, "strategy": name}
        about = {"session": "1", "model": "warm", "cell": cell, "at": 2.0}
        cached = 0.5 if name == "joblib_threads" else 1.0
        written.append({"event": "sample", **about, **sample(value, cached).as_line()})
        written.append({"event": "end", **about, "state": "ok", "reason": ""})
    (folder / "cells.jsonl").write_text("\n".join(map(json.dumps, written)))
    return sessions.newest(folder)


def test_cells_with_another_cache_state_are_not_compared(measured: sessions.Session) -> None:
    """The figure stays; the speed-up is refused, and the reason is beside it."""
    cell, cold = (measured.of("warm")[i] for i in (1, 2))
    speed_up = measured.speed_up(cell)
    assert speed_up is not None
    assert speed_up.middle == 2
    assert measured.speed_up(cold) is None
    assert tables.measures(cold)[-2] == "ok; 50 % of the source in the page cache"


def quick_file(folder: Path, machine: dict[str, str], **speeds: float) -> Path:
    path = folder / "quick.json"
    infos = [
        {
            "cell": {"workload": "double", "megabytes": 1, "strategy": name},
            "MB/s": speed, "speed-up": 1.0, "peak MB": 100.0, "fingerprint": machine,
        }
        for name, speed in speeds.items()
    ]  # fmt: skip
    path.write_text(json.dumps({"benchmarks": [{"extra_info": info} for info in infos]}))
    return path


def test_quick_figures_stand_beside(measured: sessions.Session, tmp_path: Path) -> None:
    """With the rank correlation, over the cells that both have."""
    speeds = {"serial": 5, "futures_threads": 10, "joblib_threads": 1, "dask_threads": 7}
    found = quick.quick_table(quick_file(tmp_path, fingerprint(), **speeds), measured)
    assert str(found.title).endswith("rank correlation 1.00 over 3 cells (double 1.00)")
    assert found.row_count == 4


def test_quick_figures_of_another_machine_are_marked(
    measured: sessions.Session, tmp_path: Path
) -> None:
    """And asv's are not put beside them."""
    path = quick_file(tmp_path, {**fingerprint(), "cores": "64"}, serial=5)
    found = quick.quick_table(path, measured)
    assert "NOT COMPARABLE: cores:" in str(found.title)
    assert list(map(str, found.columns[5].cells)) == [""]


@pytest.mark.parametrize("content", ["", "{}", '{"benchmarks": []}'])
def test_another_file_is_refused(content: str, tmp_path: Path, measured: sessions.Session) -> None:
    """In one line that says how to make one."""
    assert measured
    path = tmp_path / "quick.json"
    path.write_text(content)
    command = [str(COMMAND), "report", "--results", str(tmp_path), "--quick", str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "make it: make quick" in done.stderr
    assert done.stderr.count("\n") == 1


def test_rates_of_another_machine_are_not_used(measured: sessions.Session) -> None:
    """A plan is of this machine."""
    other = replace(measured, fingerprint={**measured.fingerprint, "cpu": "another"})
    assert rates.from_results(other) is None
    assert other.not_comparable(fingerprint()) == [f"cpu: another and {fingerprint()['cpu']}"]
