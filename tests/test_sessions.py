"""What of several runs is shown: the newest of each cell, and this machine's first."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from journals import Params, spread, write_session

from benchmarks.harness.fingerprint import digest, fingerprint, host
from benchmarks.harness.threads import pin_threads
from parabench import plan, rates
from parabench.report import sessions, summary
from parabench.report.choice import Choice, choose
from parabench.report.conclusions.answers import answers
from parabench.report.site.build import write_site

COMMAND = Path(sys.executable).with_name("parabench")
STRATEGIES = ["serial", "futures_processes", "futures_threads"]
JOBS: Params = {"workload": ["double"], "megabytes": [1, 10], "strategy": STRATEGIES}
MODELS: dict[str, Params] = {
    "warm": JOBS,
    "cold": JOBS,
    "planning": {"shape": ["plain", "quoted"], "megabytes": [1]},
}
CELLS = 6 + 6 + 2
FIRST, SECOND, THIRD = 1_790_000_000.0, 1_790_500_000.0, 1_791_000_000.0
DAYS = "2026-09-21", "2026-09-27", "2026-10-03"  # of these


def seconds(model: str, cell: dict[str, Any]) -> list[float]:
    """Return times in which processes take half of serial's, and 0.4 s to start."""
    parallel = cell.get("strategy") == "futures_processes"
    start = 0.4 if parallel and model == "cold" else 0.001
    return spread(start + cell["megabytes"] * (0.02 if parallel else 0.04))


def faster(model: str, cell: dict[str, Any]) -> list[float]:
    return [value / 2 for value in seconds(model, cell)]


def only_planning(model: str, _cell: dict[str, Any]) -> tuple[str, str] | None:
    return ("ok", "") if model == "planning" else None


def twice(folder: Path, **second: Any) -> sessions.Session:
    """Write a whole run, and a partial one that was twice as fast; return what is shown."""
    write_session(folder, MODELS, seconds, at=FIRST, name="1")
    options: dict[str, Any] = {"at": SECOND, "name": "2", "ends": only_planning, **second}
    write_session(folder, MODELS, faster, **options)
    return sessions.newest(folder)


def parabench(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)


# --- The newest of each cell --------------------------------------------------------------


def test_a_partial_run_wipes_nothing(tmp_path: Path) -> None:
    """Its cells are shown, and of all others those of the run before, with its date."""
    found = twice(tmp_path)
    assert len(found.cells) == CELLS
    assert {cell.state for cell in found.cells} == {"ok"}
    assert {cell.model for cell in found.cells if not cell.earlier} == {"planning"}
    assert [cell.model for cell in found.cells][::6] == ["warm", "cold", "planning"]
    assert found.missing == []
    assert found.of("planning")[0].median("seconds") == pytest.approx(0.041 / 2)
    (text,) = found.earlier_runs
    assert text == f"12 of {CELLS} cells are from {DAYS[0]} 14:13 UTC (an earlier run)"


def test_every_form_of_the_report_says_which_cells_are_older(tmp_path: Path) -> None:
    """Page, terminal, Markdown, CSV and JSON."""
    twice(tmp_path)
    page = write_site(sessions.read_folder(tmp_path), tmp_path / "html")
    printed = [
        parabench("report", "--results", tmp_path, "--format", form).stdout
        for form in ("terminal", "markdown")
    ]
    for text in (page.read_text(), *printed):
        assert f"12 of {CELLS} cells are from {DAYS[0]} 14:13 UTC (an earlier run)" in text
    assert page.read_text().count(f"<td>{DAYS[0]} (an earlier run)</td>") == 12
    assert page.read_text().count(f"<td>{DAYS[1]}</td>") == 2
    assert printed[0].count(f"ok; from {DAYS[0]} 14:13 UTC (an earlier run)") == 12
    cells = json.loads((page.parent / "cells.json").read_text())
    assert {(cell["run"], cell["measured"][:10], cell["earlier_run"]) for cell in cells} == {
        ("1", DAYS[0], True),
        ("2", DAYS[1], False),
    }


