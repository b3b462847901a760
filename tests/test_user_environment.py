"""What surrounds a user's function is the same in every strategy, and its code harms no job."""

import io
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from parabench.cli.paths import as_given, fixed
from strategies import Job, Runner, WholeLines, WorkloadError, load, user_workload

COMMAND = Path(sys.executable).with_name("parabench")
ROWS = "old_column\n1\n2\n3\n4\n5\n6\n"

SETS_FOR_ITS_THREAD = """
import contextvars, decimal
import numpy as np
scale = contextvars.ContextVar("scale", default=1)
scale.set(7)
decimal.getcontext().prec = 3
np.seterr(divide="raise")

def f(value):
    try:
        divided = np.float64(value) / np.float64(0)
    except FloatingPointError:
        divided = "refused"
    return f"{decimal.Decimal(value) / 3} {divided} {scale.get()}"

def g(value):
    decimal.getcontext().prec += 1
    return decimal.getcontext().prec
"""
UNKIND = """
import os, sys
sys.stdout.reconfigure(line_buffering=True)
sys.stdout.flush()
os.chdir("sub")
os.write(1, b"imported\\n")

def f(value):
    print("value", value)
    print("value", value, file=sys.stderr)
    os.chdir(os.getcwd() + "/..")
    where, read = os.path.basename(os.getcwd()), sys.stdin.read() + str(os.read(0, 100))
    os.chdir("sub")
    return f"{value} {where == 'sub'} {read}"
"""


def write(folder: Path, code: str) -> Path:
    (folder / "mine.py").write_text(code)
    (folder / "in.csv").write_text(ROWS)
    (folder / "sub").mkdir()
    return folder


def parabench(
    folder: Path, *command: str, errors: int | None = subprocess.PIPE, given: str = "hello\n"
) -> "subprocess.CompletedProcess[str]":
    """Run a command in the folder, with something in its standard input."""
    options = ("--workload", "mine:f", "--import-from", ".")
    return subprocess.run(
        [str(COMMAND), *command, *options], cwd=folder, input=given, check=False,
        stdout=subprocess.PIPE, stderr=errors, text=True, timeout=100,
    )  # fmt: skip


@pytest.mark.parametrize(
    "strategy",
    ["futures_threads", *(pytest.param(s, marks=pytest.mark.exhaustive) for s in
     ("joblib_threads", "dask_threads", "futures_processes", "dask_distributed"))],
)  # fmt: skip
def test_what_the_import_sets_for_its_thread_holds_in_all(
    strategy: str, serial: Runner, tmp_path: Path
) -> None:
    """Decimal's context, NumPy's and others: the same bytes as in the thread that imports."""
    write(tmp_path, SETS_FOR_ITS_THREAD)
    workload = user_workload("mine:f", tmp_path)
    outputs = [tmp_path / "one.csv", tmp_path / "other.csv"]
    serial.run(Job(tmp_path / "in.csv", outputs[0], workload, chunk_size=3))
    with load(strategy).start(2) as runner:
        runner.run(Job(tmp_path / "in.csv", outputs[1], workload, chunk_size=3))
    assert outputs[0].read_text().splitlines()[1] == "1,0.333 refused 7"
    assert outputs[1].read_bytes() == outputs[0].read_bytes()


def test_a_thread_changes_no_other_threads_context(tmp_path: Path) -> None:
    """Each begins with what the import has left, and keeps what its own calls set."""
    function = user_workload("mine:g", write(tmp_path, SETS_FOR_ITS_THREAD)).record
    found: list[list[object]] = []

    def call_twice() -> None:
        found.append([function(1.0), function(1.0)])

    for _ in range(2):
        call_twice()
        thread = threading.Thread(target=call_twice)
        thread.start()
        thread.join()
    assert found == [[4, 5], [4, 5], [6, 7], [4, 5]]


