"""Files that are no journals, or damaged, are named and left out; the rest is shown."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from damage import FOREIGN, MODELS, seconds
from journals import Params, parabench, read, write_session

from benchmarks.harness import journal
from benchmarks.harness.journal import Journal, Run, lines_of
from parabench.cli.app import app
from parabench.report import sessions
from parabench.report.errors import ReportError
from parabench.report.quick import QuickError, load
from parabench.report.site.build import SiteError, write_site


def test_what_is_no_journal_is_named(tmp_path: Path) -> None:
    """A folder, a pipe, a link to nothing, an empty file, one that is no text."""
    path = write_session(tmp_path, MODELS, seconds)
    (tmp_path / "folder.jsonl").mkdir()
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "nothing")
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "binary.jsonl").write_bytes(bytes(range(256)))
    (found,), told = read(tmp_path)
    assert found.lines[0]["host"] == "here"
    assert {Path(text.partition(": ")[0]).name for text in told} == {
        "folder.jsonl", "pipe.jsonl", "link.jsonl", "empty.jsonl", "binary.jsonl",
    }  # fmt: skip
    assert path.name not in " ".join(told)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    write_session(tmp_path, MODELS, seconds)
    (tmp_path / "secret.jsonl").touch(mode=0)
    assert "Permission denied" in read(tmp_path)[1][0]


def test_the_commands_go_on_with_the_rest(tmp_path: Path) -> None:
    """Exit code 0, with warnings on standard error; and 1 where nothing is left."""
    cells = tmp_path / "cells"
    cells.mkdir()
    (cells / "mine.jsonl").write_text('{"ts":1}\n')
    warning = f"parabench: warning: {cells}/mine.jsonl: line 1 is left out: it is not of a journal"
    done = parabench("report", "--results", cells, "--html", tmp_path / "html")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        warning,
        f"parabench: error: there are no results in {cells}; run: make bench (or asv run)",
    ]
    write_session(cells, MODELS, seconds)
    done = parabench("report", "--results", cells, "--html", tmp_path / "html")
    assert (done.returncode, done.stderr) == (0, f"{warning}\n")
    assert (tmp_path / "html" / "index.html").exists()


def test_resumption_survives_foreign_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run goes on in a file in which others have written."""
    monkeypatch.setenv(journal.FOLDER_VARIABLE, str(tmp_path))
    first = Journal.open({})
    head = json.loads(first.path.read_text())
    assert head["commit"] or len(head["code"]) == 8, "something tells what was measured"
    first.add(event="end", session=first.session, model="x", cell={}, state="ok", reason="")
    with first.path.open("a") as file:
        file.writelines(f"{line}\n" for line in FOREIGN if line.isprintable())
        file.write('{"event": "session", "at": 1, "id": "x", "run": "who"}\n')
    again = Journal.open({})
    assert again.session == first.session
    assert len(again.ends()) == 1
    assert len(list(lines_of(first.path))) == 2
    assert not journal.was_interrupted(again.before, first.path.name)


@pytest.mark.parametrize("identity", ["", "who", "1", "-1-2", f"{10**30}-1.00", "1-x"])
def test_a_run_that_cannot_be_does_not_live(identity: str) -> None:
    assert not Run.lives(identity)


# --- The page's other files ---------------------------------------------------------------

OUTCOME = {
    "fault": "kill", "strategy": "serial", "outcome": "clear error", "good": True,
    "seconds": 0.5, "left": [], "bare": "hangs", "start_method": None,
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"left": 3}, {"seconds": "x"}, {"good": "yes"}, {"strategy": []}, {"bare": None}]
)
def test_faults_of_the_wrong_kind_are_refused(wrong: dict[str, Any], tmp_path: Path) -> None:
    """Before anything is written, and with what is wrong."""
    write_session(tmp_path, MODELS, seconds)
    path = tmp_path / "faults.json"
    path.write_text(json.dumps([{**OUTCOME, **wrong}]))
    with pytest.raises(SiteError, match=f"{next(iter(wrong))}: .*make it anew"):
        write_site(sessions.read_folder(tmp_path), tmp_path / "html", faults=path)
    assert not (tmp_path / "html").exists()


def test_a_name_is_no_formula(tmp_path: Path) -> None:
    """Matplotlib would take what is between dollar signs for one, and refuse this."""
    name = r"$\frac$"
    models: dict[str, Params] = {"startup": {"strategy": ["serial", name]}}
    write_session(tmp_path, models, seconds)
    assert name in write_site(sessions.read_folder(tmp_path), tmp_path / "html").read_text()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody may ever write into it."""
    write_session(tmp_path, MODELS, seconds)
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    with pytest.raises(SiteError, match=r"pipe\.json is not what .*it is no file"):
        write_site(sessions.read_folder(tmp_path), tmp_path / "html", faults=pipe)
    with pytest.raises(QuickError, match=r"pipe\.json is not a file of pytest-benchmark .*no file"):
        load(pipe)


@pytest.mark.parametrize("command", [["report"], ["plan"], ["publish", "--html", "html"]])
def test_a_file_in_place_of_a_folder_of_results_is_named(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what is to be given; nothing is measured or written instead."""
    monkeypatch.chdir(tmp_path)
    path = write_session(tmp_path, MODELS, seconds)
    with pytest.raises(ReportError, match=rf"{path} is a file; give the folder that has"):
        app([*command, "--results", str(path)], standalone_mode=False)
    assert [*tmp_path.iterdir()] == [path]
