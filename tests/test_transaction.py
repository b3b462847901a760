"""A job is planned while it is under way, and says what is wrong in the same order as before."""

from collections.abc import Callable
from pathlib import Path

import pytest
from inputs import DOUBLE

from strategies import Job, Runner, SourceError
from strategies.core.csv.scan import BLOCK
from strategies.core.jobs.transaction import transaction

RECORD = b"1.5,some text\n"


def test_chunks_come_before_all_are_planned(source: Callable[[bytes], Path]) -> None:
    """The first of them when a block is read."""
    path = source(b"old_column,t\n" + RECORD * (5 * BLOCK // len(RECORD)))
    job = Job(path, path.with_name("out.csv"), DOUBLE, chunk_size=BLOCK // 4)
    with transaction(job, planned_for=1) as under_way:
        (plan,) = under_way.plans
        first = next(under_way.chunks)
        assert first.read().startswith(RECORD)
        assert len(plan.chunks) == 1
        rest = list(under_way.chunks)
        assert plan.chunks == [first, *rest]
        assert under_way.summary.chunks == len(plan.chunks) >= 20
        assert plan.lines == 5 * BLOCK // len(RECORD)


def test_that_a_file_cannot_be_cut_comes_before_what_is_wrong_in_a_record(
    serial: Runner, source: Callable[[bytes], Path]
) -> None:
    """Whatever chunk has been worked on by then."""
    path = source(b"old_column,t\nx,a\n" + RECORD * (3 * BLOCK // len(RECORD)) + b'2,"open\n')
    job = Job(path, path.with_name("out.csv"), DOUBLE, chunk_size=BLOCK // 4)
    with pytest.raises(SourceError, match="is never closed"):
        serial.run(job)
    assert [path.name for path in path.parent.iterdir()] == [path.name]
