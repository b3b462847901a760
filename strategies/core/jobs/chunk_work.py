"""What a worker does with one chunk: read it, have an engine transform it, say what is wrong."""

import io
from collections.abc import Callable
from typing import TypeVar

from strategies.core.contract import Part
from strategies.core.csv.layout import Layout
from strategies.core.csv.positions import byte_shown, not_text, record_at
from strategies.core.csv.records import records
from strategies.core.csv.source import Chunk
from strategies.core.engines import DEFAULT_ENGINE, load_engine
from strategies.core.errors import JobError, RecordError
from strategies.core.jobs.parts import PartsFolder
from strategies.core.process.streams import flush_streams
from strategies.core.workloads import Workload
from strategies.core.workloads.guard import guarded

R = TypeVar("R")


def transform(
    layout: Layout,
    workload: Workload,
    chunk: Chunk,
    engine: str = DEFAULT_ENGINE,
    folder: PartsFolder | None = None,
) -> Part | JobError:
    """Return a chunk's records with the workload's column at the end, maybe in a file of `folder`.

    A JobError is returned, not raised, so that it takes its turn: joblib, for one,
    raises what went wrong anywhere before it yields what went well before that.
    """

    def work(data: bytes) -> Part:
        return load_engine(engine).transform(data, layout, workload)

    try:
        part = guarded(text_of_chunk, chunk, layout, work)
        return folder.leave(part) if folder else part
    except JobError as error:
        return error
    finally:
        flush_streams()


def text_of_chunk(chunk: Chunk, layout: Layout, use: Callable[[bytes], R]) -> R:
    """Return what `use` makes of a chunk's bytes; raises RecordError where they are no text.

    Comments are left out of them.
    """
    data = chunk.read()
    if 0 in data:  # C code might take it for the end
        raise _no_text(chunk, layout, data)
    try:
        return use(_without_comments(data, layout))
    except UnicodeDecodeError as error:  # which knows the place in a field, or in nothing
        raise _no_text(chunk, layout, data) from error


def _without_comments(data: bytes, layout: Layout) -> bytes:
    comment = layout.dialect.comment.encode()
    if not comment or comment not in data:
        return data
    data.decode()  # comments have to be text, too
    return b"".join([record + b"\n" for record in records(data, layout)])


def _no_text(chunk: Chunk, layout: Layout, data: bytes) -> RecordError:
    """Return the error about the first byte that is none of a text."""
    offset = not_text(data)
    index, _ = record_at(io.BytesIO(data), offset + 1, layout.dialect, blank=layout.one_column)
    return RecordError(index, *byte_shown(data[offset], chunk.start + offset))
