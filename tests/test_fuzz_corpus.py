"""The fuzzer's corpus: what it found worth keeping holds, and is worth keeping."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fuzz.oracle import check

from strategies import Dialect
from strategies.core.csv import scan

CORPUS = sorted(Path(__file__).with_name("fuzz").glob("corpus/*"))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_a_plan_is_what_csv_reads(path: Path, tmp_path: Path) -> None:
    """For every file of the corpus."""
    check(path.read_bytes(), tmp_path)


def failures(folder: Path) -> int:
    """Count the files of the corpus for which the planner is wrong."""
    failed = 0
    for path in CORPUS:
        try:
            check(path.read_bytes(), folder)
        except AssertionError:
            failed += 1
    return failed


def quotes_are_data(_: scan.Quotes, __: bytes) -> scan.Offsets:
    return np.empty(0, np.int64)


def every_quote_toggles(_: scan.Quotes, block: bytes) -> scan.Offsets:
    return np.flatnonzero(np.frombuffer(block, np.uint8) == ord('"'))


def forgets_between_blocks(name: str, value: int) -> Callable[[scan.Quotes, bytes], scan.Offsets]:
    toggles = scan.Quotes.toggles

    def forgetful(quotes: scan.Quotes, block: bytes) -> scan.Offsets:
        setattr(quotes, name, value)
        return toggles(quotes, block)

    return forgetful


def opens_only_behind(starters: bytes) -> Callable[[scan.Quotes, Dialect], None]:
    init = scan.Quotes.__init__

    def narrow(quotes: scan.Quotes, dialect: Dialect) -> None:
        init(quotes, dialect)
        quotes._starters = np.frombuffer(starters or (dialect.delimiter or ",").encode(), np.uint8)

    return narrow


@pytest.mark.parametrize(
    ("method", "wrong"),
    [
        ("_toggles", quotes_are_data),
        ("_toggles", every_quote_toggles),
        ("toggles", forgets_between_blocks("inside", 0)),
        ("toggles", forgets_between_blocks("_before", ord("\n"))),
        ("toggles", forgets_between_blocks("_before", ord("a"))),
        ("toggles", forgets_between_blocks("_closed_at", -2)),
        ("toggles", forgets_between_blocks("_closed_at", -1)),
        ("__init__", opens_only_behind(b"")),
        ("__init__", opens_only_behind(b",;\t|:^~!\n")),
        ("_last_opened", lambda _, toggles: int(toggles[-1])),
    ],
    ids=[
        "quotes are data",
        "every quote counts",
        "a block begins outside quotes",
        "a block begins a line",
        "a block begins within a field",
        "a block never begins behind a closing quote",
        "a block always begins behind a closing quote",
        "quotes open only behind delimiters",
        "not behind carriage returns",
        "a doubled quote opens a field",
    ],
)
def test_a_wrong_planner_fails(
    method: str, wrong: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each mistake in how quotes are followed is noticed by some file, and not by all."""
    monkeypatch.setattr(scan.Quotes, method, wrong)
    assert 0 < failures(tmp_path) < len(CORPUS)
