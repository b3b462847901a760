"""The published page, in a real browser, from a file, without a network and in every state."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import html5lib
import pytest
from browser import Visit, needs_chromium, open_page
from journals import Params, spread, write_session
from markdown_it import MarkdownIt
from patience import PATIENCE

from benchmarks.harness.fingerprint import fingerprint
from parabench.report import sessions, summary
from parabench.report.site.build import SiteError, write_site
from strategies import names

COMMAND = Path(sys.executable).with_name("parabench")
SOME = ["serial", "dask_distributed", "futures_processes"]
EVERY: dict[str, Params] = {
    "warm": {"workload": ["double", "score"], "megabytes": [1, 10], "strategy": names()},
    "cold": {"workload": ["double"], "megabytes": [1, 10], "strategy": names()},
    "startup": {"strategy": names()},
    "planning": {"shape": ["plain", "quoted"], "megabytes": [1]},
    "scaling": {"workload": ["double"], "megabytes": [10], "workers": [1, 2, 4], "strategy": SOME},
    "memory": {"megabytes": [10, 40], "strategy": SOME},
    "chunking": {
        "workload": ["double"], "megabytes": [10], "chunk_kb": [64, 1024], "strategy": SOME,
    },
}  # fmt: skip
HOSTILE = (
    '<script>document.title = "taken"</script><img src=x onerror="alert(1)">&"\' [/tmp/x] `y` \x1b'
)
CELLS = 36 + 18 + 9 + 2 + 9 + 6 + 6
PAGE_BYTES = 3_000_000


def seconds(model: str, cell: dict[str, Any]) -> list[float]:
    """Return times in which processes take half of serial's, and 0.3 s to start."""
    serial = cell.get("strategy", "serial") == "serial"
    job = 0.04 * cell.get("megabytes", 0) * (1 if serial else 1 / min(cell.get("workers", 2), 2))
    start = 0 if serial else 0.3
    return spread(job + (start if model in {"cold", "memory", "startup"} else 0) + 0.001)


def failing(model: str, cell: dict[str, Any]) -> tuple[str, str] | None:
    """Return an end of each kind for cells of score with 1 MB."""
    states = ("wrong", "crashed", "timed out", "out of memory", "unavailable", None)
    if (model, cell.get("workload"), cell.get("megabytes")) != ("warm", "score", 1):
        return "ok", ""
    place = names().index(cell["strategy"]) - 1
    state = states[place] if 0 <= place < len(states) else "ok"
    if state is None:
        return None
    return state, "" if state == "ok" else HOSTILE


