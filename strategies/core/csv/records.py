"""The records of a chunk as they are written, byte for byte."""

from itertools import pairwise

from strategies.core.csv.layout import Layout
from strategies.core.csv.positions import spans


def records(data: bytes, layout: Layout) -> list[bytes]:
    """Return a chunk's records, each without its line end; comments are none.

    Nor are blank lines, but where there is only one column.
    """
    if data.count(b"\r") != data.count(b"\r\n"):  # some line may end with a carriage return
        lines = [data[start:stop] for start, stop in spans(data, layout)]
    elif b'"' in data:
        lines = _between_quotes(data, layout)
    else:
        lines = data.removesuffix(b"\n").split(b"\n") if data else []
    if b"\r" in data or b'"' in data:
        lines = [line.removesuffix(b"\n").removesuffix(b"\r") for line in lines]
    comment = layout.dialect.comment.encode()
    if comment:
        lines = [line for line in lines if not line.startswith(comment)]
    return lines if layout.one_column else list(filter(None, lines))


def _between_quotes(data: bytes, layout: Layout) -> list[bytes]:
    """Cut at the newlines that are not in quotes."""
    from strategies.core.csv.scan import Quotes  # noqa: PLC0415 - NumPy takes 0.1 s

    ends = [0, *Quotes(layout.dialect).block(0, data).record_ends.tolist()]
    if ends[-1] < len(data):
        ends.append(len(data))
    return [data[start:stop] for start, stop in pairwise(ends)]


def appended(own: list[bytes], ends: list[bytes]) -> bytes:
    """Return records with their new last fields: the ends of `Layout.ends`."""
    return b"".join([part for both in zip(own, ends, strict=True) for part in both])
