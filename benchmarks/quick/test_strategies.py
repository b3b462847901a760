"""Every strategy side by side, on the files as they are here: `make quick`.

The jobs are those of asv's class `warm`, with the same meters and the same verification;
pytest-benchmark's clock runs around the same call. `parabench report --quick` puts the
figures beside asv's.
"""

from statistics import median
from typing import Any

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.harness import fingerprint
from benchmarks.harness.measurement import Measurement
from benchmarks.harness.models import Bench, warm
from benchmarks.harness.profiles import EVERY
from strategies import BASELINE, WORKLOAD_NAMES, load

MEGABYTES = 5  # as in the profile `ci`
ROUNDS = 8
baseline: dict[str, float] = {}  # serial's seconds, by workload; serial is the first of each


@pytest.mark.parametrize("strategy", EVERY)
@pytest.mark.parametrize("workload", WORKLOAD_NAMES)
def test_warm(benchmark: BenchmarkFixture, bench: Bench, workload: str, strategy: str) -> None:
    """Jobs on started workers; every output is verified, outside the clock."""
    if reason := load(strategy).reason:
        pytest.skip(reason)
    cell: dict[str, Any] = {"workload": workload, "megabytes": MEGABYTES, "strategy": strategy}
    measured: list[Measurement] = []
    benchmark.group = f"{workload}, {MEGABYTES} MB"
    sampler = warm(bench, **cell)
    benchmark.pedantic(  # type: ignore[no-untyped-call] # pytest-benchmark has no types
        sampler.run,
        setup=sampler.before,
        teardown=lambda: measured.append(sampler.after()),
        rounds=ROUNDS,
    )
    seconds = median(sample.seconds for sample in measured)
    if strategy == BASELINE:
        baseline[workload] = seconds
    benchmark.extra_info.update(
        {
            "cell": cell,
            "MB/s": 1 / median(sample.seconds_per_mb for sample in measured),
            "speed-up": baseline[workload] / seconds if workload in baseline else None,
            "peak MB": median(sample.peak_bytes for sample in measured) / 1e6,
            "memory": measured[0].memory_kind,
            "CPU s": median(sample.cpu_seconds for sample in measured),
            "fingerprint": fingerprint.fingerprint(),
        }
    )