@pytest.mark.parametrize("strategy", ["serial", "multiprocessing_pool"])
def test_what_a_users_code_does_to_its_process_does_not_decide_about_the_job(
    strategy: str, tmp_path: Path
) -> None:
    """It goes elsewhere, prints where nothing is taken, and finds standard input empty.

    Which is a source all the same, and relative paths are meant from where the command began.
    """
    write(tmp_path, UNKIND)
    source = "-" if strategy == "serial" else "in.csv"
    with Path("/dev/full").open("wb") as full:
        command = ("run", strategy, "--workers", "2", "--chunk-size", "3B", source, "out.csv")
        ran = parabench(tmp_path, *command, errors=full.fileno(), given=ROWS)
        assert ran.returncode == 0
        if strategy == "serial":
            checked = parabench(tmp_path, "verify", "in.csv", "out.csv", errors=full.fileno())
            assert checked.stdout == "out.csv is correct: all 6 records are as the reference says\n"
    rows = [f"{n},{n}.0 False b''" for n in range(1, 7)]
    assert (tmp_path / "out.csv").read_text().splitlines() == ["old_column,f", *rows]
    assert "wrote out.csv (" in ran.stdout


def test_messages_show_paths_as_they_were_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alone and not as parts of others; but a worker's, which is to be the same everywhere."""
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    for given in ("in.csv", "../in.csv", str(tmp_path / "other.csv"), "-"):
        path = fixed(Path(given))
        assert str(path) == given or path.is_absolute()
        assert (
            as_given(f"{path}: record 1; '{path}', {path}")
            == f"{given}: record 1; '{given}', {given}"
        )
    longer = f"{tmp_path / 'sub' / 'in.csv.gz'} {tmp_path / 'sub' / 'in.csv' / 'x'}"
    assert as_given(longer) == longer
    worker = f"a worker cannot read {tmp_path / 'sub' / 'in.csv'} (no)"
    assert as_given(worker) == worker


def test_standard_output_has_what_python_gives_it() -> None:
    """All that is public of `io.TextIOWrapper`, and of the buffer below."""
    reading, writing = os.pipe()
    output = WholeLines(writing)
    for wanted, there in ((io.TextIOWrapper, output), (io.BufferedWriter, output.buffer)):
        missing = [
            name for name in dir(wanted) if not name.startswith("_") and not hasattr(there, name)
        ]
        assert missing == []
    output.reconfigure(encoding="latin-1", errors="replace", newline="\r\n", line_buffering=True)
    print("\xe9\u20ac", file=output)
    assert (output.encoding, output.errors) == ("latin-1", "replace")
    with pytest.raises(LookupError):
        output.reconfigure(encoding="no such")
    output.detach().write(b"raw\n")
    io.TextIOWrapper(output.buffer, encoding="utf-8", write_through=True).write("\u20ac\n")
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        assert file.read() == b"\xe9?\r\nraw\n\xe2\x82\xac\n"


def test_what_cannot_be_printed_is_dropped() -> None:
    """Where the reader of a pipe has gone meanwhile."""
    reading, writing = os.pipe()
    output = WholeLines(writing)
    os.close(reading)
    print("text", file=output, flush=True)
    assert output.buffer.write(b"bytes") == 5
    os.close(writing)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os\nos._exit(0)\ndef f(value): pass\n", "mine.py fails on import (SystemExit: "),
        ("import os\ndef f(value): os._exit(0)\n", "error: in.csv: record 1, at byte 11, "),
    ],
    ids=["import", "call"],
)  # fmt: skip
def test_the_command_does_not_end_in_silence(code: str, said: str, tmp_path: Path) -> None:
    """With `os._exit`, which would be a success without an output."""
    ended = parabench(write(tmp_path, code), "run", "serial", "in.csv", "out.csv")
    assert ended.returncode == 1
    assert said in ended.stderr
    assert "SystemExit: os._exit(0)" in ended.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_file_that_leaves_no_room_for_calls_is_named(tmp_path: Path) -> None:
    """The libraries would fail, and be blamed; a higher limit is the user's own choice."""
    before = sys.getrecursionlimit()
    lower = "import sys\nsys.setrecursionlimit({})\ndef f(value): return value\n"
    (tmp_path / "mine.py").write_text(lower.format(before - 1))
    with pytest.raises(WorkloadError, match=rf"mine.py sets the recursion limit to {before - 1}"):
        user_workload("mine:f", tmp_path)
    assert sys.getrecursionlimit() == before
    (tmp_path / "mine.py").write_text(lower.format(before + 1000))
    try:
        user_workload("mine:f", tmp_path)
        assert sys.getrecursionlimit() == before + 1000
    finally:
        sys.setrecursionlimit(before)
