"""Started strategies, datasets and verification, shared by the benchmark classes.

asv calls `setup` before and `teardown` after every single sample. What must outlive
a sample is therefore kept here, at module level, until the process ends.
"""

import atexit
import hashlib
import os
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from data_gen.cache import cache_folder, dataset
from parabench.profiles import PROGRESS_VARIABLE
from strategies.core import reference, workloads
from strategies.core.contract import Job, Runner
from strategies.core.registry import load

WORKERS = os.cpu_count() or 1  # as asv counts cores: the report divides by asv's number
PRIMING_BYTES = 200_000

_open = ExitStack()
atexit.register(_open.close)


@cache
def started(strategy: str) -> Runner:
    """Return the strategy's runner, up until this process ends, primed by a small job.

    Priming is for what libraries do once and lazily: Dask's first frame takes half a
    second of imports. Raises NotImplementedError, which asv takes for "skipped", with
    the reason when the strategy cannot be used here.
    """
    chosen = load(strategy)
    if chosen.reason:
        raise NotImplementedError(chosen.reason)
    runner = _open.enter_context(chosen.start(WORKERS))
    small = dataset(size=PRIMING_BYTES).path
    with tempfile.TemporaryDirectory(prefix="parabench-") as folder:
        chunk_size = PRIMING_BYTES // (4 * WORKERS)
        runner.run(Job(small, Path(folder) / "out.csv", workloads.WORKLOADS["double"], chunk_size))
    return runner


def ready(strategy: str) -> bool:
    """Whether the strategy can be used here."""
    return load(strategy).reason is None


@cache
def job(workload: str, megabytes: int) -> Job:
    """Return the job of a cell; makes the dataset if it is not in the cache yet."""
    folder = _open.enter_context(tempfile.TemporaryDirectory(prefix="parabench-"))
    source = dataset(size=megabytes * 10**6).path
    return Job(source, Path(folder) / "out.csv", workloads.WORKLOADS[workload])


@cache
def report_progress(*cell: object) -> None:
    """Tell whoever waits that a cell has started; once per cell and process."""
    if path := os.environ.get(PROGRESS_VARIABLE):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(" ".join(map(str, cell)) + "\n")


def verify(done: Job) -> None:
    """Raise WrongOutputError unless the job's output is correct; remove the output.

    The reference is slow, and correct outputs of one job are all alike (guarantee 7 of
    the contract). So the SHA-256 of an output that has passed is remembered, under a
    name that changes with the source and with what defines correctness.
    """
    found, passed = _sha256(done.destination), _memory(done)
    if not (passed.is_file() and passed.read_text() == found):
        reference.verify(done.source, done.destination, done.workload, done.delimiter)
        passed.parent.mkdir(parents=True, exist_ok=True)
        passed.write_text(found)
    done.destination.unlink()


def _sha256(path: Path) -> str:
    if not path.is_file():
        return "no file"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _memory(done: Job) -> Path:
    """Return the file that remembers the SHA-256 of the job's correct output."""
    definitions = hashlib.sha256(done.delimiter.encode())
    for module in (reference, workloads):
        definitions.update(Path(str(module.__file__)).read_bytes())
    name = f"{done.source.stem}-{done.workload.name}-{definitions.hexdigest()[:16]}.sha256"
    return cache_folder() / "verified" / name
