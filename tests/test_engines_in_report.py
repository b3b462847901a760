"""Engines and whole-file systems in the report: who is best, by how much, and what it costs."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from journals import End, Params, parabench, read, spread, write_session
from rich.console import Console
from sites import HOSTILE, site

from parabench.report import sessions, summary
from parabench.report.conclusions.answers import answers, first_of_all
from parabench.report.conclusions.comparison import Comparison
from parabench.report.terminal import show

CHANGES = {"fidelity": "changes data", "difference": "record 3: in column 2, '007' became '7'"}
LOOKS = {"fidelity": "same values", "difference": "the header: written '\"a\"'"}
EXACT = {"fidelity": "exact"}
# MB/s: what a job takes is in proportion to its size
SPEEDS: dict[tuple[str, str], float] = {
    ("pandas", "serial"): 10, ("pandas", "futures_processes"): 19, ("pandas", "futures_threads"): 9,
    ("lines", "serial"): 90, ("lines", "futures_processes"): 147, ("lines", "futures_threads"): 150,
    ("stdlib", "serial"): 20, ("stdlib", "futures_threads"): 20,
}  # fmt: skip
ALL = ["serial", "futures_processes", "futures_threads"]
GRIDS: list[Params] = [
    {"workload": ["double"], "megabytes": [1, 10], "engine": ["pandas", "lines"], "strategy": ALL},
    {
        "workload": ["double"], "megabytes": [1, 10], "engine": ["stdlib"],
        "strategy": ["serial", "futures_threads"],
    },
]  # fmt: skip


def with_systems(**speeds: float) -> list[Params]:
    own: Params = {"engine": ["own"], "strategy": list(speeds)}
    return [*GRIDS, {"workload": ["double"], "megabytes": [1, 10], **own}]


def measured(
    folder: Path,
    outcomes: Mapping[str, tuple[float, dict[str, str]]] | None = None,
    speeds: Mapping[tuple[str, str], float] = SPEEDS,
    by: float = 0.02,
) -> sessions.Session:
    """Return warm and cold cells at these speeds, with whole-file systems and their outcomes."""
    own = outcomes or {}
    grids = with_systems(**{name: speed for name, (speed, _) in own.items()}) if own else GRIDS

    def seconds(_model: str, cell: dict[str, Any]) -> list[float]:
        way = cell["engine"], cell["strategy"]
        speed = own[way[1]][0] if way[0] == "own" else speeds[way]
        return spread(cell["megabytes"] / speed, by)

    def ends(_model: str, cell: dict[str, Any]) -> End:
        return ("ok", "", own[cell["strategy"]][1] if cell["engine"] == "own" else {})

    write_session(folder, {"warm": grids, "cold": grids}, seconds, ends=ends)
    (found,), told = read(folder)
    assert told == []
    return found


def printed(session: sessions.Session) -> str:
    output = io.StringIO()
    show(Console(file=output, width=250), session, [session], None)
    return output.getvalue()


# --- What is gained -----------------------------------------------------------------------


def test_the_first_sentence_is_made_from_the_data(tmp_path: Path) -> None:
    """By engine over all strategies that have both, by workers over all engines."""
    assert first_of_all(measured(tmp_path)) == (
        "With `double`, 10 MB, workers already started: changing the engine from `pandas` to "
        "`lines` gains 7.7 to 17 times (7.4 to 17); spreading the work over 2 workers gains 1.7 "
        "to 1.9 times (1.6 to 2.0), though with `stdlib` no strategy beats `serial`."
    )


@pytest.mark.parametrize(
    ("speeds", "expected"),
    [
        ({"lines": 10.1}, "changing the engine from `pandas` to `lines` makes no significant"),
        ({"lines": 9.0, "stdlib": 9.0}, "no engine beats `pandas`"),
    ],
    ids=["a tie", "none is faster"],
)
def test_an_engine_that_gains_nothing_is_told(
    speeds: dict[str, float], expected: str, tmp_path: Path
) -> None:
    """In plain words, without a factor; and likewise of the workers."""
    alike = {way: speeds.get(way[0], 10.0) for way in SPEEDS}
    text = first_of_all(measured(tmp_path, speeds=alike))
    assert expected in text
    assert "spreading the work over 2 workers gains nothing: no strategy beats `serial`" in text
    assert " times" not in text


def test_the_size_is_the_largest_that_most_have(tmp_path: Path) -> None:
    """One at which `serial` with `pandas` has a result, to which all the others are compared."""
    grids = [{**grid, "megabytes": [1, 10, 100]} for grid in GRIDS]

    def ends(_model: str, cell: dict[str, Any]) -> End:
        if cell["megabytes"] == 100 and cell["engine"] == "pandas":
            return "too long", "would take 10 s a job"
        crashed = cell["megabytes"] == 10 and cell["strategy"] == "futures_threads"
        return ("crashed", "no luck") if crashed else ("ok", "")

    write_session(tmp_path, {"warm": grids}, lambda _model, _cell: spread(1.0), ends=ends)
    (found,), _ = read(tmp_path)
    compared = Comparison.of(found, "warm")
    assert compared is not None
    assert compared.size == 10


# --- Which is best ------------------------------------------------------------------------


def test_the_simplest_of_those_that_tie_is_best(tmp_path: Path) -> None:
    """Of threads and processes threads; of two engines the default; and serial before both."""
    sentences = answers(measured(tmp_path))[0].sentences
    assert (
        "at 10 MB `futures_threads` with `lines` is fastest (`futures_processes` with"
        in (sentences[0])
    )
    (folder := tmp_path / "alike").mkdir()
    alike = dict.fromkeys(SPEEDS, 10.0)
    first = answers(measured(folder, speeds=alike))[0].sentences[0]
    assert "no other way beats `serial` with `pandas` (7 others tie with it): 10 MB/s." in first


def test_what_changes_data_is_never_called_faster_without_it(tmp_path: Path) -> None:
    """It stands in the same sentence; an exact system competes as every other way does."""
    found = measured(tmp_path, {"a": (300, CHANGES), "b": (200, LOOKS), "c": (180, EXACT)})
    (answer,) = answers(found)
    assert answer.sentences[0] == (
        "With workers already started, at 10 MB `c` is fastest: 180 MB/s, 18.0 times (17.3 to "
        "18.7) the speed of `serial` with `pandas`; `a` is 1.67 times (1.60 to 1.73) as fast, but "
        "changes data (`record 3: in column 2, '007' became '7'`); `b` is 1.11 times (1.07 to "
        "1.16) as fast, but writes the same values otherwise (`the header: written '\"a\"'`)."
    )
    texts = [first_of_all(found), *answer.sentences, *answer.more, *answer.open_questions]
    of_a = [text for text in texts if "`a`" in text]
    assert len(of_a) == 2  # warm and cold
    assert all("changes data" in text for text in of_a)


def test_conclusions_are_per_engine(tmp_path: Path) -> None:
    """The speed-up is over serial with the same engine; two are told at once, the rest folded."""
    found = measured(tmp_path)
    (answer,) = answers(found)
    of_lines = next(text for text in answer.sentences if text.startswith("With `lines`: "))
    assert "`futures_threads` is fastest (`futures_processes` ties with it): 1.7 times" in of_lines
    assert answer.sentences[-2].startswith("With `pandas`: ")
    assert [text[:15] for text in answer.more] == ["With `stdlib`: "]
    assert "no strategy beats `serial` (`futures_threads` ties with it)" in answer.more[0]
    cell = found.find(
        "warm", workload="double", megabytes=10, engine="lines", strategy="futures_threads"
    )
    assert cell is not None
    speed_up = found.speed_up(cell)
    assert speed_up is not None
    assert speed_up.middle == pytest.approx(150 / 90)


# --- What is shown ------------------------------------------------------------------------


def test_outcomes_stand_in_every_table(tmp_path: Path) -> None:
    """In the terminal, in Markdown, on the page, in the figures, and in what one takes away."""
    hostile = {"fidelity": "changes data", "difference": HOSTILE.replace("\x1b", "")}
    found = measured(tmp_path, {"a": (300, hostile), "b": (200, EXACT)})
    text = printed(found)
    assert "changes data: <script>" in text
    rows = [line for line in summary.markdown(found).splitlines() if line.startswith("| own | ")]
    assert rows[0].startswith("| own | a | 300.0 | 300.0 | changes data: \\<script\\>")
    assert rows[1] == "| own | b | 200.0 | 200.0 | exact |"
    page = site(tmp_path)
    html = page.read_text()
    assert "<script>document" not in html
    assert html.index('id="figure-engines"') < html.index("<h3><code>double</code></h3>")
    assert '<td class="failed">changes data: <span class="reason">&lt;script&gt;' in html
    assert "a: 300.0 MB/s (294.1 to 306.1); changes data: &lt;script&gt;" in html
    assert "a (changes data)" in (page.parent / "figures" / "engines-warm.svg").read_text()
    assert '"output": "changes data"' in (page.parent / "cells.json").read_text()


def test_the_worse_outcome_of_two_rounds_counts(tmp_path: Path) -> None:
    """A system may write its records in another order the next time."""
    path = write_session(
        tmp_path,
        {"warm": {**GRIDS[0], "engine": ["own"], "strategy": ["a"]}},
        lambda _model, _cell: spread(1.0),
        ends=lambda _model, _cell: ("ok", "", CHANGES),
    )
    ends = [line for line in path.read_text().splitlines() if '"end"' in line]
    with path.open("a") as file:
        file.writelines(line.replace("changes data", "exact") + "\n" for line in ends)
    (found,), _ = read(tmp_path)
    assert {cell.outcome for cell in found.cells} == {": ".join(CHANGES.values())}


def test_what_would_take_too_long_is_said(tmp_path: Path) -> None:
    """In the tables and on the page, with the reason; it is no failure."""

    def ends(_model: str, cell: dict[str, Any]) -> End:
        slow = cell["engine"] == "pandas" and cell["megabytes"] == 10
        return ("too long", "would take 70 s a job") if slow else ("ok", "")

    path = write_session(tmp_path, {"warm": GRIDS}, lambda *_: spread(1.0), ends=ends)
    limits = '"limits": {"sample": 4, "cell": 2.5}, "expected"'
    path.write_text(path.read_text().replace('"expected"', limits))
    (found,), told = read(tmp_path)
    assert told == []
    (answer,) = answers(found)
    question = "what was not measured, as a job would take too long: above 1 MB `pandas`"
    assert question in answer.open_questions
    text = printed(found)
    assert "too long: not measured, since a job would take longer than the profile allows" in text
    assert "cells without a result" not in text
    markdown = summary.markdown(found)
    assert "| pandas | serial | 1.0 1.00x 100% | too long | exact |" in markdown
    assert "| warm | double | pandas | serial | 10 MB | would take 70 s a job |" in markdown
    html = site(tmp_path).read_text()
    assert '<td>not measured: <span class="reason">would take 70 s a job</span></td>' in html
    limit = "a job that would take more than 4 s is not measured, and a cell has fewer samples"
    assert limit in html
    assert limit in " ".join(text.split())


def test_long_jobs_have_fewer_samples(tmp_path: Path) -> None:
    """As many as the harness wanted in each round: then none is missing."""
    path = write_session(tmp_path, {"warm": GRIDS}, lambda *_: [1.0] * 4)
    lines = path.read_text().replace('"samples": 8', '"samples": 8, "rounds": 2')
    path.write_text(lines.replace('"state": "ok"', '"state": "ok", "samples": 2'))
    (found,), told = read(tmp_path)
    assert told == []
    assert {cell.reason for cell in found.cells} == {""}
    path.write_text(lines.replace('"state": "ok"', '"state": "ok", "samples": 3'))
    assert {cell.reason for cell in read(tmp_path)[0][0].cells} == {"4 of 6 samples"}


def test_what_was_left_out_does_not_replace_a_figure(tmp_path: Path) -> None:
    """An earlier run of the same commit and profile has measured it: that still holds."""
    write_session(tmp_path, {"warm": GRIDS}, lambda _model, _cell: spread(1.0))
    write_session(
        tmp_path, {"warm": GRIDS}, lambda _model, _cell: [], name="2", at=1_790_500_000.0,
        ends=lambda _model, _cell: ("too long", "would take 70 s a job"),
    )  # fmt: skip
    (found,), _ = read(tmp_path)
    assert {(cell.state, cell.earlier) for cell in found.cells} == {("ok", True)}


# --- Journals from before there were engines ----------------------------------------------


def test_older_results_are_those_of_pandas(tmp_path: Path) -> None:
    """There was no other engine; so they make one history with newer ones."""
    old: Params = {"workload": ["double"], "megabytes": [1, 10], "strategy": ALL}
    at = 1_780_000_000.0
    path = write_session(
        tmp_path, {"warm": old}, lambda _model, _cell: spread(1.0), at=at, commit="a" * 40
    )
    first, *lines = path.read_text().splitlines()
    head = json.loads(first)
    head["expected"] = {"warm": head["expected"]["warm"][0]}  # a model had one grid, in no list
    path.write_text("\n".join([json.dumps(head), *lines, ""]))
    write_session(
        tmp_path, {"warm": GRIDS}, lambda _model, _cell: spread(1.0), name="2", commit="b" * 40
    )
    found, told = read(tmp_path)
    assert told == []
    assert [{cell.engine for cell in session.cells} for session in found] == [
        {"pandas"},
        {"pandas", "lines", "stdlib"},
    ]
    assert first_of_all(found[0]).endswith("gains nothing: no strategy beats `serial`.")
    html = site(tmp_path).read_text()
    assert 'id="figure-history"' in html
    assert "engine pandas, 8 samples; commit aaaaaaaa" in html.replace("; 8 samples", ", 8 samples")
    done = parabench("report", "--results", tmp_path, "--commit", "aaaa")
    assert done.returncode == 0, done.stderr
    assert "With pandas: with workers already started" in done.stdout
