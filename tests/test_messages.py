"""What the command prints can be pasted, and is the same however Python runs."""

import shlex
from pathlib import Path

import pytest
from shells import COMMAND, check_refused, exhaustively, printed, run, shell


def test_what_is_suggested_can_be_pasted(data: tuple[Path, Path], tmp_path: Path) -> None:
    """Whatever blanks and quotes are in the names; and with the same options."""
    folder = tmp_path / "two  blanks and 'quotes'"
    folder.mkdir()
    source = folder / "-in $HOME.csv"
    source.write_bytes(data[0].read_bytes())
    options = ["--column", "quantity", "--into", "a  b", "--workload", "double"]
    command = [str(COMMAND), "run", "serial", *options, "--", source.name, "out put.csv"]
    ran = shell(shlex.join(command), cwd=folder)
    assert ran.returncode == 0, ran.stderr
    suggested = ran.stdout.partition("check it: ")[2]
    verified = shell(f"PATH={COMMAND.parent}:$PATH\n{suggested}", cwd=folder)
    assert verified.returncode == 0, verified.stderr
    assert "is correct: all 400 records" in verified.stdout


def test_errors_keep_the_blanks_of_names(data: tuple[Path, Path]) -> None:
    """Two stay two, so that the name can be copied."""
    done = run("serial", (Path("no  such.csv"), data[1]))
    check_refused(done, "no  such.csv cannot be read")


@pytest.mark.parametrize(
    "arguments", ["list", "run --help", *exhaustively("--help", "verify --help")]
)
def test_optimised_python_says_the_same(arguments: str) -> None:
    """It leaves out docstrings, from which the descriptions come."""
    plain = shell(f"exec {COMMAND} {arguments}")
    optimised = shell(f"PYTHONOPTIMIZE=2 exec {COMMAND} {arguments}")
    assert plain.returncode == 0
    assert optimised.stdout == plain.stdout


def test_optimised_python_knows_the_bare_calls() -> None:
    """Of the fault matrix, which names them."""
    code = "from parabench.faults.bare import call_of; print(call_of('multiprocessing_pool'))"
    assert printed(code, PYTHONOPTIMIZE="2") == "`Pool.map`\n"
