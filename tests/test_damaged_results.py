"""What is foreign or damaged among the results is named and left out; the rest is shown."""

import io
import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journals import Params, spread, write_session
from rich.console import Console

from benchmarks.harness import journal
from benchmarks.harness.journal import Journal, Run, lines_of
from parabench import rates
from parabench.report import sessions, summary
from parabench.report.errors import ReportError
from parabench.report.site.build import SiteError, write_site
from parabench.report.terminal import show

COMMAND = Path(sys.executable).with_name("parabench")
STRATEGIES = ["serial", "futures_processes"]
MODELS: dict[str, Params] = {
    "warm": {"workload": ["double"], "megabytes": [1, 10], "strategy": STRATEGIES},
    "cold": {"workload": ["double"], "megabytes": [1], "strategy": STRATEGIES},
    "startup": {"strategy": STRATEGIES},
    "planning": {"shape": ["plain"], "megabytes": [1]},
    "scaling": {
        "workload": ["double"], "megabytes": [1], "workers": [1, 2], "strategy": STRATEGIES,
    },
}  # fmt: skip
CELLS = 4 + 2 + 2 + 1 + 4


def seconds(_model: str, cell: dict[str, Any]) -> list[float]:
    return spread(0.04 * cell.get("megabytes", 1) / cell.get("workers", 1))


def read(folder: Path) -> tuple[list[sessions.Session], list[str]]:
    """Return the results in a folder, and what is said of the rest."""
    told: list[str] = []
    return sessions.read_folder(folder, told.append), told


def parabench(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)


# --- Lines --------------------------------------------------------------------------------

FOREIGN = {
    '{"ts":1}': "it is not of a journal",
    "[]": "it is not of a journal",
    "3": "it is not of a journal",
    "null": "it is not of a journal",
    '"text"': "it is not of a journal",
    '{"event": 3}': "it is not of a journal",
    "model,seconds": "Expecting value",
    "\udcff\udcfe\x00": "'utf-8' codec can't decode",
    '{"at": 1.0, "event": "sam': "Unterminated string",
    "[" * 100_000: "nested too deeply",
    '{"event": "end", "at": 1.0, "session": "1"}': "model: field required",
    '{"event": "end", "at": "yesterday"}': "at: input should be a valid number",
    '{"event": "session", "id": "1"}': "at: field required",
}


@pytest.mark.parametrize(("line", "why"), FOREIGN.items(), ids=lambda text: text[:20])
def test_a_line_that_is_not_ours_is_named(line: str, why: str, tmp_path: Path) -> None:
    """With the file and its number; all other lines count."""
    path = write_session(tmp_path, MODELS, seconds)
    lines = path.read_bytes().splitlines(keepends=True)
    foreign = line.encode(errors="surrogateescape") + b"\n"
    path.write_bytes(b"".join([*lines[:3], foreign, *lines[3:]]))
    (found,), told = read(tmp_path)
    assert len(found.cells) == CELLS
    assert {(cell.state, len(cell.samples)) for cell in found.cells} == {("ok", 8)}
    assert len(told) == 1
    assert told[0].startswith(f"{path}: line 4 is left out: ")
    assert why in told[0]


