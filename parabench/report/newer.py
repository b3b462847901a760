"""What a newer version has measured and this one does not know: it is left out, and named."""

from pathlib import Path
from typing import Any

from parabench.report.journals import Warn
from parabench.report.lines import Line
from parabench.report.parameters import parameters

Fixed = dict[str, dict[str, Any]]  # by model: the values of the parameters that are not known


def without_unknown(path: Path, lines: list[Line], warn: Warn) -> list[Line]:
    """Return the lines of a session as if this version had written them.

    They have the models that are known, with the parameters that are known. Of another parameter
    the first value is shown, as cells with different ones are not comparable.
    """
    expected = [line for line in lines if line["event"] == "session"][-1]["expected"]
    values = {model: _values(grids) for model, grids in expected.items()}
    fixed = {model: _fixed(model, params) for model, params in values.items()}
    for model in expected:
        if model not in parameters():
            warn(f"{path}: the model {model!r} is left out: this version does not know it")
    for text in dict.fromkeys(
        text
        for model, others in fixed.items()
        for name in others
        for text in _said(name, values[model][name])
    ):
        warn(f"{path}: {text}")
    known = (_known(line, fixed) for line in lines)
    return [line for line in known if line is not None]


def _values(grids: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of each parameter in all grids of a model."""
    values: dict[str, list[Any]] = {}
    for grid in grids:
        for name, own in grid["params"].items():
            values[name] = list(dict.fromkeys([*values.get(name, []), *own]))
    return values


def _fixed(model: str, params: dict[str, list[Any]]) -> dict[str, Any]:
    names = parameters().get(model, tuple(params))
    return {name: values[0] for name, values in params.items() if name not in names and values}


def _said(name: str, values: list[Any]) -> list[str]:
    if not values:
        return []
    shown = f"this version does not know the parameter {name!r}: cells are shown with {values[0]!r}"
    rest = ", ".join(repr(value) for value in values[1:])
    return [f"{shown}; left out: {rest}" if rest else shown]


def _known(line: Line, fixed: Fixed) -> Line | None:
    """Return a line without what is not known, None where nothing is left."""
    if line["event"] == "session":
        expected = {
            model: [{**grid, "params": _without(grid["params"], fixed[model])} for grid in grids]
            for model, grids in line["expected"].items()
            if model in parameters() and model in fixed
        }
        return {**line, "expected": expected}
    if "cell" not in line:
        return line
    others = fixed.get(line["model"], {})
    if line["model"] not in parameters() or any(
        line["cell"].get(name, value) != value for name, value in others.items()
    ):
        return None
    return {**line, "cell": _without(line["cell"], others)}


def _without(values: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
