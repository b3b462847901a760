"""What a profile measures can be judged, and how long it takes is said before."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from asv.commands.compare import _is_result_better
from asv_runner.statistics import compute_stats

from benchmarks.harness.profiles import CORES, EVERY, PROFILES, load_profile, worker_counts
from benchmarks.harness.suite import Model, load_models, metrics_of
from parabench.plan import predict, sample_seconds
from parabench.rates import Rates
from strategies import WORKLOAD_NAMES

ALL = [load_profile(name) for name in PROFILES]
COUNTS = {cells.samples for profile in ALL for cells in profile.models.values()}


PAIRS = list(itertools.combinations_with_replacement(sorted(COUNTS), 2))


@pytest.mark.parametrize("recorded", [True, False], ids=["recorded", "intervals alone"])
@pytest.mark.parametrize("counts", PAIRS)
def test_asv_can_flag_a_slow_down(counts: tuple[int, int], recorded: bool) -> None:
    """With as many samples as any two profiles take: 1.5x slower, with 3 % of spread."""
    sides = []
    for count, level in zip(counts, (1.0, 1.5), strict=True):
        samples = [level * (1 + 0.03 * i / count) for i in range(count)]
        value, stats = compute_stats(samples, 1)
        sides.append((value, (stats, samples if recorded else None)))
    (fast, fast_stats), (slow, slow_stats) = sides
    assert _is_result_better(fast, slow, fast_stats, slow_stats, 1.1)


def test_full_takes_eight_samples_at_least() -> None:
    """Of every cell."""
    assert all(cells.samples >= 8 for cells in load_profile("full").models.values())


def test_every_model_has_explicit_attributes() -> None:
    """asv's own defaults would take 2 samples of a job of 5 s."""
    for model in load_models().values():
        for name in ("number", "warmup_time", "min_run_count", "version"):
            assert hasattr(model, name)
        if model.name in load_profile("default").models:
            for name in ("params", "rounds", "repeat", "timeout"):
                assert name in vars(model), f"{model.__name__}: {name}"
        assert metrics_of(model)
    assert issubclass(load_models()["warm"], Model)


def test_serial_is_measured_beside_what_it_is_compared_with() -> None:
    """In the same round: the strategy varies fastest, and serial comes first."""
    for profile in ALL:
        for cells in profile.models.values():
            if "strategy" in cells.params:
                assert list(cells.params)[-1] == "strategy"
                assert cells.params["strategy"][0] == "serial"


def test_names_are_those_of_the_workloads() -> None:
    """The profiles name them without importing pandas."""
    assert list(WORKLOAD_NAMES) == list(WORKLOAD_NAMES)


@pytest.mark.parametrize(
    ("cores", "counts"),
    [(1, (1, 2)), (2, (1, 2, 4)), (4, (1, 2, 3, 4, 8)), (12, (1, 2, 4, 8, 12, 24))],
)
def test_worker_counts(cores: int, counts: tuple[int, ...]) -> None:
    """1, 2, … cores, and twice as many."""
    assert worker_counts(cores) == counts


@pytest.fixture
def rates() -> Rates:
    return Rates(
        origin="nothing",
        process=0.2,
        open=dict.fromkeys(EVERY, 1.0),
        startup=dict.fromkeys(EVERY, 0.5),
        shutdown=dict.fromkeys(EVERY, 0.1),
        jobs={(s, w): {1: 0.1, 10: 1.0} for s in EVERY for w in WORKLOAD_NAMES},
        planning=0.01,
        around={1: 0.02, 10: 0.02},
    )


def test_a_plan_is_the_sum_of_its_parts(rates: Rates) -> None:
    """Processes, openings and samples; a job of 5 MB lies between those of 1 and 10.

    In `ci` a process measures the two cold cells and the start-up of a strategy.
    """
    (cold,) = [p for p in predict(load_profile("ci"), rates) if p.model == "cold"]
    assert cold.cells == 2 * len(EVERY)
    assert cold.samples == 8
    process = 2 * 1.0 / 3 + 3 * 2 * 0.2  # two rounds; three metrics
    jobs = (0.1, 0.5)  # seconds, of 1 and of 5 MB
    cells = [process + 8 * (0.6 + job + 0.02) for job in jobs]
    assert cold.seconds == pytest.approx(len(EVERY) * sum(cells))


def test_fewer_workers_take_longer(rates: Rates) -> None:
    """In proportion, but no longer than serial."""
    jobs = {**rates.jobs, ("futures_processes", "double"): {1: 0.05, 10: 0.5}}
    rates = Rates(**{**vars(rates), "jobs": jobs})
    cell = {"workload": "double", "megabytes": 10, "strategy": "futures_processes"}
    seconds = [sample_seconds("scaling", {**cell, "workers": n}, rates) for n in (1, CORES, 99)]
    assert seconds == pytest.approx([1.02 if CORES > 1 else 0.52, 0.52, 0.52])


@pytest.mark.exhaustive
def test_the_command_calibrates_where_there_are_no_results(tmp_path: Path) -> None:
    """And says so, with the minutes of each model and in total."""
    command = [str(Path(sys.executable).with_name("parabench")), "plan", "--profile", "smoke"]
    done = subprocess.run(
        [*command, "--results", str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "by a calibration of" in done.stdout
    for model in load_profile("smoke").models:
        assert model in done.stdout or model == "uncached"
    assert "total" in done.stdout
