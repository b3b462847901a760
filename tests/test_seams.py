"""What new engines and systems are built on, tried with tiny ones."""

import csv
import gzip
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import strategies
from strategies import (
    DestinationError,
    Dialect,
    Job,
    JobError,
    Runner,
    SourceError,
    Strategy,
    StrategyError,
    load,
    load_workload,
    verify,
)
from strategies.core import engines
from strategies.core.csv.layout import Layout
from strategies.core.jobs.file_runner import FileRunner

DOUBLE = load_workload("double")
TABLE = b'id,old_column,t\n007,1.10,NA\n008,,"a\nb"\n'
FILE_STRATEGY = '''"""Writes files by itself."""
from contextlib import contextmanager
from strategies.core.jobs.file_runner import FileRunner
from test_seams import copy_and_double

KIND = "file"

@contextmanager
def start(workers):
    yield FileRunner(copy_and_double)
'''
ENGINE = '''"""The standard library's csv, in a few lines."""
import csv, io
from strategies.core.contract import Part
from strategies.core.csv.records import appended, records

def transform(data, layout, workload):
    (place,) = [i for i, name in enumerate(layout.columns) if name == workload.column.name]
    results = []
    for fields in csv.reader(io.StringIO(data.decode(), newline=""), delimiter=layout.delimiter):
        text = fields[place]
        results.append(workload.record(float(text)) if text else "")
    return Part(appended(records(data, layout), layout.ends(results)), len(results))
'''


def copy_and_double(job: Job, layout: Layout, temporary: Path) -> int:
    """Do what `double` says, as a system that knows nothing of chunks."""
    with job.source.open(encoding="utf-8", newline="") as source:
        rows = csv.reader(source)
        header = next(rows)
        place = header.index(job.workload.column.name)
        records = [
            [*row, job.workload.record(float(row[place])) if row[place] else ""] for row in rows
        ]
    if any("fail" in record for record in records):
        message = "no\nluck"
        raise ValueError(message)
    with temporary.open("w", encoding="utf-8", newline="") as output:
        output.write(layout.header(job.workload.new_column.name).decode())
        csv.writer(output, lineterminator=layout.line_end).writerows(records)
    return len(records)


@pytest.fixture
def file_strategy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Strategy:
    """A strategy of one file, which is found in the folder."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "tiny.py").write_text(FILE_STRATEGY)
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(folder)])
    monkeypatch.delitem(sys.modules, "strategies.tiny", raising=False)
    strategy = load("tiny")
    assert strategy.reason is None
    assert strategy.kind == "file"
    assert not strategy.has_processes
    return strategy


def test_a_system_that_writes_files_keeps_the_contract(
    file_strategy: Strategy, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """The output is right, the summary counts, nothing is left beside it."""
    job = Job(source(TABLE), tmp_path / "out.csv", DOUBLE)
    with file_strategy.start(2) as runner:
        summary = runner.run(job)
        with pytest.raises(SourceError, match="no column 'nothing'"):
            runner.run(Job(job.source, job.destination, DOUBLE.on("nothing")))
    assert verify(job.source, job.destination, DOUBLE) == 2
    assert summary[:3] == (2, len(TABLE), job.destination.stat().st_size)
    assert {path.name for path in tmp_path.iterdir()} == {"more", "source.csv", "out.csv"}


def test_a_system_sees_one_plain_file(
    file_strategy: Strategy, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """Whatever the sources are: compressed, in another encoding, several; and writes plain text."""
    packed = tmp_path / "packed.csv.gz"
    wide = Dialect(encoding="utf-16")
    packed.write_bytes(gzip.compress("\ufefft,old_column\na,1\nb,2\n".encode("utf-16-le")))
    path = source("t,old_column\nc,3".encode("utf-16"))
    job = Job(packed, tmp_path / "out.csv.gz", DOUBLE, dialect=wide, others=(path,))
    with file_strategy.start(2) as runner:
        summary = runner.run(job)
    assert verify(job.sources, job.destination, DOUBLE, wide) == 3
    assert summary.records == 3
    assert summary.bytes_out == job.destination.stat().st_size
    assert gzip.decompress(job.destination.read_bytes()).startswith(b"\xff\xfet\0,\0")
    names = {"more", "source.csv", "packed.csv.gz", "out.csv.gz"}
    assert {path.name for path in tmp_path.iterdir()} == names


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_system_that_fails_leaves_the_old_destination(
    file_strategy: Strategy, source: Callable[[bytes], Path], old: bytes | None, tmp_path: Path
) -> None:
    """What it raises becomes one line that names it."""
    job = Job(source(TABLE + b"1,2,fail\n"), tmp_path / "out.csv", DOUBLE)
    if old is not None:
        job.destination.write_bytes(old)
    with (
        file_strategy.start(1) as runner,
        pytest.raises(StrategyError, match=r"source\.csv: .*\(ValueError: no luck\)"),
    ):
        runner.run(job)
    assert (job.destination.read_bytes() if job.destination.exists() else None) == old
    assert {path.name for path in tmp_path.iterdir()} <= {"more", "source.csv", "out.csv"}


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ("grow", SourceError, "changed while it was read .it has grown"),
        ("grow and fail", SourceError, "changed while it was read .it has grown"),
        ("no room", DestinationError, "cannot be written .No space left"),
        ("remove", DestinationError, "cannot be written .No such file"),
    ],
)
def test_a_transaction_around_a_whole_file(
    fault: str, kind: type[JobError], said: str, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """It sees what happens to the source, and to the file that is being written."""
    path = source(TABLE)
    os.utime(path, (0, 0))  # or it might be changed within one tick of the clock

    def transform(job: Job, layout: Layout, temporary: Path) -> int:
        if fault == "no room":
            raise OSError(28, "No space left on device")
        if fault == "remove":
            temporary.unlink()
        if fault.startswith("grow"):
            with path.open("ab") as file:
                file.write(b"1,2,c\n")
        if fault.endswith("fail"):
            message = "half a record"
            raise SourceError(message)
        return copy_and_double(job, layout, temporary) if fault != "remove" else 0

    job = Job(path, tmp_path / "out.csv", DOUBLE)
    job.destination.write_bytes(b"old")
    with pytest.raises(kind, match=said):
        FileRunner(transform).run(job)
    assert job.destination.read_bytes() == b"old"
    assert {path.name for path in tmp_path.iterdir()} == {"source.csv", "out.csv"}


@pytest.fixture(params=["serial", "futures_threads", "dask_threads"])
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    with load(request.param).start(2) as started:
        yield started


def test_a_job_chooses_its_engine(
    runner: Runner,
    source: Callable[[bytes], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One file more in the folder; with Dask's tasks, too, whose frames are those of pandas."""
    (tmp_path / "tiny_engine.py").write_text(ENGINE)
    ours = engines.engine_names()
    monkeypatch.setattr(engines, "__path__", [*engines.__path__, str(tmp_path)])
    engines.load_engine.cache_clear()
    assert engines.engine_names() == [*ours, "tiny_engine"]
    path, written = source(TABLE), set()
    for engine in engines.engine_names():
        for chunk_size in (None, 1):
            job = Job(path, tmp_path / "out.csv", DOUBLE, chunk_size, engine=engine)
            assert runner.run(job).records == 2
            written.add(job.destination.read_bytes())
    assert len(written) == 1, "an engine shows in the output"
    with pytest.raises(
        StrategyError, match=r"no engine 'none'; choose one of pandas, .*tiny_engine"
    ):
        runner.run(Job(path, tmp_path / "out.csv", DOUBLE, engine="none"))
