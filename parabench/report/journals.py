"""The lines of all journals in a folder, by session; what is foreign or damaged is named."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.harness import json_lines
from parabench.report.errors import ReportError
from parabench.report.lines import Line, checked

Warn = Callable[[str], object]  # called with what was left out, and why
NAMED = 3  # lines of a file that are named one by one
OF_A_SESSION = ("id", "commit", "code", "environment", "profile", "host", "fingerprint")


class ResultsFolderError(ReportError):
    """What is given as the folder of the journals is none, or cannot be read."""


@dataclass
class _Journal:
    """The lines of a session, from one file or several; each counts once."""

    path: Path  # the first file
    id: str
    lines: dict[str, Line] = field(default_factory=dict)  # by their text
    paths: set[Path] = field(default_factory=set)

    def add(self, path: Path, lines: Iterable[Line]) -> bool:
        """Add the lines of a file; return whether any but the session's head was there."""
        texts = {_text(line): line for line in lines}
        known = [line for text, line in texts.items() if text in self.lines]
        self.lines |= texts
        self.paths.add(path)
        return any(line["event"] != "session" for line in known)

    def in_order(self) -> list[Line]:
        """Return the lines as they were written."""
        lines = list(self.lines.values())
        return sorted(lines, key=lambda line: line["at"]) if len(self.paths) > 1 else lines


def paths_in(folder: Path) -> list[Path]:
    """Return the journals in a folder, none where it is not there; raises ResultsFolderError."""
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(".jsonl"))
    except FileNotFoundError:
        return []
    except NotADirectoryError as error:
        message = f"{folder} is a file; give the folder that has the journals (*.jsonl)"
        raise ResultsFolderError(message) from error
    except OSError as error:
        message = f"{folder} cannot be read: {error.strerror or error}"
        raise ResultsFolderError(message) from error


def read(paths: Iterable[Path], warn: Warn) -> Iterator[tuple[Path, list[Line]]]:
    """Yield the lines of each session, with the first file that has any; it may be in several."""
    journals: dict[str, _Journal] = {}
    headless: list[tuple[Path, str, str, list[Line]]] = []  # of a session, or else of a run
    for path in paths:
        for (session, run), lines in _by_session(_lines(path, warn)).items():
            heads = [line for line in lines if line["event"] == "session"]
            if not heads:
                headless.append((path, session, run, lines))
                continue
            key = _text({name: heads[-1].get(name) for name in OF_A_SESSION})
            journal = journals.setdefault(key, _Journal(path, session))
            if max(Counter(map(_text, heads)).values()) > 1:
                warn(f"{path}: a run is there twice; it counts once")
            if journal.add(path, lines):
                warn(f"{path}: a run is there twice, also in {journal.path}; it counts once")
    lost: Counter[Path] = Counter()
    for path, session, run, lines in headless:
        fitting = [journal for journal in journals.values() if _fits(journal, session, run)]
        if len(fitting) == 1:
            fitting[0].add(path, lines)
        else:
            lost[path] += len(lines)
    for path, number in lost.items():
        warn(f"{path}: {number} lines are left out: the line that begins their session is missing")
    for journal in journals.values():
        yield journal.path, journal.in_order()


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _fits(journal: _Journal, session: str, run: str) -> bool:
    """Whether lines that name a session, or only a run, may be a journal's."""
    if session:
        return journal.id == session
    return any(line["event"] == "session" and line["run"] == run for line in journal.lines.values())


def _by_session(lines: Iterable[Line]) -> dict[tuple[str, str], list[Line]]:
    """Return the lines of a file by session; by run, where no line tells of which session it is."""
    by_session: dict[tuple[str, str], list[Line]] = defaultdict(list)
    session_of: dict[str, str] = {}  # by run
    for line in lines:
        if line["event"] == "session":
            name = session_of[line["run"]] = line["id"]
        else:
            name = line.get("session") or session_of.get(line.get("run", ""), "")
        by_session[name, "" if name else line.get("run", "")].append(line)
    return by_session


def _lines(path: Path, warn: Warn) -> Iterator[Line]:
    """Yield the lines that count."""
    left_out = number = 0
    try:
        if not path.is_file():  # to open a pipe would wait for whoever writes into it
            warn(f"{path}: left out, as it is no file")
            return
        for number, value in json_lines.numbered(path):
            try:
                line = checked(value)
            except ValueError as error:
                left_out += 1
                if left_out <= NAMED:
                    why = " ".join(str(error).split())
                    warn(f"{path}: line {number} is left out: {why}")
            else:
                if line is not None:
                    yield line
    except OSError as error:
        warn(f"{path}: left out: {error.strerror or error}")
        return
    if left_out > NAMED:
        warn(f"{path}: {left_out - NAMED} more lines are left out")
    if not number:
        warn(f"{path}: left out, as it is empty")
