"""A load that is known exactly; imports nothing whose own cost would vary more than that."""

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def hog(amount: int, seconds: float) -> None:
    """Hold so many bytes for so many seconds."""
    block = bytearray(amount)
    block[::4096] = b"x" * len(block[::4096])
    time.sleep(seconds)


def burn(seconds: float) -> None:
    """Use so many CPU seconds."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def burn_and_hog(seconds: float, amount: int, held: float, writer: "Connection") -> None:
    """Do both, and say at last how many CPU seconds this process has used in all."""
    hog(amount, held)
    burn(seconds)
    writer.send(time.process_time())
