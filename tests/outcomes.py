"""What comes of a job, with one strategy and with all."""

from pathlib import Path

import pytest

from strategies import DestinationError, Job, JobError, Runner

Runners = dict[str, Runner]


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def outcome(runner: Runner, job: Job) -> bytes | str:
    """Return what the job has written, or what it says; the old destination must be left alone."""
    names = listed(job.destination.parent)
    before = job.destination.read_bytes() if job.destination.is_file() else None
    try:
        summary = runner.run(job)
    except JobError as error:
        assert set(listed(job.destination.parent)) <= set(names), "a file was left behind"
        assert before is None or job.destination.read_bytes() == before
        assert "\n" not in str(error)
        assert len(str(error)) < 600
        return str(error)
    written = job.destination.read_bytes()
    assert summary.bytes_out == len(written)
    return written


def same_outcome(runners: Runners, job: Job) -> bytes | str:
    """Return the outcome of a job that must have the same with every strategy."""
    outcomes = {}
    for name, runner in runners.items():
        outcomes[name] = outcome(runner, job)
        if job.destination.is_file():
            job.destination.write_bytes(b"old")
    assert set(outcomes.values()) == {outcomes["serial"]}, outcomes
    return outcomes["serial"]


def failed(runner: Runner, job: Job) -> str:
    """Return how a job fails on its destination."""
    with pytest.raises(DestinationError) as caught:
        runner.run(job)
    return str(caught.value)
