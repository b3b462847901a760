"""Every library does every table, and the reference says what came of it."""

import importlib.util
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from parabench.fidelity.bare import BARE, Bare
from parabench.fidelity.tables import TABLES
from strategies import Fidelity, JobError, fidelity, load_workload

SHOWN = 120  # characters of an error
NOT_INSTALLED, ENDS_IN_AN_ERROR = "not installed", "an error"


@dataclass(frozen=True)
class Finding:
    """What a library made of a table: an outcome of `Fidelity`, or one of those above."""

    table: str
    library: str
    outcome: str
    difference: str


def compared(libraries: list[str], tables: list[str]) -> Iterator[Finding]:
    """Yield a finding for each table and library."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "in.csv"
        for table in tables:
            source.write_bytes(TABLES[table].data)
            for name in libraries:
                library, code = BARE[name]
                if importlib.util.find_spec(library) is None:
                    yield Finding(table, name, NOT_INSTALLED, f"pip install {library}")
                else:
                    found = _tried(code, source)
                    yield Finding(table, name, found[0], found[1])


def _tried(code: Bare, source: Path) -> tuple[str, str]:
    destination = source.with_name("out.csv")
    destination.unlink(missing_ok=True)
    try:
        with warnings.catch_warnings(action="ignore"):  # whoever writes such a script has them
            code(source, destination)
    except Exception as error:  # noqa: BLE001 - a library may raise anything
        said = " ".join(str(error).split())
        return ENDS_IN_AN_ERROR, f"{type(error).__name__}: {said[:SHOWN]}"
    found = _judged(source, destination)
    return found.outcome, found.difference


def _judged(source: Path, destination: Path) -> Fidelity:
    try:
        return fidelity(source, destination, load_workload("double"))
    except JobError as error:  # the source has no right output
        return Fidelity("changes data", f"there should be an error: {error}")
