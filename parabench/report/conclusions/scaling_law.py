"""Amdahl's law and the Universal Scalability Law, fitted to seconds over workers.

Seconds with N workers are a sum: t(N) = t1 / N + t1 s (N - 1) / N + t1 k (N - 1), with the
share s that is serial (contention) and the share k that each further worker adds
(coherency); Gunther, Guerrilla Capacity Planning, 2007. With k = 0 it is Amdahl's law
(1967). In these terms the law is linear, so that a fit is a least squares with no share
below 0, and has one solution.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

RESAMPLES = 500
LEVEL = 99  # %

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Law:
    """A fit; `serial` and `coherency` are shares of the time with one worker."""

    name: str  # Amdahl or USL
    counts: int  # numbers of workers that it was fitted to
    seconds: float  # with one worker
    serial: float
    serial_interval: tuple[float, float]  # 99 %, by resampling within each number of workers
    coherency: float
    coherency_interval: tuple[float, float]

    def speed_up(self, workers: float) -> float:
        """Return how many times as fast as with one worker."""
        n = workers
        return n / (1 + self.serial * (n - 1) + self.coherency * n * (n - 1))

    @property
    def most(self) -> float | None:
        """The highest speed-up that the law allows, None if it grows without end."""
        if self.coherency:
            peak = max((max(1 - self.serial, 0) / self.coherency) ** 0.5, 1)
            return self.speed_up(peak)
        return max(1 / self.serial, 1.0) if self.serial else None


def fit(seconds: Mapping[int, Sequence[float]], cores: int) -> Law | None:
    """Fit the samples of each number of workers, up to the number of cores.

    More workers than cores share them, which neither law is about. With fewer than four
    numbers of workers there is nothing to tell the two shares apart: then it is Amdahl's.
    None with fewer than two, or without one worker, to which all is relative.
    """
    used = {n: np.asarray(values) for n, values in seconds.items() if n <= cores and len(values)}
    if len(used) < 2 or 1 not in used:
        return None
    coherent = len(used) >= 4
    best = _solve(used, coherent)
    random = np.random.default_rng(0)
    again = np.array([
        _solve({n: random.choice(v, v.size) for n, v in used.items()}, coherent)
        for _ in range(RESAMPLES)
    ])  # fmt: skip
    edges = np.percentile(again, [(100 - LEVEL) / 2, (100 + LEVEL) / 2], axis=0)
    return Law(
        name="USL" if coherent else "Amdahl",
        counts=len(used),
        seconds=float(best[0]),
        serial=float(best[1]),
        serial_interval=(float(edges[0][1]), float(edges[1][1])),
        coherency=float(best[2]),
        coherency_interval=(float(edges[0][2]), float(edges[1][2])),
    )


def _solve(seconds: dict[int, Vector], coherent: bool) -> Vector:
    """Return t1, s and k of the medians."""
    counts = np.array(list(seconds), dtype=float)
    medians = np.array([np.median(values) for values in seconds.values()])
    columns = [1 / counts, (counts - 1) / counts]
    if coherent:
        columns.append(counts - 1)
    # Relative errors count, as the time with one worker is the longest.
    parts, _ = nnls(np.stack(columns, axis=1) / medians[:, None], np.ones_like(medians))
    first = parts[0] or medians[0]
    return np.array([first, parts[1] / first, parts[2] / first if coherent else 0.0])
