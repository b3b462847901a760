"""What the commands `report` and `publish` do."""

import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from parabench.report import sessions as results
from parabench.report import tables as table
from parabench.report.conclusions.answers import answers
from parabench.report.quick import quick_table
from parabench.report.sessions import Measured, NoResultsError
from parabench.report.site.asv_pages import make_offline
from parabench.report.site.build import write_site
from strategies import JobError

ASV_PAGES = "asv"  # below the site's folder, as asv.conf.json says


class PublishError(JobError):
    """asv could not make its pages."""


def sessions(folder: Path, html: Path) -> list[Measured]:
    """Return all sessions for publishing, the newest last.

    Where there are none, a page that says so is made if there is none yet, before
    NoResultsError is raised.
    """
    try:
        return results.every(folder)
    except NoResultsError:
        if not (html / "index.html").exists():
            write_site([], html)
        raise


def show(console: Console, measured: Measured, quick: Path | None) -> None:
    """Print the answers and all tables."""
    for answer in answers(measured):
        console.print(Text(answer.workload, style="bold"))
        for sentence in answer.sentences:
            console.print(Text(f"- {sentence.replace('`', '')}"))
        for question in answer.open_questions:
            console.print(Text(f"- not told: {question.replace('`', '')}"))
        console.print()
    for one in table.tables(measured):
        console.print(one)
    if quick is not None:
        console.print(quick_table(quick, measured))


def publish_asv(html: Path) -> Path:
    """Have asv make its pages, and make them need no network; return their index.

    Raises PublishError, or what `make_offline` raises.
    """
    folder = (html / ASV_PAGES).absolute()
    command = [sys.executable, "-m", "asv", "publish", "--html-dir", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        message = f"'asv publish' failed: {' '.join(last)}; run it to see more"
        raise PublishError(message)
    make_offline(folder)
    return folder / "index.html"