SAMPLES: dict[str, list[object]] = {
    "seconds": ["1", None, float("nan"), float("inf"), -1.0, 0, 1e300, True, [1]],
    "cpu_seconds": ["1", None, float("nan"), -1.0],
    "peak_bytes": ["1", None, -1],
    "bytes_in": ["1", None, 0, -1, 1.5],
    "cached": ["1", 2.0, float("nan")],
    "session": [None, 3, {}],
    "model": [None, 3],
    "cell": [None, [], {"workload": "double"}, {"workload": 3, "megabytes": 1, "strategy": "x"}],
    "at": ["1", None, -1, 1e300],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in SAMPLES.items() for value in values]
)
def test_a_sample_that_cannot_be_is_left_out(name: str, value: object, tmp_path: Path) -> None:
    """Of its cell the others count, and it says how many they are."""
    path = write_session(tmp_path, {"warm": MODELS["warm"]}, seconds)
    lines = path.read_text().splitlines()
    lines[1] = json.dumps({**json.loads(lines[1]), name: value})
    path.write_text("\n".join(lines))
    (found,), told = read(tmp_path)
    assert [cell.reason for cell in found.cells] == ["7 of 8 samples", "", "", ""]
    assert len(told) == 1
    assert told[0].startswith(f"{path}: line 2 is left out: {name if name != 'cell' else ''}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("expected", {}), ("expected", {"warm": {"params": {"x": [1]}, "samples": 8}}),
        ("expected", {"warm": []}), ("fingerprint", {}), ("fingerprint", {"cores": "many"}),
        ("commit", 3), ("load", "high"), ("host", None), ("id", 1), ("profile", None),
    ],
)  # fmt: skip
def test_a_session_without_a_beginning_is_named(name: str, value: object, tmp_path: Path) -> None:
    """Nothing can be said of its cells then; those of another session are shown."""
    path = write_session(tmp_path, MODELS, seconds)
    lines = path.read_text().splitlines()
    lines[0] = json.dumps({**json.loads(lines[0]), name: value})
    path.write_text("\n".join(lines) + "\n")
    write_session(tmp_path, MODELS, seconds, name="2", at=1_790_500_000.0)
    (found,), told = read(tmp_path)
    assert found.id == "2"
    assert told[0].startswith(f"{path}: line 1 is left out: {name}: ")
    assert f"{path}: {len(lines) - 1} lines are left out: the line that begins" in told[-1]


def test_what_a_newer_version_adds_is_passed_over(tmp_path: Path) -> None:
    """Fields, and kinds of lines, without a word; an unknown model has a table of its own."""
    path = write_session(tmp_path, {**MODELS, "brewing": {"beans": ["arabica"]}}, seconds)
    lines = [{**json.loads(line), "colour": "red"} for line in path.read_text().splitlines()]
    path.write_text("\n".join(map(json.dumps, [*lines, {"event": "weather", "at": 3}])))
    found, told = read(tmp_path)
    assert told == []
    assert len(found[0].cells) == CELLS + 1
    assert "arabica" not in write_site(found, tmp_path / "html").read_text()


def test_many_lines_are_named_in_short(tmp_path: Path) -> None:
    """Three, and how many more."""
    write_session(tmp_path, MODELS, seconds)
    (tmp_path / "other.jsonl").write_text('{"ts": 1}\n' * 100)
    _, told = read(tmp_path)
    assert [text.partition(": ")[2] for text in told] == [
        *(f"line {n} is left out: it is not of a journal" for n in (1, 2, 3)),
        "97 more lines are left out",
    ]


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


def test_a_run_that_goes_on_is_read_without_a_word(tmp_path: Path) -> None:
    """Its last line may be half there."""
    path = write_session(tmp_path, MODELS, seconds)
    data = path.read_bytes()
    for end in (len(data) - 10, data.rindex(b"\n", 0, -1) + 1, data.index(b"\n") + 20):
        path.write_bytes(data[:end])
        told: list[str] = []
        with suppress(sessions.NoResultsError):
            sessions.read_folder(tmp_path, told.append)
        assert told == []


# --- Files --------------------------------------------------------------------------------


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
    first = Journal.open()
    head = json.loads(first.path.read_text())
    assert head["commit"] or len(head["code"]) == 8, "something tells what was measured"
    first.add(event="end", session=first.session, model="x", cell={}, state="ok", reason="")
    with first.path.open("a") as file:
        file.writelines(f"{line}\n" for line in FOREIGN if line.isprintable())
        file.write('{"event": "session", "at": 1, "id": "x", "run": "who"}\n')
    again = Journal.open()
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


@pytest.mark.parametrize(
    "infos",
    [
        [3], [{}], [{"extra_info": 3}], [{"extra_info": {"cell": 3}}],
        [{"extra_info": {"cell": {"workload": "double"}}}],
        [{"extra_info": {
            "cell": {"workload": "double", "megabytes": 1, "strategy": "serial"},
            "MB/s": float("nan"), "peak MB": 1, "fingerprint": {},
        }}],
    ],
)  # fmt: skip
def test_quick_files_of_the_wrong_kind_are_refused(infos: list[object], tmp_path: Path) -> None:
    """In one line."""
    write_session(tmp_path, MODELS, seconds)
    path = tmp_path / "quick.json"
    path.write_text(json.dumps({"benchmarks": infos}))
    with pytest.raises(ReportError, match="make it: make quick"):
        write_site(sessions.read_folder(tmp_path), tmp_path / "html", quick=path)


