"""The report in short: sentences and tables in Markdown, for a pull request or a CI summary."""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined

from parabench.report.conclusions.answers import answers
from parabench.report.sessions import Measured
from parabench.report.tables import pivot

MEANT = re.compile(r"([\\|<>\[\]*_#&`~@])")


def markdown(measured: Measured) -> str:
    """Return a session's answers, warm tables, and cells without a result."""
    environment = Environment(  # noqa: S701 - this is not HTML
        loader=PackageLoader("parabench.report"), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["escaped"] = escaped
    environment.filters["sentence"] = _sentence
    workloads = measured.values("warm", "workload") if measured.of("warm") else []
    return environment.get_template("summary.md").render(
        measured=measured,
        answers=answers(measured),
        tables={workload: pivot(measured, workload) for workload in workloads},
        sizes=measured.values("warm", "megabytes") if workloads else [],
        failed=[cell for cell in measured.cells if cell.state != "ok"],
    )


def escaped(text: object) -> str:
    """Return text from data so that Markdown shows it as it is, in one line."""
    return MEANT.sub(r"\\\1", " ".join(str(text).split()))


def _sentence(text: str) -> str:
    """Return a sentence, in which names are between backticks and need no more."""
    parts = text.split("`")
    return "`".join(part if i % 2 else MEANT.sub(r"\\\1", part) for i, part in enumerate(parts))
