"""`dask_distributed` in a cluster that is already running: real processes, on loopback."""

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strategies.core import reference
from strategies.core.contract import Job
from strategies.core.errors import StrategyError
from strategies.core.registry import load
from strategies.core.workloads import WORKLOADS

START_SECONDS = 30


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("scheduler")
    arguments = (
        "scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--dashboard-address",
        "127.0.0.1:0",
    )
    with dask(folder, *arguments) as output:
        yield next(word for line in output for word in line.split() if word.startswith("tcp://"))


@contextlib.contextmanager
def dask(folder: Path, *arguments: str) -> Iterator[Iterator[str]]:
    """Run a `dask` command; yield the lines of what it prints."""
    command = [sys.executable, "-m", "dask", *arguments]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            yield iter(process.stderr)
        finally:
            process.terminate()
            process.communicate(timeout=START_SECONDS)


def test_a_scheduler_without_workers_is_refused(scheduler: str) -> None:
    """With the command that starts one."""
    strategy = load("dask_distributed")
    with pytest.raises(StrategyError, match="dask worker"), strategy.start(2, address=scheduler):
        pass


def test_a_running_cluster_does_the_job(
    scheduler: str,
    dataset_of: Callable[[str, int], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All its threads do; and it is still there afterwards, for the next one."""
    monkeypatch.chdir(dataset_of("quoted", 1000).parent)  # the workers are somewhere else
    worker = ("worker", scheduler, "--host", "127.0.0.1", "--nthreads", "2", "--no-dashboard")
    with dask(tmp_path, *worker, "--local-directory", str(tmp_path)) as output:
        next(line for line in output if "Registered to" in line)
        for _ in range(2):
            with load("dask_distributed").start(5, address=scheduler) as runner:
                assert runner.workers == 2  # type: ignore[attr-defined] # of this one
                for shape in ("quoted", "missing"):
                    destination = tmp_path / "out.csv"
                    source = Path(dataset_of(shape, 1000).name)
                    job = Job(source, destination, WORKLOADS["digest"], 10_000)
                    assert runner.run(job).records == 1000
                    reference.verify(job.source, job.destination, job.workload)
