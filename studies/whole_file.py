"""How fast are systems that read and write files by themselves, and what do they take and keep?

`studies/whole_file.py [SYSTEM ...] [--megabytes 100] [--rounds 3]`: warm jobs with `double`, system
after system in each round, each started anew; the best of the rounds is printed, since whatever
else runs makes them only slower. `STRATEGY+ENGINE` is a strategy that works on chunks.
"""

import argparse
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.harness.measurement import Measurement
from benchmarks.harness.meter import Meter
from benchmarks.harness.sampling import WarmSampler
from data_gen.cache import dataset
from strategies import (
    DEFAULT_ENGINE,
    Job,
    available_cores,
    fidelity,
    load,
    load_workload,
    whole_file_systems,
)

WARM_UP = 10**6  # bytes


def main() -> None:
    """Print a row for each system."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = [*whole_file_systems(), "serial+pandas", "futures_processes+lines"]
    parser.add_argument("systems", nargs="*", default=default)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    small, source = (dataset(size=size).path for size in (WARM_UP, given.megabytes * 10**6))
    samples: dict[str, list[Measurement]] = {system: [] for system in given.systems}
    kept = {}
    with tempfile.TemporaryDirectory() as folder, closing(Meter()) as meter:
        destination = Path(folder) / "out.csv"
        for number in range(given.rounds):
            for system in given.systems:
                samples[system].append(sample(system, small, source, destination, meter))
                if not number:
                    kept[system] = fidelity(source, destination, load_workload("double")).outcome
                destination.unlink()
    print(f"{given.megabytes} MB, `double`, {available_cores()} workers, best of {given.rounds}\n")
    print("| system | MB/s | CPU s | peak MB | output |")
    print("|---|---:|---:|---:|---|")
    for system, own in samples.items():
        print(
            f"| `{system}` | {max(1 / s.seconds_per_mb for s in own):.0f} "
            f"| {min(s.cpu_seconds for s in own):.2f} "
            f"| {min(s.peak_bytes for s in own) / 1e6:.0f} | {kept[system]} |"
        )


def sample(system: str, small: Path, source: Path, destination: Path, meter: Meter) -> Measurement:
    """Start a system, let it do a small job, and take a sample of the large one."""
    strategy, _, engine = system.partition("+")
    engine = engine or DEFAULT_ENGINE
    with load(strategy).start(available_cores(), engine=engine) as runner:
        runner.run(Job(small, destination, load_workload("double"), engine=engine))
        job = Job(source, destination, load_workload("double"), engine=engine)
        return WarmSampler(runner, job, meter).take()


if __name__ == "__main__":  # workers import this file again
    main()
