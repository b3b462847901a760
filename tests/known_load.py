"""A load that is known exactly; imports nothing whose own cost would vary more than that."""

import time


def hog(amount: int, seconds: float) -> None:
    """Hold so many bytes for so many seconds."""
    block = bytearray(amount)
    block[::4096] = b"x" * len(block[::4096])
    time.sleep(seconds)


def busy(how: str, seconds: float) -> None:
    """Burn so many CPU seconds, or only wait, as `how` says."""
    clock = time.thread_time if how == "burn" else time.monotonic
    until = clock() + seconds
    while clock() < until:
        if how == "wait":
            time.sleep(seconds)


def busy_and_hog(how: str, amount: int) -> None:
    """Do both."""
    hog(amount, 0.5)
    busy(how, 1.0)
