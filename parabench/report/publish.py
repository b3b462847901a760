"""What `parabench publish` does beyond the report: asv's pages, and a page without results."""

import subprocess
import sys
from pathlib import Path

from parabench.report.errors import ReportError
from parabench.report.sessions import NoResultsError, Session, read_folder
from parabench.report.site.asv_pages import make_offline
from parabench.report.site.build import write_site

ASV_PAGES = "asv"  # below the site's folder, as asv.conf.json says


class PublishError(ReportError):
    """asv could not make its pages."""


def read_or_say_so(folder: Path, html: Path) -> list[Session]:
    """Return all sessions for publishing, the newest last.

    Where there are none, a page that says so is made if there is none yet, before
    NoResultsError is raised.
    """
    try:
        return read_folder(folder)
    except NoResultsError:
        if not (html / "index.html").exists():
            write_site([], html)
        raise


def publish_asv(html: Path) -> Path:
    """Have asv make its pages, and make them need no network; return their index.

    Raises PublishError, or what `make_offline` raises.
    """
    folder = (html / ASV_PAGES).absolute()
    command = [sys.executable, "-m", "asv", "publish", "--html-dir", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - nothing of it comes from outside
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        message = f"'asv publish' failed: {' '.join(last)}; run it to see more"
        raise PublishError(message)
    make_offline(folder)
    return folder / "index.html"
