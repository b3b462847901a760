"""What all cells of a session share: one meter, and a folder for what is temporary."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.harness import threads

threads.pin_threads()  # before anything imports NumPy; workers inherit it

from benchmarks.harness.meter import Meter  # noqa: E402 - see above
from benchmarks.harness.models import Bench  # noqa: E402


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """Return what samples are taken with."""
    with closing(Meter()) as meter, tempfile.TemporaryDirectory(prefix="parabench-") as folder:
        bench = Bench(meter, Path(folder))
        yield bench
        bench.release()