def site(folder: Path, **more: Any) -> Path:
    """Make the site of the journals in a folder; return its page."""
    return write_site(sessions.read_folder(folder), folder / "html", **more)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a run with every model, and with cells that failed in every way."""
    folder = tmp_path_factory.mktemp("full")
    write_session(folder, EVERY, seconds, ends=failing)
    return site(folder)


@pytest.fixture
def visit(full: Path) -> Iterator[Visit]:
    with open_page(full.as_uri()) as opened:
        yield opened
        assert opened.failures == []
        assert all(url.startswith(("file:", "data:")) for url in opened.requests)


def shown_rows(visit: Visit) -> list[list[str]]:
    """Return the texts of the rows that one can see."""
    found: list[list[str]] = visit.page.evaluate(
        "[...document.querySelectorAll('#all tbody tr')].filter(row => !row.hidden)"
        ".map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return found


def column(visit: Visit, name: str) -> list[str]:
    heads = visit.page.locator("#all thead th").all_inner_texts()
    place = [head.strip() for head in heads].index(name)
    return [row[place] for row in shown_rows(visit)]


# --- What is in the files -----------------------------------------------------------------


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
    for name in names():
        assert f'href="code/{name}.html"' in text
        assert "def start" in (full.parent / "code" / f"{name}.html").read_text().replace(
            '</span><span class="w"> </span><span class="nf">', " "
        )
    joblib = (full.parent / "code" / "joblib_threads.html").read_text()
    assert "strategies/joblib_threads.py" in joblib
    assert "strategies/_joblib.py" in joblib
    for name in ("methodology", "bias"):
        assert f'href="docs/{name}.html"' in text


def test_faults_stand_on_the_page(tmp_path: Path) -> None:
    """Where they have been run; another file is refused."""
    write_session(tmp_path, EVERY, seconds)
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
    write_session(tmp_path, EVERY, seconds, at=1_700_000_000.0, name="1", cpu="An older one")
    write_session(tmp_path, EVERY, seconds, at=1_800_000_000.0, name="2", cpu="A newer one")
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
    write_session(tmp_path, EVERY, seconds, commit="a" * 40)
    page = site(tmp_path)
    assert "a history begins with the second" in page.read_text()
    write_session(tmp_path, EVERY, seconds, commit="b" * 40, at=1_800_000_000.0, name="2")
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


# --- The command --------------------------------------------------------------------------


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
        assert "Started for one job (cold), serial is fastest below 15 MB" in said[-1]
        assert "timed out" in said[-1]
    assert "[/tmp/x]" in said[0]
    assert not list(tmp_path.iterdir())
    rows = [line for line in said[1].splitlines() if line.startswith("| futures_processes |")]
    assert len(rows) == 2
    assert rows[0].count("|") == 4


# --- In the browser -----------------------------------------------------------------------


@needs_chromium
def test_the_page_opens_from_a_file(visit: Visit) -> None:
    """All of it, without a request that fails; what happens to fail is in `visit`."""
    assert visit.page.title().startswith("parabench")
    assert len(shown_rows(visit)) == CELLS
    assert visit.page.locator("figure svg").count() == 7
    unnamed = visit.page.evaluate(
        "[...document.querySelectorAll('svg')].filter(s => !s.getAttribute('aria-label')).length"
    )
    assert unnamed == 0


@needs_chromium
def test_the_table_sorts(visit: Visit) -> None:
    """Up, down, and as it was; numbers as numbers, and what has none at the end."""
    button = visit.page.get_by_role("button", name="MB/s", exact=True)
    before = column(visit, "MB/s")
    button.click()
    up = [float(text) for text in column(visit, "MB/s") if text]
    assert up == sorted(up)
    assert column(visit, "MB/s")[-1] == ""
    button.click()
    down = [float(text) for text in column(visit, "MB/s") if text]
    assert down == sorted(down, reverse=True)
    assert column(visit, "MB/s")[-1] == ""
    head = visit.page.get_by_role("columnheader", name="MB/s", exact=True)
    assert head.get_attribute("aria-sort") == "descending"
    button.click()
    assert column(visit, "MB/s") == before


@needs_chromium
def test_the_table_filters_and_the_address_keeps_it(full: Path) -> None:
    """A view can be shared: its address gives the same view."""
    with open_page(full.as_uri()) as one:
        chosen = one.page.locator("#filters select")
        for place, value in ((0, "warm"), (2, "futures_processes"), (3, "10")):
            chosen.nth(place).select_option(value)
        one.page.get_by_role("button", name="seconds", exact=True).click()
        one.page.get_by_label("serial", exact=True).uncheck()
        one.page.get_by_label("cold:").check()
        assert f"2 of {CELLS} cells" in one.page.locator("#count").inner_text()
        rows, address = shown_rows(one), one.page.url
        assert one.failures == []
    assert len(rows) == 2
    assert "model=warm" in address
    with open_page(address) as other:
        assert shown_rows(other) == rows
        assert not other.page.get_by_label("serial", exact=True).is_checked()
        assert other.page.get_by_label("cold:").is_checked()
        assert other.page.locator("#figure-throughput-cold").is_visible()
        assert other.failures == []


@needs_chromium
def test_an_address_with_nonsense_shows_everything(full: Path) -> None:
    """Values that there are not are ignored."""
    with open_page(f"{full.as_uri()}#model=<b>&sort=nothing&hide=x&size=") as opened:
        assert len(shown_rows(opened)) == CELLS
        assert opened.failures == []


@needs_chromium
def test_strategies_are_hidden_and_points_say_what_they_are(visit: Visit) -> None:
    """By a click, and by the keyboard; in all figures."""
    page = visit.page
    mine = page.locator("#figure-throughput-warm [data-strategy=futures_processes]")
    assert mine.first.is_visible()
    box = page.get_by_label("futures_processes", exact=True)
    box.focus()
    page.keyboard.press("Space")
    assert not mine.first.is_visible()
    assert not page.locator("#figure-startup [data-strategy=futures_processes]").first.is_visible()
    page.keyboard.press("Space")
    page.locator("#figure-memory .point[data-strategy=futures_processes]").first.hover()
    tip = page.locator("#tip").inner_text()
    assert tip.startswith("futures_processes: ")
    for text in ("260 MB (", "megabytes 10", "8 samples", "pandas", "commit cccccccc"):
        assert text in tip


@needs_chromium
def test_links_within_the_page_keep_the_view(visit: Visit) -> None:
    """The address stays that of the view; and one with a section shows all."""
    page = visit.page
    page.locator("#filters select").first.select_option("cold")
    page.get_by_role("link", name="Machine", exact=True).click()
    assert "model=cold" in page.url
    assert page.locator("#machine-title").is_visible()
    page.goto(page.url.split("#")[0] + "?#cells")
    assert f"{CELLS} of {CELLS} cells" in page.locator("#count").inner_text()


@needs_chromium
def test_warm_and_cold_switch(visit: Visit) -> None:
    """One of the two is shown."""
    warm, cold = (visit.page.locator(f"#figure-throughput-{name}") for name in ("warm", "cold"))
    assert (warm.is_visible(), cold.is_visible()) == (True, False)
    visit.page.get_by_label("cold:").check()
    assert (warm.is_visible(), cold.is_visible()) == (False, True)


@needs_chromium
def test_without_javascript_all_is_there(full: Path) -> None:
    """Figures, the table, the switch; and no control that does nothing."""
    with open_page(full.as_uri(), java_script_enabled=False) as opened:
        page = opened.page
        assert page.locator("figure svg").count() == 7
        assert page.locator("#all tbody tr").count() == CELLS
        assert not page.locator("#filters").is_visible()
        assert not page.get_by_label("serial", exact=True).is_visible()
        page.get_by_label("cold:").check()
        assert page.locator("#figure-throughput-cold").is_visible()
        assert page.locator(".point title").count() > 50
        assert opened.failures == []


OUTSIDE = """
() => [...document.querySelectorAll("figure svg")].filter((svg) => svg.getClientRects().length)
  .flatMap((svg) => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].filter((text) => {
      const box = text.getBoundingClientRect();
      return box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    }).map((text) => text.textContent);
  })
