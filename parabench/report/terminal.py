"""The report in the terminal: the answers and all tables."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from parabench.report.conclusions.answers import answers
from parabench.report.quick import quick_table
from parabench.report.sessions import Session
from parabench.report.tables import tables


def show(console: Console, session: Session, quick: Path | None) -> None:
    """Print a session; `quick` is what `make quick` has written. Raises QuickError."""
    for answer in answers(session):
        console.print(Text(answer.workload, style="bold"))
        for sentence in answer.sentences:
            console.print(Text(f"- {sentence.replace('`', '')}"))
        for question in answer.open_questions:
            console.print(Text(f"- not told: {question.replace('`', '')}"))
        console.print()
    for table in tables(session):
        console.print(table)
    if quick is not None:
        console.print(quick_table(quick, session))
