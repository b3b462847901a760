"""Which chunks pandas reads alone, and which are looked at with `csv`, too."""

from collections.abc import Callable
from pathlib import Path

import pytest

from strategies import plan_chunks
from strategies.core.engines import pandas as kernel


def parsed(path: Path) -> list[list[str]]:
    plan = plan_chunks(path)
    fields: list[list[str]] = kernel.parse(plan.chunks[0].read(), plan.layout).to_numpy().tolist()
    return fields


def test_ordinary_chunks_are_read_once(
    dataset_of: Callable[[str, int], Path],
    source: Callable[[bytes], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With `csv` as well it would take half as long again."""
    monkeypatch.setattr(kernel, "check_rows", None)
    assert len(parsed(dataset_of("plain", 500))) == 500
    assert parsed(source(b"a,b\r\n1,2\r\n 3,4\r\n")) == [["1", "2"], [" 3", "4"]]
    assert parsed(source(b'a,b\n1,"2\n3"\n\n4,5\n')) == [["1", "2\n3"], ["4", "5"]]


@pytest.mark.parametrize(
    "body", [b"1,\n", b"1,2\n 3,4\n\n", b" 3,4\n\n", b'1,"2\n 3"\n', b"1,2\r\t3,4\n", b"1\r 2,3\n"]
)
def test_suspicious_chunks_are_read_twice(
    source: Callable[[bytes], Path], body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the last field is empty, or a line that may have been dropped begins with a blank."""
    monkeypatch.setattr(kernel, "check_rows", None)
    with pytest.raises(TypeError):
        parsed(source(b"a,b\n" + body))


def test_blanks_in_the_only_column_are_a_field(source: Callable[[bytes], Path]) -> None:
    """As `csv` has it; pandas takes them for a blank line. A blank line is one, too."""
    assert parsed(source(b"a\n1\n  \n\n2\n")) == [["1"], ["  "], [""], ["2"]]
