"""The published site's files: whole, valid, and the same for the same results."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import html5lib
import pytest
from journals import Params, write_session
from markdown_it import MarkdownIt
from patience import PATIENCE
from sites import CELLS, EVERY, HOSTILE, seconds, site

from benchmarks.harness.fingerprint import fingerprint
from parabench.report import sessions, summary
from parabench.report.site.build import SiteError, write_site
from strategies import chunk_strategies

COMMAND = Path(sys.executable).with_name("parabench")
FEW: dict[str, Params] = {  # where the figures do not matter, which take long to draw
    "warm": {"workload": ["double"], "megabytes": [1], "strategy": ["serial", "dask_threads"]},
    "memory": {"megabytes": [10, 40], "strategy": ["serial", "dask_threads"]},
}


def test_the_page_is_valid_html(full: Path) -> None:
    """And so are all others of the site."""
    for page in full.parent.rglob("*.html"):
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(page.read_text(encoding="utf-8"))
    identities = [part.split('"')[0] for part in full.read_text().split(' id="')[1:]]
    assert len(identities) == len(set(identities))


def test_links_within_the_site_lead_somewhere(full: Path) -> None:
    """Also those of the documents and of the code."""
    for page in full.parent.rglob("*.html"):
        tree = html5lib.parse(page.read_text(encoding="utf-8"), namespaceHTMLElements=False)
        for element in tree.iter():
            target = element.get("href") or element.get("src") or ""
            if target and "://" not in target and not target.startswith(("#", "data:")):
                assert (page.parent / target.partition("#")[0]).exists(), f"{page}: {target}"


def test_every_cell_can_be_taken_away(full: Path) -> None:
    """As CSV and as JSON, with versions and the machine, and with the same figures."""
    cells = json.loads((full.parent / "cells.json").read_text())
    with (full.parent / "cells.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(cells) == CELLS
    assert list(rows[0]) == list(cells[0])
    one = next(cell for cell in cells if cell["strategy"] == "futures_processes")
    assert one["speed_up"] == pytest.approx(2, rel=0.1)
    assert one["pandas"] == fingerprint()["pandas"]
    assert {cell["state"] for cell in cells} == {
        "ok", "wrong", "crashed", "timed out", "out of memory", "unavailable", "not run",
    }  # fmt: skip
    assert HOSTILE.replace("\x1b", "\ufffd") in {cell["reason"] for cell in cells}


def test_a_reason_is_no_formula(tmp_path: Path) -> None:
    """For the spreadsheet that opens the CSV."""
    write_session(tmp_path, EVERY, seconds, ends=lambda _model, _cell: ("crashed", "=1+1"))
    with (site(tmp_path).parent / "cells.csv").open(newline="") as file:
        assert {row["reason"] for row in csv.DictReader(file)} == {"'=1+1"}


def test_what_data_says_is_escaped(full: Path, tmp_path: Path) -> None:
    """Whatever a strategy's error, its name, or the machine says: HTML and Markdown."""
    assert "<script>document" not in full.read_text()
    assert "&lt;script&gt;document" in full.read_text()
    name = HOSTILE.replace("\x1b", "")  # of which there is no glyph
    params: Params = {"workload": [name], "megabytes": [1, 2], "strategy": ["serial", name]}
    write_session(
        tmp_path, {"warm": params, "cold": params}, seconds, commit=name, cpu=name,
        python=name,
    )  # fmt: skip
    page = site(tmp_path)
    assert "<script>document" not in page.read_text()
    assert "<img" not in page.read_text()
    html5lib.HTMLParser(strict=True).parse(page.read_text(encoding="utf-8"))
    text = summary.markdown(sessions.newest(tmp_path))
    in_html = MarkdownIt("commonmark").enable("table").render(text)
    assert "<script>" not in in_html
    assert "&lt;script&gt;" in in_html


def test_code_and_documents_are_a_click_away(full: Path) -> None:
    """Each strategy's file with the helpers of its library, and how it was measured."""
    text = full.read_text()
    for name in chunk_strategies():
        assert f'href="code/{name}.html"' in text
        assert "def start" in (full.parent / "code" / f"{name}.html").read_text().replace(
            '</span><span class="w"> </span><span class="nf">', " "
        )
    joblib = (full.parent / "code" / "joblib_threads.html").read_text()
    assert "strategies/joblib_threads.py" in joblib
    assert "strategies/_joblib.py" in joblib
    documents = (Path(__file__).parents[1] / "docs").glob("*.md")
    for name in (document.stem for document in documents):
        assert f'href="docs/{name}.html"' in text


