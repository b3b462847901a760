"""Outputs are verified outside the measured tree, whatever the job, and not oftener than needed."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.harness.meter import Meter
from benchmarks.harness.verification import JudgeError, Receipts, Verdict, check_output
from strategies import (
    Dialect,
    Job,
    Runner,
    Summary,
    WrongOutputError,
    load_workload,
    user_workload,
)


@pytest.fixture(scope="module")
def meter() -> Iterator[Meter]:
    with closing(Meter()) as opened:
        yield opened


class Counted(Meter):
    """Counts how often the judge is asked."""

    asked = 0

    def run(self, *words: str) -> tuple[int, str]:
        """Count, and ask."""
        self.asked += 1
        return super().run(*words)


@pytest.fixture
def job(source: Callable[[bytes], Path], tmp_path: Path) -> Job:
    """Return a job of two records."""
    path = source(b"old_column,text\n1.5,a\n2.5,b\n")
    return Job(path, tmp_path / "out.csv", load_workload("double"))


def check(meter: Meter, job: Job, output: bytes) -> None:
    """Write an output, as a strategy would, and have it checked."""
    job.destination.write_bytes(output)
    sizes = job.source.stat().st_size, len(output)
    check_output(meter, job, Summary(2, *sizes), job.destination.parent)


RIGHT = b"old_column,text,new_column\n1.5,a,3.0\n2.5,b,5.0\n"
QUOTED = b'old_column,text,new_column\n"1.5",a,3.0\n2.5,b,5.0\n'  # the same fields


def test_valid_outputs_that_alternate_are_judged_once_each(job: Job) -> None:
    """A job may have more than one receipt."""
    with closing(Counted()) as meter:
        for _ in range(3):
            check(meter, job, RIGHT)
        assert meter.asked == 1
    assert not job.destination.exists()


def test_a_wrong_output_is_found_though_there_is_a_receipt(meter: Meter, job: Job) -> None:
    """And gets none."""
    check(meter, job, RIGHT)
    wrong = RIGHT.replace(b"5.0", b"5.1")
    for _ in range(2):
        with pytest.raises(WrongOutputError, match="record 2 is"):
            check(meter, job, wrong)
    assert Receipts(job).get(hashlib.sha256(wrong).hexdigest()) is None


def test_another_file_under_the_same_name_has_no_receipts(meter: Meter, job: Job) -> None:
    """Nor has the same file with another delimiter, or other columns."""
    check(meter, job, RIGHT)
    digest = hashlib.sha256(RIGHT).hexdigest()
    assert Receipts(job).get(digest) == Verdict()
    semicolons = Job(job.source, job.destination, job.workload, dialect=Dialect(delimiter=";"))
    renamed = Job(job.source, job.destination, job.workload.on(None, "twice"))
    assert Receipts(semicolons).get(digest) is None
    assert Receipts(renamed).get(digest) is None
    data = job.source.read_bytes()
    job.source.unlink()
    job.source.write_bytes(data)
    assert Receipts(job).get(digest) is None


def test_outputs_of_systems_are_judged_by_what_they_keep(job: Job) -> None:
    """Once each; what the contract does not allow is no receipt for others, and wrong is wrong."""

    def checked(meter: Meter, output: bytes, *, exactly: bool = False) -> Verdict:
        job.destination.write_bytes(output)
        summary = Summary(2, job.source.stat().st_size, len(output))
        return check_output(meter, job, summary, job.destination.parent, exactly=exactly)

    with closing(Counted()) as meter:
        for _ in range(2):
            assert checked(meter, RIGHT) == Verdict("exact", "")
            kept = checked(meter, QUOTED)
            assert kept.outcome == "same values"
            assert kept.difference.startswith("record 1: written '\"1.5\",a,3.0'")
            changed = checked(meter, RIGHT.replace(b"2.5", b"2.50"))
            assert changed == Verdict("changes data", "record 2: in column 1, '2.5' became '2.50'")
        assert meter.asked == 3
        with pytest.raises(WrongOutputError, match="record 1 has the right fields, but is written"):
            checked(meter, QUOTED, exactly=True)
        with pytest.raises(WrongOutputError, match=r"record 2: the result is '5\.1', not '5\.0'"):
            checked(meter, RIGHT.replace(b"5.0", b"5.1"))


def test_a_receipt_that_was_cut_off_does_not_count(job: Job) -> None:
    """Whoever wrote it was killed; the next line spoils no other."""
    receipts = Receipts(job)
    receipts.path.parent.mkdir(parents=True, exist_ok=True)
    first, second = (hashlib.sha256(data).hexdigest() for data in (RIGHT, QUOTED))
    receipts.path.write_text(first[:40])
    receipts.add(second)
    assert receipts.get(first) is None
    receipts.add(first)
    assert receipts.get(first) == Verdict()


def test_a_function_of_the_users_own_is_verified(
    meter: Meter, source: Callable[[bytes], Path], tmp_path: Path, serial: Runner
) -> None:
    """With its columns and its delimiter, by the judge in a process of its own."""
    (tmp_path / "own.py").write_text("def tenfold(value: int) -> int:\n    return value * 10\n")
    workload = user_workload("own:tenfold", tmp_path).on("height", "tall")
    job = Job(
        source(b"name;height\na;12\nb;7\n"),
        tmp_path / "out.csv",
        workload,
        dialect=Dialect(delimiter=";"),
    )
    summary = serial.run(job)
    output = job.destination.read_bytes()
    assert output == b"name;height;tall\na;12;120\nb;7;70\n"
    check_output(meter, job, summary, tmp_path)
    with pytest.raises(WrongOutputError, match="record 1 is"):
        check(meter, job, output.replace(b"120", b"121"))


def test_a_source_that_the_reference_cannot_read_is_no_wrong_output(
    meter: Meter, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """It could not be judged, and the message says why."""
    job = Job(source(b"old_column\nseven\n"), tmp_path / "out.csv", load_workload("double"))
    with pytest.raises(JudgeError, match=r"exit code 4: .*seven"):
        check(meter, job, b"old_column,new_column\nseven,7\n")
