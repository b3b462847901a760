"""How much to measure: the environment variable PARABENCH_PROFILE chooses."""

import os
from dataclasses import dataclass

PROFILE_VARIABLE = "PARABENCH_PROFILE"
PROGRESS_VARIABLE = "PARABENCH_PROGRESS"  # a file to which every cell that starts adds a line


@dataclass(frozen=True)
class Profile:
    """What a run covers.

    asv takes samples until `most` are there or `seconds` have passed, but never fewer
    than `least`; all of that `rounds` times, each in a fresh process. asv cannot flag a
    regression with some combinations of sample counts (docs/asv.md); 8 against 8 works.
    """

    megabytes: tuple[int, ...]  # sizes of the datasets, MB = 10**6 bytes
    rounds: int
    least: int
    most: int
    seconds: float
    timeout: float = 3600  # seconds after which asv gives a cell up


PROFILES = {
    "smoke": Profile((1,), rounds=1, least=1, most=1, seconds=0),
    "ci": Profile((1, 10), rounds=1, least=2, most=4, seconds=1.5),
    "default": Profile((1, 10, 100), rounds=1, least=2, most=4, seconds=1.5),
    "full": Profile(
        (1, 10, 100, 1_000, 10_000), rounds=2, least=4, most=8, seconds=30, timeout=86_400
    ),
}


def current() -> Profile:
    """Return the chosen profile; raises ValueError for a name that there is not."""
    name = os.environ.get(PROFILE_VARIABLE) or "default"
    if name not in PROFILES:
        message = f"{PROFILE_VARIABLE}={name} is unknown; choose one of {', '.join(PROFILES)}"
        raise ValueError(message)
    return PROFILES[name]
