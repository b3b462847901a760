"""What a profile measures can be judged, and how long it takes is said before."""

import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asv.commands.compare import _is_result_better
from asv_runner.statistics import compute_stats

from benchmarks.harness.limits import Limits
from benchmarks.harness.profiles import (
    CORES,
    EVERY,
    PROFILES,
    Profile,
    in_sweeps,
    load_profile,
    worker_counts,
)
from benchmarks.harness.suite import Model, load_models, metrics_of
from parabench.plan import inside_seconds, predict
from parabench.rates import Rates
from strategies import WORKLOAD_NAMES, describe, engine_names, names

ALL = [load_profile(name) for name in PROFILES]
GRIDS = [grid for profile in ALL for grids in profile.models.values() for grid in grids.values()]
COUNTS = {grid.rounds * repeat for grid in GRIDS for repeat in (grid.repeat, grid.least)}
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
    """Of every cell, however long its jobs are."""
    grids = [grid for grids in load_profile("full").models.values() for grid in grids.values()]
    assert all(grid.rounds * grid.least >= 8 for grid in grids)


def test_every_model_has_explicit_attributes() -> None:
    """asv's own defaults would take 2 samples of a job of 5 s."""
    for model in load_models():
        for name in ("number", "warmup_time", "min_run_count", "version"):
            assert hasattr(model, name)
        if model.grid in load_profile("default").models.get(model.name, {}):
            for name in ("params", "rounds", "repeat", "timeout"):
                assert name in vars(model), f"{model.__name__}: {name}"
        assert metrics_of(model)
    assert {"Warm", "WarmEngines", "Cold"} <= {model.__name__ for model in load_models()}
    assert all(issubclass(model, Model) for model in load_models())


def test_every_grid_has_a_class() -> None:
    """One each: a grid without one would not be measured. Caches are dropped by request only."""
    classes = [(model.name, model.grid) for model in load_models()]
    assert len(set(classes)) == len(classes)
    for profile in ALL:
        grids = {(model, grid) for model in profile.models for grid in profile.models[model]}
        assert {(model, grid) for model, grid in grids if model != "uncached"} <= set(classes)


def cells_of(profile: Profile, model: str) -> list[tuple[Any, ...]]:
    return [tuple(cell.values()) for grid in profile.models[model].values() for cell in grid]


@pytest.mark.parametrize("profile", ALL, ids=list(PROFILES))
def test_no_cell_is_there_twice(profile: Profile) -> None:
    """A model is a union of grids, which have the same parameters, in one order."""
    for model, grids in profile.models.items():
        cells = cells_of(profile, model)
        assert len(set(cells)) == len(cells)
        assert len({tuple(grid.params) for grid in grids.values()}) == 1
        assert sum(grid.number for grid in grids.values()) == len(cells)


@pytest.mark.parametrize(
    ("model", "name"),
    [("warm", "ci"), ("warm", "default"), ("cold", "default"), ("warm", "full"), ("cold", "full")],
)
def test_engines_and_strategies_are_measured_together(model: str, name: str) -> None:
    """All strategies with two engines, and one of each kind with all; whole files once."""
    pairs = {cell[-2:] for cell in cells_of(load_profile(name), model)}
    kinds = {describe(strategy).kind for strategy in in_sweeps()}
    assert kinds == {"serial", "threads", "processes", "cluster"}
    assert {(e, s) for e in ("pandas", "lines") for s in EVERY} <= pairs
    assert {(e, s) for e in engine_names() for s in in_sweeps()} <= pairs
    whole = {name for name in names() if describe(name).kind == "file"}
    assert {pair for pair in pairs if pair[0] == "own"} == {("own", name) for name in whole}
    assert {strategy for _, strategy in pairs} == set(names())


def test_ci_leaves_out_what_costs_most_for_what_it_tells() -> None:
    """Cold runs have two engines there; and other workloads, which tell little of engines, one."""
    ci = load_profile("ci").models
    assert {cell[-2] for cell in cells_of(load_profile("ci"), "cold")} <= {"pandas", "lines", "own"}
    assert ci["warm"]["workloads"].params["engine"] == ("pandas",)
    assert ci["warm"]["workloads"].params["strategy"] == EVERY


