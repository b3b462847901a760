"""What is concluded follows from the figures, and no more than that."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from journals import Params, spread, write_session

from parabench import results
from parabench.conclusions.answers import answers, megabytes
from parabench.conclusions.curves import Band, Curve, cold_curve, crossover
from parabench.conclusions.scaling_law import fit

TIMES = {  # seconds to start and end, and seconds a MB
    "serial": (0.0, 0.040),
    "futures_processes": (0.4, 0.020),  # is faster from 20 MB on
    "dask_distributed": (4.0, 0.020),  # from 200 MB on
    "futures_threads": (0.001, 0.041),  # never
}
WARM: Params = {"workload": ["double"], "megabytes": [1, 10], "strategy": list(TIMES)}
COLD: Params = {**WARM, "megabytes": [1, 10, 100]}


def line(model: str, cell: dict[str, Any], by: float = 0.02) -> Iterable[float]:
    """Return samples as TIMES has them."""
    start, each = TIMES[cell["strategy"]]
    return spread((start if model == "cold" else 0) + each * cell["megabytes"], by)


def measured(folder: Path, by: float = 0.02, **models: Any) -> results.Measured:
    write_session(folder, models, lambda model, cell: line(model, cell, by))
    return results.newest(folder)


def test_a_crossover_is_where_the_lines_cross(tmp_path: Path) -> None:
    """Between measured sizes, and beyond them; its interval holds it."""
    found = measured(tmp_path, warm=WARM, cold=COLD)
    base = cold_curve(found, "double", "serial")
    assert base is not None
    for strategy, expected in {"futures_processes": 20, "dask_distributed": 200}.items():
        curve = cold_curve(found, "double", strategy)
        assert curve is not None
        crossing = crossover(curve, base)
        assert crossing.size == pytest.approx(expected, rel=0.01)
        assert crossing.earliest is not None
        assert crossing.latest is not None
        assert crossing.earliest < expected < crossing.latest
        assert not crossing.estimated
    never = cold_curve(found, "double", "futures_threads")
    assert never is not None
    assert crossover(never, base).size is None


def test_more_spread_is_more_uncertainty(tmp_path: Path) -> None:
    """The interval of a crossover widens, up to no upper end at all."""
    widths = []
    for by in (0.01, 0.05):
        (folder := tmp_path / str(by)).mkdir()
        found = measured(folder, by, cold=COLD)
        curves = [cold_curve(found, "double", name) for name in ("futures_processes", "serial")]
        assert curves[0] is not None
        assert curves[1] is not None
        crossing = crossover(curves[0], curves[1])
        assert crossing.latest is not None
        assert crossing.earliest is not None
        widths.append(crossing.latest - crossing.earliest)
    assert widths[1] > 2 * widths[0]
    wide = Curve({1.0: Band(1.0, 2.0, 9.0), 2.0: Band(1.0, 2.1, 9.0)})
    steep = Curve({1.0: Band(0.9, 1.0, 1.1), 2.0: Band(1.9, 2.0, 2.1)})
    assert crossover(wide, steep).latest is None


def test_warm_jobs_stand_in_where_cold_ones_are_missing(tmp_path: Path) -> None:
    """With what start and end take in the workload that has both; and it is said."""
    warm = {**WARM, "workload": ["double", "score"], "megabytes": [1, 10, 100]}
    found = measured(tmp_path, warm=warm, cold={**COLD, "megabytes": [1]})
    ours, base = (cold_curve(found, "score", n) for n in ("futures_processes", "serial"))
    assert ours is not None
    assert base is not None
    crossing = crossover(ours, base)
    assert crossing.estimated
    assert crossing.size == pytest.approx(20, rel=0.05)
    text = " ".join(answers(found)[1].sentences + answers(found)[1].open_questions)
    assert "estimated" in text


def test_the_answer_is_made_from_the_data(tmp_path: Path) -> None:
    """Who is fastest from which size on, who never, and at what cost."""
    (answer,) = answers(measured(tmp_path, warm=WARM, cold=COLD))
    text = " ".join(answer.sentences)
    assert "`serial` is fastest below 20 MB (18 to 22 MB); from there `futures_processes`" in text
    assert "`serial` is overtaken later by `dask_distributed` at 200 MB" in text
    assert "beyond what was measured" in text
    assert "`futures_threads` cannot be told from `serial` up to 1 GB" in text
    assert "at 1 MB and 10 MB, `futures_processes` is fastest (`dask_distributed` cannot be" in text
    assert "260 MB of memory for 130 MB, and CPU seconds that cannot be told apart" in text
    assert answer.open_questions == []


def test_who_is_first_is_not_claimed_within_the_uncertainty(tmp_path: Path) -> None:
    """Two strategies whose crossovers overlap are named together."""
    times = {"serial": (0.0, 0.04), "futures_processes": (0.4, 0.02), "other": (0.41, 0.02)}

    def samples(_model: str, cell: dict[str, Any]) -> Iterable[float]:
        start, each = times[cell["strategy"]]
        return spread(start + each * cell["megabytes"])

    write_session(tmp_path, {"cold": {**COLD, "strategy": list(times)}}, samples)
    (answer,) = answers(results.newest(tmp_path))
    assert (
        "from there `futures_processes`, which cannot be told from `other` at"
        in (answer.sentences[0])
    )
    assert "at 100 MB, `futures_processes` is fastest; `other` cannot be" in answer.sentences[1]


def test_what_cannot_be_told_is_said(tmp_path: Path) -> None:
    """No cold runs, and a cell that failed."""
    write_session(
        tmp_path,
        {"warm": WARM},
        line,
        ends=lambda _, cell: ("crashed", "x") if cell["strategy"] == "serial" else ("ok", ""),
    )
    (answer,) = answers(results.newest(tmp_path))
    assert any("no cold runs" in question for question in answer.open_questions)
    assert "2 cells crashed: `serial`" in answer.open_questions
    assert any("`serial` has no result to compare with" in text for text in answer.sentences)


def test_one_sample_tells_of_no_difference(tmp_path: Path) -> None:
    """Its interval has no end."""
    write_session(tmp_path, {"warm": WARM}, lambda model, cell: list(line(model, cell))[:1])
    found = results.newest(tmp_path)
    assert all(found.ties(cell) for cell in found.of("warm"))
    (answer,) = answers(found)
    assert "nothing is faster than `serial`" in answer.sentences[0]
    assert any("one sample" in question for question in answer.open_questions)


def samples_of(times: dict[str, list[float]], _model: str, cell: dict[str, Any]) -> Iterable[float]:
    return times[cell["strategy"]]


def test_a_difference_within_the_uncertainty_is_a_tie(tmp_path: Path) -> None:
    """Four percent, where each is known to five percent; not where it is to one."""
    for by, tie in ((0.01, False), (0.05, True)):
        (folder := tmp_path / str(by)).mkdir()
        seconds = {"serial": 1.00, "joblib_threads": 0.96}
        params: Params = {"workload": ["double"], "megabytes": [1], "strategy": list(seconds)}
        times = {name: spread(value, by) for name, value in seconds.items()}
        write_session(folder, {"warm": params}, partial(samples_of, times))
        found = results.newest(folder)
        cell = found.find("warm", workload="double", megabytes=1, strategy="joblib_threads")
        assert cell is not None
        assert found.ties(cell) is tie


@pytest.mark.parametrize(
    ("serial", "coherency", "name"), [(0.1, 0.0, "Amdahl"), (0.05, 0.01, "USL")]
)
def test_a_law_is_found_again(serial: float, coherency: float, name: str) -> None:
    """The parameters that the times were made with, within their intervals."""
    random = np.random.default_rng(1)
    counts = (1, 2) if name == "Amdahl" else (1, 2, 4, 8, 16, 32)
    seconds = {}
    for n in counts:
        exact = 10 * (1 + serial * (n - 1) + coherency * n * (n - 1)) / n
        seconds[n] = list(exact * random.normal(1, 0.01, 40))
    law = fit({**seconds, 64: [1.0]}, cores=32)  # more workers than cores do not count
    assert law is not None
    assert law.name == name
    assert law.serial == pytest.approx(serial, abs=0.02)
    assert law.serial_interval[0] <= serial <= law.serial_interval[1]
    assert law.coherency == pytest.approx(coherency, abs=0.003)
    assert law.speed_up(1) == pytest.approx(1)
    best = max(law.speed_up(n) for n in range(1, 1000))
    assert law.most == pytest.approx(best, rel=0.2 if name == "Amdahl" else 0.02)


def test_no_law_without_one_worker() -> None:
    """All is relative to that."""
    assert fit({2: [1.0], 4: [0.5]}, cores=4) is None
    assert fit({1: [1.0]}, cores=4) is None


@pytest.mark.parametrize(
    ("size", "text"),
    [(0.34, "0.34 MB"), (3.14, "3.1 MB"), (156, "160 MB"), (1_500, "1.5 GB"), (2e6, "2 TB")],
)
def test_sizes_in_words(size: float, text: str) -> None:
    """To two digits."""
    assert megabytes(size) == text
