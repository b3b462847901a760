"""What a line of a journal must hold to count. What is in a file may be anybody's, or damaged."""

import errno
import math
import re
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from typing_extensions import TypedDict

from benchmarks.harness.journal import STATES
from parabench.report.parameters import (
    FIRST_ENGINE,
    check_names,
    checked_cell,
    checked_value,
    shortened,
    with_first_engine,
)

Line = dict[str, Any]
# Control characters, and halves of characters, which no file can hold.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
YEAR_9000 = 221_845_392_000  # seconds since 1970
NANOSECOND = 1e-9  # no clock tells less
MOST_CELLS = 10_000  # of a session; the profile `full` has 620
MOST_SAMPLES = 10**6  # of a cell


def _no_less_than_a_clock_tells(value: float) -> float:
    if 0 < value < NANOSECOND:
        message = f"input should be 0, or not below {NANOSECOND:g}"
        raise ValueError(message)
    return value


Moment = Annotated[float, Field(ge=1, lt=YEAR_9000)]
Seconds = Annotated[float, Field(ge=NANOSECOND, lt=1e9)]  # 30 years
Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0, lt=1e18), AfterValidator(_no_less_than_a_clock_tells)]
Bytes = Annotated[int, Field(gt=0, lt=10**18)]
RULES = ConfigDict(strict=True, extra="allow", allow_inf_nan=False)  # newer versions write more


class Fingerprint(TypedDict):
    """What the report says of a machine, and whatever else makes it what it is."""

    __pydantic_config__ = RULES  # type: ignore[misc] # as pydantic's manual has it
    cpu: str
    cores: Annotated[str, Field(pattern=r"^[1-9]\d{0,5}$")]
    memory: str
    system: str
    python: str


def _all_texts(fingerprint: Fingerprint) -> Fingerprint:
    for name, value in fingerprint.items():
        if not isinstance(value, str):
            message = f"{name} is no text"
            raise ValueError(message)  # noqa: TRY004 - pydantic wants a ValueError
    return fingerprint


class Grid(TypedDict):
    """Cells of a model: the values of each parameter, and the samples of each cell."""

    __pydantic_config__ = RULES  # type: ignore[misc]
    params: Annotated[dict[str, list[Any]], Field(min_length=1)]
    samples: Annotated[int, Field(gt=0, le=MOST_SAMPLES)]
    rounds: NotRequired[Annotated[int, Field(gt=0, le=MOST_SAMPLES)]]


def _in_a_list(cells: object) -> object:
    """Return a model's grids, which may have names; a single one may stand by itself."""
    if not isinstance(cells, dict):
        return cells
    return [cells] if "params" in cells else list(cells.values())


Grids = Annotated[list[Grid], BeforeValidator(_in_a_list), Field(min_length=1)]


def _checked_expected(expected: dict[str, list[Grid]]) -> dict[str, list[Grid]]:
    number = 0
    for model, grids in expected.items():
        for cells in grids:
            params = cells["params"] = with_first_engine(model, cells["params"], [FIRST_ENGINE])
            check_names(model, set(params))
            for name, values in params.items():
                params[name] = list(dict.fromkeys(checked_value(name, value) for value in values))
            number += math.prod(map(len, params.values()))
    if number > MOST_CELLS:
        message = f"{shortened(number)} cells are more than {MOST_CELLS}"
        raise ValueError(message)
    return expected


class Limits(TypedDict):
    """Seconds."""

    __pydantic_config__ = RULES  # type: ignore[misc]
    sample: Seconds  # cells are left out where a sample would take longer,
    cell: Seconds  # and have fewer samples where all of them would


class Head(TypedDict):
    """How a session began."""

    __pydantic_config__ = RULES  # type: ignore[misc]
    event: Literal["session"]
    at: Moment
    id: Annotated[str, Field(min_length=1)]
    run: str
    commit: str | None
    code: NotRequired[str | None]
    environment: NotRequired[str]
    harness: NotRequired[str]
    profile: str
    host: str
    load: Amount
    limits: NotRequired[Limits]
    fingerprint: Annotated[Fingerprint, AfterValidator(_all_texts)]
    expected: Annotated[dict[str, Grids], Field(min_length=1), AfterValidator(_checked_expected)]