@pytest.mark.parametrize(
    ("name", "number", "ratio"), [("ci", 4, 100), ("default", 6, 1_000), ("full", 7, 10_000)]
)
def test_sizes_really_grow(name: str, number: int, ratio: int) -> None:
    """At least so many, the largest so many times the smallest."""
    grids = load_profile(name).models["warm"]
    assert all(list(g.params["megabytes"]) == sorted(g.params["megabytes"]) for g in grids.values())
    for grid in (grids[name] for name in ("strategies", "files") if name in grids):
        sizes = grid.params["megabytes"]
        assert len(sizes) >= number
        assert sizes[-1] / sizes[0] >= ratio


def test_serial_is_measured_beside_what_it_is_compared_with() -> None:
    """In the same round: the strategy varies fastest, and serial comes first."""
    for profile in ALL:
        for cells in (grid for grids in profile.models.values() for grid in grids.values()):
            if "strategy" in cells.params:
                assert list(cells.params)[-1] == "strategy"
                assert cells.params["strategy"][0] == "serial" or cells.params["engine"] == ("own",)


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


LINES = list(itertools.product(names(), [*engine_names(), "own"], WORKLOAD_NAMES))


@pytest.fixture
def rates() -> Rates:
    return Rates(
        origin="nothing",
        process=0.2,
        open=dict.fromkeys(itertools.product(names(), ("warm", "cold")), 1.0),
        startup=dict.fromkeys(names(), 0.5),
        shutdown=dict.fromkeys(names(), 0.1),
        jobs={line: {1: 0.1, 10: 1.0} for line in LINES},
        planning=0.01,
        around={1: 0.02, 10: 0.02},
    )


def test_a_plan_is_the_sum_of_its_parts(rates: Rates) -> None:
    """Processes, openings and samples.

    A process measures the cells of a strategy: two sizes and two engines, and start-up. Where it
    works in the process itself, those of an engine: two, and three with the one of start-up.
    """
    profile = load_profile("ci")
    (cold,) = [p for p in predict(profile, rates) if p.model == "cold"]
    cells = cells_of(profile, "cold")
    assert (cold.cells, cold.too_long, cold.least, cold.most) == (len(cells), 0, 4, 4)
    seconds = 0.0
    for _, megabytes, engine, strategy in cells:
        alone = describe(strategy).kind in {"serial", "threads"}
        seconds += 3 * 2 * 0.2  # three metrics, two rounds
        together = 2 + (engine == "pandas") if alone else 5
        seconds += 2 * 1.0 / together
        seconds += 4 * (0.6 + 0.1 * megabytes + 0.02)
    assert cold.seconds == pytest.approx(seconds)


def test_what_would_take_too_long_costs_next_to_nothing(rates: Rates) -> None:
    """But for the smallest size, which tells how long the others would take."""
    profile = replace(load_profile("ci"), limits=Limits(sample=0.05, cell=0.0))
    (warm,) = [p for p in predict(profile, rates) if p.model == "warm"]
    smallest = [cell for cell in cells_of(profile, "warm") if cell[1] == 1]
    assert warm.cells - warm.too_long == len(smallest)
    assert (warm.least, warm.most) == (4, 4)


def test_fewer_workers_take_longer(rates: Rates) -> None:
    """In proportion, but no longer than serial."""
    line = "futures_processes", "pandas", "double"
    rates = replace(rates, jobs={**rates.jobs, line: {1: 0.05, 10: 0.5}})
    cell = {"workload": "double", "megabytes": 10, "strategy": "futures_processes"}
    seconds = [inside_seconds("scaling", {**cell, "workers": n}, rates) for n in (1, CORES, 99)]
    assert seconds == pytest.approx([1.0 if CORES > 1 else 0.5, 0.5, 0.5])


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
