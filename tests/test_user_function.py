"""A workload of the user's own: from the folder that they name, and nowhere else."""

import subprocess
import sys
from pathlib import Path

import pytest

from strategies import (
    Part,
    RecordError,
    SourceError,
    WorkloadError,
    plan_chunks,
    transform,
    user_workload,
)
from strategies.core import reference

ROWS = "old_column,t\n1,a\n,b\n3,c\n"


def write(folder: Path, code: str, name: str = "mine") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(code)
    return folder


def result_of(folder: Path, spec: str) -> object:
    source = folder / "source.csv"
    source.write_text(ROWS)
    plan = plan_chunks(source)
    return transform(plan.layout, user_workload(spec, folder), plan.chunks[0])


@pytest.mark.parametrize(
    ("body", "results"),
    [
        ("return value + 0.5", ["1.5", "", "3.5"]),
        ("return None if value > 2 else 'x,y'", ['"x,y"', "", ""]),
        ("return value > 2", ["False", "", "True"]),
        ("import numpy; return numpy.float32(value)", ["1.0", "", "3.0"]),
    ],
    ids=["number", "text and none", "bool", "numpy"],
)
def test_results_are_written_as_text(tmp_path: Path, body: str, results: list[str]) -> None:
    """A missing number is not given to the function, and None is a missing result."""
    folder = write(tmp_path, f"def f(value):\n    {body}\n")
    part = result_of(folder, "mine:f")
    rows = ROWS.splitlines()[1:]
    wanted = "".join(f"{row},{result}\n" for row, result in zip(rows, results, strict=True))
    assert isinstance(part, Part)
    assert part[:2] == (wanted.encode(), 3)


def test_verify_names_the_record_of_a_function_that_raises(tmp_path: Path) -> None:
    """In one line, with the traceback as a note, and not as if the data were wrong."""
    folder = write(tmp_path, "def f(value):\n    return 1 / (value - 3)\n")
    (folder / "source.csv").write_text(ROWS)
    with pytest.raises(SourceError, match="record 3: the workload raised ZeroDivisionError") as e:
        list(reference.expected(folder / "source.csv", user_workload("mine:f", folder)))
    assert "mine.py" in e.value.__notes__[0]


def test_only_the_first_parameter_counts(tmp_path: Path) -> None:
    """And only its annotation; the others may name what is not even imported."""
    code = (
        "from __future__ import annotations\n"
        "def f(value, scale: int = 3) -> np.float64:\n    return value * scale\n"
        "def g():\n    return 1\n"
    )
    folder = write(tmp_path, code)
    assert user_workload("mine:f", folder).column.type is float
    with pytest.raises(WorkloadError, match="takes nothing"):
        user_workload("mine:g", folder)
    with pytest.raises(WorkloadError, match="write it as module:function"):
        user_workload("mine:__class__", folder)


def test_an_annotation_chooses_whole_numbers(tmp_path: Path) -> None:
    """Exact, however long; other types are refused."""
    code = (
        "from __future__ import annotations\n"
        "def f(value: int):\n    return value\n"
        "def g(value: str):\n    return value\n"
    )
    folder = write(tmp_path, code)
    assert user_workload("mine:f", folder).column.type is int
    with pytest.raises(WorkloadError, match="annotate int or float"):
        user_workload("mine:g", folder)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("return 1 / (value - 3)", "the workload raised ZeroDivisionError: "),
        ("import sys; sys.exit(3) if value == 3 else None", "the workload raised SystemExit: 3"),
        ("return object() if value == 3 else 1", "it returned a object"),
        ("return 'a\\rb' if value == 3 else 1", "a carriage return"),
        ("return 10 ** 5000 if value == 3 else 1", "the workload raised ValueError: "),
        ("return '\\ud800' if value == 3 else 1", "the workload raised UnicodeEncodeError: "),
        ("if value == 3: raise __import__('asyncio').CancelledError", "raised CancelledError"),
        ("if value == 3: raise MemoryError", "ran out of memory"),
    ],
    ids=["raises", "exits", "returns", "return", "digits", "surrogate", "cancelled", "memory"],
)
def test_what_goes_wrong_names_the_record(tmp_path: Path, body: str, found: str) -> None:
    """And keeps the traceback; nothing of the exception itself gets out."""
    folder = write(tmp_path, f"def f(value):\n    {body}\n")
    problem = result_of(folder, "mine:f")
    assert isinstance(problem, RecordError)
    assert problem.index == 2
    assert found in problem.problem
    assert problem.__context__ is None
    if "memory" not in found:
        assert "Traceback" in problem.workload_traceback


def test_it_is_imported_only_from_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not from where it would be found otherwise, and nothing else is looked for there."""
    decoy = write(tmp_path / "decoy", "def f(value):\n    return 'decoy'\n")
    write(decoy, "raise SystemExit('decoy')\n", "helper")
    wanted = write(tmp_path / "wanted", "def f(value):\n    return 'wanted'\n")
    monkeypatch.chdir(decoy)
    monkeypatch.syspath_prepend(str(decoy))
    assert user_workload("mine:f", wanted).record(1.0) == "wanted"
    with pytest.raises(WorkloadError, match=r"there is no .*wanted.helper\.py"):
        user_workload("helper:f", wanted)
    with pytest.raises(WorkloadError, match="write it as module:function"):
        user_workload("../decoy/mine:f", wanted)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def g(value): pass", "has no function 'f'"),
        ("f = 3", "has no function 'f'"),
        ("import nothing_like_this", "it may import what is installed, and what is in the folder"),
        ("raise KeyboardInterrupt", "fails on import"),
        ("def f(", "fails on import"),
    ],
)
def test_a_module_that_is_no_use_is_refused(tmp_path: Path, code: str, said: str) -> None:
    """With its path and what to do."""
    with pytest.raises(WorkloadError, match=said):
        user_workload("mine:f", write(tmp_path, code))


def test_the_command_runs_and_verifies_it(tmp_path: Path) -> None:
    """In worker processes, which import it by themselves; but only where it says from where."""
    write(tmp_path, "def third(value):\n    return value / 3\n")
    (tmp_path / "source.csv").write_text(ROWS)
    files = (str(tmp_path / "source.csv"), str(tmp_path / "out.csv"))
    workload = ("--workload", "mine:third", "--import-from", str(tmp_path))
    for command in (("run", "futures_processes", *files, *workload), ("verify", *files, *workload)):
        subprocess.run([sys.executable, "-m", "parabench", *command], check=True, cwd="/")
    assert "3,c,1.0\n" in (tmp_path / "out.csv").read_text()
    refused = subprocess.run(
        [sys.executable, "-m", "parabench", "verify", *files, "--workload", "mine:third"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert refused.returncode == 2
    assert "--import-from" in refused.stderr
