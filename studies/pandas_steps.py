"""Where does the time of the engine `pandas` go, and would Arrow's reader help?

`python studies/pandas_steps.py` does one chunk of 4 MB of plain records, `double`, step by step,
and prints CPU milliseconds for each MB: the least of five rounds.
"""

import io
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pandas as pd

from data_gen.cache import dataset
from strategies import Plan, Workload, load_engine, load_workload, plan_chunks

Timed = Callable[[str, Callable[[], Any]], Any]

ROUNDS = 5
CHUNK = 4 * 10**6  # bytes


def main() -> None:
    """Print a table."""
    plan = plan_chunks(dataset("plain", size=25 * CHUNK).path, chunk_size=CHUNK)
    data, workload = plan.chunks[0].read(), load_workload("double")
    least = defaultdict[str, float](lambda: float("inf"))

    def timed(step: str, work: Callable[[], Any]) -> Any:
        begun = time.process_time()
        result = work()
        took = (time.process_time() - begun) * 1e3 / (len(data) / 1e6)
        least[step] = min(least[step], took)
        return result

    for _ in range(ROUNDS):
        steps(timed, data, plan, workload)
    print("| step | CPU ms a MB |\n|---|---:|")
    for step, milliseconds in least.items():
        print(f"| {step} | {milliseconds:.1f} |")


def steps(timed: Timed, data: bytes, plan: Plan, workload: Workload) -> None:
    """Do the chunk."""
    engine: Any = load_engine("pandas")
    layout = plan.layout
    timed("read_csv", lambda: read(data, layout.labels, dtype=object, na_filter=False))
    frame = timed("read_csv, and whether it may be wrong", lambda: engine.parse(data, layout))
    text = frame[workload.column.name]
    frame["new"] = timed("the column", lambda: engine.compute(text, workload, layout.dialect))
    timed("to_csv", lambda: frame.to_csv(header=False, index=False))
    arrow = timed(
        "Arrow: read_csv",
        lambda: read(data, layout.labels, engine="pyarrow", dtype_backend="pyarrow"),
    )
    arrow["new"] = frame["new"]
    timed("Arrow: to_csv", lambda: arrow.to_csv(header=False, index=False))


def read(data: bytes, names: list[str], **options: Any) -> pd.DataFrame:
    """Read a chunk."""
    frame: pd.DataFrame = pd.read_csv(io.BytesIO(data), header=None, names=names, **options)
    return frame


if __name__ == "__main__":
    main()
