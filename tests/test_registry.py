"""The folder is the registry."""

from pathlib import Path

import pytest

import strategies
from strategies import StrategyError, describe, libraries, load, load_all, names
from strategies.core.jobs.chunk_runner import ChunkRunner
from strategies.core.listing import KINDS

FOLDER = Path(strategies.__file__).parent


def test_every_file_is_a_strategy() -> None:
    """The baseline first, each with a description; helpers are none."""
    assert set(names()) == {path.stem for path in FOLDER.glob("[!_]*.py")}
    assert names()[0] == "serial"
    assert all(strategy.description.summary for strategy in load_all())
    assert all(strategy.kind in KINDS for strategy in load_all())


def test_a_file_says_all_about_its_strategy() -> None:
    """Without being imported: libraries and files with those of its helpers, options, kind."""
    cluster, threads = describe("dask_distributed"), describe("joblib_threads")
    assert cluster.kind == "cluster"
    assert cluster.in_sweeps
    assert cluster.options == {"address", "timeout", "tls"}
    assert {"dask", "distributed"} <= set(cluster.libraries)
    assert threads.libraries == ("joblib",)
    assert [path.name for path in threads.files] == ["joblib_threads.py", "_joblib.py"]
    assert not threads.in_sweeps
    assert threads.options == set()


def test_the_library_of_a_new_strategy_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else runs with two versions of it would be compared as alike."""
    (tmp_path / "new.py").write_text("from absent.part import f\n\ndef start(workers): ...\n")
    monkeypatch.setattr(strategies, "__path__", [*strategies.__path__, str(tmp_path)])
    assert "absent" in libraries()
    assert "joblib" in libraries()


@pytest.mark.parametrize("name", names())
def test_a_strategy_is_small_and_silent(name: str) -> None:
    """It has no dataset, clock, log or print; what is shared is elsewhere."""
    text = (FOLDER / f"{name}.py").read_text()
    for foreign in ("perf_counter", "time.time", "print(", "data_gen", "getLogger"):
        assert foreign not in text
    code = [line for line in text.splitlines() if line.strip()]
    assert len(code) <= 70


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("import no_such_library.part", "'no_such_library', which is not installed; run: pip"),
        ("from strategies.core import nothing", "cannot be imported"),
        ("1 / 0", "fails on import (ZeroDivisionError: division by zero); mend broken.py"),
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


def test_serial_cuts_files_as_the_others_do() -> None:
    """So that of several errors in a file it names the same one."""
    with load("serial").start(3) as runner:
        assert isinstance(runner, ChunkRunner)
        assert (runner.workers, runner.planned_for) == (1, 3)
