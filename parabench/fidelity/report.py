"""Findings as a table for the terminal, and as docs/fidelity.md."""

import importlib.util
import inspect
import platform
import textwrap
from datetime import UTC, datetime
from importlib.metadata import version

from rich.table import Table

from parabench.fidelity.bare import BARE
from parabench.fidelity.compare import Finding
from parabench.fidelity.tables import TABLES
from parabench.templating import environment


def table(findings: list[Finding]) -> Table:
    """Return a table for the terminal: a row each table, a column each library."""
    libraries = list(dict.fromkeys(finding.library for finding in findings))
    rows = Table("table", *libraries)
    for name in dict.fromkeys(finding.table for finding in findings):
        rows.add_row(name, *(found.outcome for found in findings if found.table == name))
    return rows


def markdown(findings: list[Finding], command: str) -> str:
    """Return the page about the findings of a command."""
    templates = environment("parabench.fidelity", html=False, keep_trailing_newline=True)
    libraries = list(dict.fromkeys(finding.library for finding in findings))
    packages = sorted({BARE[name][0] for name in libraries} - {"csv"})
    return templates.get_template("fidelity.md").render(
        command=command,
        date=datetime.now(UTC).date(),
        versions=", ".join(f"{p} {version(p)}" for p in packages if importlib.util.find_spec(p)),
        python=platform.python_version(),
        tables={
            name: TABLES[name] for name in dict.fromkeys(finding.table for finding in findings)
        },
        libraries=libraries,
        findings=findings,
        code={name: code_of(name) for name in libraries},
    )


def code_of(library: str) -> str:
    """Return the body of a bare script, without its docstring."""
    lines, _ = inspect.getsourcelines(BARE[library][1])
    body = textwrap.dedent("".join(lines[2:]))
    return "\n".join(line.partition("  # noqa")[0] for line in body.strip().splitlines())
