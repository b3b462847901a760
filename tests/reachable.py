"""What this machine can reach, for tests that need it."""

import shutil
import subprocess


def why_no_npm() -> str:
    """Return why npm cannot fetch here, or nothing."""
    if not shutil.which("npm"):
        return "there is no npm to fetch with; run: make publish, or install Node.js"
    ping = subprocess.run(["npm", "ping", "--fetch-retries=0"], capture_output=True, check=False)
    return "npm reaches nothing; connect this machine to the network" if ping.returncode else ""