class About(TypedDict):
    """What all lines about a cell have."""

    __pydantic_config__ = RULES  # type: ignore[misc]
    at: Moment
    model: str
    cell: dict[str, Any]


class Begin(About):
    """A process has begun with a cell."""

    event: Literal["begin"]
    run: str


class Sample(About):
    """A `Measurement`."""

    event: Literal["sample"]
    session: str
    seconds: Seconds
    cpu_seconds: Amount
    peak_bytes: Amount
    peak_at_most: Amount
    memory_kind: str
    bytes_in: NotRequired[Bytes | None]
    bytes_out: NotRequired[Amount | None]  # 0 of a model that writes nothing
    startup_seconds: NotRequired[Amount | None]
    job_seconds: NotRequired[Amount | None]
    shutdown_seconds: NotRequired[Amount | None]
    cached: NotRequired[Share | None]


class End(About):
    """How a cell has ended."""

    event: Literal["end"]
    session: str
    state: str
    reason: str
    fidelity: NotRequired[str]  # of what a system writes that reads and writes by itself
    difference: NotRequired[str]
    samples: NotRequired[Annotated[int, Field(gt=0, le=MOST_SAMPLES)]]  # in a round: fewer of long


class Taken(About):
    """What asv was given."""

    event: Literal["taken"]
    run: str


class Spent(TypedDict):
    """Seconds."""

    __pydantic_config__ = RULES  # type: ignore[misc]
    imports: Amount
    workers: Amount
    cells: Amount


class Process(TypedDict):
    """Where the time of a process has gone."""

    __pydantic_config__ = RULES  # type: ignore[misc]
    event: Literal["process"]
    at: Moment
    run: str
    strategy: str | None
    seconds: Spent


KINDS: dict[str, TypeAdapter[Any]] = {
    "session": TypeAdapter(Head),
    "begin": TypeAdapter(Begin),
    "sample": TypeAdapter(Sample),
    "end": TypeAdapter(End),
    "taken": TypeAdapter(Taken),
    "process": TypeAdapter(Process),
}


def checked(value: object) -> Line | None:
    """Return a line whose texts can be printed; None for a kind that a newer version has.

    Raises ValueError, which says what is wrong with it.
    """
    if isinstance(value, ValueError):
        raise value
    if not isinstance(value, dict) or not isinstance(value.get("event"), str):
        message = "it is not of a journal"
        raise ValueError(message)  # noqa: TRY004 - one kind of error for all that is wrong
    kind = KINDS.get(value["event"])
    if kind is None:
        return None
    try:
        line: Line = kind.validate_python(printable(value))
    except ValidationError as error:
        raise ValueError(first_mistake(error)) from error
    except RecursionError as error:
        message = "it is nested too deeply"
        raise ValueError(message) from error
    if "cell" in line:
        line["cell"] = checked_cell(line["model"], line["cell"])
    if line["event"] == "end" and line["state"] not in STATES:
        message = f"there is no state {line['state']!r}"
        raise ValueError(message)
    if line["event"] == "sample" and "megabytes" in line["cell"] and not line.get("bytes_in"):
        message = "bytes_in: a job has an input"
        raise ValueError(message)
    return line


def first_mistake(error: ValidationError) -> str:
    """Return what pydantic finds wrong first, and where."""
    first = error.errors()[0]
    why = first["msg"].removeprefix("Value error, ")
    names = [part for part in first["loc"] if isinstance(part, str)]  # not the places in lists
    where = "".join(f"{name}: " for name in names[-3:])
    return f"{where}{why[0].lower()}{why[1:]}"


def reason(error: Exception) -> str:
    """Return why a file is not what it should be."""
    if isinstance(error, ValidationError):
        return first_mistake(error)
    return (isinstance(error, OSError) and error.strerror) or str(error)


def text_of(path: Path) -> str:
    """Return what is in a file; raises OSError, also for a pipe, which could be waited for long."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is no file", str(path))
    return path.read_text(encoding="utf-8")


def printable(value: Any) -> Any:
    """Return JSON's data with U+FFFD for what cannot be printed."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [printable(item) for item in value]
    if isinstance(value, dict):
        return {printable(name): printable(item) for name, item in value.items()}
    return value