def test_quick_figures_stand_on_the_page_of_their_machine(tmp_path: Path) -> None:
    """Also where that is not the index."""
    path = write_session(tmp_path, MODELS, seconds)
    machine = json.loads(path.read_text().splitlines()[0])["fingerprint"]
    write_session(tmp_path, MODELS, seconds, name="2", at=1_790_500_000.0, cpu="Another")
    cell = {"workload": "double", "megabytes": 1, "strategy": "serial"}
    info = {"cell": cell, "MB/s": 20.0, "peak MB": 100.0, "fingerprint": machine}
    quick = tmp_path / "quick.json"
    quick.write_text(json.dumps({"benchmarks": [{"extra_info": info}]}))
    index = write_site(sessions.read_folder(tmp_path), tmp_path / "html", quick=quick)
    (own,) = index.parent.glob("machines/*/index.html")
    assert "pytest-benchmark beside" in own.read_text()
    assert "pytest-benchmark beside" not in index.read_text()


def test_a_name_is_no_formula(tmp_path: Path) -> None:
    """Matplotlib would take what is between dollar signs for one, and refuse this."""
    name = r"$\frac$"
    models: dict[str, Params] = {"startup": {"strategy": ["serial", name]}}
    write_session(tmp_path, models, seconds)
    assert name in write_site(sessions.read_folder(tmp_path), tmp_path / "html").read_text()


# --- Anything at all ----------------------------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers(-(10**20), 10**20)
    | st.text(st.characters(), max_size=5)
    | st.sampled_from(["1", "serial", "session", "end", "<b>", "$x$", "\x1b[31m", "\ud800"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@st.composite
def mutated(draw: st.DrawFn, lines: list[bytes]) -> bytes:
    """Return a journal of which some lines are changed: values, keys, bytes, order."""
    lines = list(lines)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from([0, *range(len(lines))]))
        how = draw(st.sampled_from(["value", "deep", "key", "cut", "byte", "twice", "gone"]))
        if how in {"value", "deep", "key"}:
            with suppress(ValueError, TypeError, AttributeError):
                line = json.loads(lines[place])
                at: Any = line
                if how == "deep":
                    nested = [value for value in line.values() if isinstance(value, dict) and value]
                    at = draw(st.sampled_from(nested)) if nested else line
                name = draw(st.sampled_from(sorted(at)))
                value = at.pop(name)
                at[name if how != "key" else draw(st.text(max_size=4))] = (
                    value if how == "key" else draw(VALUES)
                )
                lines[place] = json.dumps(line).encode()
        elif how == "cut":
            lines[place] = lines[place][: draw(st.integers(0, len(lines[place])))]
        elif how == "byte":
            changed = bytearray(lines[place] or b" ")
            changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
            lines[place] = bytes(changed)
        elif how == "twice":
            lines.insert(draw(st.integers(0, len(lines))), lines[place])
        elif len(lines) > 1:
            del lines[place]
    return b"\n".join(lines)


@pytest.fixture(scope="module")
def good_lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return a journal of two runs; few samples, so that a change is likely to matter."""
    folder = tmp_path_factory.mktemp("good")
    write_session(folder, MODELS, lambda *about: seconds(*about)[:2])
    path = write_session(folder, MODELS, lambda *about: seconds(*about)[:2], name="2", at=1.79e9)
    return path.read_bytes().splitlines()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_ends_in_a_traceback(good_lines: list[bytes], data: st.DataObject) -> None:
    """Terminal, Markdown, the plan's rates: a report, or one clear error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.jsonl"
        path.write_bytes(data.draw(mutated(good_lines)))
        list(lines_of(path))
        with suppress(ReportError):
            found, told = read(Path(folder))
            assert all(str(path) in text for text in told)
            for session in found:
                show(Console(file=io.StringIO()), session, found, None)
                summary.markdown(session, found).encode()
                rates.from_results(session)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_makes_a_bad_page(good_lines: list[bytes], data: st.DataObject) -> None:
    """It is valid HTML, with nothing in it that was put there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.jsonl"
        path.write_bytes(data.draw(mutated(good_lines)))
        with suppress(ReportError):
            page = write_site(read(Path(folder))[0], Path(folder) / "html")
            html5lib.HTMLParser(strict=True).parse(page.read_text(encoding="utf-8"))
            assert "<b>" not in page.read_text()
