"""What the documents tell people to do works."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
IN_ENGLISH = [path for path in DOCUMENTS if not path.name.endswith(".ko.md")]
COMMAND = re.compile(r"^\$ (.+)$", re.MULTILINE)
PYTHON_FILE = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MADE_ELSEWHERE = ("make", "asv", "pytest")  # run by .ci/run, tests/test_asv.py, and below


def test_the_korean_readme_has_the_same_commands() -> None:
    """And the same code; so they run once."""
    english, korean = (ROOT / name for name in ("README.md", "README.ko.md"))
    for pattern in (COMMAND, PYTHON_FILE):
        both = [pattern.findall(path.read_text(encoding="utf-8")) for path in (english, korean)]
        assert [words_of(found) for found in both[0]] == [words_of(found) for found in both[1]]


def words_of(found: str | tuple[str, ...]) -> list[str]:
    """Return what is matched, without comments."""
    return shlex.split(found, comments=True) if isinstance(found, str) else list(found)


@pytest.mark.parametrize("document", IN_ENGLISH, ids=lambda path: path.name)
def test_commands_run(document: Path, tmp_path: Path) -> None:
    """Every `$ parabench …` of a document, in order, in an empty folder."""
    for name, code in PYTHON_FILE.findall(document.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(code)
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command in COMMAND.findall(document.read_text(encoding="utf-8")):
        words = shlex.split(command, comments=True)
        if words[0] in MADE_ELSEWHERE:
            continue
        assert words[0] in ("parabench", "pip", "python"), command
        done = subprocess.run(
            words, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"


@pytest.mark.parametrize("readme", ["README.md", "README.ko.md"])
def test_the_readme_lists_every_document(readme: str) -> None:
    """In both languages."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    listed = set(re.findall(r"^- \[docs/\w+\.md\]\((docs/\w+\.md)\)", text, re.MULTILINE))
    assert listed == {f"docs/{path.name}" for path in ROOT.glob("docs/*.md")}


def test_make_targets_exist() -> None:
    """Every `make …` that a document names."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in DOCUMENTS:
        named = re.findall(r"(?:^\$ |`)make ([a-z-]+)", document.read_text(), re.MULTILINE)
        assert set(named) <= targets, document.name


def test_local_links_lead_somewhere() -> None:
    """Files and pictures that a document points to."""
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_a_strategy_is_added_in_one_file(copy_repository: Callable[[], Path]) -> None:
    """The worked example of CONTRIBUTING.md, as it stands there, passes conformance."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    name = re.search(r"`strategies/(\w+)\.py`:", text)
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    command = next(c for c in COMMAND.findall(text) if c.startswith("pytest"))
    assert name is not None
    assert example is not None
    copy = copy_repository()
    (copy / "strategies" / f"{name[1]}.py").write_text(example[1])
    env = os.environ | {"PYTHONPATH": str(copy)}
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command), "-p", "no:cacheprovider"],
        cwd=copy, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    passed = re.search(r"(\d+) passed", done.stdout)
    assert done.returncode == 0, done.stdout
    assert passed is not None
    assert int(passed[1]) >= 20
