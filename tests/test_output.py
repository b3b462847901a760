"""The destination: old, or none, or whole."""

import os
import resource
from pathlib import Path

import pytest

from strategies import DestinationError
from strategies.core.jobs.output import replacing, writing


def test_a_destination_appears_when_it_is_complete(tmp_path: Path) -> None:
    """Not before; and with the rights that the user's umask gives."""
    destination = tmp_path / "out.csv"
    mask = os.umask(0o027)
    try:
        with replacing(destination) as temporary:
            temporary.write_bytes(b"whole")
            assert not destination.exists()
            (folder,) = tmp_path.iterdir()
            assert [temporary] == list(folder.iterdir())
            assert folder.stat().st_mode & 0o777 == 0o700
            assert temporary.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(mask)
    assert destination.read_bytes() == b"whole"
    assert destination.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [destination]


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_failure_leaves_the_old_destination(tmp_path: Path, old: bytes | None) -> None:
    """Or none, and no temporary file."""
    destination = tmp_path / "out.csv"
    if old is not None:
        destination.write_bytes(old)
    with pytest.raises(KeyboardInterrupt), replacing(destination) as temporary:
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt
    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([] if old is None else [old])


def test_who_reads_the_old_file_goes_on_reading_it(tmp_path: Path) -> None:
    """It is replaced, not written to."""
    destination = tmp_path / "out.csv"
    destination.write_bytes(b"old")
    with destination.open("rb") as reader:
        with replacing(destination) as temporary:
            temporary.write_bytes(b"new")
        assert reader.read() == b"old"
    assert destination.read_bytes() == b"new"


def test_a_replaced_file_keeps_its_rights(tmp_path: Path) -> None:
    """Private stays private."""
    destination = tmp_path / "out.csv"
    destination.touch(0o600)
    with replacing(destination) as temporary:
        temporary.write_bytes(b"new")
    assert destination.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("place", ["", "none/out.csv", "/dev/null"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, place: str) -> None:
    """A folder, and a file in a folder that is not there."""
    with pytest.raises(DestinationError, match=str(tmp_path / place)), replacing(tmp_path / place):
        pass
    assert not Path("/dev/null").is_file()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it points to is replaced."""
    (tmp_path / "link.csv").symlink_to(tmp_path / "out.csv")
    with replacing(tmp_path / "link.csv") as temporary:
        temporary.write_bytes(b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "out.csv").read_bytes() == b"new"


def test_a_write_that_fails_is_said_to_be_one(tmp_path: Path) -> None:
    """With the destination, not the temporary file, in the message; and nothing is left."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with (
            pytest.raises(DestinationError, match=r"out\.csv cannot be written \(File too large"),
            replacing(tmp_path / "out.csv") as temporary,
            writing(tmp_path / "out.csv", temporary, "utf-8") as output,
        ):
            output.write(b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
