"""The one wrapper around git."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]  # of the repository


def git(*arguments: str, folder: Path = ROOT) -> str | None:
    """Return what git prints; None when it fails, or is not there."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - callers say where options end
    except FileNotFoundError:
        return None
    return None if done.returncode else done.stdout.strip()
