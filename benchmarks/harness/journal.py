"""What was measured, line by line as it is measured: nothing is lost when a run is killed.

asv saves its results when a whole run has ended, and knows three ends of a cell: a number,
nothing, n/a. Here every sample is written at once, with all that was metered, and every
cell's end with its reason. One file a commit, environment and machine fingerprint; in it,
one *session* a run. asv asks for one metric of one cell at a time, each time in a process of
its own; the first to ask has it measured, and the others are given what was measured.

The lines, JSON, by `event`:
- session: id, run, profile, fingerprint, and how it all began
- begin: run, model, cell: a process has begun to measure it
- sample: session, model, cell, and a `Measurement`
- end: session, model, cell, state, reason; the state is one of ok, wrong, crashed, timed out,
  out of memory, unavailable, too long; of one that is ok, also `samples`: how many it has in a
  round, which are fewer where jobs are long
- taken: run, metric, model, cell, count: so many samples were given to asv in a process
- process: run, model, strategy, cells, seconds: where the time of a process that measured has
  gone: `imports` and the start of the meter, `workers` up and down, `cells` made ready,
  `samples` inside the clock, and what is `outside` it around them

Any other line is passed over, as a newer version may write more, and users put files together.
"""

import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import psutil

from benchmarks.harness import fingerprint, json_lines, subject
from benchmarks.harness.git import ROOT, git
from benchmarks.harness.profiles import current, current_name

FOLDER_VARIABLE = "PARABENCH_CELLS"  # the folder of the journals, if another than results/cells
DRY = re.compile(r"--dry-run|-[a-z]*n[a-z]*")  # the option of `asv run` that saves no results
# Options after which it does not measure all cells of the profile, or not as the profile says.
PARTIAL = re.compile(r"--(bench|attribute|quick|skip)\b.*|-[a-zA-Z]*[abqk].*")
SESSION = '"event": "session"'  # as json_lines writes it
Cell = dict[str, Any]  # the values of the model's parameters, by name
STATES = ("ok", "wrong", "crashed", "timed out", "out of memory", "unavailable", "too long")
SHAPES: dict[str, dict[str, type]] = {  # what is used here of each kind of line
    "session": {"id": str, "run": str, "saves": bool, "profile": str, "harness": str},
    "begin": {"run": str, "model": str, "cell": dict},
    "sample": {"session": str, "model": str, "cell": dict, "seconds": float},
    "end": {"session": str, "model": str, "cell": dict, "state": str, "reason": str},
    "taken": {"run": str, "metric": str, "model": str, "cell": dict, "count": int},
    "process": {"run": str},
}


@dataclass(frozen=True)
class Run:
    """A run of asv, or whatever has started the cells' processes."""

    pid: int
    started: float  # seconds since 1970
    saves: bool  # whether it saves its results when it has ended
    whole: bool = False  # whether it measures all cells of the profile

    @property
    def id(self) -> str:
        """A name that no other run has."""
        return f"{self.pid}-{self.started:.2f}"

    @classmethod
    def of_this_process(cls) -> "Run":
        """Find the run that this process belongs to."""
        for ancestor in psutil.Process().parents():
            words = ancestor.cmdline()
            names = {Path(word).name for word in words[:3]} | set(words[:3])
            if "asv" in names:
                return cls(ancestor.pid, ancestor.create_time(), _saves(words), _is_whole(words))
        own = psutil.Process()
        return cls(own.pid, own.create_time(), saves=False)

    @staticmethod
    def lives(identity: str) -> bool:
        """Whether the run of that `id` goes on."""
        pid, _, started = identity.partition("-")
        try:
            return f"{psutil.Process(int(pid)).create_time():.2f}" == started
        except (psutil.Error, ValueError, OverflowError):  # no such process, or no such number
            return False


def _saves(words: list[str]) -> bool:
    """Whether asv saves results, by its command line: not in our own environment unasked."""
    if not {"run", "continuous"} & set(words) or any(map(DRY.fullmatch, words)):
        return False
    asked = any(word.startswith("--set-commit-hash") for word in words)
    return asked or "ASV_ENV_NAME" in os.environ  # which is there where asv has built one


def _is_whole(words: list[str]) -> bool:
    """Whether asv measures all cells of the profile, by its command line."""
    return "run" in words and not any(map(PARTIAL.fullmatch, words[words.index("run") :]))


def folder() -> Path:
    """Return where the journals are."""
    return Path(os.environ.get(FOLDER_VARIABLE) or ROOT / "results" / "cells")


