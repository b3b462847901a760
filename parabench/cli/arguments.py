"""What is made of the options that commands share; what is wrong is wrong usage."""

from glob import glob, has_magic
from pathlib import Path

from parabench.cli.options import usage_error
from parabench.cli.paths import fixed
from strategies import (
    TLS,
    WORKLOAD_NAMES,
    Dialect,
    JobError,
    Strategy,
    Workload,
    delimiter_of,
    load,
    load_workload,
    mark_of,
    names,
    user_workload,
)


def strategy_of(name: str) -> Strategy:
    """Return the strategy of a name from `parabench list`."""
    if name not in names():
        usage_error(f"there is no {name!r}; see: parabench list")
    return load(name)


def workload_of(
    name: str, column: str | None, into: str | None, import_from: Path | None
) -> Workload:
    """Return a workload of ours, or the user's own, pointed at their columns."""
    if ":" in name:
        if import_from is None:
            usage_error(f"say where the module of {name} is, with --import-from FOLDER")
        return user_workload(name, import_from).on(column, into)
    if import_from is not None:
        usage_error(f"--import-from is for a function of your own; {name} is none")
    if name not in WORKLOAD_NAMES:
        usage_error(
            f"there is no {name!r}; choose: {', '.join(WORKLOAD_NAMES)}, or module:function"
        )
    return load_workload(name).on(column, into)


def tls_of(address: str | None, *files: Path | None) -> TLS | None:
    """Return what a secured cluster is joined with, if it was given."""
    given = [file for file in files if file is not None]
    if not given:
        return None
    if address is None or len(given) < len(files):
        usage_error("give --tls-ca, --tls-cert and --tls-key together, and with --address")
    for file in given:
        if not file.is_file():
            usage_error(f"there is no file {file}")
    return TLS(*map(fixed, given))


def dialect_from(
    *,
    delimiter: str | None,
    decimal: str,
    thousands: str | None,
    currency: str | None,
    missing: list[str] | None,
    skip_lines: int,
    comment: str | None,
    encoding: str,
) -> Dialect:
    """Return how files are written that the options describe."""
    try:
        dialect = Dialect(
            delimiter=None if delimiter is None else delimiter_of(delimiter),
            decimal=mark_of(decimal),
            thousands=mark_of(thousands or ""),
            currency=currency or "",
            missing=tuple(missing or ()),
            skip_lines=skip_lines,
            comment=comment or "",
            encoding=encoding,
        )
        dialect.check()
    except JobError as error:
        usage_error(str(error))
    return dialect


def sources_of(paths: list[Path], destination: Path) -> tuple[Path, ...]:
    """Return the files that paths and patterns name: a pattern's in the order of their names.

    A pattern does not mean the destination, which an earlier run may have written there.
    """
    files: list[Path] = []
    for path in paths:
        if has_magic(str(path)) and not path.exists():
            matches = sorted(map(Path, glob(str(path), recursive=True)))  # noqa: PTH207 - absolute ones, too
            matches = [match for match in matches if match.absolute() != destination.absolute()]
            if not matches:
                usage_error(f"no file matches {str(path)!r}")
            files += matches
        else:
            files.append(path)
    return tuple(files)
