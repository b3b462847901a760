"""A small journal, and lines in it that are not of one."""

from typing import Any

from journals import Params, spread

STRATEGIES = ["serial", "futures_processes"]
MODELS: dict[str, Params] = {
    "warm": {"workload": ["double"], "megabytes": [1, 10], "strategy": STRATEGIES},
    "cold": {"workload": ["double"], "megabytes": [1], "strategy": STRATEGIES},
    "startup": {"strategy": STRATEGIES},
    "planning": {"shape": ["plain"], "megabytes": [1]},
    "scaling": {
        "workload": ["double"], "megabytes": [1], "workers": [1, 2], "strategy": STRATEGIES,
    },
}  # fmt: skip
CELLS = 4 + 2 + 2 + 1 + 4


def seconds(_model: str, cell: dict[str, Any]) -> list[float]:
    return spread(0.04 * cell.get("megabytes", 1) / cell.get("workers", 1))


FOREIGN = {
    '{"ts":1}': "it is not of a journal",
    "[]": "it is not of a journal",
    "3": "it is not of a journal",
    "null": "it is not of a journal",
    '"text"': "it is not of a journal",
    '{"event": 3}': "it is not of a journal",
    "model,seconds": "Expecting value",
    "\udcff\udcfe\x00": "'utf-8' codec can't decode",
    '{"at": 1.0, "event": "sam': "Unterminated string",
    "[" * 100_000: "nested too deeply",
    '{"event": "end", "at": 1.0, "session": "1"}': "model: field required",
    '{"event": "end", "at": "yesterday"}': "at: input should be a valid number",
    '{"event": "session", "id": "1"}': "at: field required",
}
