"""What a user's function takes, as far as it says so, before it is called."""

import functools
import inspect
import numbers
import types
import typing
from collections.abc import Callable, Hashable

from strategies.core.errors import WorkloadError

READS: dict[object, type[int] | type[float]] = {  # by annotation
    int: int,
    numbers.Integral: int,
    float: float,
    numbers.Rational: float,
    numbers.Real: float,
    numbers.Number: float,
    object: float,
    typing.Any: float,
    inspect.Parameter.empty: float,
}
NOT_RESULTS: dict[
    Callable[[object], bool], str
] = {  # kinds of functions whose call does not give a result
    inspect.iscoroutinefunction: "is async, and nothing here awaits it; use def",
    inspect.isasyncgenfunction: "is async, and nothing here awaits it; use def",
    inspect.isgeneratorfunction: "yields; use return",
    inspect.isclass: "is a class; name a function, which may call it",
}


def reads(function: Callable[..., object], spec: str) -> type[int] | type[float]:
    """Return what the function `spec` wants for a value, int or float.

    Raises WorkloadError when it cannot be called with one number.
    """
    called = (function, getattr(function, "__call__", None))  # noqa: B004 - of an object, which may be async
    for is_one, problem in NOT_RESULTS.items():
        if any(is_one(each) for each in called):
            message = f"{spec} {problem}"
            raise WorkloadError(message)
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # one of C, say, that does not tell
        return float
    parameters = list(signature.parameters.values())
    try:
        signature.bind(0.0)
    except TypeError:
        raise _wrong_number(parameters, spec) from None
    kind = _annotation(parameters[0], function, spec)
    if kind is None:
        message = (
            f"{spec} takes {_shown(parameters[0].annotation)}, but a workload gets a number: "
            "annotate int or float"
        )
        raise WorkloadError(message)
    return kind


def _wrong_number(parameters: list[inspect.Parameter], spec: str) -> WorkloadError:
    """Return the error about a function that cannot be called with one number alone."""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    needed = [parameter for parameter in parameters if parameter.default is parameter.empty]
    values = [parameter.name for parameter in needed if parameter.kind in positional]
    keywords = [parameter.name for parameter in needed if parameter.kind is parameter.KEYWORD_ONLY]
    if len(values) > 1:
        problem = f"takes {len(values)} values ({', '.join(values)})"
        remedy = f"give {', '.join(values[1:])} a default"
    elif keywords:
        problem = f"needs {', '.join(keywords)} by keyword"
        remedy = f"give {', '.join(keywords)} a default"
    else:
        problem, remedy = "takes nothing that is passed by position", "give it a parameter"
    return WorkloadError(f"{spec} {problem}, but a workload takes one number; {remedy}")


def _annotation(
    parameter: inspect.Parameter, function: Callable[..., object], spec: str
) -> type[int] | type[float] | None:
    """Return which of them an annotation allows, float where it allows both; None: neither."""
    annotation = parameter.annotation
    if isinstance(annotation, str) or typing.get_origin(annotation) is typing.Annotated:
        annotation = _evaluated(annotation, function, spec)
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    kinds = [
        READS.get(kind) if isinstance(kind, Hashable) else None
        for kind in (typing.get_args(annotation) if union else (annotation,))
    ]
    return float if float in kinds else int if int in kinds else None


def _evaluated(annotation: object, function: Callable[..., object], spec: str) -> object:
    """Return what a quoted annotation stands for, where the function is defined."""
    while isinstance(function, functools.partial):
        function = function.func
    names = getattr(inspect.unwrap(function), "__globals__", {})
    holder = types.SimpleNamespace(__annotations__={"value": annotation})
    try:
        return typing.get_type_hints(holder, names)["value"]
    except Exception:  # noqa: BLE001 - a name that is not defined, or any code's error
        message = f"{spec} takes {_shown(annotation)}, which cannot be told; annotate int or float"
        raise WorkloadError(message) from None


def _shown(annotation: object) -> str:
    """Return an annotation as it is written."""
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
