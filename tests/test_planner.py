"""The planner against the standard library's `csv`."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from strategies.core import planner
from strategies.core.errors import SourceError
from strategies.core.planner import LARGEST, Plan, plan_chunks

# Few kinds of characters, so that the awkward neighbourhoods come up all the time.
AWKWARD = st.text(alphabet=st.sampled_from('",\n\rab é'), max_size=60)


def records(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def check(path: Path, plan: Plan) -> None:
    """Chunks are whole records: read one by one, they give what the file gives."""
    data = path.read_bytes()
    cuts = [plan.layout.header_end, *(chunk.stop for chunk in plan.chunks)]
    assert [chunk.start for chunk in plan.chunks] == cuts[:-1], "the chunks touch"
    assert cuts[-1] == len(data), "and cover the file"
    apart = [data[: cuts[0]], *(chunk.read() for chunk in plan.chunks)]
    together = records(data.decode("utf-8-sig"))
    assert [r for part in apart for r in records(part.decode("utf-8-sig"))] == together


@settings(max_examples=400, deadline=None)
@given(
    text=AWKWARD,
    chunk_size=st.integers(1, 80),
    block=st.integers(1, 16),
    bom=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
@example(text='a\n"b""\nc"\nd\n', chunk_size=1, block=1, bom=True, line_end="\n")
@example(text='a\nb"c\n"d"e"\n', chunk_size=1, block=2, bom=False, line_end="\n")
@example(text='a\n""\n"""\n"""\n', chunk_size=1, block=3, bom=False, line_end="\r\n")
@example(text='a\nx"\n"y\n"\n', chunk_size=2, block=5, bom=False, line_end="\n")
def test_no_chunk_boundary_is_inside_a_record(
    text: str, chunk_size: int, block: int, bom: bool, line_end: str
) -> None:
    """Whatever the text, the chunk size and the size of the blocks that are read."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "BLOCK", block)
        path = Path(folder) / "source.csv"
        data = ("h" + line_end + text.replace("\n", line_end)).encode()
        path.write_bytes(b"\xef\xbb\xbf" * bom + data)
        try:
            plan = plan_chunks(path, chunk_size=chunk_size)
        except SourceError as error:
            assert "never closed" in str(error)
            with pytest.raises(csv.Error):
                list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
            return
        check(path, plan)


def test_well_formed_quotes_take_the_fast_path(
    dataset_of: Callable[[str, int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files as writers write them are never scanned quote by quote."""
    monkeypatch.setattr(planner._Quotes, "_one_by_one", None)
    path = dataset_of("quoted", 2000)
    check(path, plan_chunks(path, chunk_size=1000))


@pytest.mark.parametrize("chunk_size", [1, 100, 5000, 10**9])
def test_chunks_are_even(dataset_of: Callable[[str, int], Path], chunk_size: int) -> None:
    """No chunk is longer than asked for by more than a record, and none is a small rest."""
    path = dataset_of("plain", 500)
    plan = plan_chunks(path, chunk_size=chunk_size)
    lengths = [chunk.stop - chunk.start for chunk in plan.chunks]
    assert max(lengths) <= chunk_size + 120
    assert min(lengths) >= min(chunk_size, sum(lengths) // len(lengths)) - 120
    check(path, plan)


@pytest.mark.parametrize(("rows", "workers", "chunks"), [(100, 2, 1), (20_000, 2, 7)])
def test_small_files_are_shared_among_the_workers(
    dataset_of: Callable[[str, int], Path], rows: int, workers: int, chunks: int
) -> None:
    """Unasked, a file is cut finely enough for all workers, but not into crumbs."""
    plan = plan_chunks(dataset_of("plain", rows), workers=workers)
    assert len(plan.chunks) == chunks
    assert max(chunk.stop - chunk.start for chunk in plan.chunks) < LARGEST


def test_a_header_alone_is_a_file_without_chunks(source: Callable[[bytes], Path]) -> None:
    """With or without a newline."""
    assert plan_chunks(source(b"a,b\n")).chunks == []
    assert plan_chunks(source(b"a,b")).layout.columns == ("a", "b")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\n1\n", "has no header"),
        (b"a,b\r1,2\r", "carriage return outside quotes"),
        (b'a,b\n1,"2\n3,4\n', "record 1, at byte 4: the quote at byte 6 is never closed"),
        (b"a\xff,b\n1,2\n", "header: byte 1 is 0xff, which is not UTF-8"),
        (b"a,b\0\n1,2\n", "header: byte 3 is NUL"),
        (b"\xff\xfea\0", "looks like UTF-16, not UTF-8"),
    ],
)
def test_what_is_not_a_csv_file_is_refused(
    source: Callable[[bytes], Path], data: bytes, said: str
) -> None:
    """With the path and what is wrong."""
    with pytest.raises(SourceError, match=said) as caught:
        plan_chunks(source(data))
    assert "source.csv" in str(caught.value)


def test_a_source_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file and a folder."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(SourceError, match=str(path)):
            plan_chunks(path)
