"""Parts that worker processes leave in files, and how they are joined."""

import errno
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from strategies.core.contract import Part
from strategies.core.jobs.output import writing
from strategies.core.jobs.parts import LEAST, PartsFolder, append

LARGE = Part(b"1,2\n" * LEAST, LEAST)
SMALL = Part(b"1,2\n", 1)


def test_only_large_parts_of_other_processes_go_into_files(tmp_path: Path) -> None:
    """And without a folder in which to write, or where the disk is full, none."""
    ours = PartsFolder.ours(tmp_path)
    assert ours.leave(LARGE) is LARGE
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        assert pool.submit(ours.leave, SMALL).result() == SMALL
        left = pool.submit(ours.leave, LARGE).result()
        assert pool.submit(PartsFolder.ours(tmp_path / "none").leave, LARGE).result() == LARGE
        full = pool.submit(_leave_with_no_room, ours, LARGE).result()
    assert full == LARGE
    assert (left.data, left.records) == (b"", LARGE.records)
    assert [str(path) for path in tmp_path.iterdir()] == [left.file]
    assert Path(left.file).read_bytes() == LARGE.data


def _leave_with_no_room(folder: PartsFolder, part: Part) -> Part:
    import resource  # noqa: PLC0415 - not everywhere
    import signal  # noqa: PLC0415 - see above

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(part.data) // 2, resource.RLIM_INFINITY))
    return folder.leave(part)


def _cannot(*_: object) -> int:
    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


def _copies_nothing(*_: object) -> int:
    return 0


@pytest.mark.parametrize("copy", [None, _cannot, _copies_nothing])
def test_files_are_appended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copy: Callable[..., int] | None
) -> None:
    """By the system, or by us where it cannot, or says that it is done when it is not."""
    if copy:
        monkeypatch.setattr(os, "copy_file_range", copy, raising=False)
    part, output = tmp_path / "part", tmp_path / "output"
    part.write_bytes(LARGE.data)
    with output.open("wb", buffering=0) as file:
        file.write(b"header\n")
        with part.open("rb", buffering=0) as data:
            append(data, file)
        file.write(b"end\n")
    assert output.read_bytes() == b"header\n" + LARGE.data + b"end\n"


@pytest.mark.parametrize(("name", "encoding"), [("o.csv", "utf-8"), ("o.csv", "utf-16-le")])
def test_a_part_is_gone_when_it_is_written(tmp_path: Path, name: str, encoding: str) -> None:
    """Whatever becomes of its text."""
    part = tmp_path / "part"
    part.write_bytes(LARGE.data)
    with writing(tmp_path / name, tmp_path / "temporary", encoding) as output:
        output.append(SMALL)
        output.append(Part(b"", LARGE.records, file=str(part)))
    written = (tmp_path / "temporary").read_bytes().decode(encoding)
    assert written.encode() == SMALL.data + LARGE.data
    assert not part.exists()
