"""The report in short: sentences and tables in Markdown, for a pull request or a CI summary."""

import re
from collections.abc import Sequence

from parabench.report.cell import TOO_LONG
from parabench.report.choice import others
from parabench.report.conclusions.answers import answers, first_of_all
from parabench.report.conclusions.words import rendered
from parabench.report.sessions import Session
from parabench.report.tables import not_measured, notes_on, pivot, sizes_of
from parabench.templating import environment

MARKUP = re.compile(r"([\\|<>\[\]*_#&`~@$])")
FENCES = re.compile("`+")


def markdown(session: Session, sessions: Sequence[Session] = ()) -> str:
    """Return the answers, warm tables, and cells without a result of a session of `sessions`."""
    templates = environment("parabench.report", html=False)
    templates.filters["escaped"] = escaped
    templates.filters["sentence"] = _sentence
    templates.filters["plain"] = lambda text: escaped(rendered(text, str))
    workloads = session.values("warm", "workload") if session.of("warm") else []
    tables = {workload: pivot(session, workload) for workload in workloads}
    notes = [note for rows in tables.values() for note in notes_on(session, rows)]
    return templates.get_template("summary.md").render(
        session=session,
        others=others(session, sessions),
        notes=list(dict.fromkeys(notes)),
        first=first_of_all(session),
        answers=answers(session),
        tables=tables,
        sizes={workload: sizes_of(session, workload) for workload in workloads},
        failed=[cell for cell in session.cells if cell.state not in {"ok", TOO_LONG}],
        not_measured=not_measured(session),
    )


def escaped(text: object) -> str:
    """Return text from data so that Markdown shows it as it is, in one line."""
    return MARKUP.sub(r"\\\1", " ".join(str(text).split()))


def _sentence(text: str) -> str:
    """Return a sentence with its names as code."""
    return rendered(text, _code, lambda part: MARKUP.sub(r"\\\1", part))


def _code(name: str) -> str:
    """Return a name as code, in which nothing is markup: between more backticks than it has."""
    longest = max(map(len, FENCES.findall(name)), default=0)
    blank = " " if longest else ""
    return f"{'`' * (longest + 1)}{blank}{name}{blank}{'`' * (longest + 1)}"
