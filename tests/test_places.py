"""Where a source is, and a destination: links, pipes, other file systems, and what may not be."""

import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from outcomes import Runners, failed, listed, outcome, same_outcome
from worker_functions import change_and_double

from strategies import Job, SourceError, load_workload
from strategies.core import reference
from strategies.core.jobs import pipes

DOUBLE = load_workload("double")
TABLE = b"old_column,t\n1,a\n2,b\n"
NOBODY = 65_534  # whom files forbid something, where the tests run as root


def special(folder: Path, kind: str) -> Path:
    """Make a file that is none that can be read in many places."""
    path = folder / "in.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "FIFO":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("nothing", r"cannot be read \(No such file or directory\); name a CSV file"),
        ("folder", "is a folder; name a CSV file in it"),
        ("FIFO", "is a pipe that nobody writes into; name a CSV file"),
        ("socket", "is not a regular file, nor a pipe; "),
        ("device", "is not a regular file, nor a pipe; "),
        ("loop", r"cannot be read \(Too many levels of symbolic links\)"),
    ],
)
def test_what_is_not_a_file_is_no_source(
    runners: Runners, kind: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody waits for what may never come out of it; the reference neither."""
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    monkeypatch.setattr(pipes, "OTHER_END_SECONDS", 0.2)
    path = special(Path(), kind)
    job = Job(path, Path("out.csv"), DOUBLE)
    result = same_outcome(runners, job)
    assert re.search(said, str(result)), result
    with pytest.raises(SourceError, match=r"in\.csv "):
        next(reference.expected(path, DOUBLE))


@pytest.fixture
def imported(runners: Runners, source: Callable[[bytes], Path], tmp_path: Path) -> None:
    """Whatever a job imports is imported now: another user may not be able to read the tree."""
    for runner in runners.values():
        runner.run(Job(source(TABLE), tmp_path / "out.csv", DOUBLE))


@contextmanager
def as_nobody() -> Iterator[Path]:
    """Yield a folder of a user whom permissions bind, as this process does in the meantime."""
    with TemporaryDirectory() as name:
        folder, root = Path(name), os.geteuid() == 0
        if root:
            os.chown(folder, NOBODY, -1)
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o700)


@pytest.mark.usefixtures("imported")
def test_a_source_that_may_not_be_read(runners: Runners) -> None:
    """The reason is the system's."""
    with as_nobody() as folder:
        path = folder / "in.csv"
        path.write_bytes(TABLE)
        path.chmod(0o200)
        result = same_outcome(runners, Job(path, folder / "out.csv", DOUBLE))
    assert result == f"{path} cannot be read (Permission denied); name a CSV file that can"


@pytest.mark.usefixtures("imported")
def test_a_destination_that_may_not_be_written(runners: Runners) -> None:
    """A folder that may not be written to, or not even looked into."""
    with as_nobody() as folder:
        path = folder / "in.csv"
        path.write_bytes(TABLE)
        for mode in (0o500, 0o000):
            closed = folder / f"closed-{mode:o}"
            closed.mkdir(mode)
            destination = closed / "out.csv"
            said = {failed(runner, Job(path, destination, DOUBLE)) for runner in runners.values()}
            assert said == {
                f"{destination} cannot be written (Permission denied); choose another place"
            }
            closed.chmod(0o700)
            assert listed(closed) == []


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("folder", "is a folder; name a file in it"),
        ("FIFO", "is a pipe that nobody reads from"),
        ("device", "is not a regular file, nor a pipe; - is standard output"),
        ("loop", "cannot be written .*; choose another place"),
    ],
)
def test_what_is_not_a_file_is_no_destination(
    runners: Runners,
    source: Callable[[bytes], Path],
    kind: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """It stays what it is."""
    monkeypatch.setattr(pipes, "OTHER_END_SECONDS", 0.2)
    destination = special(tmp_path, kind)
    before = destination.lstat()
    messages = {
        failed(runner, Job(source(TABLE), destination, DOUBLE)) for runner in runners.values()
    }
    assert len(messages) == 1
    assert re.search(said, messages.pop())
    assert destination.lstat().st_ino == before.st_ino
    assert listed(tmp_path) == ["in.csv", "source.csv"]


def test_a_destination_in_no_folder(
    runners: Runners, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """Folders are not made; a file is not one."""
    path = source(TABLE)
    for destination, why in (
        (tmp_path / "none" / "out.csv", "No such file or directory"),
        (path / "out.csv", "Not a directory"),
    ):
        said = {failed(runner, Job(path, destination, DOUBLE)) for runner in runners.values()}
        assert said == {f"{destination} cannot be written ({why}); choose another place"}


@pytest.mark.parametrize("how", ["itself", "symbolic link", "hard link", "link to it"])
def test_the_source_is_no_destination(
    runners: Runners, source: Callable[[bytes], Path], how: str, tmp_path: Path
) -> None:
    """By whatever name; nothing is written."""
    path, other = source(TABLE), tmp_path / "other.csv"
    if how == "symbolic link":
        other.symlink_to(path)
    elif how == "hard link":
        other.hardlink_to(path)
    elif how == "link to it":
        other.symlink_to(path)
        path, other = other, path
    else:
        other = tmp_path / "." / path.name
    names = listed(tmp_path)
    said = {failed(runner, Job(path, other, DOUBLE)) for runner in runners.values()}
    assert said == {f"{other} is the source itself; write to another file, and rename that"}
    assert path.read_bytes() == TABLE
    assert listed(tmp_path) == names


def test_a_destination_on_another_file_system(
    runners: Runners, source: Callable[[bytes], Path]
) -> None:
    """The temporary file is beside the destination, so that it can be renamed."""
    path, memory = source(TABLE), Path("/dev/shm")  # noqa: S108 - a folder of ours in it
    if not memory.is_dir() or memory.stat().st_dev == path.stat().st_dev:
        pytest.skip("there is no other file system here that everyone may write to")
    with TemporaryDirectory(dir=memory) as folder:
        job = Job(path, Path(folder) / "out.csv", DOUBLE)
        assert isinstance(same_outcome(runners, job), bytes)


def changed_meanwhile(
    runners: Runners, folder: Path, data: bytes, change: str, chunk_size: int | None = None
) -> set[str]:
    """Return what is said when the source changes in each chunk; a file for each strategy.

    For after a job has failed, some chunks of it may still be under way.
    """
    said = set()
    for name, runner in runners.items():
        (folder / name).mkdir()
        path = folder / name / "in.csv"
        path.write_bytes(data)
        os.utime(path, (0, 0))  # or it might be changed within one tick of the clock
        workload = replace(DOUBLE, array=partial(change_and_double, path, change))
        result = outcome(runner, Job(path, folder / name / "out.csv", workload, chunk_size))
        said.add(f"{name}: {result!r}".replace(f"{name}: '{path} ", "").rstrip("'"))
    return said


@pytest.mark.parametrize(
    ("change", "how"),
    [
        ("grow", "it has grown"),
        ("shrink", "it has shrunk"),
        ("write", "it was written to"),
        ("replace", "another file has its name"),
        ("remove", "it cannot be found any more: No such file or directory"),
    ],
)
def test_a_source_that_changes_while_it_is_read(
    runners: Runners, change: str, how: str, tmp_path: Path
) -> None:
    """Not a mix of old and new."""
    said = changed_meanwhile(runners, tmp_path, TABLE, change)
    assert said == {f"changed while it was read ({how}); run again when nothing is writing to it"}


def test_a_source_that_shrinks_before_all_is_read(runners: Runners, tmp_path: Path) -> None:
    """A worker finds the end before the end of its chunk."""
    said = changed_meanwhile(runners, tmp_path, TABLE + b"3,c\n" * 400, "empty", chunk_size=100)
    assert said == {
        "changed while it was read (it has shrunk); run again when nothing is writing to it"
    }


def test_a_changed_source_is_not_blamed_on_a_record(runners: Runners, tmp_path: Path) -> None:
    """What was written into it meanwhile may be half a record."""
    said = changed_meanwhile(runners, tmp_path, TABLE + b"oops,c\n", "grow", chunk_size=8)
    assert said == {
        "changed while it was read (it has grown); run again when nothing is writing to it"
    }
