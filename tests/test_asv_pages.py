import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import asv
import pytest
from browser import needs_chromium, open_page
from journals import spread, write_session
from playwright.sync_api import Locator, expect
from reachable import why_no_npm

from data_gen.cache import CACHE_VARIABLE, cache_folder
from parabench.report.site import npm
from parabench.report.site.asv_pages import PagesError, make_offline

USERS_CACHE = cache_folder()  # asked for before the tests get one of their own, which is empty
ASV = [sys.executable, "-m", "asv"]
PROJECT = "tiny \"</script>\u2028' <b>"
MACHINE, CPU = "odd #1 (100%)", "CPU [8] (R) 50% #2, it's"  # asv names folders after them
COMMITS = 8
SUITE = """
class Odd:
    params = [[1, 2], ["plain", "it's #1, 100%"]]
    param_names = ["size", "odd name"]
    def track_value(self, size, name):
        return float(size)

def time_nothing():
    pass
"""
CONFIGURATION = {
    "version": 1,
    "project": PROJECT,
    "project_url": "https://tiny.invalid/",
    "repo": ".",
    "branches": ["main"],
    "environment_type": "existing",
    "results_dir": "results",
    "html_dir": "html",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site of asv's: of a small suite, that got slower in the middle of its history."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "benchmarks").mkdir()
    (folder / "benchmarks" / "__init__.py").write_text(SUITE)
    (folder / "asv.conf.json").write_text(json.dumps(CONFIGURATION))

    def run(*command: str) -> str:
        env = os.environ | {"HOME": str(folder)}  # asv keeps the machine's description there
        done = subprocess.run(command, cwd=folder, env=env, text=True, check=True, stdout=-1)
        return done.stdout

    run("git", "init", "-qb", "main")
    run("git", "add", "benchmarks")
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    for number in range(COMMITS):
        run("git", *identity, "commit", "-qm", str(number), "--allow-empty")
    *others, last = run("git", "rev-list", "--reverse", "HEAD").split()
    run(*ASV, "machine", "--yes", "--machine", MACHINE, "--cpu", CPU)
    run(*ASV, "run", "--python=same", "--set-commit-hash", last, "--quick", "--machine", MACHINE)
    (path,) = (folder / "results" / MACHINE).glob(f"{last[:8]}-*.json")
    for number, commit in enumerate(others):  # to measure them all would take a second each
        saved = json.loads(path.read_text()) | {"commit_hash": commit}
        if number < COMMITS / 2:
            values = saved["results"]["Odd.track_value"]
            values[0] = [value / 2 for value in values[0]]
        path.with_name(path.name.replace(last[:8], commit[:8])).write_text(json.dumps(saved))
    run(*ASV, "publish")
    return folder / "html"


# --- What `parabench publish` says of results that are damaged ----------------------------


@pytest.fixture
def measured(published: Path, tmp_path: Path) -> Path:
    """Return a copy of the small suite, whose history is short."""
    folder = tmp_path / "tiny"
    shutil.copytree(published.parent, folder, ignore=shutil.ignore_patterns("html"))
    write_session(folder, {"startup": {"strategy": ["serial"]}}, lambda *_: spread(1.0))
    return folder


def publish(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("parabench")), "publish", "--results", "."]
    env = os.environ | {"HOME": str(folder), CACHE_VARIABLE: str(USERS_CACHE)}
    return subprocess.run(command, cwd=folder, env=env, text=True, check=False, capture_output=True)


def results_of(folder: Path) -> list[Path]:
    return sorted((folder / "results" / MACHINE).glob("*-*.json"))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def test_a_result_that_was_cut_off_is_named(measured: Path, site: Path) -> None:
    """By asv's own warning, once, and by ours; the pages have the rest."""
    assert site
    damaged, *others = results_of(measured)
    cut(damaged)
    done = publish(measured)
    assert done.returncode == 0, done.stderr
    assert "asv's pages: " in done.stdout
    assert done.stderr.count(f"asv: Error parsing JSON in file '{damaged}'") == 1
    relative = damaged.relative_to(measured)
    assert f"lack 1 of {COMMITS} files of results; asv cannot read {relative}\n" in done.stderr
    index = json.loads((measured / "results/html/asv/index.json").read_text())
    assert len(index["revision_to_hash"]) == len(others)


@pytest.mark.parametrize("how", ["all cut off", "none", "wrong kind", "machine", "benchmarks"])
def test_where_asv_has_nothing_to_show_it_fails(how: str, measured: Path) -> None:
    """With exit code 1 and the files' names; our own page is there, and links to no other."""
    paths = results_of(measured)
    if how == "all cut off":
        named = [str(path.relative_to(measured)) for path in paths]
        for path in paths:
            cut(path)
    elif how == "none":
        named = ["found nothing to show in 0 files of results"]
        for path in paths:
            path.unlink()
    elif how == "wrong kind":  # on which asv ends in a traceback
        named = [str(paths[0].relative_to(measured)), "TypeError"]
        saved = json.loads(paths[0].read_text())
        paths[0].write_text(json.dumps(saved | {"results": dict.fromkeys(saved["results"], 3)}))
    else:
        names = {"machine": paths[0].parent, "benchmarks": paths[0].parents[1]}
        damaged = names[how] / f"{how}.json"
        named = [str(damaged)]
        damaged.write_bytes(damaged.read_bytes()[:20])
    done = publish(measured)
    assert done.returncode == 1
    for text in named:
        assert text in done.stderr
    assert "Traceback" not in done.stderr
    *_, last = done.stderr.splitlines()
    assert last.startswith("parabench: error: 'asv publish' f")
    page = measured / "results" / "html" / "index.html"
    assert done.stdout == f"page: {page.relative_to(measured)}\n"
    assert 'href="asv/index.html"' not in page.read_text()
    assert not (page.parent / "asv").exists()


