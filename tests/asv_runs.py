"""What the tests that run asv share: a committed copy of the tree, and how asv is run in it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ASV = [sys.executable, "-m", "asv"]


def committed(copy: Path) -> Path:
    """Commit a copy of the working tree, as a repository of its own."""
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"]
    for arguments in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "copy"]):
        subprocess.run(["git", *arguments], cwd=copy, check=True)
    return copy


def replace(path: Path, old: str, new: str) -> None:
    """Replace what a file has once."""
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def environment_in(repository: Path, cache: Path) -> dict[str, str]:
    """Return what asv is to find in its environment; it knows the machine."""
    home = repository.parent / "home"
    home.mkdir()
    env = os.environ | {
        "ASV_PYTHONPATH": str(repository),  # asv takes PYTHONPATH away
        "PARABENCH_PROFILE": "smoke",
        "PARABENCH_CACHE": str(cache),
        "HOME": str(home),  # asv keeps the machine's description there
    }
    subprocess.run([*ASV, "machine", "--yes"], cwd=repository, env=env, check=True)
    return env


def asv_run(repository: Path, benchmarks: str, *options: str) -> list[str]:
    """Return the command that runs some benchmarks of the commit in our own environment."""
    command = ["git", "rev-parse", "HEAD"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True)
    return [
        *ASV, "run", "--python=same", "--set-commit-hash", done.stdout.strip(), "--show-stderr",
        "--bench", benchmarks, "--record-samples", *options,
    ]  # fmt: skip


def asv_values(repository: Path, benchmark: str) -> dict[str, Any]:
    """Return what asv has saved of a benchmark: by strategy, the value and the samples."""
    (path,) = (repository / "results" / "asv").glob("*/*-*.json")
    saved = json.loads(path.read_text())
    row = dict(zip(saved["result_columns"], saved["results"][benchmark], strict=False))
    names = [name.strip("'") for name in row["params"][-1]]
    samples = row.get("samples") or [None] * len(names)
    return dict(zip(names, zip(row["result"], samples, strict=True), strict=True))