def test_samples_of_two_runs_are_never_mixed(tmp_path: Path) -> None:
    """A cell has those of one run, however few."""

    def one_sample(model: str, cell: dict[str, Any]) -> list[float]:
        return faster(model, cell)[:1]

    write_session(tmp_path, MODELS, seconds, at=FIRST)
    write_session(tmp_path, MODELS, one_sample, at=SECOND, name="2", ends=only_planning)
    for cell in sessions.newest(tmp_path).of("planning"):
        assert (len(cell.samples), cell.reason) == (1, "1 of 8 samples")


@pytest.mark.parametrize("state", ["crashed", "wrong", "timed out", "unavailable"])
def test_a_newer_failure_counts(state: str, tmp_path: Path) -> None:
    """It is what is known last of the cell; the older figure is gone."""

    def ends(model: str, _cell: dict[str, Any]) -> tuple[str, str] | None:
        return (state, "no luck") if model == "planning" else None

    found = twice(tmp_path, ends=ends)
    assert {(c.state, c.median("seconds"), c.earlier) for c in found.of("planning")} == {
        (state, None, False)
    }


def test_a_cell_that_was_only_begun_leaves_the_older_one(tmp_path: Path) -> None:
    """Be it with samples, and be it the only one of the run that was killed."""
    write_session(tmp_path, MODELS, seconds, at=FIRST)
    path = write_session(tmp_path, MODELS, faster, at=SECOND, name="2", ends=only_planning)
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if '"2"' not in line or '"end"' not in line))
    found = sessions.newest(tmp_path)
    assert [cell.median("seconds") for cell in found.of("planning")] == pytest.approx([0.041] * 2)
    assert found.earlier_runs == []  # the run that was killed has no cell here
    assert f"{found.ended:%Y-%m-%d}" == DAYS[0]


def test_a_cell_that_ended_well_without_samples_does_not_count(tmp_path: Path) -> None:
    """There is nothing to show of it."""
    write_session(tmp_path, MODELS, seconds, at=FIRST)
    write_session(tmp_path, MODELS, lambda *_: [], at=SECOND, name="2", ends=only_planning)
    assert {cell.state for cell in sessions.newest(tmp_path).cells} == {"ok"}


