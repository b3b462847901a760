"""The planner against the standard library's `csv`."""

import csv
import io
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from strategies import DELIMITERS, Dialect, JobError, SourceError, delimiter_of
from strategies.core.csv import scan
from strategies.core.csv.planner import LARGEST, Plan, plan_chunks

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


@settings(max_examples=400)
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
@example(text='\n\r"\r"\r\r\n\n1\r', chunk_size=9, block=1, bom=False, line_end="\r\n")
def test_no_chunk_boundary_is_inside_a_record(
    text: str, chunk_size: int, block: int, bom: bool, line_end: str
) -> None:
    """Whatever the text, the chunk size and the size of the blocks that are read."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "BLOCK", block)
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
        body = path.read_bytes()[plan.layout.header_end :].decode()
        assert plan.lines == len(records(body)), "blank ones count, whatever ends them"


def test_well_formed_quotes_take_the_fast_path(
    dataset_of: Callable[[str, int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files as writers write them are never scanned quote by quote."""
    monkeypatch.setattr(scan.Quotes, "_toggles", None)
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
        (b'a,b\n1,"2""\n3,4\n', "record 1, at byte 4: the quote at byte 6 is never closed"),
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


class Counted(io.FileIO):
    """A file that counts the bytes that are read from it."""

    total = 0

    def readinto(self, buffer: Any, /) -> int:
        """Read into the buffer."""
        count = super().readinto(buffer) or 0
        Counted.total += count
        return count


@pytest.mark.parametrize("opened", ["at once", "at the end"])
@pytest.mark.parametrize("text", [b"a,b,c\n", b'x"y""z\n', b"xxxxxx", b'""\n\n,"'])
def test_a_quote_that_is_never_closed_costs_two_readings(
    source: Callable[[bytes], Path], text: bytes, opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One to find it, one to count the records before it; memory is that of a few blocks."""
    body = text * (1_500_000 // len(text) // 2 * 2)
    path = source(
        b'h\n"' + body.replace(b'"', b"") if opened == "at once" else b"h\n" + body + b'\n"'
    )
    monkeypatch.setattr(scan, "BLOCK", 2**16)
    monkeypatch.setattr(Path, "open", lambda self, _mode: io.BufferedReader(Counted(self)))
    Counted.total = 0
    tracemalloc.start()
    with pytest.raises(SourceError, match=r"the quote at byte \d+ is never closed"):
        plan_chunks(path, chunk_size=100_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    size = path.stat().st_size
    assert size < Counted.total < 2.1 * size
    # A record may be as large as it likes, and is in memory as a whole.
    assert peak < 3_000_000 if b"\n" in text or opened == "at once" else peak < 10 * size


@settings(max_examples=300)
@given(text=AWKWARD)
@example(text='"a\n')
@example(text='a,"b\n""c""\n""\n')
def test_the_quote_that_is_never_closed_is_found(text: str) -> None:
    """In the record where `csv` ends up, which then swallows whatever follows."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "source.csv"
        path.write_text("h,i\n" + text, encoding="utf-8", newline="")
        try:
            plan_chunks(path)
        except SourceError as error:
            found = re.search(r"record (\d+), at byte (\d+): the quote at byte (\d+)", str(error))
            assert found is not None
            number, begun, quote = map(int, found.groups())
            data = path.read_bytes()
            assert number == len(list(filter(None, records(data.decode())))) - 1
            assert data[quote : quote + 1] == b'"'
            swallowed = data[quote + 1 :].decode().replace('""', '"')
            assert [record[-1] for record in records(data[begun:].decode())] == [swallowed]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [*DELIMITERS.items(), ("\\t", "\t"), *((sign, sign) for sign in ",\t;|:\\\x01\x1f~#[")],
)
def test_delimiters_have_names(text: str, delimiter: str) -> None:
    """And most signs stand for themselves."""
    assert delimiter_of(text) == delimiter


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *(
            (text, "is not one ASCII character")
            for text in ("", "::", "\u00a7", "\\n", "tabs", "\ud800")
        ),
        *((text, "cannot stand between fields") for text in "\"'\n\r\0 \v\f"),
        *((text, "is part of numbers") for text in "0e+-._x"),
    ],
)
def test_what_is_no_delimiter_is_refused(
    source: Callable[[bytes], Path], text: str, said: str
) -> None:
    """By its name and, likewise, in a job."""
    with pytest.raises(JobError, match=said):
        delimiter_of(text)
    with pytest.raises(JobError, match=said):
        plan_chunks(source(b"a\n"), dialect=Dialect(delimiter=text))


def test_a_source_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file and a folder."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(SourceError, match=str(path)):
            plan_chunks(path)
