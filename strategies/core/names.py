"""The names of the strategies: what is in the folder. Imports none of them, nor pandas."""

import pkgutil

import strategies

BASELINE = "serial"
WORKLOAD_NAMES = ("double", "score", "digest")  # those of workloads.py, which needs pandas


def names() -> list[str]:
    """Return the names of all strategies, usable or not, the baseline first."""
    found = sorted(module.name for module in pkgutil.iter_modules(strategies.__path__))
    found.remove("core")
    return sorted(found, key=lambda name: name != BASELINE)