@dataclass
class Journal:
    """The session that this process adds to."""

    path: Path
    run: Run
    session: str
    before: list[dict[str, Any]] = field(repr=False)  # the lines that were there

    @classmethod
    def open(cls, cell: Cell) -> "Journal":
        """Go on with the session of this run, or of one that was killed, or begin a new one.

        Where it is of this run, only the lines of a cell have been read: `reload` reads the others.
        """
        run = Run.of_this_process()
        commit = os.environ.get("ASV_COMMIT") or _commit()
        environment = os.environ.get("ASV_ENV_NAME") or "here"
        environment = environment.replace("/", "-").strip("-")
        machine = fingerprint.fingerprint()
        name = f"{commit[:8] if commit else 'worktree'}-{environment}"
        path = folder() / f"{name}-{fingerprint.digest(machine)}.jsonl"
        before = list(lines_of(path, having=(SESSION, json.dumps(cell))))
        sessions = [line for line in before if line["event"] == "session"]
        own = [line for line in sessions if line["run"] == run.id]
        if own:
            return cls(path, run, own[-1]["id"], before)
        before = list(lines_of(path))
        resumes = commit and run.saves and was_interrupted(before, path.name)
        session = sessions[-1]["id"] if resumes else run.id
        journal = cls(path, run, session, before)
        profile = {
            model: [
                {"params": grid.params, "samples": grid.samples, "rounds": grid.rounds}
                for grid in grids.values()
            ]
            for model, grids in current().models.items()
        }
        journal.add(
            event="session", id=session, run=run.id, saves=run.saves, commit=commit,
            code=None if commit else _code(), environment=environment, profile=current_name(),
            harness=_harness(), expected=profile, limits=asdict(current().limits),
            fingerprint=machine, host=fingerprint.host(), load=fingerprint.load(),
        )  # fmt: skip
        return journal

    def add(self, **line: Any) -> None:
        """Append a line; it is in the file when this returns."""
        json_lines.append(self.path, {"at": round(time.time(), 3), **line})

    def reload(self) -> None:
        """Read what others have added."""
        self.before = list(lines_of(self.path))

    def ends(self) -> list[dict[str, Any]]:
        """Return the lines that were there of all ends of this session."""
        return [
            line
            for line in self.before
            if line["event"] == "end" and line["session"] == self.session
        ]

    def of(self, event: str, model: str, cell: Cell, **also: object) -> list[dict[str, Any]]:
        """Return the lines that were there of a cell."""
        wanted = {"event": event, "model": model, "cell": cell, **also}
        if event in {"sample", "end"}:
            wanted["session"] = self.session
        return [line for line in self.before if wanted.items() <= line.items()]


def lines_of(path: Path, having: tuple[str, ...] = ("",)) -> Iterator[dict[str, Any]]:
    """Yield the lines of a journal, and of what else is in the file only what looks alike.

    Only those that have one of these texts.
    """
    for line in json_lines.read(path, having):
        event, at = line.get("event"), line.get("at")
        shape = SHAPES.get(event) if isinstance(event, str) else None
        if shape is None or not isinstance(at, int | float):
            continue
        if all(isinstance(line.get(name), kind) for name, kind in shape.items()):
            yield line


def was_interrupted(before: list[dict[str, Any]], name: str) -> bool:
    """Whether the newest session's run, of our profile, ended before asv saved its results."""
    sessions = [line for line in before if line["event"] == "session"]
    if not sessions:
        return False
    if (sessions[-1]["profile"], sessions[-1]["harness"]) != (current_name(), _harness()):
        return False
    if sessions[-1].get("host") != fingerprint.host():  # whose processes are not seen from here
        return False
    if not sessions[-1]["saves"] or Run.lives(sessions[-1]["run"]):
        return False
    last = max(line["at"] for line in before)
    commit = name.partition("-")[0]
    environment = os.environ.get("ASV_ENV_NAME", "existing-*")
    saved = (ROOT / "results" / "asv").glob(f"*/{commit}-{environment}.json")
    return all(path.stat().st_mtime < last for path in saved)


def _harness() -> str:
    """Return what stands for the code that measures."""
    return _digest(Path(__file__).parent)


def _code() -> str | None:
    """Return what stands for the code that is measured, where no commit does."""
    return _digest(Path(subject.PACKAGE.__path__[0])) if subject.PACKAGE else None


def _digest(folder: Path) -> str:
    paths = sorted(folder.rglob("*.py"))
    return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:8]


def _commit() -> str | None:
    """Return the commit whose files are here, or None where they are not as committed."""
    changed = git("status", "--porcelain", "--untracked-files=no")
    return None if changed or changed is None else git("rev-parse", "HEAD")
