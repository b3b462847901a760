"""A real browser without a network, for the tests of pages."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from patience import PATIENCE
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium() -> str | None:
    """Return the path of this machine's Chromium, or of Chrome."""
    return next(filter(None, map(shutil.which, NAMES)), None)


needs_chromium = pytest.mark.skipif(
    chromium() is None,
    reason="there is no Chromium to open the page in; run: apt-get install chromium",
)


@dataclass
class Visit:
    """A page that is open, what it asked for, and what went wrong: requests, scripts, console."""

    page: Page
    requests: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


_opened = ExitStack()
_browsers: list[Browser] = []  # none, or the one that is open


def browser() -> Browser:
    """Return headless Chromium; it is started for the first page, and stays until `close`."""
    if not _browsers:
        playwright = _opened.enter_context(sync_playwright())
        _opened.callback(_browsers.clear)
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        _opened.callback(started.close)
        _browsers.append(started)
    return _browsers[0]


def close() -> None:
    """Close it, if it is open: its event loop must not stand in the way of other tests."""
    _opened.close()


@contextmanager
def open_page(url: str, *, offline: bool = True, **context: Any) -> Iterator[Visit]:
    """Open a URL in a fresh profile; close it at the end.

    `context`: what Playwright's `new_context` takes, such as `java_script_enabled`.
    """
    profile = browser().new_context(offline=offline, **context)
    page = profile.new_page()
    page.set_default_timeout(PATIENCE * 1000)  # of milliseconds; it takes some 100
    visit = Visit(page)

    def note(*, failed: bool, what: str) -> None:
        if failed:
            visit.failures.append(what)

    page.on("request", lambda sent: visit.requests.append(sent.url))
    page.on("requestfailed", lambda sent: note(failed=True, what=f"{sent.url} {sent.failure}"))
    page.on("response", lambda got: note(failed=not got.ok, what=f"{got.url} {got.status}"))
    page.on("pageerror", lambda error: note(failed=True, what=str(error)))
    page.on("console", lambda said: note(failed=said.type == "error", what=said.text))
    try:
        page.goto(url)
        yield visit
    finally:
        profile.close()
