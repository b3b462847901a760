"""The lines of all journals in a folder, by session; what is foreign or damaged is named."""

import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmarks.harness import json_lines
from parabench.report.lines import Line, checked

Warn = Callable[[str], object]  # called with what was left out, and why
NAMED = 3  # lines of a file that are named one by one


def read(paths: Iterable[Path], warn: Warn) -> Iterator[list[Line]]:
    """Yield the lines of each session; those of one session are in one file."""
    blocks: dict[str, tuple[Path, list[Line]]] = {}
    for path in paths:
        for block in _blocks(_lines(path, warn)):
            is_headed = block[0]["event"] == "session"
            head = json.dumps(block[0], sort_keys=True) if is_headed else str(path)
            first, before = blocks.get(head, (path, []))
            if before:
                warn(f"{path}: a run is there twice, also in {first}; it counts once")
            blocks[head] = first, max(before, block, key=len)
    for path, of_file in itertools.groupby(blocks.values(), key=lambda block: block[0]):
        yield from _by_session([line for _, block in of_file for line in block], path, warn)


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


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield what begins with the head of a session, up to the next; the first may have none."""
    block: list[Line] = []
    for line in lines:
        if line["event"] == "session" and block:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _by_session(lines: Iterable[Line], path: Path, warn: Warn) -> Iterator[list[Line]]:
    """Yield the lines of each session that has a head."""
    by_session: dict[str, list[Line]] = defaultdict(list)
    session_of: dict[str, str] = {}  # by run
    for line in lines:
        if line["event"] == "session":
            name = session_of[line["run"]] = line["id"]
        else:
            name = line.get("session") or session_of.get(line.get("run", ""), "")
        by_session[name].append(line)
    lost = 0
    for session in by_session.values():
        if any(line["event"] == "session" for line in session):
            yield session
        else:
            lost += len(session)
    if lost:
        warn(f"{path}: {lost} lines are left out: the line that begins their session is missing")
