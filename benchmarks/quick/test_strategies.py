"""Every strategy side by side, on the files as they are here: `make quick`.

The jobs are those of asv's model `warm`, with the same meters and the same verification;
pytest-benchmark's clock runs around the same call. `parabench report --quick` puts the
figures beside asv's.
"""

from itertools import product
from statistics import median
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.harness import fingerprint
from benchmarks.harness.measurement import Measurement
from benchmarks.harness.models import Bench, warm
from benchmarks.harness.profiles import EVERY
from strategies import BASELINE, DEFAULT_ENGINE, WORKLOAD_NAMES, load

MEGABYTES = {"double": 10, "score": 5, "digest": 5}  # as in the profile `ci`
ROUNDS = 8
FAST = [("double", "lines", strategy) for strategy in ("serial", "futures_processes")]
CELLS = [*product(WORKLOAD_NAMES, [DEFAULT_ENGINE], EVERY), *FAST]
baseline: dict[tuple[str, str], float] = {}  # serial's seconds, which is the first of each job


@pytest.mark.parametrize(("workload", "engine", "strategy"), CELLS)
def test_warm(
    benchmark: BenchmarkFixture, bench: Bench, workload: str, engine: str, strategy: str
) -> None:
    """Jobs on started workers; every output is verified, outside the clock."""
    if reason := load(strategy).reason:
        pytest.skip(reason)
    megabytes = MEGABYTES[workload]
    cell: dict[str, Any] = {
        "workload": workload, "megabytes": megabytes, "engine": engine, "strategy": strategy,
    }  # fmt: skip
    measured: list[Measurement] = []
    benchmark.group = f"{workload}, {megabytes} MB, {engine}"
    sampler = warm(bench, **cell)
    benchmark.pedantic(  # type: ignore[no-untyped-call] # pytest-benchmark has no types
        sampler.run,
        setup=sampler.before,
        teardown=lambda: measured.append(sampler.after()),
        rounds=ROUNDS,
    )
    seconds = median(sample.seconds for sample in measured)
    job = workload, engine
    if strategy == BASELINE:
        baseline[job] = seconds
    benchmark.extra_info.update(
        {
            "cell": cell,
            "MB/s": 1 / median(sample.seconds_per_mb for sample in measured),
            "speed-up": baseline[job] / seconds if job in baseline else None,
            "peak MB": median(sample.peak_bytes for sample in measured) / 1e6,
            "memory": measured[0].memory_kind,
            "CPU s": median(sample.cpu_seconds for sample in measured),
            "fingerprint": fingerprint.fingerprint(),
        }
    )
