"""Several files with the same header are one job, with one output."""

from collections.abc import Callable
from pathlib import Path

import pytest
from outcomes import Runners, same_outcome

from parabench.cli.app import app
from strategies import DestinationError, Dialect, Job, Runner, SourceError, load_workload, verify
from strategies.core import reference

DOUBLE = load_workload("double")
PARTS = {
    "a.csv": b'old_column,t\n1,"a"\n2,b',  # no newline at its end
    "b.csv": b"\xef\xbb\xbfold_column,t\r\n3,c\r\n\r\n4,d\r\n",
    "c.csv": b"old_column,t\n",
    "d.csv": b'"old_column","t"\n5,e\n',
}
WHOLE = b'old_column,t,new_column\n1,"a",2.0\n2,b,4.0\n3,c,6.0\n4,d,8.0\n5,e,10.0\n'


@pytest.fixture
def parts(tmp_path: Path) -> Callable[[dict[str, bytes]], list[Path]]:
    """Return a function that writes files, and returns their paths."""

    def write(files: dict[str, bytes]) -> list[Path]:
        for name, data in files.items():
            (tmp_path / name).write_bytes(data)
        return [tmp_path / name for name in files]

    return write


@pytest.mark.parametrize("chunk_size", [None, 1, 12])
def test_every_strategy_writes_one_output(
    runners: Runners,
    parts: Callable[[dict[str, bytes]], list[Path]],
    chunk_size: int | None,
    tmp_path: Path,
) -> None:
    """One header, and the line ends of the first file; the reference agrees."""
    first, *others = parts(PARTS)
    job = Job(first, tmp_path / "out.csv", DOUBLE, chunk_size, others=tuple(others))
    assert same_outcome(runners, job) == WHOLE
    summary = runners["serial"].run(job)
    assert (summary.records, summary.lines_left_out) == (5, 1)
    assert summary.bytes_in == sum(map(len, PARTS.values()))
    assert verify(job.sources, job.destination, DOUBLE) == 5


def test_an_error_names_its_file_and_the_record_in_it(
    runners: Runners, parts: Callable[[dict[str, bytes]], list[Path]], tmp_path: Path
) -> None:
    """Not the record of the output."""
    first, *others = parts(PARTS | {"b.csv": b"old_column,t\n3,c\noops,d\n"})
    job = Job(first, tmp_path / "out.csv", DOUBLE, 5, others=tuple(others))
    said = same_outcome(runners, job)
    assert isinstance(said, str)
    assert said.startswith(f"{others[0]}: record 2, at byte 17: column 'old_column' holds 'oops'")


@pytest.mark.parametrize(
    ("header", "how"),
    [
        (b"t,old_column\n", "column 1 is 't', not 'old_column'"),
        (b"old_column\n", "it has 1 columns, not 2"),
        (b"old_column,T\n", "column 2 is 'T', not 't'"),
    ],
)
def test_another_header_is_refused(
    serial: Runner,
    parts: Callable[[dict[str, bytes]], list[Path]],
    header: bytes,
    how: str,
    tmp_path: Path,
) -> None:
    """With both files, and where they differ."""
    first, other = parts({"a.csv": PARTS["a.csv"], "b.csv": header})
    job = Job(first, tmp_path / "out.csv", DOUBLE, others=(other,))
    with pytest.raises(SourceError, match=r"b\.csv has another header than .*a\.csv") as caught:
        serial.run(job)
    assert how in str(caught.value)
    with pytest.raises(SourceError, match=r"b\.csv has another header than .*a\.csv"):
        list(reference.expected(job.sources, DOUBLE))


def test_each_is_compressed_or_not(
    serial: Runner, parts: Callable[[dict[str, bytes]], list[Path]], tmp_path: Path
) -> None:
    """And has lines before its header, of which the output keeps the first file's."""
    import gzip  # noqa: PLC0415 - only here

    files = {
        "a.csv.gz": gzip.compress(b"sep=;\nold_column;t\n1;a\n"),
        "b.csv": b"sep=,\nold_column,t\n2,b\n",
    }
    first, other = parts(files)
    job = Job(first, tmp_path / "out.csv", DOUBLE, others=(other,))
    with pytest.raises(SourceError, match=r"b\.csv is cut by ',', and .*a\.csv\.gz by ';'"):
        serial.run(job)
    other.write_bytes(b"sep=;\r\n# more\r\nold_column;t\r\n2;b\r\n")
    job = Job(first, tmp_path / "out.csv", DOUBLE, dialect=Dialect(comment="#"), others=(other,))
    serial.run(job)
    assert job.destination.read_bytes() == b"sep=;\nold_column;t;new_column\n1;a;2.0\n2;b;4.0\n"
    assert verify(job.sources, job.destination, DOUBLE, job.dialect) == 2


def test_the_destination_is_none_of_the_sources(
    serial: Runner, parts: Callable[[dict[str, bytes]], list[Path]]
) -> None:
    """As when a pattern matches the output of an earlier run, too."""
    first, second = parts({name: PARTS[name] for name in ("a.csv", "d.csv")})
    with pytest.raises(DestinationError, match="is the source itself"):
        serial.run(Job(first, second, DOUBLE, others=(second,)))
    assert second.read_bytes() == PARTS["d.csv"]


def test_a_pattern_names_files_in_their_order(
    parts: Callable[[dict[str, bytes]], list[Path]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whether the shell or we expand it."""
    parts(PARTS)
    (tmp_path / "out").mkdir()
    pattern, destination = str(tmp_path / "*.csv"), tmp_path / "out" / "out.csv"
    app(["run", "serial", pattern, str(destination)], standalone_mode=False)
    assert destination.read_bytes() == WHOLE
    app(["verify", pattern, str(destination)], standalone_mode=False)
    assert "all 5 records are as the reference says" in capsys.readouterr().out
    again = tmp_path / "z.csv"  # which the pattern matches from then on
    for _ in range(2):
        app(["run", "serial", pattern, str(again)], standalone_mode=False)
    app(["verify", pattern, str(again)], standalone_mode=False)
    assert again.read_bytes() == WHOLE
