"""Plant each bug of this folder in a copy of the tree, and see which test finds it.

`python tests/planted/run.py` prints a table and ends with 1 where a bug is not found; with
names, only those are planted. A bug is a file: what is wrong, where, the old text and the new,
and the tests that are run for it, until the first that fails.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psutil

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
LONGEST = 900  # seconds for the tests of a bug; those that hang are ended by pytest after 120
UNFIT = [
    "--deselect",
    "tests/test_hostile_input.py::test_a_large_field",
]  # takes minutes
MARK = "PARABENCH_PLANTED"  # in the environment of all processes that a bug's tests start


@dataclass(frozen=True)
class Bug:
    """A mistake: in `file`, `new` stands in place of `old`."""

    name: str
    wrong: str
    file: str
    old: str
    new: str
    tests: list[str]

    @classmethod
    def read(cls, path: Path) -> "Bug":
        """Return the bug that a file describes."""
        return cls(path.stem, **tomllib.loads(path.read_text(encoding="utf-8")))

    def plant(self, root: Path) -> None:
        """Change the tree; ValueError where the old text does not occur exactly once."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if (count := text.count(self.old)) != 1:
            message = f"{self.name}: the old text occurs {count} times in {self.file}; update it"
            raise ValueError(message)
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


def bugs(folder: Path = FOLDER) -> list[Bug]:
    """Return all bugs of a folder, by name."""
    return [Bug.read(path) for path in sorted(folder.glob("*.toml"))]


@contextmanager
def copied(root: Path) -> Iterator[Path]:
    """Yield a copy of the working tree: tracked files, and new ones."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    with TemporaryDirectory(prefix="planted-") as name:
        copy = Path(name) / "tree"
        for file in filter(lambda file: (root / file).is_file(), listed.stdout.splitlines()):
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            (copy / file).write_bytes((root / file).read_bytes())
        yield copy


def finder(bug: Bug, root: Path) -> tuple[str, float]:
    """Return the first test that fails with the bug ("" where none does), and the seconds."""
    mark, started = uuid4().hex, time.monotonic()
    with copied(root) as copy:
        bug.plant(copy)
        options = ["-x", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", *UNFIT]
        temporary = ["--basetemp", str(copy.with_name("tmp"))]
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", *options, *temporary, *bug.tests],
                cwd=copy, env=os.environ | {"PYTHONPATH": str(copy), MARK: mark},
                capture_output=True, text=True, check=False, timeout=LONGEST,
            )  # fmt: skip
        finally:
            end(mark)
    failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", done.stdout, re.MULTILINE)
    if failed is None and done.returncode:
        message = f"{bug.name}: pytest ended with {done.returncode}: {done.stdout}{done.stderr}"
        raise RuntimeError(message)
    return failed[1].removeprefix("tests/") if failed else "", time.monotonic() - started


def end(mark: str) -> None:
    """Kill what the tests of a bug have left: a bug may be that workers outlive their command."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                process.kill()


def main() -> int:
    """Print a row a bug; return 1 where one was not found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="of bugs; all of them unless some are named")
    parser.add_argument("--root", type=Path, default=ROOT, help="the tree to copy")
    parser.add_argument("--bugs", type=Path, default=FOLDER, help="the folder of bugs")
    parser.add_argument("--jobs", type=int, default=1, help="how many at once")
    given = parser.parse_args()
    chosen = [bug for bug in bugs(given.bugs) if not given.names or bug.name in given.names]
    lost = 0
    with ThreadPoolExecutor(given.jobs) as pool:
        results = pool.map(lambda bug: finder(bug, given.root), chosen)
        for bug, (test, seconds) in zip(chosen, results, strict=True):
            lost += not test
            print(f"{bug.name:34} {seconds:5.0f} s  {test or 'NOT FOUND'}", flush=True)  # noqa: T201 - it is a command
    print(f"{len(chosen) - lost} of {len(chosen)} bugs found")  # noqa: T201 - likewise
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
