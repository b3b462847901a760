"""The judge of what an output keeps, and the page about libraries that are used bare."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parabench.fidelity.bare import BARE
from parabench.fidelity.compare import compared
from parabench.fidelity.report import code_of
from parabench.fidelity.tables import TABLES
from strategies import Dialect, Fidelity, fidelity, load_workload, user_workload
from strategies.core.reference import quick_results
from strategies.core.reference.numbers import USUAL, number, text_of

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


LONG = "".join(f'{n}.5,"a\n{n}"\n' for n in range(50))
DONE = "".join(f'{n}.5,"a\n{n}",{2 * n + 1}.0\n' for n in range(50))


@pytest.mark.parametrize(
    ("before", "after", "judged"),
    [
        ("", "", Fidelity("exact")),
        ('"a\n7"', "a 7", Fidelity("changes data", "record 8: in column 2, 'a\\n7' became 'a 7'")),
        ("41.0", "41", Fidelity("same values", "record 21: the result '41.0' is spelled '41'")),
        ("41.0\n", "41.0\n\n", Fidelity("same values", "there are blank lines")),
        ("41.0\n", "41.0\r\n", Fidelity("same values", "record 21: ends with '\\r\\n', in the ")),
        ("41.0", "42.0", Fidelity("wrong", "record 21: the result is '42.0', not '41.0'")),
        ('"a\n49",99.0\n', "", Fidelity("changes data", "record 50: it has 2 fields, not 3")),
        ('"a\n49",99.0\n', '"a\n49",99.0\n1,2,3', Fidelity("changes data", "record 51: it is not")),
    ],
)
@pytest.mark.parametrize("look", ["", "record 1: written"])
def test_all_records_are_judged(
    before: str, after: str, judged: Fidelity, look: str, source: Callable[[bytes], Path]
) -> None:
    """Whether they look as in the source so far, or not."""
    path = source(b"old_column,t\n" + LONG.encode())
    destination, done = path.with_name("out.csv"), DONE.replace(before, after, 1)
    if look:
        done = '"0.5"' + done.removeprefix("0.5")
    destination.write_text("old_column,t,new_column\n" + done, newline="")
    found = fidelity(path, destination, load_workload("double"))
    if look and judged.outcome in {"exact", "same values"}:
        judged = Fidelity("same values", look)
    assert found.outcome == judged.outcome
    assert found.difference.startswith(judged.difference)


def test_results_with_line_ends_are_exact(source: Callable[[bytes], Path], tmp_path: Path) -> None:
    """They are in quotes; several sources are one table."""
    (tmp_path / "mine.py").write_text(
        "def lines(value: float) -> str:\n    return f'a\\n{value}'\n"
    )
    workload = user_workload("mine:lines", tmp_path)
    path, more = source(b"old_column\n1\n"), tmp_path / "more.csv"
    more.write_bytes(b"old_column\n2")
    destination = tmp_path / "out.csv"
    destination.write_text('old_column,lines\n1,"a\n1.0"\n2,"a\n2.0"\n', newline="")
    assert fidelity((path, more), destination, workload) == Fidelity("exact")


@settings(max_examples=50)
@given(
    st.one_of(
        st.from_regex(USUAL[float], fullmatch=True),
        st.floats().map(repr),
        st.sampled_from(["", "NA", "1e5", " 1.5", "0x1.8", "1_0.5", "9007199254740993.0"]),
    )
)
def test_usual_numbers_are_read_by_the_grammar_alike(text: str) -> None:
    """The judge leaves them to Python, and gives everything else to the reference's grammar."""
    double = load_workload("double")
    quick = quick_results(double, Dialect())(text)
    if quick is not None:
        value = number(text, float, Dialect())
        assert value is not None
        assert quick == text_of(2 * value, Dialect())


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
