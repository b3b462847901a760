"""Verify the output of a sample, outside the clock and outside the measured process tree.

The reference is slow, and runs in a process of its own: its memory must not count in the next
sample. So the SHA-256 of each output that has passed is kept as a *receipt* of its job, with what
it was judged to be, and an output with a receipt is not judged again. A job may have several: of a
system that reads and writes files by itself, an output need not be the contract's bytes.
"""

import hashlib
import json
import pickle
import re
import sys
from pathlib import Path
from typing import NamedTuple

from benchmarks.harness.errors import HarnessError
from benchmarks.harness.judge import WRONG
from benchmarks.harness.meter import Meter
from benchmarks.harness.subject import Job, Summary, WrongOutputError, cache_folder, definition

JUDGE = str(Path(__file__).with_name("judge.py"))  # which imports the measured commit, as we do


EXACT = "exact"


class Verdict(NamedTuple):
    """What an output is that has passed: an outcome of `Fidelity`, and the first difference."""

    outcome: str = EXACT
    difference: str = ""


class JudgeError(HarnessError):
    """It could not be judged whether an output is right."""

    def __init__(self, code: int, printed: str) -> None:
        super().__init__(f"the judge has ended with exit code {code}: {printed or 'no word'}")


class Receipts:
    """The SHA-256 of each output of a job that has passed, one a line of a file in the cache.

    With an outcome and a difference, where it is not exact. The file's name changes with the source
    file, how it is written, the columns, and the code that says which output is correct.
    """

    def __init__(self, job: Job) -> None:
        source = job.source.resolve()
        stat = source.stat()
        key = (
            str(source), stat.st_size, stat.st_mtime_ns, stat.st_ino,
            getattr(job, "dialect", None) or getattr(job, "delimiter", None),  # of an older commit
            definition(job.workload),
        )  # fmt: skip
        title = re.sub(r"[^\w-]", "-", f"{source.stem[:60]}-{job.workload.name[:60]}")
        name = f"{title}-{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.sha256"
        self.path = cache_folder() / "verified" / name

    def get(self, digest: str) -> Verdict | None:
        """Return what an output was judged to be; None where it has no receipt."""
        if self.path.is_file():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                own, *verdict = line.split("\t")
                if own == digest and len(verdict) in {0, 2}:  # a line may have been cut off
                    return Verdict(*verdict)
        return None

    def add(self, digest: str, verdict: Verdict | None = None) -> None:
        """Append a line; in one call, so that those of two processes do not mix."""
        words = [digest, *map(_one_line, verdict or ())]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab", buffering=0) as file:
            file.write(("\t".join(words) + "\n").encode())


def check_output(
    meter: Meter, job: Job, summary: Summary, scratch: Path, *, exactly: bool = True
) -> Verdict:
    """Return what the job's output is, and remove it; raises WrongOutputError.

    `exactly`: unless it is the contract's bytes; else only where results are wrong.
    """
    digest, receipts = _sha256(job.destination), Receipts(job)
    verdict = receipts.get(digest)
    if verdict is None or (exactly and verdict.outcome != EXACT):
        described = scratch / "job.pickle"  # by names, as a worker gets it
        described.write_bytes(pickle.dumps(job))
        said = _judge(meter, "verify" if exactly else "fidelity", str(described))
        verdict = Verdict() if exactly else Verdict(*json.loads(said))
        described.unlink()
        receipts.add(digest, None if verdict.outcome == EXACT else verdict)
    written, read = job.destination.stat().st_size, job.source.stat().st_size
    if (summary.bytes_in, summary.bytes_out) != (read, written):
        message = (
            f"{job.destination}: the strategy says that it has read {summary.bytes_in} bytes and "
            f"written {summary.bytes_out}, but the files have {read} and {written}"
        )
        raise WrongOutputError(message)
    job.destination.unlink()
    return verdict


def have_dataset(meter: Meter, shape: str, size: int) -> None:
    """Make a dataset if it is not there, in a process of its own, likewise."""
    _judge(meter, "dataset", shape, str(size))


def _judge(meter: Meter, *arguments: str) -> str:
    code, printed = meter.run(sys.executable, "-P", JUDGE, *arguments)
    if code == WRONG:
        raise WrongOutputError(printed)
    if code:
        raise JudgeError(code, printed)
    return printed


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sha256(path: Path) -> str:
    if not path.is_file():
        return "no file"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
