"""The published page, in a real browser, from a file, without a network and in every state."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Visit, needs_chromium, open_page
from journals import Params, write_session
from sites import CELLS, seconds, site

PAGE_BYTES = 3_000_000


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


@needs_chromium
def test_the_page_opens_from_a_file(visit: Visit) -> None:
    """All of it, without a request that fails; what happens to fail is in `visit`."""
    assert visit.page.title().startswith("parabench")
    assert len(shown_rows(visit)) == CELLS
    assert visit.page.locator("figure svg").count() == 8
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
        for name, value in {"model": "warm", "strategy": "futures_processes", "size": "10"}.items():
            one.page.locator(f"#filters select[name={name}]").select_option(value)
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
        assert page.locator("figure svg").count() == 8
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
@pytest.mark.exhaustive
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
