"""What `parabench publish` does beyond the report: asv's pages, and a page without results."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from asv.config import Config
from asv.results import Results

from parabench.report.errors import ReportError
from parabench.report.journals import Warn
from parabench.report.sessions import NoResultsError, Session, read_folder
from parabench.report.site.asv_pages import make_offline
from parabench.report.site.build import write_site

ASV_PAGES = "asv"  # below the site's folder, as asv.conf.json says
ASV_CONFIG = ("asv.conf.json", "asv.conf.jsonc")
NO_RESULTS = {"machine.json", "benchmarks.json"}  # what else stands among asv's results
PREFIX = re.compile(r"\[ *[0-9.]+%\] ·+ ")  # of what `asv publish` prints
STEP = re.compile(PREFIX.pattern + "(Loading|Getting|Detecting|Generating|Writing) ")


class PublishError(ReportError):
    """asv could not make its pages, or has nothing to put on them."""


def read_or_say_so(folder: Path, html: Path, warn: Warn = str) -> list[Session]:
    """Return all sessions for publishing, the newest last.

    Where there are none, a page that says so is made if there is none yet, before
    NoResultsError is raised.
    """
    try:
        return read_folder(folder, warn)
    except NoResultsError:
        if not (html / "index.html").exists():
            write_site([], html)
        raise


def publish_asv(html: Path, warn: Warn) -> Path:
    """Have asv make its pages, and make them need no network; return their index.

    What asv warns of, and the results that the pages lack, go to `warn`. Raises PublishError
    where there is nothing to show, and leaves no pages then, or what `make_offline` raises.
    """
    if not any(Path(name).is_file() for name in ASV_CONFIG):
        message = (
            f"asv's pages need the repository, and {Path.cwd()} has no {ASV_CONFIG[0]}; "
            "run this in the repository's folder, or make the page alone: parabench report"
        )
        raise PublishError(message)
    folder = (html / ASV_PAGES).absolute()
    command = [sys.executable, "-m", "asv", "publish", "--html-dir", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - nothing of it comes from outside
    for text in _warnings(done.stdout, done.stderr):
        warn(f"asv: {text}")
    unreadable, number = _unreadable()
    hint = f"; asv cannot read {', '.join(map(str, unreadable))}" if unreadable else ""
    if done.returncode or not _has_graphs(folder):
        shutil.rmtree(folder, ignore_errors=True)  # else our page would link to it
        how = "failed" if done.returncode else f"found nothing to show in {number} files of results"
        message = f"'asv publish' {how}{hint}; see above, and run: make bench"
        raise PublishError(message)
    if unreadable:
        warn(f"asv's pages lack {len(unreadable)} of {number} files of results{hint}")
    make_offline(folder)
    return folder / "index.html"


def _warnings(output: str, errors: str) -> Iterable[str]:
    """Return what asv says beside its steps, each text once; of a traceback the last line."""
    lines = [line for line in output.splitlines() if not STEP.match(line)]
    said = errors.strip().splitlines()
    lines += said[-1:] if "Traceback (most recent call last):" in said else said
    texts = (PREFIX.sub("", line).strip() for line in lines)
    return dict.fromkeys(filter(None, texts))


def _has_graphs(folder: Path) -> bool:
    """Whether there is anything on asv's pages."""
    try:
        return bool(json.loads((folder / "index.json").read_bytes())["graph_param_list"])
    except (OSError, ValueError, KeyError):
        return False


def _unreadable() -> tuple[list[Path], int]:
    """Return asv's files of results that it cannot read, and how many there are in all."""
    try:
        results = Path(Config.load().results_dir)
    except Exception:  # noqa: BLE001 - asv has failed, too, and has said why
        return [], 0
    paths = [path for path in sorted(results.glob("*/*.json")) if path.name not in NO_RESULTS]
    unreadable = []
    for path in paths:
        try:
            Results.load(str(path))
        except Exception:  # noqa: BLE001 - a damaged file may raise anything
            unreadable.append(path)
    return unreadable, len(paths)
