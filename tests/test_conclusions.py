"""What is concluded follows from the figures, and no more than that."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from journals import Params, spread, write_session

from parabench.report import sessions
from parabench.report.conclusions.answers import answers
from parabench.report.conclusions.curves import Crossover, Curve, cold_curve, crossover
from parabench.report.conclusions.scaling_law import fit
from parabench.report.conclusions.words import about, exactly
from parabench.statistics import Estimate

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


def measured(folder: Path, by: float = 0.02, **models: Any) -> sessions.Session:
    write_session(folder, models, lambda model, cell: line(model, cell, by))
    return sessions.newest(folder)


def crossing(found: sessions.Session, strategy: str, workload: str = "double") -> Crossover:
    ours, base = (cold_curve(found, workload, "pandas", name) for name in (strategy, "serial"))
    assert ours is not None
    assert base is not None
    seen = crossover(ours, base)
    assert seen is not None
    return seen


def test_a_crossover_is_where_the_lines_cross(tmp_path: Path) -> None:
    """Between measured sizes, and beyond them; its interval holds it."""
    found = measured(tmp_path, warm=WARM, cold=COLD)
    for strategy, expected in {"futures_processes": 20, "dask_distributed": 200}.items():
        seen = crossing(found, strategy)
        assert seen.size == pytest.approx(expected, rel=0.01)
        assert seen.earliest is not None
        assert seen.latest is not None
        assert seen.earliest < expected < seen.latest
    assert crossing(found, "futures_threads").size is None


def test_more_spread_is_more_uncertainty(tmp_path: Path) -> None:
    """The interval of a crossover widens, up to no upper end at all."""
    widths = []
    for by in (0.01, 0.05):
        (folder := tmp_path / str(by)).mkdir()
        seen = crossing(measured(folder, by, cold=COLD), "futures_processes")
        assert seen.latest is not None
        assert seen.earliest is not None
        widths.append(seen.latest - seen.earliest)
    assert widths[1] > 2 * widths[0]
    wide = Curve({1.0: Estimate(1.0, 2.0, 9.0), 2.0: Estimate(1.0, 2.1, 9.0)})
    steep = Curve({1.0: Estimate(0.9, 1.0, 1.1), 2.0: Estimate(1.9, 2.0, 2.1)})
    unsure = crossover(wide, steep)
    assert unsure is not None
    assert unsure.latest is None


def test_times_that_fall_are_not_prolonged_below_zero() -> None:
    """A larger file does not take less; the three ends keep their order."""
    falling = Curve({1.0: Estimate(4.9, 5.0, 5.1), 10.0: Estimate(3.9, 4.0, 4.1)})
    at = falling.at(100)
    assert 0 < at.low <= at.middle <= at.high
    with pytest.raises(ValueError, match="nothing was measured"):
        falling.at(0.5)


def test_many_sizes_at_once_give_what_each_gives() -> None:
    """Between what was measured, at it, and above."""
    curve = Curve({
        1.0: Estimate(0.9, 1.0, 1.2), 10.0: Estimate(1.9, 2.0, 2.1), 30.0: Estimate(4.0, 5.0, 6.0),
    })  # fmt: skip
    sizes = [1.0, 2.5, 10.0, 20.0, 30.0, 31.0, 300.0]
    each = np.array([curve.at(size) for size in sizes]).T
    assert curve.over(np.array(sizes)) == pytest.approx(each)


def test_warm_jobs_stand_in_where_cold_ones_are_missing(tmp_path: Path) -> None:
    """With what start and end take in the workload that has both; and it is said."""
    warm = {**WARM, "workload": ["double", "score"], "megabytes": [1, 10, 100]}
    found = measured(tmp_path, warm=warm, cold={**COLD, "megabytes": [1]})
    assert crossing(found, "futures_processes", "score").size == pytest.approx(20, rel=0.05)
    answer = answers(found)[1]
    assert "(cold, estimated)" in answer.sentences[-1]
    assert any("estimated" in question for question in answer.open_questions)


def test_the_answer_is_made_from_the_data(tmp_path: Path) -> None:
    """Who is fastest from which size on, who never, and at what cost."""
    (answer,) = answers(measured(tmp_path, warm=WARM, cold=COLD))
    assert answer.sentences == [
        "With workers already started, at 10 MB `futures_processes` with `pandas` is fastest "
        "(`dask_distributed` with `pandas` ties with it): 50 MB/s, 2.00 times (1.92 to 2.08) the "
        "speed of `serial` with `pandas`.",
        "There `futures_processes` with `pandas` takes 260 MB of memory, `serial` with `pandas` "
        "takes 130 MB; their CPU time does not differ significantly.",
        "Started for one job (cold), at 100 MB `futures_processes` with `pandas` is fastest: "
        "42 MB/s, 1.67 times (1.60 to 1.73) the speed of `serial` with `pandas`.",
        "With `pandas`: started for one job (cold), `serial` is fastest below 20 MB (18 to 22 MB), "
        "where `futures_processes` overtakes it; at 100 MB `futures_processes` is fastest: 1.67 "
        "times (1.60 to 1.73) the speed of `serial`. With workers already started, at 1 MB and "
        "10 MB `futures_processes` is fastest (`dask_distributed` ties with it): 2.0 times "
        "(1.9 to 2.1) the speed of `serial`.",
    ]
    crossovers, fastest = answer.details
    assert crossovers.rows == [
        ("`pandas`", "`futures_processes`", "from 20 MB (18 to 22 MB) on"),
        ("`pandas`", "`dask_distributed`",
         "from 200 MB (180 to 230 MB; beyond what was measured) on"),
        ("`pandas`", "`futures_threads`",
         "no: significantly slower below 1.6 MB, no difference above"),
    ]  # fmt: skip
    assert fastest.rows[1] == (
        "`pandas`", "10 MB", "no strategy beats `serial`; `futures_threads` ties",
        "`futures_processes`, 2.00 times (1.92 to 2.08); `dask_distributed` ties",
    )  # fmt: skip
    assert answer.open_questions == []


def said(folder: Path, times: dict[str, dict[float, float]], by: float = 0.02) -> str:
    """Return what is said of cold runs with these medians, by strategy and size."""
    sizes = sorted({size for by_size in times.values() for size in by_size})
    params: Params = {"workload": ["double"], "megabytes": sizes, "strategy": list(times)}

    def samples(_model: str, cell: dict[str, Any]) -> list[float]:
        return spread(times[cell["strategy"]][cell["megabytes"]], by)

    def ends(_model: str, cell: dict[str, Any]) -> tuple[str, str]:
        there = cell["megabytes"] in times[cell["strategy"]]
        return ("ok", "") if there else ("crashed", "")

    write_session(folder, {"cold": params}, samples, ends=ends)
    (answer,) = answers(sessions.newest(folder))
    rows = [text for table in answer.details for row in table.rows for text in row]
    return " ".join([*answer.sentences, *answer.open_questions, *rows])


NASTY: dict[str, tuple[dict[str, dict[float, float]], str]] = {
    "crosses back": (
        {"serial": {1: 1, 10: 2, 100: 10}, "a": {1: 2, 10: 1, 100: 20}},
        "from 5.5 MB (5.2 to 5.8 MB) on; above about 18 MB `serial` is faster again",
    ),
    "faster at once, then slower": (
        {"serial": {1: 1, 10: 2, 100: 10}, "a": {1: 0.5, 10: 1, 100: 20}},
        "at 100 MB no strategy beats `serial`",
    ),
    "two at once, not alike": (
        {"serial": {1: 1, 10: 10}, "a": {1: 0.8, 10: 8}, "z": {1: 0.2, 10: 2}},
        "at 1 MB and 10 MB `z` is fastest: 5.0 times (4.8 to 5.2) the speed of `serial`.",
    ),
    "slower, but perhaps not far above": (
        {"serial": {1: 0.1, 10: 1}, "a": {1: 1.5, 10: 2.3}},
        "no: significantly slower below 66 MB (beyond what was measured), no difference above",
    ),
    "sizes apart": (
        {"serial": {1: 1, 10: 10}, "a": {1: 0.5}, "b": {10: 5}},
        "at 1 MB `a` is fastest: 2.00 times (1.92 to 2.08) the speed of `serial`; "
        "at 10 MB `b` is fastest",
    ),
    "no size in common": ({"serial": {10: 10}, "a": {1: 0.5}}, "no size has both `serial` and"),
    "no baseline": ({"serial": {}, "a": {1: 1, 10: 2}}, "`serial` has no cold result"),
    "times that fall": (
        {"serial": {1: 1, 10: 2}, "a": {1: 5, 10: 4}},
        "at 10 MB no other way beats `serial` with `pandas`: 5.0 MB/s",
    ),
    "one size": ({"serial": {128: 1}, "a": {128: 2}}, "no: slower at 128 MB"),
}


@pytest.mark.parametrize(("times", "expected"), NASTY.values(), ids=NASTY)
def test_odd_times_are_told_as_they_are(
    times: dict[str, dict[float, float]], expected: str, tmp_path: Path
) -> None:
    """Also where cells failed, so that the figures do not match."""
    assert expected in said(tmp_path, times)


def test_many_that_tie_are_counted(tmp_path: Path) -> None:
    """A sentence with 18 names is none; the tables have them."""
    times = {f"s{i}": {1.0: 2.0 + i / 1000, 100.0: 5.0 + i / 1000} for i in range(19)}
    text = said(tmp_path, {"serial": {1: 1, 100: 100}, **times})
    assert "`s0` is fastest (18 others tie with it)" in text
    assert "`s17` and `s18` tie" in text


def test_what_cannot_be_told_is_said(tmp_path: Path) -> None:
    """No cold runs, and a cell that failed."""
    write_session(
        tmp_path,
        {"warm": WARM},
        line,
        ends=lambda _, cell: ("crashed", "x") if cell["strategy"] == "serial" else ("ok", ""),
    )
    (answer,) = answers(sessions.newest(tmp_path))
    assert any("there are no cold results" in question for question in answer.open_questions)
    assert "2 cells crashed: `serial`" in answer.open_questions
    assert not any("speed of `serial`" in text for text in answer.sentences)


def test_one_sample_tells_of_no_difference(tmp_path: Path) -> None:
    """Its interval has no end."""
    write_session(tmp_path, {"warm": WARM}, lambda model, cell: list(line(model, cell))[:1])
    found = sessions.newest(tmp_path)
    assert all(found.ties(cell) for cell in found.of("warm"))
    (answer,) = answers(found)
    assert (
        "no other way beats `serial` with `pandas` (`futures_threads` with" in answer.sentences[0]
    )
    assert "no strategy beats `serial`" in answer.sentences[-1]
    assert "in 8 of 8 cells: they have one sample" in answer.open_questions[-1]


def test_the_answer_and_the_table_agree(tmp_path: Path) -> None:
    """A strategy that is surely faster is named, though a wider one has the lower median."""
    wide, tight = [0.70, *[0.8] * 6, 1.0], [0.95, *[0.952] * 6, 0.957]
    times = {"serial": [0.99, *[1.02] * 6, 1.06], "wide": wide, "tight": tight}
    params: Params = {"workload": ["double"], "megabytes": [1], "strategy": list(times)}
    write_session(tmp_path, {"warm": params}, partial(samples_of, times))
    found = sessions.newest(tmp_path)
    ties = {cell.strategy: found.ties(cell) for cell in found.of("warm")}
    assert ties == {"serial": True, "wide": True, "tight": False}
    best, of_engine = answers(found)[0].sentences[0], answers(found)[0].sentences[-1]
    assert "`wide` with `pandas` is fastest (`tight` with `pandas` ties with it)" in best
    assert "`tight` is fastest (`wide` ties with it)" in of_engine


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
        found = sessions.newest(folder)
        job = {"workload": "double", "megabytes": 1, "engine": "pandas"}
        cell = found.find("warm", **job, strategy="joblib_threads")
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
    assert law.counts == len(counts)
    assert law.most == pytest.approx(best, rel=0.2 if name == "Amdahl" else 0.02)


def test_no_law_without_one_worker() -> None:
    """All is relative to that."""
    assert fit({2: [1.0], 4: [0.5]}, cores=4) is None
    assert fit({1: [1.0]}, cores=4) is None


@pytest.mark.parametrize(
    ("size", "text"),
    [(0.34, "0.34 MB"), (3.14, "3.1 MB"), (156, "160 MB"), (100, "100 MB"), (2e6, "2 TB")],
)
def test_sizes_in_words(size: float, text: str) -> None:
    """To two digits, where they are no better known."""
    assert about(size) == text
    assert exactly(128) == "128 MB"
    assert exactly(1_500) == "1.5 GB"


def test_a_law_of_threads_that_hinder_each_other() -> None:
    """More than all of the time is serial; then one worker is best."""
    times = {n: [1 / n + 1.2 * (n - 1) / n + 0.1 * (n - 1)] * 3 for n in (1, 2, 3, 4)}
    law = fit(times, cores=4)
    assert law is not None
    assert law.most == pytest.approx(1)
