"""`parabench report` and `publish`: what they write, remove, refuse, and say when they cannot."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from journals import COMMAND, Params, spread, write_session

from parabench.cli.app import app
from parabench.report import sessions
from parabench.report.publish import PublishError, publish_asv
from parabench.report.site.build import write_site
from parabench.report.site.written import NAME, remove_old

STRATEGIES = ["serial", "futures_processes"]
SMALL: dict[str, Params] = {
    "startup": {"strategy": STRATEGIES},
    "memory": {"megabytes": [1, 3], "strategy": STRATEGIES},
}


def write_small(folder: Path, **options: object) -> list[sessions.Session]:
    """Write a small session and return all that are there."""
    write_session(folder, SMALL, lambda *_: spread(0.1), **options)  # type: ignore[arg-type]
    return sessions.read_folder(folder)


# --- The files of a site ------------------------------------------------------------------


def test_only_its_own_files_are_removed(tmp_path: Path) -> None:
    """Those that an earlier report wrote and this one does not; no file of the user's."""
    html = tmp_path / "html"
    write_small(tmp_path, at=1_700_000_000.0, name="1", cpu="One")
    both = write_small(tmp_path, at=1_800_000_000.0, name="2", cpu="Two")
    theirs = [html / "figures" / "photo.png", html / "machines" / "notes" / "index.html"]
    for path in theirs:
        path.parent.mkdir(parents=True)
        path.write_text("mine")
    write_site(both, html)
    own = html / "machines" / both[0].machine
    assert (own / "figures" / "startup.svg").exists()
    theirs.append(own / "figures" / "mine.svg")
    theirs[-1].write_text("mine")
    assert (html / "figures" / "memory.svg").exists()
    write_site([replace(both[1], cells=both[1].of("startup"))], html)
    assert not (html / "figures" / "memory.svg").exists()
    assert [path.read_text() for path in theirs] == ["mine"] * 3
    assert [path for path in own.rglob("*") if path.is_file()] == theirs[-1:]
    assert (html / "figures" / "startup.svg").exists()


@pytest.mark.parametrize(
    "listed",
    [
        ["../mine", "figures/../../mine", "/etc/passwd", "mine", "figures/link", "out/mine"],
        ["figures/a\0b"],
        {"figures": 1}, [3, None], "figures/x", "[" * 10_000,
    ],
)  # fmt: skip
def test_a_damaged_list_of_files_removes_nothing(listed: object, tmp_path: Path) -> None:
    """Nor does one that names what is not below the site's own folders."""
    html = tmp_path / "html"
    (html / "figures").mkdir(parents=True)
    (html / "out").mkdir()
    mine = [tmp_path / "mine", html / "mine", html / "out" / "mine", html / "figures" / "x"]
    for path in mine:
        path.touch()
    (html / "figures" / "link").symlink_to(tmp_path / "mine")
    (html / NAME).write_text(listed if listed == "[" * 10_000 else json.dumps(listed))
    remove_old(html, [])
    assert all(path.exists() for path in [*mine, html / "figures" / "link"])


# --- Options ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("report --format markdown --quick x", "--quick has no part in --format markdown"),
        ("report --format terminal --html x", "--html is about the page, and --format terminal"),
        ("report --format markdown --faults x", "--faults is about the page, and --format markd"),
        ("report --machine x --html y", "--html is about the page, and --machine makes none"),
        ("report --commit x --faults y", "--faults is about the page, and --commit makes none"),
        ("report --profile ci --html y", "--html is about the page, and --profile makes none"),
        ("report --environment x --html y", "--html is about the page, and --environment makes"),
        ("plan --calibrate --results x", "--calibrate reads no results; leave out --results"),
        ("generate x --real flights --size 1MB --seed 3", "--real takes no --size and no --seed"),
        ("generate x --real flights --shape quoted", "--real takes no --shape"),
        ("run serial x y --import-from z", "--import-from is for a function of your own"),
    ],
)
def test_an_option_without_effect_is_wrong_usage(command: str, why: str) -> None:
    """Whoever gives it expects something of it; before anything is read or written."""
    with pytest.raises(typer.BadParameter) as caught:
        app(command.split(), standalone_mode=False)
    assert why in str(caught.value)


# --- Where it cannot print, or publish ----------------------------------------------------


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110 - a device
def test_the_page_is_made_where_nothing_can_be_printed(tmp_path: Path) -> None:
    """The failed output is then an error, with the page's name and exit code 1."""
    write_small(tmp_path)
    html = tmp_path / "html"
    command: list[str | Path] = [COMMAND, "report", "--results", tmp_path, "--html", html]
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=100
        )
    assert done.returncode == 1
    assert done.stderr == (
        "parabench: error: standard output takes no text (No space left on device); the page is "
        f"made: {html / 'index.html'}\n"
    )
    assert "Start-up" in (html / "index.html").read_text()


def test_asvs_pages_need_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To measure would not help; pages that are there stay."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "html" / "asv").mkdir(parents=True)
    why = rf"{tmp_path} has no asv\.conf\.json; run this in the repository's folder"
    with pytest.raises(PublishError, match=why):
        publish_asv(tmp_path / "html", print)
    assert (tmp_path / "html" / "asv").exists()
