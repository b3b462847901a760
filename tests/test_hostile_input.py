"""Whatever is in a file, every strategy does the same: right output, or one clear error."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from inputs import DOUBLE, INPUTS, Input
from inputs_in_dialects import INPUTS_IN_DIALECTS
from outcomes import Runners, outcome, same_outcome

from strategies import Fidelity, Job, JobError, SourceError, fidelity
from strategies.core import reference

CHUNK_SIZES = (None, 12)  # all in one chunk, and about a record in each
ALL_INPUTS = INPUTS | INPUTS_IN_DIALECTS


@pytest.mark.parametrize("case", ALL_INPUTS)
def test_every_strategy_does_the_same(
    runners: Runners, source: Callable[[bytes], Path], case: str, tmp_path: Path
) -> None:
    """The reference agrees with the output; an error names the place, and is one line.

    Each strategy takes the file with one of the chunk sizes, serial with both.
    """
    turn = list(ALL_INPUTS).index(case)
    sizes = {
        name: CHUNK_SIZES if name == "serial" else (CHUNK_SIZES[(turn + number) % 2],)
        for number, name in enumerate(runners)
    }
    check_input(
        runners, source(ALL_INPUTS[case].data), ALL_INPUTS[case], sizes, tmp_path / "out.csv"
    )


@pytest.mark.exhaustive
@pytest.mark.parametrize("case", ALL_INPUTS)
def test_every_strategy_does_the_same_with_every_chunk_size(
    runners: Runners, source: Callable[[bytes], Path], case: str, tmp_path: Path
) -> None:
    """Likewise, with both."""
    sizes = dict.fromkeys(runners, CHUNK_SIZES)
    check_input(
        runners, source(ALL_INPUTS[case].data), ALL_INPUTS[case], sizes, tmp_path / "out.csv"
    )


def check_input(
    runners: Runners,
    path: Path,
    given: Input,
    sizes: Mapping[str, Sequence[int | None]],
    destination: Path,
) -> None:
    """Run a file through all strategies, each with its chunk sizes, and judge the outcome."""
    outcomes = {}
    for name, runner in runners.items():
        for chunk_size in sizes[name]:
            job = Job(path, destination, given.workload, chunk_size, given.dialect)
            outcomes[name, chunk_size] = outcome(runner, job)
            destination.write_bytes(b"old")  # for the next time
    assert len(set(outcomes.values())) == 1, outcomes
    result = outcomes["serial", None]
    if given.refused:
        assert isinstance(result, str), "it was not refused"
        assert re.search(given.refused, result), result
        try:
            given.dialect.check()
        except JobError as error:  # which is about no file
            assert str(error) == result
        else:
            assert str(path) in result
    else:
        assert isinstance(result, bytes), result
        assert given.output in {None, result}
        destination.write_bytes(result)
        reference.verify(path, destination, given.workload, given.dialect)
        assert fidelity(path, destination, given.workload, given.dialect) == Fidelity("exact")


def test_a_failed_job_leaves_nothing_to_the_next(runners: Runners, tmp_path: Path) -> None:
    """Not a chunk of it gets into another output, which would be wrong without a word."""
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_bytes(b"old_column,t\n" + b"1,a\n" * 10 + b"oops,b\n" + b"2,c\n" * 40)
    good.write_bytes(b"old_column,t\n" + b"3,g\n" * 50)
    destination = tmp_path / "out.csv"
    for name, runner in runners.items():
        for _ in range(4):
            with pytest.raises(SourceError, match="record 11, at byte 53: "):
                runner.run(Job(bad, destination, DOUBLE, 12))
            runner.run(Job(good, destination, DOUBLE, 12))
            written = destination.read_bytes()
            assert written == b"old_column,t,new_column\n" + b"3,g,6.0\n" * 50, name


def test_two_thousand_columns(
    runners: Runners, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """Wider than pandas likes its frames; 4 records in one chunk."""
    header = ",".join(["old_column", *(f"c{i}" for i in range(1_999))])
    lines = [header, *(",".join([str(i), *["x"] * 1_999]) for i in range(4))]
    path = source("\n".join(lines).encode())
    job = Job(path, tmp_path / "out.csv", DOUBLE, 10**7)
    result = same_outcome(runners, job)
    assert isinstance(result, bytes)
    job.destination.write_bytes(result)
    assert reference.verify(job.source, job.destination, DOUBLE) == 4


def test_a_record_larger_than_a_chunk(
    runners: Runners, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """It is a chunk of its own, newlines and all."""
    large = b'2,"' + b'line ""two""\n' * 20_000 + b'"\n'
    path = source(b"old_column,t\n1,a\n" + large + b"3,c\n" + large)
    job = Job(path, tmp_path / "out.csv", DOUBLE, 1000)
    result = same_outcome(runners, job)
    assert isinstance(result, bytes)
    job.destination.write_bytes(result)
    assert reference.verify(job.source, job.destination, DOUBLE) == 4


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(70, id="70 MB"),  # more than Dask sends in one piece (64 MiB)
        pytest.param(200, id="200 MB", marks=pytest.mark.exhaustive),
    ],
)
def test_a_large_field(
    runners: Runners, source: Callable[[bytes], Path], size: int, tmp_path: Path
) -> None:
    """Through a pipe, and through Dask's own messages.

    The others send their results in one of these ways, or in none.
    """
    line = b"0123456789,45678\n"
    path = source(b'old_column,t\n1,a\n2,"' + line * (size * 10**6 // len(line)) + b'"\n3,c\n')
    job, digests = Job(path, tmp_path / "out.csv", DOUBLE), set()
    for name in ("multiprocessing_pool", "dask_distributed"):
        assert runners[name].run(job).records == 3
        with job.destination.open("rb") as file:
            digests.add(hashlib.file_digest(file, "sha256").hexdigest())
    assert len(digests) == 1
    assert reference.verify(job.source, job.destination, DOUBLE) == 3