"""
CONTRAST = """
() => {
  const numbers = (text) => text.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const paper = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = numbers(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  let worst = [99, ""];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.getClientRects().length) continue;
    if (["SCRIPT", "STYLE", "TITLE", "OPTION"].includes(element.tagName.toUpperCase())) continue;
    const style = getComputedStyle(element);
    const ink = numbers(element.closest("svg") ? style.fill : style.color);
    const [a, b] = [light(ink), light(paper(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < worst[0]) worst = [ratio, `${element.tagName} ${element.textContent}`];
  }
  return worst;
}
"""


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(full: Path, scheme: str) -> None:
    """A contrast of 4.5:1 at least, on the page and on those of code and documents."""
    pages = [full, full.parent / "code" / "serial.html", full.parent / "docs" / "bias.html"]
    for page in pages:
        with open_page(page.as_uri(), color_scheme=scheme) as opened:
            ratio, where = opened.page.evaluate(CONTRAST)
            assert ratio >= 4.5, where


@needs_chromium
def test_a_narrow_screen_scrolls_only_what_is_wide(full: Path) -> None:
    """The page itself does not."""
    with open_page(full.as_uri(), viewport={"width": 360, "height": 700}) as opened:
        wide = opened.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360


@needs_chromium
def test_many_cells_are_no_burden(tmp_path: Path) -> None:
    """20 strategies and 6 sizes; studies/page.py has how long it takes."""
    strategies = ["serial", *(f"strategy_{i}_with_a_name_{'x' * 2 * i}" for i in range(19))]
    params: Params = {
        "workload": ["double", "score", "digest"],
        "megabytes": [1, 3, 10, 30, 100, 300],
        "strategy": strategies,
    }
    models: dict[str, Params] = {
        "warm": params,
        "cold": params,
        "startup": {"strategy": strategies},
        "memory": {"megabytes": [10, 100], "strategy": strategies},
    }
    write_session(tmp_path, models, seconds)
    page = site(tmp_path)
    assert page.stat().st_size < PAGE_BYTES
    with open_page(page.as_uri()) as opened:
        assert len(shown_rows(opened)) == 720 + 60
        outside = opened.page.evaluate(OUTSIDE)
        assert outside == []
        assert opened.failures == []


def test_the_same_results_give_the_same_site(full: Path, tmp_path: Path) -> None:
    """Byte for byte, so that a published site only changes where results have."""
    again = write_site(sessions.read_folder(full.parents[1]), tmp_path)
    for path in full.parent.rglob("*"):
        if path.is_file():
            assert (again.parent / path.relative_to(full.parent)).read_bytes() == path.read_bytes()
