"""The judge of what an output keeps, and the page about libraries that are used bare."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from parabench.fidelity.bare import BARE
from parabench.fidelity.compare import compared
from parabench.fidelity.report import code_of
from parabench.fidelity.tables import TABLES
from strategies import Fidelity, fidelity, load_workload

COMMAND = Path(sys.executable).with_name("parabench")
PAGE = Path(__file__).parents[1] / "docs" / "fidelity.md"
SOURCE = b'old_column,t\n0.5,007\n1.5,"x"\n'
RIGHT = b'old_column,t,new_column\n0.5,007,1.0\n1.5,"x",3.0\n'


@pytest.mark.parametrize(
    ("written", "judged"),
    [
        (RIGHT, Fidelity("exact")),
        (
            RIGHT.replace(b'"', b""),
            Fidelity("same values", "record 2: written '1.5,x,3.0', in the source '1.5,\"x\",3.0'"),
        ),
        (
            RIGHT.replace(b"1.0", b"1"),
            Fidelity("same values", "record 1: the result '1.0' is spelled '1'"),
        ),
        (
            RIGHT.replace(b"\n", b"\r\n"),
            Fidelity("same values", "the header: ends with '\\r\\n', in the source with '\\n'"),
        ),
        (RIGHT.replace(b"0.5", b"\n0.5"), Fidelity("same values", "there are blank lines")),
        (
            RIGHT.replace(b"007", b"7"),
            Fidelity("changes data", "record 1: in column 2, '007' became '7'"),
        ),
        (
            RIGHT.replace(b"007,1.0", b"7,5"),
            Fidelity("changes data", "record 1: in column 2, '007' became '7'"),
        ),
        (RIGHT[: RIGHT.index(b"1.5")], Fidelity("changes data", "record 2: it is missing")),
        (RIGHT + b"2,y,4\n", Fidelity("changes data", "record 3: it is not in the source")),
        (RIGHT + b"2\n", Fidelity("changes data", "record 3: it is not in the source")),
        (
            RIGHT.replace(b"007,", b"007,,"),
            Fidelity("changes data", "record 1: it has 4 fields, not 3"),
        ),
        (
            RIGHT.replace(b"3.0", b"3.1"),
            Fidelity("wrong", "record 2: the result is '3.1', not '3.0'"),
        ),
        (RIGHT.replace(b"3.0", b""), Fidelity("wrong", "record 2: the result is '', not '3.0'")),
        (
            RIGHT.replace(b"new_column", b"new"),
            Fidelity("wrong", "the header: the result is 'new', not 'new_column'"),
        ),
    ],
)
def test_outputs_are_judged(
    source: Callable[[bytes], Path], written: bytes, judged: Fidelity, tmp_path: Path
) -> None:
    """By the worst that is wrong with them; the first difference is named."""
    destination = tmp_path / "out.csv"
    destination.write_bytes(written)
    assert fidelity(source(SOURCE), destination, load_workload("double")) == judged


def test_what_is_no_text_changes_data(source: Callable[[bytes], Path], tmp_path: Path) -> None:
    """It cannot be compared."""
    destination = tmp_path / "out.csv"
    destination.write_bytes(RIGHT.replace(b"x", b"\xff"))
    assert fidelity(source(SOURCE), destination, load_workload("double")).outcome == "changes data"


@pytest.mark.parametrize(
    ("library", "table", "outcome"),
    [
        ("csv", "zeros in front", "same values"),  # it ends lines with CRLF
        ("csv", "missing", "an error"),
        ("pandas", "plain", "exact"),
        ("pandas", "zeros in front", "changes data"),
        ("pandas", "short record", "changes data"),  # it is filled up
        ("PyArrow", "plain", "same values"),  # it puts texts in quotes
        ("PyArrow", "short record", "an error"),
    ],
)
def test_libraries_are_what_they_are(library: str, table: str, outcome: str) -> None:
    """Those of the core, which are always there."""
    (finding,) = compared([library], [table])
    assert finding.outcome == outcome, finding


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to run."""
    monkeypatch.setitem(BARE, "none", ("a_library_that_nobody_has", BARE["csv"][1]))
    (finding,) = compared(["none"], ["plain"])
    assert finding.outcome == "not installed"
    assert finding.difference == "pip install a_library_that_nobody_has"


def test_the_command_prints_findings_and_makes_a_page(tmp_path: Path) -> None:
    """As JSON, and with the scripts."""
    page = tmp_path / "page.md"
    options = ("--library", "csv", "--table", "zeros in front", "--json", "--markdown", page)
    done = subprocess.run(
        [COMMAND, "fidelity", *options], capture_output=True, text=True, check=True
    )
    (finding,) = json.loads(done.stdout)
    assert finding["outcome"] == "same values"
    assert "| zeros in front | same values |" in page.read_text()
    assert "csv.DictReader(read)" in page.read_text()
    wrong = subprocess.run(
        [COMMAND, "fidelity", "--table", "none"], capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2
    assert "there is no table 'none'; choose: plain, " in wrong.stderr


def test_the_page_is_that_of_these_scripts_and_tables() -> None:
    """`parabench fidelity --markdown docs/fidelity.md` makes it."""
    page = PAGE.read_text(encoding="utf-8")
    assert all(code_of(name) in page for name in BARE)
    assert all(f"## {name}: {table.title}\n" in page for name, table in TABLES.items())