@pytest.mark.parametrize(
    "other",
    [
        {"profile": "ci"},
        {"commit": "d" * 40},
        {"environment": "virtualenv-py3.12"},
        {"fingerprint": {**fingerprint(), "cores": "2", "cpu": "Another"}},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_is_not_alike_is_not_put_together(other: dict[str, Any], tmp_path: Path) -> None:
    """Another profile, commit, environment or machine."""
    path = write_session(tmp_path, MODELS, seconds, at=FIRST)
    changed = write_session(tmp_path / "..", MODELS, seconds, at=SECOND, name="2")
    first, *rest = changed.read_text().splitlines()
    changed.unlink()
    path.with_name("other.jsonl").write_text(
        "\n".join([json.dumps({**json.loads(first), **other}), *rest])
    )
    found = sessions.read_folder(tmp_path)
    assert [len(session.cells) for session in found] == [CELLS, CELLS]
    assert not any(cell.earlier for session in found for cell in session.cells)


def test_of_two_runs_at_once_each_has_its_newest_cells(tmp_path: Path) -> None:
    """Not the run that has ended last has the newest of each: when a cell ended counts."""
    path = write_session(tmp_path, MODELS, seconds, at=FIRST)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:  # a long run: planning is done at once, the rest after the other run
        if line["event"] == "end" and line["model"] != "planning":
            line["at"] = SECOND + 1000
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    write_session(tmp_path, MODELS, faster, at=SECOND, name="2", ends=only_planning)
    found = sessions.newest(tmp_path)
    assert [cell.median("seconds") for cell in found.of("planning")] == pytest.approx([0.0205] * 2)


def test_a_line_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    """As in a journal that was put together wrongly."""
    path = write_session(tmp_path, MODELS, seconds, at=FIRST)
    head, *lines = path.read_text().splitlines()
    numbers = [len(cell.samples) for cell in sessions.newest(tmp_path).cells]
    path.write_text("\n".join([head, *lines, *lines, ""]))
    assert [len(cell.samples) for cell in sessions.newest(tmp_path).cells] == numbers


@pytest.mark.parametrize(("code", "runs"), [("0123abcd", 1), (None, 2)])
def test_uncommitted_code_must_be_the_same(code: str | None, runs: int, tmp_path: Path) -> None:
    """A journal says which it was; where an old one does not, no two runs are put together."""
    for name, at in (("1", FIRST), ("2", SECOND)):
        path = write_session(tmp_path, MODELS, seconds, at=at, name=name, commit=None)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    heads = [line | {"code": code} if line["event"] == "session" else line for line in lines]
    path.write_text("\n".join(map(json.dumps, heads)))
    assert len(sessions.read_folder(tmp_path)) == runs


def test_a_speed_up_over_another_run_is_marked(tmp_path: Path) -> None:
    """In the tables and on the page; and the answer says that a machine drifts in between."""

    def without_serial(model: str, cell: dict[str, Any]) -> tuple[str, str] | None:
        return ("ok", "") if model == "warm" and cell["strategy"] != "serial" else None

    found = twice(tmp_path, ends=without_serial)
    across = {cell.strategy: found.is_across_runs(cell) for cell in found.of("warm")}
    assert across == {"serial": False, "futures_processes": True, "futures_threads": True}
    assert not any(map(found.is_across_runs, found.of("cold")))
    (answer,) = answers(found)
    assert "which differences between runs are real: 8 of 12 cells" in answer.open_questions[-1]
    assert "% \\* |" in summary.markdown(found)
    page = write_site([found], tmp_path / "html")
    assert page.read_text().count("&nbsp;*</td>") == 4


def test_history_has_each_commit_whole(tmp_path: Path) -> None:
    """Also one of which the last run was partial."""
    write_session(tmp_path, MODELS, seconds, at=FIRST - 1000, commit="a" * 40)
    twice(tmp_path)
    page = write_site(sessions.read_folder(tmp_path), tmp_path / "html")
    assert 'id="figure-history"' in page.read_text()


# --- Several machines ---------------------------------------------------------------------


def two_machines(folder: Path) -> None:
    """Write results of this machine, and newer ones of another."""
    pin_threads()  # as the command does
    write_session(folder, MODELS, seconds, at=FIRST, cores=fingerprint()["cores"])
    write_session(folder, MODELS, faster, at=SECOND, name="2", cpu="Another one", cores="64")


def test_this_machine_is_shown_first_and_labelled(tmp_path: Path) -> None:
    """And the other, which is newer, is named with its date, and how to see it."""
    two_machines(tmp_path)
    lines = parabench("report", "--results", tmp_path, "--format", "terminal").stdout.splitlines()
    cores = fingerprint()["cores"]
    assert lines[0].startswith(f"here: {cores} cores of {fingerprint()['cpu']}, ")
    assert lines[1] == f"commit cccccccc, profile default, {DAYS[0]} 14:13 UTC"
    other = digest(sessions.read_folder(tmp_path)[1].fingerprint)
    assert lines[2] == (
        f"also there: here, commit cccccccc, profile default, {DAYS[1]} 09:06 UTC; "
        f"shown with --machine {other}"
    )
    chosen = parabench("report", "--results", tmp_path, "--machine", other)
    assert chosen.stdout.startswith("here: 64 cores of Another one, ")
    assert "it is another machine; then and now: cpu: Another one and " in chosen.stdout
    assert f"{DAYS[0]} 14:13 UTC; shown with --machine" in chosen.stdout
    assert not (tmp_path / "html").exists(), "what was chosen is only printed"
    markdown = parabench("report", "--results", tmp_path, "--format", "markdown").stdout
    assert f"{DAYS[1]} 09:06 UTC; shown with" in markdown


def test_the_page_that_is_named_is_that_of_this_machine(tmp_path: Path) -> None:
    """The index is about the one that was measured last."""
    two_machines(tmp_path)
    done = parabench("report", "--results", tmp_path, "--html", tmp_path / "html")
    page = Path(done.stdout.splitlines()[-1].removeprefix("page: "))
    assert page.parent.parent == tmp_path / "html" / "machines"
    assert f'<th scope="row">cores</th><td>{fingerprint()["cores"]}</td>' in page.read_text()


def test_a_machine_that_has_changed_is_known_by_its_name(tmp_path: Path) -> None:
    """And what differs is said; another machine is the last resort."""
    write_session(tmp_path, MODELS, seconds, at=FIRST, memory="1.0 GB")
    write_session(tmp_path, MODELS, seconds, at=SECOND, name="2", cpu="Another one")
    path = next(path for path in tmp_path.glob("*.jsonl") if '"1.0 GB"' in path.read_text())
    path.write_text(path.read_text().replace('"host": "here"', f'"host": "{host()}"'))
    done = parabench("report", "--results", tmp_path, "--format", "terminal")
    assert done.stdout.startswith(f"{host()}: ")
    assert "this machine has changed; then and now: " in done.stdout
    assert "memory: 1.0 GB and " in done.stdout


@pytest.mark.parametrize(
    ("option", "value", "day"),
    [
        ("--commit", "aaaa", DAYS[0]),
        ("--profile", "ci", DAYS[1]),
        ("--environment", "venv", DAYS[2]),
    ],
)
def test_other_results_can_be_chosen(option: str, value: str, day: str, tmp_path: Path) -> None:
    """By commit, profile, and environment."""
    write_session(tmp_path, MODELS, seconds, at=FIRST, commit="a" * 40)
    path = write_session(tmp_path, MODELS, seconds, at=SECOND, name="2", commit="b" * 40)
    path.write_text(path.read_text().replace('"profile": "default"', '"profile": "ci"'))
    path = write_session(tmp_path, MODELS, seconds, at=THIRD, name="3", commit="c" * 40)
    path.write_text(path.read_text().replace('"profile"', '"environment": "venv", "profile"'))
    done = parabench("report", "--results", tmp_path, "--format", "terminal", option, value)
    assert day in done.stdout.splitlines()[1]
    assert done.stdout.count("also there: ") == 2


def test_results_that_are_not_there_are_named(tmp_path: Path) -> None:
    """In one line, with those that are."""
    write_session(tmp_path, MODELS, seconds, at=FIRST)
    done = parabench("report", "--results", tmp_path, "--machine", "nowhere")
    assert done.returncode == 1
    assert done.stderr == (
        "parabench: error: there are no such results; there are: here: commit cccccccc, "
        f"profile default, {DAYS[0]} 14:13 UTC\n"
    )


def test_results_that_newer_ones_replace_are_named(tmp_path: Path) -> None:
    """With the reason, as no option shows them."""
    for name, at in (("1", FIRST), ("2", SECOND)):
        write_session(tmp_path, MODELS, seconds, at=at, name=name, commit=None)
    found = sessions.read_folder(tmp_path)
    assert choose(found, Choice(commit="uncommitted")) is found[1]
    text = summary.markdown(found[1], found)
    assert f"{DAYS[0]} 14:13 UTC; newer ones, by other measuring code" in text


def test_a_plan_goes_by_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where another was measured last."""
    two_machines(tmp_path)
    asked: list[str] = []

    def from_results(measured: sessions.Session) -> rates.Rates | None:
        asked.append(measured.fingerprint["cpu"])
        return None if len(asked) == 1 else rates.Rates("x", 1, {}, {}, {}, {}, 1, {})

    monkeypatch.setattr(plan, "from_results", from_results)
    assert plan.rates(tmp_path, print).origin == "x"
    assert asked == ["Another one", fingerprint()["cpu"]]
