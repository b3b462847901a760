"""Whatever a CSV writer writes comes out as the reference says."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.core.contract import Job, Runner
from strategies.core.reference import verify
from strategies.core.workloads import WORKLOADS

NUMBERS = st.one_of(
    st.floats(allow_nan=False).map(repr), st.integers().map(str), st.sampled_from(["", "NA"])
)
TEXT = st.text(
    st.one_of(
        st.sampled_from(',"\n\r ;\t'),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(TEXT, NUMBERS, TEXT), max_size=20),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    chunk_size=st.integers(1, 400),
)
def test_what_csv_writes(
    serial: Runner,
    rows: list[tuple[str, str, str]],
    quoting: Literal[0, 1, 2],
    line_end: str,
    chunk_size: int,
) -> None:
    """In every quoting mode that escapes by doubling quotes."""
    with TemporaryDirectory() as folder:
        job = Job(
            Path(folder) / "in.csv", Path(folder) / "out.csv", WORKLOADS["double"], chunk_size
        )
        with job.source.open("w", newline="", encoding="utf-8") as file:
            # Lines end with CRLF for the writer, which then quotes both characters in fields.
            writer = csv.writer(_Ends(file, line_end), quoting=quoting, lineterminator="\r\n")
            writer.writerow(["first", "old_column", "last"])
            writer.writerows(rows)
        serial.run(job)
        assert verify(job.source, job.destination, job.workload) == len(rows)


class _Ends:
    """Replaces the line end of each record that a csv.writer writes."""

    def __init__(self, file: object, line_end: str) -> None:
        self._file = file
        self._line_end = line_end

    def write(self, line: str) -> None:
        """Write one record."""
        self._file.write(line.removesuffix("\r\n") + self._line_end)  # type: ignore[attr-defined]
