"""How much faster is the generator than pandas' `DataFrame.to_csv` on the same table?

Interleaved, so that a drift of the machine's speed hits both alike. pandas gets the
table in memory and only has to write it; the generator has to make it up as well.
"""

import statistics
import tempfile
import time
from pathlib import Path

import pandas as pd

from data_gen.generate import generate

SIZE = 100 * 10**6  # bytes
PAIRS = 5


def main() -> None:
    """Print MB/s of both and the ratio pair by pair."""
    with tempfile.TemporaryDirectory() as folder:
        generated, written = Path(folder) / "generated.csv", Path(folder) / "written.csv"
        megabytes = generate(generated, size=SIZE).bytes / 1e6
        frame = pd.read_csv(generated)
        speeds = []
        for _ in range(PAIRS):
            start = time.perf_counter()
            generate(generated, size=SIZE)
            middle = time.perf_counter()
            frame.to_csv(written, index=False)
            end = time.perf_counter()
            speeds.append((megabytes / (middle - start), megabytes / (end - middle)))
    ratios = [ours / theirs for ours, theirs in speeds]
    ours, theirs = (statistics.median(speed) for speed in zip(*speeds, strict=True))
    print("| generator, MB/s | DataFrame.to_csv, MB/s | ratio: median (min to max) |")
    print("|---:|---:|---:|")
    print(
        f"| {ours:.0f} | {theirs:.0f} | {statistics.median(ratios):.1f} "
        f"({min(ratios):.1f} to {max(ratios):.1f}) |"
    )


if __name__ == "__main__":
    main()
