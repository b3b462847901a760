"""A cell is measured while its jobs are predicted to be short enough, and less often when long."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.harness.cell import BOOT
from benchmarks.harness.journal import lines_of
from benchmarks.harness.limits import Limits, Took, in_words, predicted, took
from benchmarks.harness.measure_cells import Order, Task
from benchmarks.harness.samples import Samples

ROOT = Path(__file__).parents[1]
SECONDS = st.floats(1e-3, 100)
SIZES = st.floats(1, 1_000)


@given(start=SECONDS, a_megabyte=SECONDS, sizes=st.lists(SIZES, min_size=2, unique=True))
def test_a_job_that_grows_evenly_is_predicted(
    start: float, a_megabyte: float, sizes: list[float]
) -> None:
    """By several sizes; one says the least that it takes, as it does not tell what is done once."""
    *smaller, size = sorted(sizes)
    points = {s: Took(start + a_megabyte * s, 0.0) for s in smaller}
    if len(smaller) == 1:
        assert predicted(points, size) == points[smaller[0]].whole
    elif smaller[-1] - smaller[-2] > 1 and start < a_megabyte * smaller[-1]:
        assert predicted(points, size) == pytest.approx(start + a_megabyte * size, rel=1e-3)


def test_noise_is_not_taken_for_growth() -> None:
    """Where a small job was fast by chance, larger ones grow in proportion; and they do grow."""
    assert predicted({1: Took(0.1, 0.0), 3: Took(0.9, 0.0)}, 10) == pytest.approx(3.0)
    assert predicted({1: Took(0.1, 0.0), 3: Took(0.9, 0.6)}, 10) == pytest.approx(0.6 + 1.0)
    grown = predicted({1: Took(0.2, 0.0), 3: Took(0.1, 0.0)}, HUGE)
    assert grown is not None
    assert grown > HUGE / 200


@given(points=st.dictionaries(SIZES, SECONDS), size=SIZES)
def test_a_larger_job_never_takes_less(points: dict[float, float], size: float) -> None:
    """Whatever the noise; and larger sizes than the one that is asked for tell nothing."""
    seconds = predicted({s: Took(whole, 0.0) for s, whole in points.items()}, size)
    smaller = [s for s in points if s < size]
    if smaller:
        assert seconds is not None
        assert seconds >= points[max(smaller)]
        twice = predicted({s: Took(points[s], 0.0) for s in smaller}, 2 * size)
        assert twice is not None
        assert twice >= seconds
    else:
        assert seconds is None


def test_medians_are_what_counts() -> None:
    """One slow sample tells nothing."""
    assert took([(1.0, 0.5), (9.0, 0.1), (1.2, 0.4)]) == Took(1.2, 0.4)


@pytest.mark.parametrize(
    ("seconds", "reason", "repeat"),
    [
        (0.5, None, 4),  # 8 samples take as long as a cell may
        (0.6, None, 2),
        (3.0, None, 2),
        (3.1, "would take 3.1 s a job", 2),
        (70.4, "would take 70 s a job", 2),
    ],
)
def test_limits(seconds: float, reason: str | None, repeat: int) -> None:
    """Of a sample, and of a cell; the least number of samples is taken in any case."""
    limits = Limits(sample=3, cell=4)
    assert limits.why_not(seconds) == reason
    assert limits.repeat(seconds, rounds=2, repeat=4, least=2) == repeat
    assert limits.repeat(seconds, rounds=2, repeat=1, least=2) == 1, "as the command line says"


def test_seconds_in_words() -> None:
    assert [in_words(seconds) for seconds in (0.04, 9.94, 70.4, 99.9, 171.4)] == [
        "0.04 s", "9.9 s", "70 s", "100 s", "171 s",
    ]  # fmt: skip


CELL = {"workload": "double", "engine": "lines", "strategy": "serial"}
HUGE = 10**9  # MB: there is no such file, and nothing begins to make one


def measured(folder: Path, limits: Limits, tasks: list[Task]) -> list[dict[str, Any]]:
    """Have cells measured in a process of their own; return its lines of the journal."""
    journal = folder / "cells.jsonl"
    order = Order(str(journal), "s", "r", 100.0, [], 0.0, limits, tasks)
    command = [sys.executable, "-P", "-c", BOOT, str(ROOT), json.dumps([str(ROOT), *sys.path])]
    subprocess.run(command, input=json.dumps(asdict(order)), text=True, check=True, cwd=folder)
    return list(lines_of(journal))


def task(megabytes: int, samples: int = 4, **also: Any) -> Task:
    cell = {"workload": "double", "megabytes": megabytes, "engine": "lines", "strategy": "serial"}
    return Task("warm", cell, samples, rounds=2, least=2, **also)


def test_a_cell_above_the_limit_ends_without_a_job(tmp_path: Path) -> None:
    """By what smaller ones took before; and so do all that are larger. No dataset is read."""
    tasks = [task(megabytes) for megabytes in (1, 3, HUGE, 2 * HUGE)]
    lines = measured(tmp_path, Limits(sample=60, cell=90), tasks)
    ends = [(line["cell"]["megabytes"], line["state"]) for line in lines if line["event"] == "end"]
    assert ends == [(1, "ok"), (3, "ok"), (HUGE, "too long"), (2 * HUGE, "too long")]
    (reason,) = {line["reason"][:11] for line in lines if line["event"] == "end"} - {""}
    assert reason == "would take "
    assert {line["cell"]["megabytes"] for line in lines if line["event"] == "sample"} == {1, 3}
    again = Samples(tmp_path / "cells.jsonl", "s").predicted("warm", task(HUGE).cell)
    assert again is not None
    assert again > 10**6


@pytest.mark.parametrize(("cell", "samples"), [(1_000, 4), (0, 2)], ids=["short", "long"])
def test_long_jobs_have_fewer_samples(tmp_path: Path, cell: float, samples: int) -> None:
    """But no fewer than the profile says; the next round takes as many."""
    limits = Limits(sample=1_000, cell=cell)
    lines = measured(tmp_path, limits, [task(1)])
    (end,) = [line for line in lines if line["event"] == "end"]
    assert (end["state"], end["samples"]) == ("ok", samples)
    assert sum(line["event"] == "sample" for line in lines) == samples
