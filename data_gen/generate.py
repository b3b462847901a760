"""Write a synthetic dataset and its manifest, in parallel and in flat memory."""

import os
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

from data_gen import shapes, synthetic
from data_gen.errors import DatasetError
from data_gen.files import no_progress, writing
from data_gen.manifest import Manifest

BLOCK_BYTES = 6 * 10**6  # of text; a thread needs about three times that, and two blocks wait
SAMPLE_ROWS = 2**14  # enough for a mean record length that is right within 0.2 %

Render = Callable[[int, int], bytes]


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
    shapes.check_shape(shape)
    head = shapes.header(shape)
    record = _record_length(shape, seed)
    if rows is None:
        if size is None:
            message = "give a size (--size 100MB) or a number of rows (--rows 1000000)"
            raise DatasetError(message)
        rows = int((size - len(head)) / record)
    if rows < 1:
        message = f"a file of {size or rows} holds no record of shape {shape!r}; ask for more"
        raise DatasetError(message)

    render = partial(synthetic.render, shape, seed, rows)
    blocks = _blocks(render, rows, int(BLOCK_BYTES / record), workers or os.cpu_count() or 1)
    with writing(path) as file, closing(blocks):
        file.write(head)
        for block in blocks:
            file.write(block)
            progress(len(block))
    manifest = Manifest(
        source="parabench generate",
        licence="MIT",
        rows=rows,
        bytes=file.written,
        sha256=file.sha256,
        schema=shapes.SHAPES[shape],
        generator_version=shapes.GENERATOR_VERSION,
        shape=shape,
        seed=seed,
    )
    manifest.save(path)
    return manifest


def _record_length(shape: str, seed: int) -> float:
    """Return the mean length of a record in bytes, from the first ones."""
    return len(synthetic.render(shape, seed, SAMPLE_ROWS, 0, SAMPLE_ROWS)) / SAMPLE_ROWS


def _blocks(render: Render, rows: int, step: int, workers: int) -> Generator[bytes]:
    """Yield the rendered blocks in order, a few per worker ahead of the writer.

    Threads, since NumPy works without the GIL: processes would take longer to start, and
    to send what they made, than threads take for a gigabyte.
    """
    ranges = ((start, min(start + step, rows)) for start in range(0, rows, step))
    with ThreadPoolExecutor(workers) as pool:
        try:
            waiting = deque(pool.submit(render, *r) for r in islice(ranges, 2 * workers))
            while waiting:
                block = waiting.popleft().result()
                waiting.extend(pool.submit(render, *r) for r in islice(ranges, 1))
                yield block
        finally:
            pool.shutdown(cancel_futures=True)