def test_a_commit_that_is_on_no_branch_is_said(measured: Path, site: Path) -> None:
    """asv leaves it out, and warns of it."""
    assert site
    path = results_of(measured)[0]
    path.write_text(json.dumps(json.loads(path.read_text()) | {"commit_hash": "f" * 40}))
    done = publish(measured)
    assert done.returncode == 0
    assert "parabench: warning: asv: Couldn't find ffffffff in branches (main)\n" in done.stderr


@pytest.fixture(scope="module")
def site(published: Path) -> Path:
    """Return the site with its libraries, which come from the user's cache or from npm."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(USERS_CACHE))
        try:
            make_offline(published)
        except (npm.NoNpmError, npm.FetchError):
            if reason := why_no_npm():
                pytest.skip(f"the cache lacks asv's libraries, and {reason}")
            raise
    return published


def drawn(canvas: Locator) -> bool:
    """Whether anything is on a canvas."""
    script = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(x => x)"
    return bool(canvas.first.evaluate(script))


@needs_chromium
def test_the_site_works_from_a_folder_without_a_network(site: Path) -> None:
    """Grid, graph, list and regressions: nothing fails, and nothing is asked of any host."""
    with open_page((site / "index.html").as_uri()) as visit:
        page = visit.page
        expect(page.locator("#project-name")).to_have_text(PROJECT.replace("\u2028", " "))
        expect(page.locator(".benchmark-text")).to_have_text(["track_value", "time_nothing"])
        assert drawn(page.locator("#summarygrid-display canvas"))

        page.click("text=track_value")
        expect(page.locator("#main-graph .legendLabel")).to_have_count(4)
        assert drawn(page.locator("#main-graph canvas"))

        page.click("text=Benchmark list")
        rows = page.locator("#summarylist-body tbody tr")
        expect(rows).to_have_count(5)
        page.click("th:text('Value')")
        expect(page.locator("th.asc")).to_have_text("Value")
        page.click("th.asc")
        expect(rows.first).to_contain_text("time_nothing")  # asv sorts times after all else

        page.click("text=Regressions")
        found = page.locator("#regressions-body tbody").first.locator("tr")
        expect(found).to_have_count(4)
        expect(found.first).to_contain_text("2.00x")
        found.first.locator("a").first.hover()
        expect(page.locator(".popover canvas").first).to_be_visible()
        assert drawn(page.locator(".popover canvas"))

        assert visit.failures == []
        assert [url for url in visit.requests if not url.startswith("file:")] == []


@needs_chromium
def test_a_graph_that_is_missing_is_told_as_by_a_server(site: Path, tmp_path: Path) -> None:
    """Not as a server that has gone down; so it is for a benchmark that a machine has not run."""
    folder = tmp_path / "html"
    shutil.copytree(site, folder)
    (missing,) = folder.glob("graphs/branch-*/**/time_nothing.json.js")
    missing.unlink()
    with open_page((folder / "index.html").as_uri() + "#time_nothing") as visit:
        expect(visit.page.locator("#error-message")).to_contain_text("No data for")
        wanted, told = map(unquote, visit.failures)
        assert wanted.startswith(f"file://{missing} ")
        assert told.startswith("Failed to load resource")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@needs_chromium
def test_a_server_serves_the_site_as_before(site: Path) -> None:
    """With asv's JSON files, not with our scripts."""
    with served(site) as address, open_page(address, offline=False) as visit:
        visit.page.click("text=track_value")
        expect(visit.page.locator("#main-graph .legendLabel")).to_have_count(4)
        assert visit.failures == []
        assert [url for url in visit.requests if not url.startswith(address)] == []
        names = [url.split("?")[0].rsplit("/", 1)[1] for url in visit.requests]
        assert "index.json" in names
        assert [name for name in names if name.endswith(".json.js")] == []


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_second_time_changes_nothing(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(site)
    monkeypatch.setenv(CACHE_VARIABLE, str(USERS_CACHE))
    monkeypatch.setenv("PATH", "")  # what is in the cache needs no npm
    make_offline(site)
    assert contents(site) == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("jquery-3.3.1.min.js", "jquery-9.min.js", r"loads .*/jquery-9.min.js, of which"),
        ("bootstrap@3.1.1", "bootstrap@4", r"bootstrap@4/dist/js/bootstrap.min.js, of which"),
        ("swallow.png", "//elsewhere.invalid/x.png", r"loads //elsewhere.invalid/x.png"),
        ("</head>", "", r"has no </head>"),
    ],
)
def test_the_pages_of_another_asv_are_refused(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    """Before anything is written: they would need what we do not have."""
    folder = tmp_path / "html"
    shutil.copytree(Path(asv.__file__).with_name("www"), folder)
    index = folder / "index.html"
    index.write_text(index.read_text().replace(old, new))
    before = contents(folder)
    with pytest.raises(PagesError, match=told):
        make_offline(folder)
    assert contents(folder) == before


def test_without_asvs_pages_the_error_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(PagesError, match=r"no index.html in .*; run: asv publish"):
        make_offline(tmp_path)
