"""The fuzzer's corpus: what it found worth keeping holds, and is worth keeping."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fuzz.oracle import check

from strategies import Dialect
from strategies.core.csv import bits, scan

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


OfBlock = Callable[[scan.Quotes, int, bytes], scan.Block]


def quotes_are_data(_: scan.Quotes, offset: int, data: bytes) -> scan.Block:
    return scan.Block(offset, data, None, ord("\n"))


def every_quote_toggles(quotes: scan.Quotes, block: bytes) -> bits.Bits:
    data = np.frombuffer(block, np.uint8)
    quoted = bits.parity(bits.bits_of(data == ord('"')), odd=quotes.inside)
    quotes.inside ^= bool(block.count(b'"') % 2)
    return ~quoted


def forgets_between_blocks(name: str, value: int) -> OfBlock:
    block_of = scan.Quotes.block

    def forgetful(quotes: scan.Quotes, offset: int, data: bytes) -> scan.Block:
        setattr(quotes, name, value)
        return block_of(quotes, offset, data)

    return forgetful


def opens_only_behind(starters: bytes) -> Callable[[scan.Quotes, Dialect], None]:
    init = scan.Quotes.__init__

    def narrow(quotes: scan.Quotes, dialect: Dialect) -> None:
        init(quotes, dialect)
        vars(quotes)["_starters"] = tuple(starters or (dialect.delimiter or ",").encode())

    return narrow


def every_opening_quote_begins_a_field(quotes: scan.Quotes, block: bytes) -> list[int]:
    toggles = FOLLOW(quotes, block)
    if toggles:
        quotes.opened = toggles[-1]
    return toggles


FOLLOW = scan.Quotes._toggles


@pytest.mark.parametrize(
    ("method", "wrong"),
    [
        ("block", quotes_are_data),
        ("_counted", every_quote_toggles),
        ("block", forgets_between_blocks("inside", 0)),
        ("block", forgets_between_blocks("_before", ord("\n"))),
        ("block", forgets_between_blocks("_before", ord("a"))),
        ("block", forgets_between_blocks("_closed", 0)),
        ("block", forgets_between_blocks("_closed", 1)),
        ("__init__", opens_only_behind(b"")),
        ("__init__", opens_only_behind(b",;\t|:^~!\n")),
        ("_toggles", every_opening_quote_begins_a_field),
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
