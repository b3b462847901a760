"""The report in the terminal: what was measured, the answers, and all tables."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from parabench.report.choice import heading
from parabench.report.conclusions.answers import answers, first_of_all
from parabench.report.conclusions.words import rendered
from parabench.report.quick import quick_table
from parabench.report.sessions import Session
from parabench.report.tables import tables


def show(
    console: Console, session: Session, sessions: Sequence[Session], quick: Path | None
) -> None:
    """Print a session, one of `sessions`; `quick` is what `make quick` has written.

    Raises QuickError.
    """
    beside = quick_table(quick, session) if quick is not None else None
    for place, text in enumerate(heading(session, sessions)):
        console.print(Text(text, style="bold" if place == 0 else ""))
    console.print()
    if first := first_of_all(session):
        console.print(Text(rendered(first, str)))
        console.print()
    for answer in answers(session):
        console.print(Text(answer.workload, style="bold"))
        for sentence in [*answer.sentences, *answer.more]:
            console.print(Text(f"- {rendered(sentence, str)}"))
        for question in answer.open_questions:
            console.print(Text(f"- not told: {rendered(question, str)}"))
        console.print()
    for table in tables(session):
        console.print(table)
    if beside is not None:
        console.print(beside)
