"""The folder is the registry."""

from pathlib import Path

import pytest

import strategies
from strategies.core.errors import StrategyError
from strategies.core.registry import load, load_all, names

FOLDER = Path(strategies.__file__).parent


def test_every_file_is_a_strategy() -> None:
    """The baseline first, each with a description."""
    assert set(names()) == {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert names()[0] == "serial"
    assert all(strategy.summary for strategy in load_all())


@pytest.mark.parametrize("name", names())
def test_a_strategy_is_small_and_silent(name: str) -> None:
    """It has no dataset, clock, log or print; what is shared is elsewhere."""
    text = (FOLDER / f"{name}.py").read_text()
    for foreign in ("perf_counter", "time.time", "print(", "data_gen", "getLogger"):
        assert foreign not in text
    code = [line for line in text.splitlines() if line.strip()]
    assert len(code) <= 60


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("import no_such_library.part", "'no_such_library', which is not installed; run: pip"),
        ("from strategies.core import nothing", "cannot be imported"),
        ("1 / 0", "fails on import"),
    ],
)
def test_what_cannot_be_imported_is_listed_with_the_remedy(
    content: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is never dropped, and never started."""
    (tmp_path / "broken.py").write_text(content)
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    assert "broken" in names()
    broken = next(s for s in load_all() if s.name == "broken")
    assert reason in str(broken.reason)
    with pytest.raises(StrategyError, match="broken"), broken.start(1):
        pass


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    """And nothing is imported for it."""
    with pytest.raises(StrategyError, match="choose one of serial"):
        load("os")
