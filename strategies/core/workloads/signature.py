"""What a user's function takes, as far as it says so, before it is called."""

import functools
import inspect
import numbers
import types
import typing
from collections.abc import Callable, Iterable
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from strategies.core.errors import WorkloadError

Kind = type[int] | type[float] | typing.Literal["unknown"] | None  # None: neither is allowed

NOT_PASSED = (bool, Decimal, Enum, Fraction)  # numbers that a float cannot stand for
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
    # One of C, say, that does not tell; from Python 3.14 on, an annotation that is not defined.
    except (TypeError, ValueError, NameError):
        return float
    parameters = list(signature.parameters.values())
    try:
        signature.bind(0.0)
    except TypeError:
        raise _wrong_number(parameters, spec) from None
    kind = _kind(parameters[0].annotation, _names(function))
    if kind is None:
        message = (
            f"{spec} takes {_shown(parameters[0].annotation)}, but a workload gets a number: "
            "annotate int or float"
        )
        raise WorkloadError(message)
    return float if kind == "unknown" else kind


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


def _kind(annotation: object, names: dict[str, object]) -> Kind:
    """Return what an annotation allows: float where it allows both."""
    if isinstance(annotation, (str, typing.ForwardRef)):
        holder = types.SimpleNamespace(__annotations__={"value": annotation})
        try:
            annotation = typing.get_type_hints(holder, names, include_extras=True)["value"]
        except Exception:  # noqa: BLE001 - a name that is not defined, or any code's error
            return "unknown"
    if annotation is inspect.Parameter.empty or annotation is typing.Any:
        return float
    if isinstance(annotation, typing.NewType):
        return _kind(annotation.__supertype__, names)
    if isinstance(annotation, typing.TypeVar):
        choices = annotation.__constraints__ or (annotation.__bound__ or float,)
        return _kind_of_any(choices, names)
    if type(annotation).__name__ == "TypeAliasType":  # `type X = ...`, from Python 3.12 on
        return _kind(getattr(annotation, "__value__", None), names)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _kind_of_any(arguments, names)
    if origin is typing.Literal:
        return _kind_of_any([type(value) for value in arguments], names)
    if origin is typing.Annotated:
        return _kind(arguments[0], names)
    return _kind_of_class(origin or annotation)


def _kind_of_any(annotations: Iterable[object], names: dict[str, object]) -> Kind:
    """Return what is allowed by one of some annotations."""
    kinds = [_kind(annotation, names) for annotation in annotations]
    return next((kind for kind in (float, int, "unknown") if kind in kinds), None)


def _kind_of_class(kind: object) -> Kind:
    """Return which of our numbers a class stands for: a base of it, or one like it."""
    if not isinstance(kind, type):
        return "unknown"
    try:
        if issubclass(float, kind):
            return float
        if issubclass(int, kind):
            return int
        if issubclass(kind, NOT_PASSED) or not issubclass(kind, numbers.Number):
            return None
        return int if issubclass(kind, numbers.Integral) else float
    except TypeError:  # a protocol that does not tell
        return "unknown"


def _names(function: Callable[..., object]) -> dict[str, object]:
    """Return the names that a function knows."""
    while isinstance(function, functools.partial):
        function = function.func
    call = getattr(type(function), "__call__", None)  # noqa: B004 - of an object
    for each in (inspect.unwrap(function), call):
        if names := getattr(each, "__globals__", None):
            return dict(names)
    return {}


def _shown(annotation: object) -> str:
    """Return an annotation as it is written."""
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
