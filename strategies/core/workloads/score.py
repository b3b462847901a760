"""`score`: pure Python, which holds the GIL: processes scale, threads do not."""

from strategies.core.workloads import Column, Workload

# The first recurrence of Wichmann and Hill's generator (1982), whose small integers
# Python handles fastest. With 2 steps a unit a plain record (quantity 50 on average) takes
# about 6 microseconds, more than reading and writing it with pandas takes.
STEPS = 2  # steps of the recurrence for each unit of the column
LONGEST = 1000  # the units are taken modulo this, so that no single value runs for ever


def score(value: int) -> int:
    """Iterate an integer recurrence, for a number of steps that the value decides."""
    state = value % 30_268 + 1
    for _ in range(STEPS * (value % LONGEST)):
        state = state * 171 % 30_269
    return state


WORKLOAD = Workload(
    name="score",
    reads=(Column("quantity", int),),
    writes=(Column("score", int),),
    record=score,
)
