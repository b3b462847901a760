"""The parameters of the models: their names, and what values they can have in a journal."""

from functools import cache
from typing import Any

from benchmarks.harness.profiles import load_profile

SHOWN = 40  # characters of a value in a message
TEXTS = {"workload", "engine", "strategy", "shape"}  # parameters; the others of ours are numbers
SIZES = {"megabytes", "chunk_kb"}
COUNTS = {"workers"}
SMALLEST, LARGEST = 1e-6, 1e9  # parameters: a byte to a petabyte; ratios of the two are no infinity
FIRST_ENGINE = "pandas"  # with which all was measured before cells named their engine


@cache
def parameters() -> dict[str, tuple[str, ...]]:
    """Return the names of each model's parameters, in their order."""
    models = load_profile("full").models
    return {model: tuple(next(iter(grids.values())).params) for model, grids in models.items()}


def checked_value(name: str, value: Any) -> Any:
    """Return a parameter's value, 1 for 1.0; raises ValueError for one that it cannot have."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in TEXTS:
        good = isinstance(value, str) and bool(value.strip())
    elif name in COUNTS:
        good = isinstance(value, int) and number and 1 <= value <= LARGEST
    elif name in SIZES:
        good = number and SMALLEST <= value <= LARGEST
    elif number:
        good = abs(value) < LARGEST**2
    else:
        good = value is None or isinstance(value, str | bool)
    if not good:
        message = f"the parameter {name!r} cannot be {shortened(value)}"
        raise ValueError(message)
    return value


def shortened(value: object) -> str:
    """Return a value for a message."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


def check_names(model: str, names: set[str]) -> None:
    """Raise ValueError where a parameter of the model is missing."""
    if lacking := set(parameters().get(model, ())) - names:
        message = f"a cell of {model!r} lacks {', '.join(sorted(lacking))}"
        raise ValueError(message)


def checked_cell(model: str, cell: dict[str, Any]) -> dict[str, Any]:
    """Return the cell; raises ValueError for one that the model does not have."""
    cell = with_first_engine(model, cell, FIRST_ENGINE)
    check_names(model, set(cell))
    return {name: checked_value(name, value) for name, value in cell.items()}


def with_first_engine(model: str, values: dict[str, Any], engine: object) -> dict[str, Any]:
    """Return a cell's or a grid's values, in the parameters' order; older ones have no engine."""
    names = parameters().get(model, ())
    if "engine" not in names or "engine" in values:
        return values
    named = {**values, "engine": engine}
    return {name: named[name] for name in names if name in named} | values
