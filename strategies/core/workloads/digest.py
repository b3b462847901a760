"""`digest`: native code that releases the GIL: threads scale, too."""

import numpy as np

from strategies.core.workloads import Column, Workload

# The 8 bytes of a float64 are spread to WIDTH bytes and mixed ROUNDS times; NumPy
# spends about 9 microseconds a record on it, in native code that releases the GIL. A
# matrix product of small integers is used rather than a hash function called per record:
# one long call per chunk never waits for the GIL, which is what this workload is to show.
WIDTH = 64  # bytes of state a record
ROUNDS = 3


def _matrix(rows: int, salt: int) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """Return fixed odd bytes: odd numbers lose no information modulo 256."""
    cells = np.arange(rows * WIDTH, dtype=np.uint32).reshape(rows, WIDTH)
    mixed = (cells + np.uint32(salt)) * np.uint32(2_654_435_761)  # Knuth's multiplicative hash
    return (mixed >> np.uint32(24)).astype(np.uint8) | np.uint8(1)


_SPREAD = _matrix(8, salt=1)
_MIX = _matrix(WIDTH, salt=12_345)


def digests(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[str]:
    """Return 16 hexadecimal digits a value, from its IEEE 754 bytes."""
    floats = np.ascontiguousarray(values, dtype="<f8")
    state = floats.view(np.uint8).reshape(-1, 8) @ _SPREAD
    for _ in range(ROUNDS):
        state = (state ^ (state >> np.uint8(3))) @ _MIX
    folded = np.bitwise_xor.reduce(state.reshape(-1, 8, 8), axis=1)
    text = np.ascontiguousarray(folded).tobytes().hex()
    return [text[i : i + 16] for i in range(0, len(text), 16)]


def digest(value: float) -> str:
    """Return the digest of one value."""
    state = np.frombuffer(np.array(value, "<f8").tobytes(), np.uint8) @ _SPREAD
    for _ in range(ROUNDS):
        state = (state ^ (state >> np.uint8(3))) @ _MIX
    folded: bytes = np.bitwise_xor.reduce(state.reshape(8, 8), axis=0).tobytes()
    return folded.hex()


WORKLOAD = Workload(
    name="digest",
    reads=(Column("old_column", float),),
    writes=(Column("digest", str),),
    record=digest,
    array=digests,
)
