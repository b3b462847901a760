"""Run the asv suite from start to end, with progress, as `make bench` does."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from asv.machine import MachineCollection
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.harness.git import git
from benchmarks.harness.profiles import (
    PROFILE_VARIABLE,
    PROGRESS_VARIABLE,
    Cells,
    load_profile,
)
from data_gen.cache import dataset
from parabench.errors import ParabenchError
from parabench.progress import bytes_bar

LOG = Path(".asv/bench.log")
SOME_FAILED = 2  # asv's exit code when it ran, but not every cell has a result
POLL_SECONDS = 0.5


class SuiteError(ParabenchError):
    """The asv suite cannot be run, or did not run to its end."""


def check(profile: str) -> None:
    """Raise SuiteError when the suite cannot be run here, ProfileError for no such profile."""
    load_profile(profile)
    if not Path("asv.conf.json").is_file():
        message = "there is no asv.conf.json here; run this in the root of the parabench repository"
        raise SuiteError(message)


def measure(profile: str) -> bool:
    """Generate the data and run asv on HEAD; return whether every cell has a result.

    What asv prints goes to LOG. Raises SuiteError.
    """
    console = Console(stderr=True)
    if git("status", "--porcelain", "--untracked-files=no", folder=Path()):
        console.print("note: asv measures the last commit; your uncommitted changes are not in it")
    models = load_profile(profile).models
    grids = [grid for name in models if runs(name) for grid in models[name].values()]
    for shape, size in sorted({job for grid in grids for job in _inputs(grid)}):
        with bytes_bar(f"data, {shape}, {size} MB", size * 10**6) as progress:
            dataset(shape, size=size * 10**6, progress=progress)
    if not Path(MachineCollection.get_machine_file_path()).is_file():
        _accept_machine()
    cells = sum(grid.number * grid.rounds for grid in grids)
    with tempfile.NamedTemporaryFile(prefix="parabench-", suffix=".progress") as started:
        env = os.environ | {PROFILE_VARIABLE: profile, PROGRESS_VARIABLE: started.name}
        code = _watched_asv(console, Path(started.name), cells, env)
    if code not in (0, SOME_FAILED):
        message = f"asv stopped with exit code {code}; read {LOG}"
        raise SuiteError(message)
    return code == 0


def runs(model: str) -> bool:
    """Whether asv will find the model here: one that drops caches wants to be asked for."""
    return model != "uncached" or bool(os.environ.get("PARABENCH_DROP_CACHES"))


def _inputs(grid: Cells) -> set[tuple[str, int]]:
    """Return the shapes and sizes of the datasets that cells read."""
    shapes = grid.params.get("shape", ("plain",))
    return {(shape, size) for shape in shapes for size in grid.params.get("megabytes", ())}


def _watched_asv(console: Console, started: Path, cells: int, env: dict[str, str]) -> int:
    """Run `asv run`, showing each cell that starts; return the exit code."""
    columns = (
        TextColumn("asv"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    LOG.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "asv", "run", "--show-stderr", "--record-samples"]
    with (
        LOG.open("w") as log,
        Progress(*columns, console=console, disable=not console.is_terminal) as progress,
        subprocess.Popen(command, env=env, stdout=log, stderr=log) as process,
    ):
        task = progress.add_task("building the environment of HEAD (the first time: minutes)")
        progress.update(task, total=cells)
        seen = 0
        while True:
            lines = started.read_text().splitlines()
            for line in lines[seen:]:
                if not console.is_terminal:
                    console.out(f"[{seen + 1}/{cells}] {line}", highlight=False)
                progress.update(task, completed=seen, description=line)
                seen += 1
            if process.poll() is not None:
                progress.update(task, completed=seen)
                return process.returncode
            time.sleep(POLL_SECONDS)


def _accept_machine() -> None:
    """Let asv describe this machine as it finds it, rather than ask."""
    command = [sys.executable, "-m", "asv", "machine", "--yes"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"'asv machine --yes' failed: {done.stdout.strip()} {done.stderr.strip()}"
        raise SuiteError(message)
