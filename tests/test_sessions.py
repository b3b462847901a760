"""Of several runs the newest of each cell is shown; a run may be in several files."""

import json
from pathlib import Path
from typing import Any

import pytest
from journals import parabench, read, write_session
from two_runs import CELLS, DAYS, FIRST, MODELS, SECOND, faster, only_planning, seconds, twice

from benchmarks.harness.fingerprint import fingerprint
from parabench.report import sessions, summary
from parabench.report.conclusions.answers import answers
from parabench.report.site.build import write_site


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


# --- One run in several files -------------------------------------------------------------


def test_a_run_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    """In a copy, or where a file was put together from two; of a copy cut off the whole one."""
    path = write_session(tmp_path, MODELS, seconds)
    lines = path.read_bytes().splitlines(keepends=True)
    (tmp_path / "a copy.jsonl").write_bytes(b"".join(lines[:10]))
    path.write_bytes(b"".join(lines + lines))
    (found,), told = read(tmp_path)
    assert {len(cell.samples) for cell in found.cells} == {8}
    assert len(told) == 2
    assert all("a run is there twice" in text for text in told)


@pytest.mark.parametrize("cut", [1, 20, 60, -1])
@pytest.mark.parametrize("with_head", [True, False])
@pytest.mark.parametrize("names", ["ab", "ba"])
def test_a_run_that_is_in_two_files_is_whole(
    cut: int, with_head: bool, names: str, tmp_path: Path
) -> None:
    """Whether or not the second file has the line that begins it, and whichever is read first."""
    path = write_session(tmp_path, MODELS, seconds)
    (whole,), _ = read(tmp_path)
    lines = path.read_text().splitlines(keepends=True)
    path.unlink()
    head = lines[:1] if with_head else []
    (tmp_path / f"{names[0]}.jsonl").write_text("".join(lines[:cut]))
    (tmp_path / f"{names[1]}.jsonl").write_text("".join([*head, *lines[cut:]]))
    (found,), told = read(tmp_path)
    assert found.cells == whole.cells
    assert {len(cell.samples) for cell in found.cells} == {8}
    assert told == []


def test_lines_without_a_beginning_are_of_no_other_run(tmp_path: Path) -> None:
    """Where two runs have the name of theirs, nobody knows whose they are."""
    path = write_session(tmp_path, MODELS, seconds)
    lines = path.read_text().splitlines(keepends=True)
    write_session(tmp_path, MODELS, seconds, commit="d" * 40)
    (tmp_path / "x.jsonl").write_text("".join(lines[1:3]).replace("0.0", "0.1"))
    found, told = read(tmp_path)
    assert {len(cell.samples) for session in found for cell in session.cells} == {8}
    assert told == [
        f"{tmp_path / 'x.jsonl'}: 2 lines are left out: the line that begins their session is "
        "missing"
    ]
