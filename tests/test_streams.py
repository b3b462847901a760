"""Standard streams that are closed, full, or that nobody reads."""

import shlex
import sys
from pathlib import Path

import pytest
from shells import COMMAND, check_refused, exhaustively, run, shell

from strategies import chunk_strategies

USUAL = ("serial", "futures_processes", "joblib_processes", "dask_distributed")


@pytest.mark.parametrize(
    "strategy", [*USUAL, *exhaustively(*(name for name in chunk_strategies() if name not in USUAL))]
)
def test_no_standard_streams_are_needed(strategy: str, data: tuple[Path, Path]) -> None:
    """As for a service: all is as it was, and nothing else is in the output."""
    assert run("serial", data).returncode == 0
    right = data[1].read_bytes()
    data[1].unlink()
    assert run(strategy, data, script="exec <&- >&- 2>&-").returncode == 0
    assert data[1].read_bytes() == right


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_missing_stream_is_the_null_device(closed: str) -> None:
    """In children, too: no file gets its number, so that no stray text gets into the file."""
    code = """
        import os, subprocess, sys, strategies
        strategies.open_missing_streams()
        assert None not in (sys.stdin, sys.stdout, sys.stderr)
        assert os.open("/dev/zero", os.O_RDONLY) > 2
        test = "import os; [os.fstat(n) for n in range(3)]; assert os.open('/', 0) > 2"
        sys.exit(subprocess.run([sys.executable, "-c", test]).returncode)"""
    code = "\n".join(line.strip() for line in code.splitlines())
    command = shlex.join([sys.executable, "-c", code])
    assert shell(f"exec {command} {closed}").returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_summary_that_cannot_be_printed_is_no_failed_job(
    options: tuple[str, ...], data: tuple[Path, Path]
) -> None:
    """The output is whole, and the exit code says so; what is lost is a warning."""
    done = run("serial", data, *options, script="exec > /dev/full")
    assert done.returncode == 0
    assert "parabench: warning: done, but standard output" in done.stderr
    assert done.stderr.count("\n") == 1
    assert data[1].stat().st_size > 0
    failed = run("serial", (Path("none.csv"), data[1]), script="exec > /dev/full 2> /dev/full")
    assert failed.returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_list_that_cannot_be_printed_is_an_error() -> None:
    """Since there is nothing else that it does."""
    done = shell(f"exec {COMMAND} list > /dev/full")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr


def test_nobody_has_to_read_the_output(data: tuple[Path, Path]) -> None:
    """A reader that ends early gets no traceback, and a job that is done is done."""
    job = shlex.join([str(COMMAND), "run", "serial", *map(str, data)])
    for command, code in ((job, "0"), (f"{COMMAND} list", "1")):
        # The reader has gone when the command begins.
        script = f"mkfifo p; (exec < p) & exec 3> p; wait; {command} >&3 && echo 0 || echo $?"
        done = shell(script, cwd=data[1].parent)
        assert (done.stdout, done.stderr) == (f"{code}\n", "")
        data[1].with_name("p").unlink()


OWN = "--workload mine:same --import-from ."  # for which the command begins again


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (f"run serial in.csv - {OWN} >&-", "there is no standard output to write to; name a file"),
        ("run serial - out.csv <&-", "there is no standard input to read; name a CSV file"),
        ("verify - in.csv <&-", "there is no standard input to read; name a CSV file"),
        *exhaustively(
            ("run serial in.csv - >&-", "there is no standard output to write to"),
            (f"run serial - out.csv {OWN} <&-", "there is no standard input to read"),
        ),
    ],
)
def test_a_closed_stream_is_no_file(arguments: str, problem: str, tmp_path: Path) -> None:
    """What is read from it is not an empty file, and records are not written into nothing."""
    (tmp_path / "in.csv").write_text("old_column\n1\n")
    (tmp_path / "mine.py").write_text("def same(value):\n    return value\n")
    check_refused(shell(f"exec {COMMAND} {arguments}", cwd=tmp_path), problem)
    assert not (tmp_path / "out.csv").exists()
