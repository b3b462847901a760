"""The planted bugs can be planted: `python tests/planted/run.py` sees whether they are found."""

import pytest
from planted.run import ROOT, Bug, bugs


@pytest.mark.parametrize("bug", bugs(), ids=lambda bug: bug.name)
def test_a_bug_applies_to_the_tree(bug: Bug) -> None:
    """Its old text occurs once, the new one changes it, and its tests are there."""
    assert (ROOT / bug.file).read_text(encoding="utf-8").count(bug.old) == 1
    assert bug.new != bug.old
    assert bug.wrong
    assert all((ROOT / test.partition("::")[0]).is_file() for test in bug.tests)


def test_there_are_enough() -> None:
    """At least twenty, each about something else."""
    assert len({bug.wrong for bug in bugs()}) == len(bugs()) >= 20
