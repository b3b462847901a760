"""What the destination's name promises is written, and what is compressed or piped is read."""

import bz2
import gzip
import lzma
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.harness.meter import Meter
from strategies import DestinationError, Job, Runner, WrongOutputError, load_workload, verify
from strategies.core.csv.packing import OTHER_SUFFIXES, zstd

DOUBLE = load_workload("double")
TABLE = b"old_column,t\n" + b"".join(b'%d,"text %d"\n' % (i, i) for i in range(5000))
OPEN: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.decompress,
    "bz2": bz2.decompress,
    "xz": lzma.decompress,
    "zst": lambda data: zstd().decompress(data),
}


def parabench(*words: object, data: bytes | None = None) -> tuple[int, bytes, str]:
    """Run the command; return its exit code, standard output and error."""
    command = [sys.executable, "-m", "parabench", *map(str, words)]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr.decode()


@pytest.mark.parametrize("suffix", OPEN)
def test_a_name_that_promises_compression_keeps_it(
    suffix: str, serial: Runner, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """The same bytes for any chunk size; what is in it is what would be written without."""
    plain = Job(source(TABLE), tmp_path / "out.csv", DOUBLE)
    serial.run(plain)
    written = set()
    for chunk_size in (None, 100, 7777):
        job = Job(plain.source, tmp_path / f"out.csv.{suffix}", DOUBLE, chunk_size)
        summary = serial.run(job)
        written.add(job.destination.read_bytes())
        assert summary.bytes_out == job.destination.stat().st_size
    (packed,) = written
    assert OPEN[suffix](packed) == plain.destination.read_bytes()
    assert verify(job.source, job.destination, DOUBLE) == 5000
    again = Job(tmp_path / f"out.csv.{suffix}", tmp_path / "again.csv", DOUBLE.on(into="again"))
    assert serial.run(again).bytes_spooled == len(OPEN[suffix](packed))
    assert verify(again.source, again.destination, again.workload) == 5000


@pytest.mark.parametrize("suffix", " ".join(OTHER_SUFFIXES).split())
def test_a_name_that_promises_something_else_is_refused(
    suffix: str, serial: Runner, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """In whichever case it is written; nothing is."""
    destination = tmp_path / f"out{suffix.upper()}"
    with pytest.raises(DestinationError, match=r"promises .* and CSV is what is written; .*\.csv"):
        serial.run(Job(source(TABLE), destination, DOUBLE))
    assert not destination.exists()


@pytest.mark.alone
def test_memory_does_not_grow_with_what_is_unpacked(serial: Runner, tmp_path: Path) -> None:
    """60 MB of text come out of a small file, and go back into one."""
    job = Job(tmp_path / "in.csv.gz", tmp_path / "out.csv.gz", DOUBLE, 10**6)
    with closing(Meter()) as meter:
        peaks = []
        for megabytes in (6, 60):
            with gzip.open(job.source, "wb") as file:
                file.write(b"old_column,t\n")
                for _ in range(megabytes):
                    file.write(b"1,aaaaaaa\n" * 100_000)
            with meter.window() as used:
                assert serial.run(job).bytes_spooled > megabytes * 10**6
            peaks.append(used.peak.peak)
    assert peaks[1] - peaks[0] < 27 * 10**6, "less than half of what is more"


@pytest.mark.parametrize("strategy", ["serial", "futures_processes"])
def test_dashes_are_standard_input_and_output(strategy: str, tmp_path: Path) -> None:
    """As bytes in, bytes out; what is said goes to standard error, and no file is named `-`."""
    code, out, said = parabench("run", strategy, "-", "-", data=gzip.compress(TABLE))
    assert code == 0, said
    assert out.splitlines()[1] == b'0,"text 0",0.0'
    assert len(out.splitlines()) == 5001
    assert "5,000 records" in said
    (tmp_path / "out.csv").write_bytes(out)
    code, out, said = parabench("verify", "-", tmp_path / "out.csv", data=TABLE)
    assert (code, said) == (0, "")
    assert b"all 5,000 records" in out
    assert not Path("-").exists()


def test_a_failed_job_writes_nothing_to_standard_output() -> None:
    """The error names standard input, and the place in it."""
    code, out, said = parabench("run", "serial", "-", "-", data=b"old_column\n1\nx\n")
    assert (code, out) == (1, b"")
    assert "standard input (as text in UTF-8): record 2, at byte 13: " in said


def test_an_output_is_compressed_as_its_name_says(
    source: Callable[[bytes], Path], serial: Runner, tmp_path: Path
) -> None:
    """Or it is wrong, whatever is in it."""
    job = Job(source(TABLE), tmp_path / "out.csv.gz", DOUBLE)
    serial.run(job)
    assert verify(job.source, job.destination, DOUBLE) == 5000
    plain = gzip.decompress(job.destination.read_bytes())
    job.destination.write_bytes(plain)
    with pytest.raises(WrongOutputError, match="compressed with nothing, and its name says gzip"):
        verify(job.source, job.destination, DOUBLE)


def test_a_link_is_what_it_leads_to(
    source: Callable[[bytes], Path], serial: Runner, tmp_path: Path
) -> None:
    """The name of the file that is written counts."""
    link, real = tmp_path / "link.csv", tmp_path / "real.csv.gz"
    link.symlink_to(real)
    serial.run(Job(source(TABLE), link, DOUBLE))
    assert gzip.decompress(real.read_bytes()).startswith(b"old_column,t,new_column\n")


def test_slow_pipes(tmp_path: Path) -> None:
    """How a pipe begins shows when enough of it has come."""
    script = "import sys, time; d = sys.stdin.buffer.read(); o = sys.stdout.buffer\n"
    script += "o.write(d[:1]); o.flush(); time.sleep(0.5); o.write(d[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdin is not None
        writer.stdin.write(gzip.compress(TABLE))
        writer.stdin.close()
        command = [sys.executable, "-m", "parabench", "run", "serial", "-", str(tmp_path / "o.csv")]
        done = subprocess.run(command, stdin=writer.stdout, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("where", ["/dev/stdout", "/dev/fd/1"])
def test_standard_output_by_its_other_names(where: str, source: Callable[[bytes], Path]) -> None:
    """What is said does not get into it."""
    code, out, said = parabench("run", "serial", source(TABLE), where, "--json")
    assert code == 0, said
    assert len(out.splitlines()) == 5001
    assert '"records": 5000' in said


def test_standard_input_is_there_once() -> None:
    """And nobody can look at standard output again."""
    assert "standard input is there only once" in parabench("run", "serial", "-", "-", "o.csv")[2]
    assert "- is no file that exists" in parabench("verify", "a.csv", "-")[2]


def test_nothing_in_standard_input() -> None:
    """It is said of standard input, not of a file."""
    assert "standard input is empty" in parabench("run", "serial", "-", "-", data=b"")[2]


def test_pipes_of_a_shell(source: Callable[[bytes], Path], tmp_path: Path) -> None:
    """Process substitution, both ways."""
    path = source(TABLE)
    command = (
        f"{sys.executable} -m parabench run serial <(sleep 0.3; cat {path}) "
        f">(cat > {tmp_path}/out.csv) && sleep 0.3; {sys.executable} -m parabench "
        f"verify {path} {tmp_path}/out.csv"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "is correct: all 5,000 records" in done.stdout


def test_a_fifo_is_read_when_somebody_writes(serial: Runner, tmp_path: Path) -> None:
    """Also when that takes a moment, and comes in pieces."""
    path = tmp_path / "in.csv"
    os.mkfifo(path)

    def write() -> None:
        with path.open("wb", buffering=0) as file:
            for start in range(0, len(TABLE), 20_000):
                file.write(TABLE[start : start + 20_000])

    writer = threading.Timer(0.2, write)
    writer.start()
    job = Job(path, tmp_path / "out.csv", DOUBLE)
    assert serial.run(job).records == 5000
    writer.join()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_standard_output_is_kept_clean_of_what_a_function_prints(tmp_path: Path) -> None:
    """It has the records, and nothing else."""
    (tmp_path / "mine.py").write_text("def f(x: int) -> int:\n    print('hello')\n    return x\n")
    words = ("run", "serial", "-", "-", "--workload", "mine:f", "--import-from", tmp_path)
    code, out, said = parabench(*words, data=b"old_column\n1\n")
    assert code == 0, said
    assert out == b"old_column,f\n1,1\n"
    assert "hello\n" in said