def test_faults_stand_on_the_page(tmp_path: Path) -> None:
    """Where they have been run; another file is refused."""
    write_session(tmp_path, FEW, seconds)
    path = tmp_path / "faults.json"
    outcome = {
        "fault": "kill", "strategy": "serial", "outcome": "one clear error", "good": True,
        "seconds": 0.5, "left": [], "bare": "hangs", "start_method": "spawn",
    }  # fmt: skip
    path.write_text(json.dumps([outcome]))
    text = site(tmp_path, faults=path).read_text()
    assert "one clear error" in text
    assert "spawn</td>" in text
    path.write_text("{")
    with pytest.raises(SiteError, match="make it anew"):
        site(tmp_path, faults=path)


def test_machines_have_pages_of_their_own(tmp_path: Path) -> None:
    """The one that was measured last is the index; their figures are never on one page."""
    write_session(tmp_path, FEW, seconds, at=1_700_000_000.0, name="1", cpu="An older one")
    write_session(tmp_path, FEW, seconds, at=1_800_000_000.0, name="2", cpu="A newer one")
    page = site(tmp_path)
    (other,) = page.parent.glob("machines/*/index.html")
    table = '<th scope="row">cpu</th><td>'
    assert f"{table}A newer one" in page.read_text()
    assert f"{table}An older one" in other.read_text()
    assert (other.parent / "cells.csv").exists()
    assert '<a href="../../index.html">' in other.read_text()
    assert "other: cpu: A newer one and An older one" in page.read_text()


def test_history_begins_with_the_second_commit(tmp_path: Path) -> None:
    """Before, it says so."""
    write_session(tmp_path, FEW, seconds, commit="a" * 40)
    page = site(tmp_path)
    assert "a history begins with the second" in page.read_text()
    write_session(tmp_path, FEW, seconds, commit="b" * 40, at=1_800_000_000.0, name="2")
    site(tmp_path)
    assert 'id="figure-history"' in page.read_text()
    assert "commit aaaaaaaa" in page.read_text()


@pytest.mark.parametrize(
    "models",
    [
        {"warm": {**EVERY["warm"], "strategy": ["serial"]}},
        {"startup": {"strategy": ["serial"]}},
        {"planning": EVERY["planning"]},
        {"cold": {**EVERY["cold"], "megabytes": [1]}},
    ],
    ids=["one strategy", "start-up only", "planning only", "one cold size"],
)
def test_little_is_enough_for_a_page(models: dict[str, Params], tmp_path: Path) -> None:
    """One strategy, one model, no job at all."""
    write_session(tmp_path, models, seconds)
    html5lib.HTMLParser(strict=True).parse(site(tmp_path).read_text(encoding="utf-8"))
    assert summary.markdown(sessions.newest(tmp_path))


def test_all_cells_failed(tmp_path: Path) -> None:
    """Then there is no figure, and the table says why."""
    write_session(tmp_path, EVERY, seconds, ends=lambda _model, _cell: ("crashed", "no luck"))
    text = site(tmp_path).read_text()
    assert "<figure" not in text
    assert text.count("no luck") == CELLS


def parabench(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


def test_without_results_the_page_says_what_to_run(tmp_path: Path) -> None:
    """And so do the commands, of which only `publish` writes; never over a page that is there."""
    page = tmp_path / "results" / "html" / "index.html"
    for command in (["report"], ["report", "--format", "markdown"], ["publish"]):
        assert not page.exists()
        done = parabench(*command, "--results", tmp_path, cwd=tmp_path)
        assert done.returncode == 1
        assert "make bench" in done.stderr
    assert "make bench" in page.read_text()
    page.write_text("mine")
    parabench("publish", "--results", tmp_path, cwd=tmp_path)
    assert page.read_text() == "mine"


def test_the_report_in_the_terminal_and_in_markdown(full: Path, tmp_path: Path) -> None:
    """The same answer; and no page is written."""
    said = []
    for form in ("terminal", "markdown"):
        options = ("--results", full.parents[1], "--format", form)
        done = parabench("report", *options, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.replace("`", "").replace("\\_", "_"))
        assert "started for one job (cold), serial is fastest below 15 MB" in said[-1]
        assert "timed out" in said[-1]
    assert "[/tmp/x]" in said[0]
    assert not list(tmp_path.iterdir())
    rows = [
        line for line in said[1].splitlines() if "| futures_processes |" in line and "%" in line
    ]
    assert len(rows) == 2
    assert rows[0].count("|") == 6


def test_the_same_results_give_the_same_site(full: Path, tmp_path: Path) -> None:
    """Byte for byte, so that a published site only changes where results have."""
    again = write_site(sessions.read_folder(full.parents[1]), tmp_path)
    for path in full.parent.rglob("*"):
        if path.is_file():
            assert (again.parent / path.relative_to(full.parent)).read_bytes() == path.read_bytes()
