"""What to install where a library is missing."""

import importlib.metadata


def remedy(name: str, library: str) -> str:
    """Return why something cannot be used without a library, and what to run."""
    extras = importlib.metadata.metadata("parabench").get_all("Provides-Extra") or []
    target = f"'.[{library}]'" if library in extras else library
    return f"{name} needs '{library}', which is not installed; run: pip install {target}"
