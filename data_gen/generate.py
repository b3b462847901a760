"""Write a synthetic dataset and its manifest, in parallel and in flat memory."""

import os
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

from data_gen import synthetic
from data_gen.errors import DatasetError
from data_gen.files import writing
from data_gen.manifest import Manifest

BLOCK_ROWS = 2**16  # about 6 MB of plain records: the blocks in flight stay far below 100 MB
SAMPLE_ROWS = 2**14  # enough for a mean record length that is right within 0.2 %

Render = Callable[[int, int], bytes]


def no_progress(_written: int, /) -> None:
    """Take no notice."""


def generate(
    path: Path,
    *,
    shape: str = "plain",
    seed: int = 0,
    size: int | None = None,
    rows: int | None = None,
    workers: int | None = None,
    progress: Callable[[int], object] = no_progress,
) -> Manifest:
    """Write `path` and its manifest; same arguments, same bytes, for any `workers`.

    Give `rows`, or `size` in bytes, which is met within 1 % from 1 MB on (the
    manifest has the exact number). `progress` is called with the bytes written
    since its last call. Raises DatasetError; a failed call leaves no file behind.
    """
    synthetic.check_shape(shape)
    if rows is None:
        if size is None:
            message = "give a size (--size 100MB) or a number of rows (--rows 1000000)"
            raise DatasetError(message)
        rows = rows_for(shape, seed, size)
    if rows < 1:
        message = f"a file of {size or rows} holds no record of shape {shape!r}; ask for more"
        raise DatasetError(message)

    head = synthetic.header(shape)
    render = partial(synthetic.render, shape, seed, rows)
    with (
        writing(path) as file,
        closing(_blocks(render, rows, workers or os.cpu_count() or 1)) as blocks,
    ):
        file.write(head)
        for block in blocks:
            file.write(block)
            progress(len(block))
    manifest = Manifest(
        source=f"parabench generator {synthetic.GENERATOR_VERSION}, shape {shape}, seed {seed}",
        licence="MIT",
        rows=rows,
        bytes=file.written,
        sha256=file.sha256,
        columns=synthetic.schema(shape),
    )
    manifest.save(path)
    return manifest


def rows_for(shape: str, seed: int, size: int) -> int:
    """Return how many records of this shape make a file of about `size` bytes."""
    sample = synthetic.render(shape, seed, SAMPLE_ROWS, 0, SAMPLE_ROWS)
    return (size - len(synthetic.header(shape))) * SAMPLE_ROWS // len(sample)


def _blocks(render: Render, rows: int, workers: int) -> Generator[bytes]:
    """Yield the rendered blocks in order, a few per worker ahead of the writer.

    Threads, since NumPy works without the GIL: processes would take longer to start, and
    to send what they made, than threads take for a gigabyte.
    """
    ranges = ((start, min(start + BLOCK_ROWS, rows)) for start in range(0, rows, BLOCK_ROWS))
    with ThreadPoolExecutor(workers) as pool:
        try:
            waiting = deque(pool.submit(render, *r) for r in islice(ranges, 2 * workers))
            while waiting:
                block = waiting.popleft().result()
                waiting.extend(pool.submit(render, *r) for r in islice(ranges, 1))
                yield block
        finally:
            pool.shutdown(cancel_futures=True)
