"""How long the site takes to make and to open, and how large it is.

`python studies/page.py FOLDER…` takes folders of journals (`results/cells`); with
none it makes one of 20 strategies and 6 sizes. Each site is made three times in a fresh
process, imports included, and opened three times in headless Chromium, from a file, with the
network off. Needs playwright and a Chromium.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
TRIES = 3


def main(folders: list[Path]) -> None:
    """Print a row a folder."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = folders or [many_cells(Path(scratch) / "many")]
        print("journals | made, s | page, kB | site, kB | opened, s")
        for folder in folders:
            html = Path(scratch) / "html"
            made = median(make(folder, html) for _ in range(TRIES))
            page = (html / "index.html").stat().st_size / 1e3
            site = sum(path.stat().st_size for path in html.rglob("*") if path.is_file()) / 1e3
            opened = median(opening(html / "index.html") for _ in range(TRIES))
            print(f"{folder} | {made:.1f} | {page:.0f} | {site:.0f} | {opened:.2f}")
            shutil.rmtree(html)


def make(folder: Path, html: Path) -> float:
    """Return the seconds of the command."""
    command = [sys.executable, "-m", "parabench", "report"]
    command += ["--results", str(folder), "--html", str(html)]
    begun = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)  # noqa: S603
    return time.monotonic() - begun


def opening(page: Path) -> float:
    """Return the seconds from the request to the end of loading, scripts included."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    path = next(filter(None, map(shutil.which, names)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        opened = browser.new_context(offline=True).new_page()
        begun = time.monotonic()
        opened.goto(page.as_uri())
        seconds = time.monotonic() - begun
        browser.close()
    return seconds


def many_cells(folder: Path) -> Path:
    """Write a journal of 720 cells, as the tests do."""
    sys.path.insert(0, str(ROOT / "tests"))
    from journals import Params, spread, write_session  # noqa: PLC0415 - it is a test's

    folder.mkdir(parents=True)
    params: Params = {
        "workload": ["double", "score", "digest"],
        "megabytes": [1, 3, 10, 30, 100, 300],
        "strategy": ["serial", *(f"strategy_{i}" for i in range(19))],
    }
    write_session(
        folder,
        {"warm": params, "cold": params},
        lambda _model, cell: spread(0.04 * cell["megabytes"]),
    )
    return folder


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
