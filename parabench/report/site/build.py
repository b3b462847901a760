"""The site: a page for each machine, and what it links to. It needs no network to be read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup, escape
from pydantic import TypeAdapter
from rich.table import Table
from typing_extensions import TypedDict

from parabench.report.choice import others
from parabench.report.conclusions.answers import answers, first_of_all
from parabench.report.conclusions.words import rendered
from parabench.report.errors import ReportError
from parabench.report.figures.all_figures import drawings
from parabench.report.figures.drawing import Drawing
from parabench.report.figures.panels import looks
from parabench.report.figures.scaling import laws
from parabench.report.lines import RULES, Amount, printable, reason, text_of
from parabench.report.quick import differing, load, quick_table
from parabench.report.sessions import Session
from parabench.report.site import cells, pages
from parabench.report.site.written import remove_old
from parabench.templating import environment
from strategies import names

STATIC = ("style.css", "page.js")
MACHINES = 8  # that have a page: those that were measured last
SWEEPS = {"scaling": "workers", "memory": "memory", "chunking": "chunk sizes"}


class SiteError(ReportError):
    """A file that was to be on the page is not what it should be."""


class Outcome(TypedDict):
    """What the page shows of a fault's outcome."""

    __pydantic_config__ = RULES  # type: ignore[misc] # as pydantic's manual has it
    fault: str
    strategy: str
    start_method: str | None
    outcome: str
    good: bool
    seconds: Amount | None
    left: list[str]
    bare: str


OUTCOMES = TypeAdapter(list[Outcome])


@dataclass(frozen=True)
class Machine:
    """The sessions of one machine, the newest of each commit, in the commits' order."""

    digits: str  # that stand for it
    newest: Session
    sessions: list[Session]
    others: list[str]  # what else was measured on it, beside the newest

    @property
    def path(self) -> str:
        """Its page, from the site's folder; the machine that was measured last is the index."""
        return f"machines/{self.digits}/index.html"


def write_site(
    sessions: Sequence[Session],
    folder: Path,
    *,
    quick: Path | None = None,
    faults: Path | None = None,
) -> Path:
    """Write the site into `folder` and return its index; without sessions it says what to run.

    `quick` is what `make quick` has written, `faults` what `parabench faults --json` prints.
    Raises QuickError or SiteError for a file that is something else.
    """
    outcomes, beside = read_faults(faults), load(quick) if quick is not None else None
    templates = _templates()
    folder.mkdir(parents=True, exist_ok=True)
    for name in STATIC:
        text = resources.files("parabench.report").joinpath("templates", name).read_text("utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    machines = _machines(sessions)[:MACHINES]
    documents = pages.write_documents(templates, folder / "docs")
    pages.write_code(templates, folder / "code", machines[0].newest.commit if machines else None)
    page = folder / "index.html"
    shared = {
        "machines": machines,
        "documents": documents,
        "with_code": names(),
        "has_asv": (folder / "asv" / "index.html").exists(),
        "faults": outcomes,
    }
    if not machines:
        text = templates.get_template("empty.html").render(shared)
        page.write_text(text, encoding="utf-8")
    of_quick = [
        place
        for place, machine in enumerate(machines)
        if beside and any(not differing(info, machine.newest) for info in beside)
    ]
    has_quick = of_quick[0] if of_quick else 0
    written: list[Path] = []
    for place, machine in enumerate(machines):
        own = page if place == 0 else folder / machine.path
        table = quick_table(quick, machine.newest) if quick and place == has_quick else None
        up = "" if place == 0 else "../../"
        written += _write_machine(templates, own, machine, {**shared, "up": up, "quick": table})
    remove_old(folder, written)
    return page


def page_of(session: Session, folder: Path) -> Path:
    """Return the page of a session's machine in a site, the index if it has none of its own."""
    own = folder / "machines" / session.machine / "index.html"
    return own if own.exists() else folder / "index.html"


def _write_machine(
    templates: Environment, page: Path, machine: Machine, shared: dict[str, Any]
) -> list[Path]:
    """Write a page, its figures, and its cells; return the files."""
    page.parent.mkdir(parents=True, exist_ok=True)
    session = machine.newest
    figures = list(drawings(session, machine.sessions))
    written = [path for drawing in figures for path in drawing.save(page.parent / "figures")]
    written += cells.save(session, page.parent)
    text = templates.get_template("index.html").render(
        **shared,
        machine=machine,
        session=session,
        others=machine.others,
        first=first_of_all(session),
        answers=answers(session),
        figures={drawing.name: drawing for drawing in figures},
        inline=lambda drawing: _inline(drawing, shared["up"]),
        looks=looks(session.strategies),
        laws=laws(session),
        records=list(cells.records(session)),
        without=[
            sweep
            for model, sweep in SWEEPS.items()
            if model not in session.missing and not session.of(model)
        ],
    )
    page.write_text(text, encoding="utf-8")
    return [*written, page]


def _inline(drawing: Drawing, up: str) -> Markup:
    return Markup(drawing.svg(links=f"{up}code/"))  # noqa: S704 - Matplotlib and ElementTree escape


def _templates() -> Environment:
    templates = environment("parabench.report", html=True)
    templates.filters["named"] = _named
    templates.filters["quoted"] = lambda text: quote(str(text), safe="")
    templates.filters["rows"] = rows
    return templates


def _named(text: str) -> Markup:
    """Return a sentence as HTML, with its names as code."""
    return Markup(rendered(text, lambda name: f"<code>{escape(name)}</code>", escape))  # noqa: S704 - escaped


def rows(table: Table) -> list[tuple[str, ...]]:
    """Return the cells of a table's rows, as text."""
    return list(zip(*(map(str, column.cells) for column in table.columns), strict=True))


def _machines(sessions: Sequence[Session]) -> list[Machine]:
    """Return the machines, the one that was measured last first."""
    by_machine: dict[str, list[Session]] = {}
    for session in sessions:
        by_machine.setdefault(session.machine, []).append(session)
    machines = []
    for digits, own in by_machine.items():
        own.sort(key=lambda session: session.ended)
        by_commit = {session.commit: session for session in own}  # the newest of each
        times = _commit_times([commit for commit in by_commit if commit])
        ordered = sorted(
            by_commit.values(),
            key=lambda s: times.get(s.commit or "", s.ended.timestamp()),
        )
        machines.append(Machine(digits, own[-1], ordered, others(own[-1], own, sessions)))
    return sorted(machines, key=lambda machine: machine.newest.ended, reverse=True)


def _commit_times(commits: Sequence[str]) -> dict[str, float]:
    """Return when each commit was made, in seconds since 1970, of those that are known here."""
    times = {}
    for commit in commits:
        shown = pages.git_show(commit, "-s", "--format=%ct")
        if shown and shown.strip():  # what is not a commit may be taken for a path, and found empty
            times[commit] = float(shown.split()[-1])
    return times


def read_faults(path: Path | None) -> list[Outcome]:
    """Return the outcomes in a file, none without one; raises SiteError."""
    if path is None:
        return []
    try:
        return OUTCOMES.validate_python(printable(json.loads(text_of(path))))
    except (OSError, ValueError, RecursionError) as error:
        why = reason(error)
        message = f"{path} is not what `parabench faults --json` prints ({why}); make it anew"
        raise SiteError(message) from error
