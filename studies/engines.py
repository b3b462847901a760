"""How fast does each engine turn a chunk into output, and the planner cut a file, on one core?

`python studies/engines.py [MB]` does `double`, `score` and `digest` on one chunk of so many
megabytes (4), of plain records and of such with quotes, with every engine in turn; and plans a
file of 100 MB. It prints MB for each second of CPU: the most of five rounds.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable

from data_gen.cache import dataset
from strategies import WORKLOAD_NAMES, engine_names, load_engine, load_workload, plan_chunks

ROUNDS = 5
PLANNED = 100 * 10**6  # bytes
SHAPES = ("plain", "quoted")


def main() -> None:
    """Print a table of engines, and a line of the planner."""
    chunk_size = int(float(sys.argv[1] if len(sys.argv) > 1 else 4) * 10**6)
    rates = defaultdict[tuple[str, str, str], float](float)
    sources = {shape: dataset(shape, size=PLANNED).path for shape in SHAPES}
    chunks = {}
    for shape, source in sources.items():
        plan = plan_chunks(source, chunk_size=chunk_size)
        chunks[shape] = (plan.chunks[0].read(), plan.layout)
    for _ in range(ROUNDS):
        for shape, (data, layout) in chunks.items():
            for name in WORKLOAD_NAMES:
                for engine in engine_names():
                    transform, workload = load_engine(engine).transform, load_workload(name)
                    rate = mb_per_s(len(data), lambda: transform(data, layout, workload))  # noqa: B023 - called now
                    rates[shape, name, engine] = max(rates[shape, name, engine], rate)
            rate = mb_per_s(PLANNED, lambda: plan_chunks(sources[shape], workers=2))  # noqa: B023 - called now
            rates[shape, "", "planner"] = max(rates[shape, "", "planner"], rate)
    columns = [(shape, name) for shape in SHAPES for name in WORKLOAD_NAMES]
    print(f"{'':10}", *(f"{shape + ' ' + name:>14}" for shape, name in columns))
    for engine in engine_names():
        print(f"{engine:10}", *(f"{rates[*column, engine]:14.0f}" for column in columns))
    print("planner:", *(f"{shape} {rates[shape, '', 'planner']:.0f}" for shape in SHAPES))


def mb_per_s(size: int, work: Callable[[], object]) -> float:
    """Return how many megabytes are done in a second of CPU."""
    begun = time.process_time()
    work()
    return size / 1e6 / (time.process_time() - begun)


if __name__ == "__main__":
    main()
