"""The reference must notice everything that can be wrong with an output."""

from collections.abc import Callable
from pathlib import Path

import pytest

from strategies import (
    Dialect,
    Job,
    Runner,
    SourceError,
    WrongOutputError,
    load_workload,
    verify,
)

DOUBLE = load_workload("double")
TABS = Dialect(delimiter="\t")


@pytest.fixture
def output(serial: Runner, dataset_of: Callable[[str, int], Path], tmp_path: Path) -> Job:
    job = Job(dataset_of("quoted", 100), tmp_path / "out.csv", DOUBLE)
    serial.run(job)
    return job


def lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


MISTAKES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a number": (lambda d: d.replace(b"tools", b"fools", 1), "must be"),
    "a lost record": (lambda d: d[: d.rindex(b"0010000000")], "record 100 is missing"),
    "a record too many": (lambda d: d + lines(d)[-1], "record 101"),
    "the header": (lambda d: d.replace(b"new_column", b"newcolumn", 1), "the header is"),
    "leading zeros": (lambda d: d.replace(b"\n001", b"\n1", 1), "record 1 is"),
    "a comment": (lambda d: d.replace(b"\n001", b"\n#,1\n001", 1), "record 1 is"),
    "nothing": (lambda _: b"", "the header is missing"),
    "line ends": (lambda d: d.replace(b"\n", b"\r\n"), "the header ends with"),
    "the header's line end": (lambda d: d.replace(b"\n", b"\r\n", 1), "the header ends with"),
    "the last line end": (lambda d: d[:-1], "record 100 ends with '' but must end with"),
    "a BOM": (lambda d: b"\xef\xbb\xbf" + d, "the header has the right fields, but is written"),
    "no text": (lambda d: d[:-9] + b"\xff\n", "is not UTF-8"),
}


def test_a_correct_output_passes(output: Job) -> None:
    """And its records are counted."""
    assert verify(output.source, output.destination, DOUBLE) == 100


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(output: Job, mistake: str) -> None:
    """With the place of the first one."""
    change, said = MISTAKES[mistake]
    before = output.destination.read_bytes()
    after = change(before)
    assert after != before
    output.destination.write_bytes(after)
    with pytest.raises(WrongOutputError, match=said):
        verify(output.source, output.destination, DOUBLE)


def test_a_missing_output_is_wrong(output: Job) -> None:
    """Not an error of the reference's."""
    output.destination.unlink()
    with pytest.raises(WrongOutputError, match="is no file that exists"):
        verify(output.source, output.destination, DOUBLE)


def test_another_workload_is_wrong(output: Job) -> None:
    """What was asked for counts."""
    with pytest.raises(WrongOutputError, match="the header"):
        verify(output.source, output.destination, load_workload("digest"))


def test_another_delimiter_is_another_file(serial: Runner, tmp_path: Path) -> None:
    """Source and output are read with the delimiter that is named."""
    job = Job(tmp_path / "in.csv", tmp_path / "out.csv", DOUBLE, dialect=TABS)
    job.source.write_text("old_column\tt\n1\ta,b\n")
    serial.run(job)
    assert verify(job.source, job.destination, DOUBLE, TABS) == 1
    with pytest.raises(SourceError, match="has no column"):
        verify(job.source, job.destination, DOUBLE)
    job.destination.write_text('old_column,t,new_column\n1,"a,b",2.0\n')
    with pytest.raises(WrongOutputError, match="the header"):
        verify(job.source, job.destination, DOUBLE, TABS)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\nold_column\n1\n", "has no header"),
        (b"old_column,b\n1e999,2\n", "record 1 .*'1e999'.*: beyond the range"),
        (b"old_column,b\n1_0,2\n", "record 1 .*'1_0'.*: not a number"),
        (b"a,b\n1,2\n", r"has no column 'old_column'; it has: \['a', 'b'\]"),
        (b"old_column,b\n1,2\n3\n", "record 2 has 1 fields, not 2"),
        (b"old_column,b\nx,2\n", "record 1 .*'x'"),
    ],
)
def test_a_source_that_has_no_right_output_is_said_to_be_so(
    source: Callable[[bytes], Path], output: Job, data: bytes, said: str
) -> None:
    """With its place."""
    output.destination.write_bytes(b"old_column,b,new_column\n1,2,2.0\n")
    with pytest.raises(SourceError, match=said):
        verify(source(data), output.destination, DOUBLE)
