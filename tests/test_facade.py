"""What others may use of `strategies`, and that they use nothing else."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import strategies

ROOT = Path(__file__).parents[1]
OUTSIDE = ("benchmarks", "data_gen", "parabench", "studies")


def test_nobody_outside_imports_from_core() -> None:
    """Commits stay measurable when the inside moves: asv runs our harness on older ones."""
    paths = [path for folder in OUTSIDE for path in ROOT.joinpath(folder).rglob("*.py")]
    assert paths
    assert [path for path in paths if "strategies.core" in path.read_text(encoding="utf-8")] == []


def test_the_names_for_type_checkers_are_those_that_there_are() -> None:
    """And each can be had."""
    text = Path(str(strategies.__file__)).read_text(encoding="utf-8")
    declared = re.findall(
        r"^    from strategies\.core\.([\w.]+) import (\w+) as \2$", text, re.MULTILINE
    )
    assert {name: module for module, name in declared} == strategies._HOME
    for name in strategies._HOME:
        assert getattr(strategies, name) is not None


def test_another_name_is_refused() -> None:
    """As by any module."""
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        strategies.nothing  # noqa: B018 - the access is what is tested


def test_listing_the_names_imports_no_library() -> None:
    """Neither pandas nor NumPy, which take half a second."""
    code = "import strategies, sys; strategies.names(); print('numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
